import type { EntrySink, ReadProblem } from '../bundle/entry-sink.ts';

/** Bytes kept of a log that is turned round: its newest lines, which come first. */
export const NEWEST_MAX = 64 * 1024 * 1024;

/** `Oct 14 04:51:27.123456 `: how journalctl begins an entry with `-o short` and `-o short-precise`. */
const JOURNAL_TIME = /^([A-Z][a-z]{2}) ([ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?) /;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Two months further apart than this lie on both sides of a new year. */
const HALF_YEAR = 6;

const NEWLINE = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;

/** Whether a text begins like a journal that `journalctl -r` printed: no time in it comes after an older one. */
export function isNewestFirst(first: Buffer): boolean {
  const times: Time[] = [];
  for (const line of first.toString('latin1').split('\n')) {
    const [, month = '', rest = ''] = JOURNAL_TIME.exec(line) ?? [];
    if (MONTHS.includes(month)) times.push({ month: MONTHS.indexOf(month), rest });
  }
  if (times.length === 0) return false;
  return times.every((time, index) => index === 0 || compare(times[index - 1]!, time) >= 0);
}

interface Time {
  readonly month: number;
  /** Day and time of day, which sort as texts. */
  readonly rest: string;
}

/** Above 0 where `a` is the later one; the year is not written. */
function compare(a: Time, b: Time): number {
  const months = a.month - b.month;
  if (Math.abs(months) > HALF_YEAR) return -months;
  return months !== 0 ? months : a.rest < b.rest ? -1 : a.rest > b.rest ? 1 : 0;
}

/**
 * Gives a log to a sink in the order of time. The lines of one entry keep their order: all but the first are
 * indented. Of more than `max` bytes the newest are given, and what is left out is reported.
 */
export function newestFirstSink(
  path: string,
  sink: EntrySink,
  report: (problem: ReadProblem) => void,
  max: number = NEWEST_MAX,
): EntrySink {
  const parts: Buffer[] = [];
  let size = 0;
  let isOver = false;
  return {
    chunk(bytes) {
      const kept = Buffer.from(bytes.subarray(0, max - size));
      isOver ||= kept.length < bytes.length;
      size += kept.length;
      if (kept.length > 0) parts.push(kept);
    },
    end(complete) {
      // What an end that is not the file's left of the last entry is no entry.
      const isWhole = complete && !isOver;
      for (const entry of entriesFromEnd(Buffer.concat(parts.splice(0), size), isWhole)) sink.chunk(entry);
      if (isOver)
        report({ code: 'newestBytes', message: `${path}: only its newest ${max} bytes are read`, path });
      sink.end(isWhole);
    },
    isIdle: () => isOver,
  };
}

/** Bytes handed on at a time. */
const PIECE = 64 * 1024;

function* entriesFromEnd(bytes: Buffer, isWhole: boolean): Generator<Buffer> {
  let end = isWhole ? bytes.length : bytes.lastIndexOf(NEWLINE) + 1;
  let held: Buffer[] = [];
  let size = 0;
  for (let from = end; from > 0; ) {
    from = lineStart(bytes, from);
    if (from > 0 && (bytes[from] === SPACE || bytes[from] === TAB)) continue;
    const entry = bytes.subarray(from, end);
    held.push(entry);
    size += entry.length;
    // Only the last line of a file may lack its end.
    if (entry.at(-1) !== NEWLINE) held.push(Buffer.from('\n'));
    end = from;
    if (size < PIECE) continue;
    yield Buffer.concat(held);
    held = [];
    size = 0;
  }
  if (held.length > 0) yield Buffer.concat(held);
}

/** Where the line begins that ends before `end`. */
function lineStart(bytes: Buffer, end: number): number {
  return end < 2 ? 0 : bytes.lastIndexOf(NEWLINE, end - 2) + 1;
}
