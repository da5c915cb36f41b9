import { decode, lineEndTrimmed } from './line-text.ts';
import { lineTimeAt, lineTimeText } from './line-time.ts';
import type { Matcher } from './matcher.ts';
import { HITS_EACH_END, type SectionHit } from './section-result.ts';

/** Bytes held in memory: index `i` of `bytes` is byte `base + i` of the section. */
export interface Held {
  readonly bytes: Buffer;
  readonly base: number;
}

/** What is judged at once: a line, or a piece of a long one. All offsets are in the section. */
export interface Unit {
  /** 1-based number of the line. */
  line: number;
  lineStart: number;
  start: number;
  end: number;
  /** Decoded when the first expression asks for it. */
  text: string | undefined;
  /** Offset of the line's time; -1 for none; undefined until asked for. */
  stamp: number | undefined;
  /** Set for a line whose first bytes are no longer held. */
  time: string | undefined;
}

/** A matching line to keep; its hit is made at once, or at the end from a copy of the bytes around it. */
export interface Slot {
  readonly pattern: number;
  line: number;
  lineStart: number;
  start: number;
  end: number;
  /** Still points into the held bytes. */
  fresh: boolean;
  hit: SectionHit | undefined;
  /** The line with its neighbours, `copied` bytes from `copyBase`; reused when the slot is. */
  copy: Buffer;
  copied: number;
  copyBase: number;
}

/** The running count of one pattern in one section. */
export interface Tally {
  readonly pattern: number;
  readonly re: RegExp | undefined;
  count: number;
  confirmed: number;
  limited: boolean;
  /** Start of the unit judged last, and of the line counted last. */
  judged: number;
  counted: number;
  first: string | undefined;
  last: string | undefined;
  /** Offset of the time of the last match, when not yet decoded; else -1. */
  lastStamp: number;
  /** The first three matches, and a ring of the last three after those. */
  readonly opening: Slot[];
  readonly closing: Slot[];
  /** Whether something of this tally points into the held bytes. */
  waiting: boolean;
}

/** The tallies of one section: by pattern, made when a pattern first has a candidate. */
export interface Tallies {
  readonly matcher: Matcher;
  readonly confirmLimit: number;
  /** Milliseconds that confirming may still take in this section. */
  confirmTime: number;
  /** Milliseconds of some clock that only goes on. */
  readonly clock: () => number;
  readonly byPattern: (Tally | undefined)[];
  waiting: Tally[];
}

/** Judges a unit of the held bytes for every pattern a literal found in it belongs to. */
export function judge(tallies: Tallies, held: Held, unit: Unit, literal: number): void {
  for (const owner of tallies.matcher.owners[literal]!) {
    const tally = tallies.byPattern[owner] ?? addTally(tallies, owner);
    if (tally.judged === unit.start || tally.counted === unit.lineStart) continue;
    tally.judged = unit.start;
    if (tally.re && !confirm(tallies, tally, held, unit)) continue;
    tally.counted = unit.lineStart;
    tally.count += 1;
    keep(tally, unit);
    noteTime(tally, held, unit);
    if (tally.waiting) continue;
    tally.waiting = true;
    tallies.waiting.push(tally);
  }
}

/** The text an expression is run on: the whole unit, without the carriage return of a CRLF. */
export function unitText(held: Held, unit: { readonly start: number; readonly end: number }): string {
  const start = unit.start - held.base;
  const end = lineEndTrimmed(held.bytes, start, unit.end - held.base);
  return decode(held.bytes, start, end, end - start);
}

function confirm(tallies: Tallies, tally: Tally, held: Held, unit: Unit): boolean {
  if (tally.confirmed >= tallies.confirmLimit || tallies.confirmTime < 0) {
    tally.limited = true;
    return false;
  }
  tally.confirmed += 1;
  unit.text ??= unitText(held, unit);
  const before = tallies.clock();
  const matches = tally.re!.test(unit.text);
  tallies.confirmTime -= tallies.clock() - before;
  return matches;
}

function keep(tally: Tally, unit: Unit): void {
  const slot = slotFor(tally);
  slot.line = unit.line;
  slot.lineStart = unit.lineStart;
  slot.start = unit.start;
  slot.end = unit.end;
  slot.fresh = true;
  slot.hit = undefined;
}

function slotFor(tally: Tally): Slot {
  const opening = tally.count <= HITS_EACH_END;
  const slots = opening ? tally.opening : tally.closing;
  const index = (tally.count - 1) % HITS_EACH_END;
  if (index === slots.length) slots.push(newSlot(tally.pattern));
  return slots[index]!;
}

function noteTime(tally: Tally, held: Held, unit: Unit): void {
  if (unit.time !== undefined) {
    tally.first ??= unit.time;
    tally.last = unit.time;
    tally.lastStamp = -1;
    return;
  }
  unit.stamp ??= stampOf(held, unit);
  if (unit.stamp === -1) return;
  tally.lastStamp = unit.stamp;
  tally.first ??= stampText(held, unit.stamp);
}

/** Offset in the section of the time a line begins with; -1 if it has none or its start is no longer held. */
function stampOf(held: Held, unit: Unit): number {
  if (unit.lineStart < held.base) return -1;
  const at = lineTimeAt(held.bytes, unit.lineStart - held.base, unit.end - held.base);
  return at === -1 ? -1 : held.base + at;
}

function stampText(held: Held, stamp: number): string {
  return lineTimeText(held.bytes, stamp - held.base, held.bytes.length);
}

/** Before the held bytes go: decodes the times that point into them and hands over each slot that does. */
export function settle(tallies: Tallies, held: Held, take: (slot: Slot, tally: Tally) => void): void {
  for (const tally of tallies.waiting) {
    tally.waiting = false;
    if (tally.lastStamp !== -1) tally.last = stampText(held, tally.lastStamp);
    tally.lastStamp = -1;
    for (const slots of [tally.opening, tally.closing]) {
      for (const slot of slots) {
        if (slot.fresh) take(slot, tally);
        slot.fresh = false;
      }
    }
  }
  tallies.waiting = [];
}

function addTally(tallies: Tallies, pattern: number): Tally {
  const tally: Tally = {
    pattern,
    re: tallies.matcher.patterns[pattern]!.re,
    count: 0,
    confirmed: 0,
    limited: false,
    judged: -1,
    counted: -1,
    first: undefined,
    last: undefined,
    lastStamp: -1,
    opening: [],
    closing: [],
    waiting: false,
  };
  tallies.byPattern[pattern] = tally;
  return tally;
}

const NO_BYTES = Buffer.alloc(0);

function newSlot(pattern: number): Slot {
  return {
    pattern,
    line: 0,
    lineStart: 0,
    start: 0,
    end: 0,
    fresh: false,
    hit: undefined,
    copy: NO_BYTES,
    copied: 0,
    copyBase: 0,
  };
}
