/** Shortest stamp: `2026-01-02T03:04:05Z`. */
const STAMP_MIN = 20;

/** What may stand before the time: Envoy, logrus, logfmt, and JSON of zap, etcd and slog. */
const FRAMES: readonly Buffer[] = [
  '[',
  'time="',
  'time=',
  'ts="',
  'ts=',
  '{"ts":"',
  '{"time":"',
  '{"timestamp":"',
  '{"@timestamp":"',
].map((frame) => Buffer.from(frame));
/** zap and etcd write the level before the time. */
const LEVEL_FRAME = Buffer.from('{"level":"');
const AFTER_LEVEL: readonly Buffer[] = ['","ts":"', '","time":"'].map((frame) => Buffer.from(frame));
const LEVEL_MAX = 12;
/** 1 for the bytes a frame begins with: most lines begin with none of them. */
const FRAME_BYTES = new Uint8Array(256);
for (const frame of FRAMES) FRAME_BYTES[frame[0]!] = 1;

/**
 * Index in `bytes` of the RFC 3339 time a line `[start, end)` begins with, at most nine digits of fraction
 * and a zone, as kubelet timestamps, CRI log files, Envoy, logrus, zap and etcd write it; -1 if it begins
 * with none. Times without a year or a zone (klog, nginx) are not guessed.
 */
export function lineTimeAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < STAMP_MIN) return -1;
  const first = bytes[start]!;
  const at = isDigit(first) ? start : frameEnd(bytes, start, end);
  return at !== -1 && stampEnd(bytes, at, end) !== -1 ? at : -1;
}

/** The time that begins at an index `lineTimeAt` gave, written with `T` between date and time. */
export function lineTimeText(bytes: Buffer, at: number, end: number): string {
  const text = bytes.toString('latin1', at, stampEnd(bytes, at, end));
  return text[10] === 'T' ? text : `${text.slice(0, 10)}T${text.slice(11)}`;
}

/** The time a line begins with, as RFC 3339; undefined if it begins with none. */
export function parseLineTime(line: string): string | undefined {
  const bytes = Buffer.from(line, 'utf8');
  const at = lineTimeAt(bytes, 0, bytes.length);
  return at === -1 ? undefined : lineTimeText(bytes, at, bytes.length);
}

function frameEnd(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start]!;
  if (FRAME_BYTES[first] === 0) return -1;
  for (const frame of FRAMES) {
    if (frame[0] === first && startsWith(bytes, start, end, frame)) return start + frame.length;
  }
  if (first !== LEVEL_FRAME[0] || !startsWith(bytes, start, end, LEVEL_FRAME)) return -1;
  const level = start + LEVEL_FRAME.length;
  for (let at = level; at < Math.min(end, level + LEVEL_MAX); at++) {
    if (bytes[at] !== 0x22) continue;
    const after = AFTER_LEVEL.find((frame) => startsWith(bytes, at, end, frame));
    return after ? at + after.length : -1;
  }
  return -1;
}

function startsWith(bytes: Uint8Array, at: number, end: number, prefix: Uint8Array): boolean {
  if (at + prefix.length > end) return false;
  for (let index = 0; index < prefix.length; index++) if (bytes[at + index] !== prefix[index]) return false;
  return true;
}

/** Index after a valid time that begins at `at`; -1 if there is none. */
function stampEnd(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < STAMP_MIN || bytes[at + 4] !== DASH || bytes[at + 7] !== DASH) return -1;
  if (bytes[at + 10] !== LETTER_T && bytes[at + 10] !== SPACE) return -1;
  if (bytes[at + 13] !== COLON || bytes[at + 16] !== COLON) return -1;
  const year = twoDigits(bytes, at) * 100 + twoDigits(bytes, at + 2);
  const month = twoDigits(bytes, at + 5);
  const day = twoDigits(bytes, at + 8);
  // Go prints an unset time as the year 1.
  if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month))) return -1;
  if (!(twoDigits(bytes, at + 11) <= 23 && twoDigits(bytes, at + 14) <= 59)) return -1;
  if (!(twoDigits(bytes, at + 17) <= 59)) return -1;
  return zoneEnd(bytes, fractionEnd(bytes, at + 19, end), end);
}

const SPACE = 0x20;
const PLUS = 0x2b;
const DASH = 0x2d;
const COLON = 0x3a;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** The value of two digits; NaN, which no comparison holds for, if they are not digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]!;
  const ones = bytes[at + 1]!;
  return isDigit(tens) && isDigit(ones) ? tens * 10 + ones - 528 : Number.NaN;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Index after an optional fraction of one to nine digits; `at` if there is none. */
function fractionEnd(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== 0x2e) return at;
  let digit = at + 1;
  while (digit < end && digit - at <= 9 && isDigit(bytes[digit]!)) digit++;
  return digit > at + 1 ? digit : at;
}

function zoneEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1;
  if (bytes[at] === LETTER_Z) return at + 1;
  if (at + 6 > end || (bytes[at] !== PLUS && bytes[at] !== DASH) || bytes[at + 3] !== COLON) return -1;
  return twoDigits(bytes, at + 1) <= 23 && twoDigits(bytes, at + 4) <= 59 ? at + 6 : -1;
}
