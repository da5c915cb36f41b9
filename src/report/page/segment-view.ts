import type { Segment } from '../segments.ts';

/** A segment as the templates print it: code in pieces a line may break between. */
export interface SegmentView {
  readonly code: boolean;
  readonly text: string;
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
  return segments.map(({ code, text }) => ({ code, text, pieces: code ? breakable(text) : [] }));
}
