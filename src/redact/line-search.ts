import {
  type KeyPart,
  keyPart,
  LONGEST_BODY,
  LONGEST_PART,
  MAX_REST_LINES,
  SHORTEST_BODY,
} from './key-rest.ts';
import { isRestCode } from './pem.ts';
import type { RedactionPolicy } from './policy.ts';

const NEWLINE = 10;
const DASH = 45;
/** Bytes searched at once: a rare character is not searched for over and over in all that follows. */
const SEARCH = 64 * 1024;
/** Every run of more lines than a key has covers two multiples of this. */
const STEP = Math.floor((MAX_REST_LINES * SHORTEST_BODY) / 2);
/** Longest line break, in bytes. */
const LINE_BREAK = 2;
/** Lines shorter than the others that a key may end with. */
const SHORT_LINES = 2;

/**
 * Where the first of some whole lines begins that must be looked at, searching from the beginning of a line; the
 * length when there is none. Those are lines with a trigger, and lines that may belong to a private key whose
 * beginning is missing: before its end, in a run too long to be shown, or where the lines end.
 */
export function nextLine(bytes: Buffer, from: number, policy: RedactionPolicy): number {
  for (let at = from; at < bytes.length; ) {
    const until = bytes.indexOf(NEWLINE, Math.min(bytes.length - 1, at + SEARCH)) + 1;
    const hit = policy.prefilter.next(bytes, at, until);
    const line = hit === -1 ? until : Math.max(at, bytes.lastIndexOf(NEWLINE, hit) + 1);
    const run = findRun(bytes, at, line);
    if (run !== undefined) return firstOfKey(bytes, from, run);
    if (hit !== -1) return mayBePart(bytes, hit) ? firstOfKey(bytes, from, line) : line;
    at = until;
  }
  return firstOfKey(bytes, from, bytes.length);
}

/** The end of a line that looks like one of a key, found by samples: no long run of them is missed. */
function findRun(bytes: Buffer, from: number, to: number): number | undefined {
  for (let at = Math.ceil(from / STEP) * STEP; at < to; at += STEP) {
    // Byte by byte, which is faster than a call for lines of usual length.
    const limit = at + LONGEST_BODY + LINE_BREAK;
    let end = at;
    while (end < limit && bytes[end] !== NEWLINE) end++;
    if (end === limit || wordBefore(bytes, end + 1) < SHORTEST_BODY) continue;
    if (partBefore(bytes, end + 1) === 'body') return end + 1;
  }
  return undefined;
}

/** The beginning of the lines directly before `end` that may be those of a key, not before `from`. */
function firstOfKey(bytes: Buffer, from: number, end: number): number {
  let start = end;
  let short = 0;
  while (start > from) {
    const part = partBefore(bytes, start);
    if (part === undefined || part === 'end') return start;
    if ((part === 'last' || part === 'checksum') && short === SHORT_LINES) return start;
    short = part === 'body' ? SHORT_LINES : short + 1;
    start = lineBefore(bytes, start);
    if (part === 'wide') return start;
  }
  return start;
}

/** What the line that ends before `end` can be of a key. */
function partBefore(bytes: Buffer, end: number): KeyPart | undefined {
  if (wordBefore(bytes, end) === 0) return undefined;
  const start = lineBefore(bytes, end);
  if (end - start > LONGEST_PART + LINE_BREAK) return undefined;
  return keyPart(bytes.toString('latin1', start, end - 1).replace(/\r$/, ''));
}

/** How long the word of base64 is that the line before `end` ends with, counted up to the least of a whole line. */
function wordBefore(bytes: Buffer, end: number): number {
  let last = end - 1;
  while (last > 0 && (bytes[last - 1] ?? 0) <= 32 && bytes[last - 1] !== NEWLINE) last--;
  let start = last;
  while (start > 0 && last - start < SHORTEST_BODY && isRestCode(bytes[start - 1] ?? 0)) start--;
  return last - start;
}

function lineBefore(bytes: Buffer, end: number): number {
  return end < 2 ? 0 : bytes.lastIndexOf(NEWLINE, end - 2) + 1;
}

/** Whether the line with a trigger at `hit` can be a part of a key; most others show it right behind the trigger. */
function mayBePart(bytes: Buffer, hit: number): boolean {
  // The end of a key has its trigger behind the dashes.
  if (bytes[hit - 1] === DASH || bytes[hit - 2] === DASH) return true;
  let at = hit;
  while (isRestCode(bytes[at] ?? 0)) at++;
  // Behind the last of the body, the dashes of the end may follow.
  while ((bytes[at] ?? 0) <= 32 && bytes[at] !== NEWLINE && at < bytes.length) at++;
  return bytes[at] === NEWLINE || bytes[at] === DASH;
}
