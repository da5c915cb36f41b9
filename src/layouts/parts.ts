import type { EntrySink } from '../bundle/entry-sink.ts';
import type { CoverageRow } from '../model/coverage.ts';
import type { ContentEntry, Divider, PartWriter } from './layout.ts';

const NEWLINE = 0x0a;

/** A line longer than this is handed on in pieces. */
const LINE_MAX = 64 * 1024;

/** What is kept back of an overlong line: a marker may stand at its end. */
const TAIL = 2048;

/** Where the entries of one file go. */
export interface PartListener {
  open(entry: ContentEntry): EntrySink | undefined;
  report(row: CoverageRow): void;
}

/** Reads a file of several entries: cuts it into lines for the divider and hands on what that makes of them. */
export function createPartsSink(divider: Divider, listener: PartListener): EntrySink {
  const kept = new Map<string, EntrySink | undefined>();
  let current: EntrySink | undefined;
  let isKept = false;

  function close(complete: boolean): void {
    if (!isKept) current?.end(complete);
    current = undefined;
    isKept = false;
  }

  const out: PartWriter = {
    open(entry, key) {
      close(true);
      isKept = key !== undefined;
      current = key !== undefined && kept.has(key) ? kept.get(key) : listener.open(entry);
      if (key !== undefined) kept.set(key, current);
    },
    write: (bytes) => current?.chunk(bytes),
    close,
    report: listener.report,
  };
  const lines = createLineCutter((bytes, continued) => divider.line(bytes, continued, out));

  return {
    chunk: lines.chunk,
    end(complete) {
      lines.end();
      divider.end(complete, out);
      close(complete);
      for (const sink of kept.values()) sink?.end(complete);
    },
  };
}

/** Cuts bytes into lines with their ends. */
function createLineCutter(take: (line: Buffer, continued: boolean) => void) {
  let parts: Buffer[] = [];
  let size = 0;
  let continued = false;

  function hand(line: Buffer): void {
    take(line, continued);
    continued = false;
    parts = [];
    size = 0;
  }

  function keep(rest: Buffer): void {
    if (rest.length === 0) return;
    parts.push(Buffer.from(rest));
    size += rest.length;
    if (size <= LINE_MAX + TAIL) return;
    const whole = Buffer.concat(parts, size);
    take(whole.subarray(0, size - TAIL), continued);
    continued = true;
    parts = [whole.subarray(size - TAIL)];
    size = TAIL;
  }

  return {
    chunk(bytes: Buffer): void {
      let from = 0;
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
        const line = bytes.subarray(from, at + 1);
        hand(parts.length === 0 ? line : Buffer.concat([...parts, line]));
        from = at + 1;
      }
      keep(bytes.subarray(from));
    },
    end(): void {
      if (size > 0) hand(Buffer.concat(parts, size));
    },
  };
}
