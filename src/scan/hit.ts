import { decode, firstLines, lastLines, lineEnd, lineEndTrimmed, lineStart } from './line-text.ts';
import { lineTimeAt, lineTimeText } from './line-time.ts';
import type { Matcher } from './matcher.ts';
import {
  CAPTURE_MAX,
  CONTEXT_LINES,
  HITS_EACH_END,
  type PatternResult,
  type SectionHit,
  TEXT_MAX_BYTES,
} from './section-result.ts';
import { type Held, type Slot, type Tallies, unitText } from './tally.ts';

/** Where a literal lies beyond the first 2 KiB, the text begins this many bytes before it. */
const LEAD_BYTES = 512;
/** A line with its neighbours is copied up to this size, else decoded at once. */
const COPY_MAX_BYTES = 8 * 1024;

/** Held bytes with whole lines in `[from, to)`. */
export interface Region extends Held {
  readonly from: number;
  readonly to: number;
}

/** What stands around a hit. */
export interface LineContext {
  readonly before: readonly string[];
  /** May still be filled when the lines after come with later bytes. */
  readonly after: readonly string[];
  readonly time?: string;
}

/** The lines around a slot's line within a region; `before` are the last lines before the region. */
export function contextIn(region: Region, slot: Slot, before: readonly string[]) {
  const { bytes, base, from, to } = region;
  const start = slot.lineStart - base;
  const end = lineEnd(bytes, start, to);
  const stamp = lineTimeAt(bytes, start, end);
  return {
    before: [...before, ...lastLines(bytes, from, start, CONTEXT_LINES)].slice(-CONTEXT_LINES),
    after: firstLines(bytes, end + 1, to, CONTEXT_LINES),
    ...(stamp === -1 ? {} : { time: lineTimeText(bytes, stamp, end) }),
  };
}

/** Makes the hit of a slot whose bytes are held. */
export function makeHit(matcher: Matcher, held: Held, slot: Slot, context: LineContext): SectionHit {
  const unit = held.bytes.subarray(
    slot.start - held.base,
    lineEndTrimmed(held.bytes, slot.start - held.base, slot.end - held.base),
  );
  const skipped = slot.start - slot.lineStart;
  const match = firstMatch(unit, matcher.literals[slot.pattern]!);
  const from = match.end + skipped <= TEXT_MAX_BYTES ? 0 : leadStart(unit, match.at);
  const long = unit.length - from > TEXT_MAX_BYTES;
  return {
    offset: slot.lineStart,
    column: skipped + match.at,
    line: slot.line,
    ...context,
    text: decode(unit, from, unit.length),
    textStart: skipped + from,
    cut: long || skipped + from > 0,
    captures: captures(matcher.patterns[slot.pattern]!.re, held, slot),
  };
}

/** Where the first of the literals begins, and where that one ends. */
function firstMatch(unit: Buffer, literals: readonly Buffer[]): { at: number; end: number } {
  let found = { at: unit.length, end: unit.length };
  for (const literal of literals) {
    const at = unit.indexOf(literal);
    if (at !== -1 && at < found.at) found = { at, end: at + literal.length };
  }
  return found;
}

/** A little before the literal, not within a character: continuation bytes are 10xxxxxx. */
function leadStart(unit: Buffer, at: number): number {
  let start = Math.max(0, at - LEAD_BYTES);
  while (start < at && (unit[start]! & 0xc0) === 0x80) start += 1;
  return start;
}

function captures(re: RegExp | undefined, held: Held, slot: Slot): Readonly<Record<string, string>> {
  const groups = re?.exec(unitText(held, slot))?.groups;
  if (!groups) return {};
  const kept = Object.entries(groups).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept.map(([name, value]) => [name, detached(value.slice(0, CAPTURE_MAX))]));
}

/** A copy: a substring would keep the whole line in memory. */
function detached(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

/**
 * Copies a line with its neighbours, to decode only if it is still among the last matches at the end.
 * False when the neighbours are not all in the region or the lines are long.
 */
export function copyLines(region: Region, slot: Slot): boolean {
  const { bytes, base, from, to } = region;
  let start = slot.lineStart - base;
  for (let lines = 0; lines < CONTEXT_LINES; lines++) {
    if (start <= from) return false;
    start = lineStart(bytes, from, start - 1);
  }
  let end = slot.end - base;
  for (let lines = 0; lines < CONTEXT_LINES; lines++) {
    if (end + 1 >= to) return false;
    end = lineEnd(bytes, end + 1, to);
  }
  // With its line break, without which an empty last line would not be seen.
  const size = Math.min(end + 1, to) - start;
  if (size > COPY_MAX_BYTES) return false;
  if (slot.copy.length < size) slot.copy = Buffer.allocUnsafeSlow((size + 1023) & ~1023);
  bytes.copy(slot.copy, 0, start, start + size);
  slot.copied = size;
  slot.copyBase = base + start;
  return true;
}

function hitOf(matcher: Matcher, slot: Slot): SectionHit {
  if (slot.hit) return slot.hit;
  const bytes = slot.copy.subarray(0, slot.copied);
  const region = { bytes, base: slot.copyBase, from: 0, to: slot.copied };
  return makeHit(matcher, region, slot, contextIn(region, slot, []));
}

/** The results of the patterns that matched or reached their limit, sorted by id. */
export function patternResults({ matcher, byPattern }: Tallies): PatternResult[] {
  const results = byPattern.flatMap((tally): PatternResult[] => {
    if (!tally || (tally.count === 0 && !tally.limited)) return [];
    const oldest = tally.count % HITS_EACH_END;
    const closing = [...tally.closing.slice(oldest), ...tally.closing.slice(0, oldest)];
    return [
      {
        id: matcher.patterns[tally.pattern]!.id,
        count: tally.count,
        counted: tally.limited ? 'at-least' : 'exact',
        ...(tally.first === undefined ? {} : { first: tally.first }),
        ...(tally.last === undefined ? {} : { last: tally.last }),
        hits: [...tally.opening, ...closing].map((slot) => hitOf(matcher, slot)),
      },
    ];
  });
  return results.sort((one, other) => (one.id < other.id ? -1 : 1));
}
