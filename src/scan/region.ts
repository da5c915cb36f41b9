import { findLiterals, findLiteralsInPiece } from './find-literals.ts';
import { contextIn, copyLines, makeHit, type Region } from './hit.ts';
import { firstLines, joinTails, lastLines, lineEnd, lineStart, tailLines } from './line-text.ts';
import { lineTimeAt, lineTimeText } from './line-time.ts';
import type { Candidates } from './matcher.ts';
import { countNewlines } from './newlines.ts';
import { CONTEXT_LINES, type TailLine } from './section-result.ts';
import { type Held, judge, settle, type Tallies, type Unit } from './tally.ts';

/** Lines longer than this are judged in pieces of this length. */
export const PIECE_BYTES = 64 * 1024;
/** Distance between the starts of two pieces: they overlap by 4 KiB. */
export const PIECE_STEP = 60 * 1024;

/** What is known of a section so far. */
export interface SectionState {
  readonly tallies: Tallies;
  /** Line breaks so far. */
  lines: number;
  first?: string;
  last?: string;
  readonly head: string[];
  foot: readonly string[];
  tail?: readonly TailLine[];
  /** `after` of hits that still lack lines. */
  awaiting: string[][];
}

/** Scans whole lines; only the last line of a section may lack its line break. */
export function scanRegion(state: SectionState, region: Region): void {
  const { bytes, from, to } = region;
  const { tallies } = state;
  noteFirst(state, firstLines(bytes, from, to, CONTEXT_LINES));
  const { front, back } = tallies.matcher.scratch;
  findLiterals(tallies.matcher, bytes, from, to);
  const numbering = { at: from, line: state.lines + 1 };
  judgeAll(tallies, region, front, numbering);
  judgeAll(tallies, region, back, numbering);
  settle(tallies, region, (slot, { closing }) => {
    if (closing.includes(slot) && copyLines(region, slot)) return;
    const context = contextIn(region, slot, state.foot);
    if (context.after.length < CONTEXT_LINES) state.awaiting.push(context.after);
    slot.hit = makeHit(tallies.matcher, region, slot, context);
  });
  state.lines = numbering.line - 1 + countNewlines(bytes, numbering.at, to);
  noteTimes(state, region);
  const tail = state.tail ? tailLines(bytes, from, to) : [];
  noteLast(state, lastLines(bytes, from, to, CONTEXT_LINES), tail, to - from);
}

/** Gives the first lines of new bytes to hits that wait for them and to the head of the section. */
export function noteFirst(state: SectionState, lines: readonly string[]): void {
  for (const line of lines) {
    for (const after of state.awaiting) if (after.length < CONTEXT_LINES) after.push(line);
    if (state.head.length < CONTEXT_LINES) state.head.push(line);
  }
  state.awaiting = state.awaiting.filter((after) => after.length < CONTEXT_LINES);
}

/** Remembers the last lines of bytes that are about to go; `size` is the length of those bytes. */
export function noteLast(
  state: SectionState,
  lines: readonly string[],
  tail: readonly TailLine[],
  size: number,
): void {
  state.foot = [...state.foot, ...lines].slice(-CONTEXT_LINES);
  if (state.tail) state.tail = joinTails(state.tail, tail, size);
}

/** Line number of the line that begins at index `at`. */
interface Numbering {
  at: number;
  line: number;
}

/** Further than this it pays to count line breaks first and to look back for the last of them. */
const STEP_BYTES = 4096;

/** Goes on to the line that holds index `at`. */
function numberTo(numbering: Numbering, bytes: Buffer, at: number): void {
  if (at - numbering.at > STEP_BYTES) {
    const start = lineStart(bytes, numbering.at, at);
    numbering.line += countNewlines(bytes, numbering.at, start);
    numbering.at = start;
    return;
  }
  for (let end = bytes.indexOf(0x0a, numbering.at); end !== -1 && end < at; ) {
    numbering.line += 1;
    numbering.at = end + 1;
    end = bytes.indexOf(0x0a, numbering.at);
  }
}

function judgeAll(tallies: Tallies, region: Region, found: Candidates, numbering: Numbering): void {
  const { bytes, base } = region;
  const unit = newUnit();
  let lineTo = -1;
  for (let index = 0; index < found.length; index++) {
    const at = found.at[index]!;
    if (at >= lineTo) {
      numberTo(numbering, bytes, at);
      const start = numbering.at;
      lineTo = lineEnd(bytes, at, found.to);
      unit.line = numbering.line;
      if (lineTo < found.to) {
        numbering.line += 1;
        numbering.at = lineTo + 1;
      }
      unit.lineStart = base + start;
      unit.start = base + start;
      unit.end = base + lineTo;
      unit.text = undefined;
      unit.stamp = undefined;
      if (lineTo - start > PIECE_BYTES) judgeLongLine(tallies, region, unit);
    }
    if (unit.end - unit.start <= PIECE_BYTES) judge(tallies, region, unit, found.literal[index]!);
  }
}

/** A unit to be filled. */
export function newUnit(): Unit {
  return { line: 0, lineStart: 0, start: 0, end: 0, text: undefined, stamp: undefined, time: undefined };
}

function judgeLongLine(tallies: Tallies, held: Held, line: Unit): void {
  for (let start = line.start; ; start += PIECE_STEP) {
    const end = Math.min(line.end, start + PIECE_BYTES);
    judgePiece(tallies, held, { ...line, start, end });
    if (end === line.end) return;
  }
}

/** Judges a piece of a long line: an expression sees the piece alone. */
export function judgePiece(tallies: Tallies, held: Held, unit: Unit): void {
  const { piece } = tallies.matcher.scratch;
  findLiteralsInPiece(tallies.matcher, held.bytes, unit.start - held.base, unit.end - held.base);
  for (let index = 0; index < piece.length; index++) {
    judge(tallies, held, unit, piece.literal[index]!);
  }
}

function noteTimes(state: SectionState, { bytes, from, to }: Region): void {
  if (state.first === undefined) {
    for (let start = from; start < to && state.first === undefined; ) {
      const end = lineEnd(bytes, start, to);
      const at = lineTimeAt(bytes, start, end);
      if (at !== -1) state.first = lineTimeText(bytes, at, end);
      start = end + 1;
    }
    if (state.first === undefined) return;
  }
  for (let next = to; next > from; ) {
    const end = bytes[next - 1] === 0x0a ? next - 1 : next;
    const start = lineStart(bytes, from, end);
    const at = lineTimeAt(bytes, start, end);
    if (at !== -1) {
      state.last = lineTimeText(bytes, at, end);
      return;
    }
    next = start;
  }
}
