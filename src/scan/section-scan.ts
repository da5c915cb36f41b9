import { makeHit, patternResults } from './hit.ts';
import { decode, lineText } from './line-text.ts';
import { lineTimeAt, lineTimeText } from './line-time.ts';
import type { Matcher } from './matcher.ts';
import {
  judgePiece,
  newUnit,
  noteFirst,
  noteLast,
  PIECE_BYTES,
  PIECE_STEP,
  type SectionState,
  scanRegion,
} from './region.ts';
import { type SectionResult, TAIL_MAX_BYTES } from './section-result.ts';
import { type Held, settle } from './tally.ts';

/** Runs of one expression in one section after which candidates are no longer confirmed. */
export const CONFIRM_LIMIT = 100_000;
/**
 * Milliseconds all expressions may take in one section: a line made for it keeps one busy for a second, and
 * real sections need some milliseconds for each GB.
 */
export const CONFIRM_TIME = 10_000;
/** Chunks are gathered up to this size: work done once per region is then small beside the scan. */
const GATHER_BYTES = 256 * 1024;
/** Larger chunks are scanned in parts of about this size, so that candidate lists stay small. */
const REGION_BYTES = 1024 * 1024;

/** How a section is scanned. */
export interface SectionScanOptions {
  /** Keep the last 1 KiB for "last words". */
  readonly keepTail?: boolean;
  /** Default 100 000. */
  readonly confirmLimit?: number;
  /** Default 10 seconds. */
  readonly confirmTime?: number;
  /** Milliseconds of a clock, to bound the time by; without one it is not. */
  readonly clock?: () => number;
}

/** The scan of one log section, fed in order, in chunks of any size. */
export interface SectionScan {
  /** Takes the next bytes; they may be reused by the caller afterwards. */
  push(chunk: Uint8Array): void;
  /** Ends the section; call once. */
  end(): SectionResult;
}

/** A line above 64 KiB whose first pieces are already judged and gone. */
interface LongLine {
  readonly start: number;
  readonly text: string;
  readonly tailText: string;
  readonly time?: string;
  readonly after: string[];
}

/** What is held back: the end of the bytes so far, from a line start or from the next piece of a long line. */
interface Carry {
  bytes: Buffer;
  length: number;
  /** Offset of the first held byte in the section. */
  base: number;
  long?: LongLine;
}

/**
 * Starts the scan of a section. Holds at most 256 KiB and the kept hits, whatever the size of the section
 * and of its lines: a line above 64 KiB is judged in pieces of 64 KiB that begin every 60 KiB, so an
 * expression sees one piece at a time and `^` and `$` also match where a piece begins and ends.
 */
export function createSectionScan(matcher: Matcher, options: SectionScanOptions = {}): SectionScan {
  const state: SectionState = {
    tallies: {
      matcher,
      confirmLimit: options.confirmLimit ?? CONFIRM_LIMIT,
      confirmTime: options.confirmTime ?? CONFIRM_TIME,
      clock: options.clock ?? (() => 0),
      byPattern: new Array(matcher.patterns.length).fill(undefined),
      waiting: [],
    },
    lines: 0,
    first: undefined,
    last: undefined,
    head: [],
    foot: [],
    tail: options.keepTail ? [] : undefined,
    awaiting: [],
  };
  const carry: Carry = { bytes: matcher.spare.pop() ?? Buffer.alloc(0), length: 0, base: 0, long: undefined };
  let open = false;
  return {
    push(chunk) {
      if (chunk.length === 0) return;
      open = chunk[chunk.length - 1] !== 0x0a;
      take(state, carry, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    },
    end() {
      drain(state, carry, true);
      if (carry.bytes.length === GATHER_BYTES) matcher.spare.push(carry.bytes);
      carry.bytes = Buffer.alloc(0);
      return sectionResult(state, carry.base, open);
    },
  };
}

function take(state: SectionState, carry: Carry, chunk: Buffer): void {
  if (carry.length + chunk.length <= GATHER_BYTES) {
    gather(state, carry, chunk);
    return;
  }
  // The line the carry ends with is completed there; what follows is scanned in place.
  const seam = carry.length === 0 ? 0 : chunk.indexOf(0x0a) + 1 || chunk.length;
  gather(state, carry, chunk.subarray(0, seam));
  drain(state, carry, false);
  const whole = Math.max(seam, chunk.lastIndexOf(0x0a) + 1);
  const held = { bytes: chunk, base: carry.base - seam };
  for (let from = seam; from < whole; ) {
    const to = from + REGION_BYTES >= whole ? whole : regionEnd(chunk, from);
    scanRegion(state, { ...held, from, to });
    from = to;
  }
  carry.base += whole - seam;
  gather(state, carry, chunk.subarray(whole));
}

function regionEnd(chunk: Buffer, from: number): number {
  const before = chunk.lastIndexOf(0x0a, from + REGION_BYTES - 1) + 1;
  return before > from ? before : chunk.indexOf(0x0a, from + REGION_BYTES) + 1;
}

/** Copies bytes into the carry, drained whenever it is full. */
function gather(state: SectionState, carry: Carry, bytes: Buffer): void {
  for (let from = 0; from < bytes.length; ) {
    if (carry.length === GATHER_BYTES) drain(state, carry, false);
    const size = Math.min(bytes.length - from, GATHER_BYTES - carry.length);
    if (carry.length + size > carry.bytes.length) growCarry(carry, carry.length + size);
    bytes.copy(carry.bytes, carry.length, from, from + size);
    carry.length += size;
    from += size;
  }
}

function growCarry(carry: Carry, needed: number): void {
  const grown = Buffer.allocUnsafeSlow(
    Math.min(GATHER_BYTES, Math.max(needed, carry.bytes.length * 2, 4096)),
  );
  carry.bytes.copy(grown, 0, 0, carry.length);
  carry.bytes = grown;
}

/** Scans what the carry holds in whole lines and in pieces of long ones, and keeps the rest. */
function drain(state: SectionState, carry: Carry, ending: boolean): void {
  const held: Held = { bytes: carry.bytes.subarray(0, carry.length), base: carry.base };
  let from = carry.long ? continueLongLine(state, carry, held, ending) : 0;
  if (!carry.long) {
    const whole = ending ? held.bytes.length : held.bytes.lastIndexOf(0x0a) + 1;
    if (whole > from) scanRegion(state, { ...held, from, to: whole });
    from = Math.max(from, whole);
    if (held.bytes.length - from > PIECE_BYTES) from = beginLongLine(state, carry, held, from);
  }
  carry.bytes.copyWithin(0, from, carry.length);
  carry.length -= from;
  carry.base += from;
}

function beginLongLine(state: SectionState, carry: Carry, held: Held, from: number): number {
  const { bytes } = held;
  const stamp = lineTimeAt(bytes, from, bytes.length);
  carry.long = {
    start: held.base + from,
    text: lineText(bytes, from, bytes.length),
    tailText: decode(bytes, from, bytes.length, TAIL_MAX_BYTES),
    ...(stamp === -1 ? {} : { time: lineTimeText(bytes, stamp, bytes.length) }),
    after: [],
  };
  return pieces(state, carry.long, held, from, bytes.length);
}

/** Judges pieces of the line the carry begins with; the index where the next piece or line begins. */
function continueLongLine(state: SectionState, carry: Carry, held: Held, ending: boolean): number {
  const long = carry.long!;
  const newline = held.bytes.indexOf(0x0a);
  if (newline === -1 && !ending) return pieces(state, long, held, 0, held.bytes.length);
  const end = newline === -1 ? held.bytes.length : newline;
  const last = pieces(state, long, held, 0, end);
  piece(state, long, held, last, end);
  noteFirst(state, [long.text]);
  state.awaiting.push(long.after);
  const next = newline === -1 ? end : end + 1;
  const size = held.base + next - long.start;
  noteLast(state, [long.text], [{ text: long.tailText, bytes: size }], size);
  if (newline !== -1) state.lines += 1;
  if (long.time !== undefined) {
    state.first ??= long.time;
    state.last = long.time;
  }
  carry.long = undefined;
  return next;
}

/** Judges pieces while more than one piece is left; where the next one begins. */
function pieces(state: SectionState, long: LongLine, held: Held, from: number, end: number): number {
  let at = from;
  for (; end - at > PIECE_BYTES; at += PIECE_STEP) piece(state, long, held, at, at + PIECE_BYTES);
  return at;
}

function piece(state: SectionState, long: LongLine, held: Held, from: number, to: number): void {
  const { tallies, foot, lines } = state;
  const { start: lineStart, time, after } = long;
  const [start, end] = [held.base + from, held.base + to];
  judgePiece(tallies, held, { ...newUnit(), line: lines + 1, lineStart, start, end, time });
  settle(tallies, held, (slot) => {
    const context = { before: foot, after, ...(time === undefined ? {} : { time }) };
    slot.hit = makeHit(tallies.matcher, held, slot, context);
  });
}

function sectionResult(state: SectionState, bytes: number, open: boolean): SectionResult {
  return {
    bytes,
    lines: state.lines,
    open,
    ...(state.first === undefined ? {} : { first: state.first }),
    ...(state.last === undefined ? {} : { last: state.last }),
    patterns: patternResults(state.tallies),
    head: state.head,
    foot: state.foot,
    ...(state.tail ? { tail: state.tail } : {}),
  };
}
