import type { Segment } from '../segments.ts';

/** A short flag, such as `--nodes`. */
const FLAG = /^--?[a-z][a-z-]{0,30}$/;

/** A segment as the templates print it: code in pieces a line may break between. */
export interface SegmentView {
  readonly code: boolean;
  readonly text: string;
  /** A flag of a command: a line that ends behind its hyphens makes it unreadable. */
  readonly flag: boolean;
  readonly pieces: readonly string[];
}

/** Names may break after these; nowhere else. */
const BREAK_AFTER = /(?<=[/.\-:@,_])(?=[^/.\-:@,_])/;

/** Text cut where a line may break: after `/`, `.`, `-` and their like. */
export function breakable(text: string): readonly string[] {
  return text.length < 12 ? [text] : text.split(BREAK_AFTER);
}

/** Segments for the template `segments`. */
export function viewSegments(segments: readonly Segment[]): readonly SegmentView[] {
  return segments.map(({ code, text }) => {
    const flag = code && FLAG.test(text);
    return { code, text, flag, pieces: code ? breakable(text) : [] };
  });
}
