import { type KeyPart, keyPart, LONGEST_PART, SHORTEST_BODY } from './key-rest.ts';
import { isRestCode } from './pem.ts';
import type { RedactionPolicy } from './policy.ts';

const NEWLINE = 10;
const DASH = 45;
const CLOSING_BRACE = 125;
const DOCKER_HEAD = '{"log":"';
/** Timestamp and indentation before it, and itself. */
const LONGEST_PREFIX = 80;
/** Bytes searched at once: a rare character is not searched for over and over in all that follows. */
const SEARCH = 64 * 1024;
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

/** The end of a line that looks like one of a key, found by samples: every word as long as a line is met by one. */
function findRun(bytes: Buffer, from: number, to: number): number | undefined {
  for (let at = from + SHORTEST_BODY - 1; at < to; at += SHORTEST_BODY) {
    if (!isRestCode(bytes[at] ?? 0)) continue;
    let start = at;
    const first = Math.max(from, at - SHORTEST_BODY);
    while (start > first && isRestCode(bytes[start - 1] ?? 0)) start--;
    let end = at + 1;
    while (end < to && end - start < SHORTEST_BODY && isRestCode(bytes[end] ?? 0)) end++;
    if (end - start < SHORTEST_BODY) continue;
    end = bytes.indexOf(NEWLINE, end);
    if (end === -1 || end >= to) return undefined;
    const part = partBefore(bytes, end + 1);
    if (part === 'body' || part === 'wide') return end + 1;
    // The rest of the line was looked at.
    at = Math.max(at, end - 1);
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
  if (wordBefore(bytes, end) === 0 && !endsObject(bytes, end)) return undefined;
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

/** Whether the line before `end` can be one of a file of Docker, which has the text inside an object. */
function endsObject(bytes: Buffer, end: number): boolean {
  if (bytes[end - 2] !== CLOSING_BRACE) return false;
  const start = lineBefore(bytes, end);
  return bytes.toString('latin1', start, start + LONGEST_PREFIX).includes(DOCKER_HEAD);
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
