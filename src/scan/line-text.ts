import { TAIL_MAX_BYTES, type TailLine, TEXT_MAX_BYTES } from './section-result.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** A range of bytes decoded as UTF-8, at most `max` bytes of it, never cut within a character. */
export function decode(bytes: Buffer, start: number, end: number, max = TEXT_MAX_BYTES): string {
  const stop = end - start > max ? characterStart(bytes, start + max) : end;
  return bytes.toString('utf8', start, stop);
}

/** The nearest index at or before `at` where a UTF-8 character begins. */
export function characterStart(bytes: Uint8Array, at: number): number {
  for (let back = 0; back < 4; back++) if ((bytes[at - back]! & 0xc0) !== 0x80) return at - back;
  return at;
}

/** The text of a line `[start, end)`, cut to 2 KiB, without the carriage return of a CRLF. */
export function lineText(bytes: Buffer, start: number, end: number): string {
  return decode(bytes, start, lineEndTrimmed(bytes, start, end));
}

/** The end of a line without the carriage return of a CRLF. */
export function lineEndTrimmed(bytes: Uint8Array, start: number, end: number): number {
  return end > start && bytes[end - 1] === RETURN ? end - 1 : end;
}

/** The first `count` lines of `bytes[from, to)`; the last may lack its line break. */
export function firstLines(bytes: Buffer, from: number, to: number, count: number): string[] {
  const lines: string[] = [];
  for (let at = from; at < to && lines.length < count; ) {
    const end = lineEnd(bytes, at, to);
    lines.push(lineText(bytes, at, end));
    at = end + 1;
  }
  return lines;
}

/** The last `count` lines of `bytes[from, to)`, in their order; the last may lack its line break. */
export function lastLines(bytes: Buffer, from: number, to: number, count: number): string[] {
  const lines: string[] = [];
  for (let next = to; next > from && lines.length < count; ) {
    const end = bytes[next - 1] === NEWLINE ? next - 1 : next;
    const start = lineStart(bytes, from, end);
    lines.unshift(lineText(bytes, start, end));
    next = start;
  }
  return lines;
}

/** The last whole lines of `bytes[from, to)` that fit the tail, at least one if there is any. */
export function tailLines(bytes: Buffer, from: number, to: number): TailLine[] {
  const lines: TailLine[] = [];
  let size = 0;
  for (let next = to; next > from; ) {
    const end = bytes[next - 1] === NEWLINE ? next - 1 : next;
    const start = lineStart(bytes, from, end);
    size += next - start;
    if (size > TAIL_MAX_BYTES && lines.length > 0) break;
    const text = decode(bytes, start, lineEndTrimmed(bytes, start, end), TAIL_MAX_BYTES);
    lines.unshift({ text, bytes: next - start });
    next = start;
  }
  return lines;
}

/** Joins the tails of two consecutive parts; `later` is `size` bytes long. */
export function joinTails(
  earlier: readonly TailLine[],
  later: readonly TailLine[],
  size: number,
): readonly TailLine[] {
  let kept = later.reduce((sum, line) => sum + line.bytes, 0);
  if (kept < size) return later;
  const joined = [...later];
  for (const line of earlier.toReversed()) {
    kept += line.bytes;
    if (kept > TAIL_MAX_BYTES && joined.length > 0) break;
    joined.unshift(line);
  }
  return joined;
}

/** End of the line that holds `at`, without its line break; `to` if it has none. */
export function lineEnd(bytes: Buffer, at: number, to: number): number {
  const end = bytes.indexOf(NEWLINE, at);
  return end === -1 || end > to ? to : end;
}

/** Start of the line that ends at `end` or holds it; `from` if no line break comes before. */
export function lineStart(bytes: Buffer, from: number, end: number): number {
  if (end <= from) return from;
  return Math.max(from, bytes.lastIndexOf(NEWLINE, end - 1) + 1);
}
