import type { LogHit } from '../model/log-signals.ts';

/** Lines of a hit and around it are cut to 2 KiB each. */
export const TEXT_MAX_BYTES = 2048;
/** Captures are cut to this many UTF-16 units. */
export const CAPTURE_MAX = 1024;
/** The tail kept for "last words". */
export const TAIL_MAX_BYTES = 1024;
/** Lines kept before and after a hit. */
export const CONTEXT_LINES = 2;
/** The first three hits of a pattern are kept, and the last three. */
export const HITS_EACH_END = 3;

/** A kept matching line. */
export interface SectionHit extends LogHit {
  /** Byte offset of the line's first byte in the section. */
  readonly offset: number;
  /** Byte in the line where the first of the pattern's literals begins. */
  readonly column: number;
  /** Byte in the line where `text` begins: 0 unless the literal lies beyond the first 2 KiB. */
  readonly textStart: number;
  /** Whether `text` is less than the whole line. */
  readonly cut: boolean;
}

/** What one pattern found in a section. */
export interface PatternResult {
  readonly id: string;
  /** Matching lines; a line counts once. */
  readonly count: number;
  /** `at-least`: the limit of confirmations was reached, later candidate lines were neither counted nor kept. */
  readonly counted: 'exact' | 'at-least';
  /** RFC 3339 time of the first and of the last matching line that begins with one. */
  readonly first?: string;
  readonly last?: string;
  /** The first three and the last three matching lines, by offset; all of them up to six. */
  readonly hits: readonly SectionHit[];
}

/** One of the last lines of a log. */
export interface TailLine {
  /** Cut to 1 KiB. */
  readonly text: string;
  /** Uncut, with its line break. */
  readonly bytes: number;
}

/** What the scan of one log section, or of consecutive whole lines of one, found. */
export interface SectionResult {
  readonly bytes: number;
  /** Line breaks: an unfinished last line is not counted. */
  readonly lines: number;
  /** Whether the last line has no line break. */
  readonly open: boolean;
  /** RFC 3339 time of the first and of the last line that begins with one. */
  readonly first?: string;
  readonly last?: string;
  /** Patterns with a match or a reached limit, sorted by id. */
  readonly patterns: readonly PatternResult[];
  /** First two and last two lines, cut to 2 KiB: the neighbours of hits in the parts before and after. */
  readonly head: readonly string[];
  readonly foot: readonly string[];
  /** Last whole lines, 1 KiB in all or one longer line cut; only when asked for. */
  readonly tail?: readonly TailLine[];
}

/** The last lines of a section and the 1-based number of the first of them; undefined if no tail was kept. */
export function lastWords(
  result: SectionResult,
): { readonly lines: readonly string[]; readonly line: number } | undefined {
  if (!result.tail) return undefined;
  const total = result.lines + (result.open ? 1 : 0);
  return { lines: result.tail.map((line) => line.text), line: total - result.tail.length + 1 };
}
