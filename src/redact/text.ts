import { createLineRedactor } from './lines.ts';
import { DEFAULT_POLICY, type RedactionPolicy, redactOneLine } from './policy.ts';
import { createTally, type Redactions, type Tally } from './rules.ts';
import { createWindows, MAX_LINE, type Windows } from './windows.ts';

/** A text without its secrets: as many lines as before, each secret replaced on its own line. */
export interface RedactedText {
  readonly text: string;
  readonly redactions: Redactions;
}

/** Redacts a log or another text of any size, given in pieces. */
export interface TextRedactor {
  /** What can be shown so far (it may share memory with the chunk); at most one line, or 1 MiB of it, is held back. */
  push(chunk: Uint8Array): Uint8Array;
  /** The rest; nothing may be pushed afterwards. */
  end(): Uint8Array;
  readonly redactions: Redactions;
}

/** Removes secrets from a text; without any, the same string is returned. */
export function redactText(text: string, policy: RedactionPolicy = DEFAULT_POLICY): RedactedText {
  const tally = createTally();
  return { text: redactLines(text, policy, tally), redactions: tally.redactions };
}

/** Removes secrets from a text and counts them in a tally that is shared with other texts. */
export function redactLines(text: string, policy: RedactionPolicy, tally: Tally): string {
  // The strings of objects are mostly one line, which needs no memory of the lines before it.
  if (text.length <= MAX_LINE && !/[\r\n]/.test(text)) return redactOneLine(text, policy, tally);
  if (policy.prefilter.hits(text) === 0) return text;
  const lines = createLineRedactor(policy, tally);
  let result = '';
  for (let from = 0; from <= text.length; ) {
    const newline = text.indexOf('\n', from);
    const end = newline === -1 ? text.length : newline;
    result += lines.line(text.slice(from, end)) + (newline === -1 ? '' : '\n');
    from = end + 1;
  }
  return result;
}

const NEWLINE = 10;
/** Bytes searched at once: a rare character is not searched for over and over in all that follows. */
const SEARCH = 64 * 1024;
const EMPTY = new Uint8Array(0);

/**
 * A redactor for a stream of bytes. Bytes are taken as latin1, so that what is not UTF-8 passes unchanged, and
 * any cutting into chunks gives what `redactText` gives for the whole. Line breaks stay where they are.
 */
export function createTextRedactor(policy: RedactionPolicy = DEFAULT_POLICY): TextRedactor {
  const tally = createTally();
  const lines = createLineRedactor(policy, tally);
  let held: Buffer[] = [];
  let heldLength = 0;
  let long: Windows | undefined;
  return {
    get redactions() {
      return tally.redactions;
    },
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const first = bytes.indexOf(NEWLINE);
      if (first === -1) return hold(bytes);
      const last = bytes.lastIndexOf(NEWLINE);
      const shown: Uint8Array[] = [];
      const begun = heldLength > 0 || long !== undefined;
      if (begun) shown.push(endLine(bytes.subarray(0, first)), bytes.subarray(first, first + 1));
      redactBytes(bytes.subarray(begun ? first + 1 : 0, last + 1), shown);
      if (last + 1 < bytes.length) shown.push(hold(bytes.subarray(last + 1)));
      const parts = shown.filter((part) => part.length > 0);
      return parts.length === 1 ? (parts[0] ?? EMPTY) : Buffer.concat(parts);
    },
    end: () => (heldLength > 0 || long ? endLine(Buffer.alloc(0)) : EMPTY),
  };

  /** Keeps the beginning of a line; a line that grows too long is shown as far as it is sure. */
  function hold(bytes: Buffer): Uint8Array {
    if (bytes.length === 0) return EMPTY;
    if (long) return Buffer.from(long.push(bytes.toString('latin1')), 'latin1');
    // The caller may reuse its chunk.
    held.push(Buffer.from(bytes));
    heldLength += bytes.length;
    if (heldLength <= MAX_LINE) return EMPTY;
    lines.skipLongLine();
    long = createWindows(policy, tally);
    return Buffer.from(long.push(takeHeld()), 'latin1');
  }

  function endLine(tail: Buffer): Uint8Array {
    if (long) {
      const shown = long.push(tail.toString('latin1')) + long.end();
      long = undefined;
      return Buffer.from(shown, 'latin1');
    }
    return Buffer.from(lines.line(takeHeld() + tail.toString('latin1')), 'latin1');
  }

  function takeHeld(): string {
    const text = Buffer.concat(held).toString('latin1');
    held = [];
    heldLength = 0;
    return text;
  }

  /** Whole lines: only those with a trigger, and those inside a block, are decoded. */
  function redactBytes(bytes: Buffer, shown: Uint8Array[]): void {
    let copied = 0;
    let at = 0;
    while (at < bytes.length) {
      if (!lines.insideBlock) {
        const until = bytes.indexOf(NEWLINE, Math.min(bytes.length - 1, at + SEARCH)) + 1;
        const candidate = policy.prefilter.next(bytes, at, until);
        if (candidate === -1) {
          at = until;
          continue;
        }
        at = Math.max(at, bytes.lastIndexOf(NEWLINE, candidate) + 1);
      }
      const end = bytes.indexOf(NEWLINE, at);
      const before = bytes.toString('latin1', at, end);
      const after = lines.line(before);
      if (after !== before) {
        shown.push(bytes.subarray(copied, at), Buffer.from(after, 'latin1'));
        copied = end;
      }
      at = end + 1;
    }
    shown.push(bytes.subarray(copied));
  }
}
