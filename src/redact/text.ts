import { SHORTEST_BODY } from './key-rest.ts';
import { nextLine } from './line-search.ts';
import { createLineRedactor, type LineRedactor } from './lines.ts';
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
  /**
   * What can be shown so far (it may share memory with the chunk). Held back are at most one line, or 1 MiB of it,
   * and before it the lines that may be the rest of a private key, 32 KiB of them.
   */
  push(chunk: Uint8Array): Uint8Array;
  /** The rest; nothing may be pushed afterwards. */
  end(): Uint8Array;
  readonly redactions: Redactions;
}

/** A text that may begin within the data of a Secret. */
const MIDDLE = /^(?:\s|\d{4}-\d\d-\d\dT)/;
/** What may be a line of a private key whose beginning is missing. */
const LINE_OF_KEY = new RegExp(`[A-Za-z0-9+/]{${SHORTEST_BODY}}`);

/** Removes secrets from a text; without any, the same string is returned. */
export function redactText(text: string, policy: RedactionPolicy = DEFAULT_POLICY): RedactedText {
  const tally = createTally(policy.pseudonym);
  const suspicious = policy.prefilter.hits(text) !== 0 || LINE_OF_KEY.test(text) || MIDDLE.test(text);
  const shown = suspicious ? redactAll(text, createLineRedactor(policy, tally)) : text;
  return { text: shown, redactions: tally.redactions };
}

/**
 * Removes secrets from a text that is at hand as a whole, and counts them in a tally that is shared with other
 * texts. As nothing of it is cut off, any number of lines may be held to see what ends them.
 */
export function redactLines(text: string, policy: RedactionPolicy, tally: Tally): string {
  // The strings of objects are mostly one line, which needs no memory of the lines before it.
  if (text.length <= MAX_LINE && !/[\r\n]/.test(text)) return redactOneLine(text, policy, tally);
  if (policy.prefilter.hits(text) === 0 && !LINE_OF_KEY.test(text)) return text;
  return redactAll(text, createLineRedactor(policy, tally, { maxHeld: Number.POSITIVE_INFINITY }));
}

function redactAll(text: string, lines: LineRedactor): string {
  let result = '';
  let from = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
    const shown = lines.line(text.slice(from, end));
    if (shown !== undefined) result += `${shown}\n`;
    from = end + 1;
  }
  return result + lines.end(text.slice(from));
}

const NEWLINE = 10;
const EMPTY = new Uint8Array(0);

/**
 * A redactor for a stream of bytes. Bytes are taken as latin1, so that what is not UTF-8 passes unchanged, and
 * any cutting into chunks gives what `redactText` gives for the whole. Line breaks stay where they are.
 */
export function createTextRedactor(policy: RedactionPolicy = DEFAULT_POLICY): TextRedactor {
  const tally = createTally(policy.pseudonym);
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
      if (begun) shown.push(endLine(bytes.subarray(0, first)));
      redactBytes(bytes.subarray(begun ? first + 1 : 0, last + 1), shown);
      if (last + 1 < bytes.length) shown.push(hold(bytes.subarray(last + 1)));
      const parts = shown.filter((part) => part.length > 0);
      return parts.length === 1 ? (parts[0] ?? EMPTY) : Buffer.concat(parts);
    },
    end: () => Buffer.from(long ? long.end() : lines.end(takeHeld()), 'latin1'),
  };

  /** Keeps the beginning of a line; a line that grows too long is shown as far as it is sure. */
  function hold(bytes: Buffer): Uint8Array {
    if (bytes.length === 0) return EMPTY;
    if (long) return Buffer.from(long.push(bytes.toString('latin1')), 'latin1');
    // The caller may reuse its chunk.
    held.push(Buffer.from(bytes));
    heldLength += bytes.length;
    if (heldLength <= MAX_LINE) return EMPTY;
    const before = lines.skipLongLine();
    long = createWindows(policy, tally);
    return Buffer.from(before + long.push(takeHeld()), 'latin1');
  }

  /** The line that ends with these bytes, and its line break; nothing when it is held back. */
  function endLine(tail: Buffer): Uint8Array {
    const text = tail.toString('latin1');
    if (long) {
      const shown = long.push(text) + long.end();
      long = undefined;
      return Buffer.from(`${shown}\n`, 'latin1');
    }
    const shown = lines.line(takeHeld() + text);
    return shown === undefined ? EMPTY : Buffer.from(`${shown}\n`, 'latin1');
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
      if (!lines.insideBlock) at = nextLine(bytes, at, policy);
      if (at >= bytes.length) break;
      const end = bytes.indexOf(NEWLINE, at);
      const before = bytes.toString('latin1', at, end);
      const after = lines.line(before);
      if (after !== before) {
        shown.push(bytes.subarray(copied, at), Buffer.from(after ?? '', 'latin1'));
        copied = after === undefined ? end + 1 : end;
      }
      at = end + 1;
    }
    shown.push(bytes.subarray(copied));
  }
}
