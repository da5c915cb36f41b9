import { parseLineTime } from '../../../src/scan/line-time.ts';
import type { ScanPattern } from '../../../src/scan/pattern.ts';
import type { PatternResult, SectionHit, SectionResult, TailLine } from '../../../src/scan/section-result.ts';

interface Line {
  readonly bytes: Buffer;
  readonly offset: number;
  readonly closed: boolean;
}

function linesOf(log: Buffer): Line[] {
  const lines: Line[] = [];
  for (let offset = 0; offset < log.length; ) {
    const newline = log.indexOf(0x0a, offset);
    const end = newline === -1 ? log.length : newline;
    lines.push({ bytes: log.subarray(offset, end), offset, closed: newline !== -1 });
    offset = end + 1;
  }
  return lines;
}

function trimmed(bytes: Buffer): Buffer {
  return bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
}

function cutText(bytes: Buffer, max: number): string {
  if (bytes.length <= max) return bytes.toString('utf8');
  let end = max;
  for (let back = 0; back < 4; back++) {
    if ((bytes[max - back]! & 0xc0) !== 0x80) {
      end = max - back;
      break;
    }
  }
  return bytes.subarray(0, end).toString('utf8');
}

/** A line up to 64 KiB as it is, a longer one in pieces of 64 KiB every 60 KiB. */
function units(line: Buffer): { start: number; bytes: Buffer }[] {
  if (line.length <= 65536) return [{ start: 0, bytes: trimmed(line) }];
  const pieces: { start: number; bytes: Buffer }[] = [];
  for (let start = 0; start === 0 || line.length - start > 4096; start += 61440) {
    pieces.push({ start, bytes: trimmed(line.subarray(start, start + 65536)) });
  }
  return pieces;
}

function matchOf(line: Line, pattern: ScanPattern) {
  for (const unit of units(line.bytes)) {
    const places = pattern.any.map((literal) => ({ at: unit.bytes.indexOf(literal), literal }));
    const found = places.filter((place) => place.at !== -1).sort((one, other) => one.at - other.at)[0];
    if (!found) continue;
    const groups = pattern.re ? pattern.re.exec(unit.bytes.toString('utf8')) : undefined;
    if (groups === null) continue;
    return { unit, at: found.at, end: found.at + Buffer.byteLength(found.literal), groups: groups?.groups };
  }
  return undefined;
}

function hitOf(
  lines: readonly Line[],
  index: number,
  match: NonNullable<ReturnType<typeof matchOf>>,
): SectionHit {
  const line = lines[index]!;
  const { unit, at, end, groups } = match;
  let from = 0;
  if (unit.start + end > 2048) {
    from = Math.max(0, at - 512);
    while (from < at && (unit.bytes[from]! & 0xc0) === 0x80) from++;
  }
  const text = (other: Line) => cutText(trimmed(other.bytes), 2048);
  const time = parseLineTime(line.bytes.toString('latin1'));
  return {
    offset: line.offset,
    column: unit.start + at,
    line: index + 1,
    before: lines.slice(Math.max(0, index - 2), index).map(text),
    after: lines.slice(index + 1, index + 3).map(text),
    ...(time === undefined ? {} : { time }),
    text: cutText(unit.bytes.subarray(from), 2048),
    textStart: unit.start + from,
    cut: unit.start + from > 0 || unit.bytes.length > 2048,
    captures: { ...groups },
  };
}

function resultOf(lines: readonly Line[], pattern: ScanPattern): PatternResult[] {
  const hits = lines.flatMap((line, index) => {
    const match = matchOf(line, pattern);
    return match ? [hitOf(lines, index, match)] : [];
  });
  const times = hits.flatMap((hit) => hit.time ?? []);
  if (hits.length === 0) return [];
  return [
    {
      id: pattern.id,
      count: hits.length,
      counted: 'exact',
      ...(times.length > 0 ? { first: times[0], last: times.at(-1) } : {}),
      hits: hits.filter((_, index) => index < 3 || index >= hits.length - 3),
    },
  ];
}

function tailOf(lines: readonly Line[]): TailLine[] {
  const tail: TailLine[] = [];
  let size = 0;
  for (const line of lines.toReversed()) {
    const bytes = line.bytes.length + (line.closed ? 1 : 0);
    size += bytes;
    if (size > 1024 && tail.length > 0) break;
    tail.unshift({ text: cutText(trimmed(line.bytes), 1024), bytes });
  }
  return tail;
}

/** What a scan must find, said line by line with `indexOf`: the reference the scanner is compared with. */
export function naiveScan(patterns: readonly ScanPattern[], log: Buffer): SectionResult {
  const lines = linesOf(log);
  const texts = lines.map((line) => cutText(trimmed(line.bytes), 2048));
  const times = lines.flatMap((line) => parseLineTime(line.bytes.toString('latin1')) ?? []);
  const results = patterns.flatMap((pattern) => resultOf(lines, pattern));
  return {
    bytes: log.length,
    lines: lines.filter((line) => line.closed).length,
    open: lines.at(-1)?.closed === false,
    ...(times.length > 0 ? { first: times[0], last: times.at(-1) } : {}),
    patterns: results.sort((one, other) => (one.id < other.id ? -1 : 1)),
    head: texts.slice(0, 2),
    foot: texts.slice(-2),
    tail: tailOf(lines),
  };
}
