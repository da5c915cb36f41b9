import { isRedacted, type Tally } from './rules.ts';

/** A part of a text that must not be shown: start inclusive, end exclusive, in characters. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly rule: string;
}

/** Joins overlapping spans; the joined span carries the rule of the longest of them. Sorted by start. */
export function mergeSpans(spans: readonly Span[], text: string): Span[] {
  const found = spans.filter((span) => span.end > span.start && !isMarked(text, span));
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: { start: number; end: number; rule: string; longest: number }[] = [];
  for (const span of found) {
    const last = merged[merged.length - 1];
    if (last === undefined || span.start >= last.end) {
      merged.push({ ...span, longest: span.end - span.start });
      continue;
    }
    last.end = Math.max(last.end, span.end);
    if (span.end - span.start > last.longest) {
      last.longest = span.end - span.start;
      last.rule = span.rule;
    }
  }
  return merged;
}

/** The text with a mark in place of each span; spans are sorted and do not overlap. */
export function applySpans(text: string, spans: readonly Span[], tally: Tally): string {
  let result = '';
  let from = 0;
  for (const span of spans) {
    result += text.slice(from, span.start) + tally.mark(span.rule, text.slice(span.start, span.end));
    from = span.end;
    tally.add(span.rule);
  }
  return result + text.slice(from);
}

/** Whether a span covers marks only; closing brackets are often taken for the end of a value. */
function isMarked(text: string, span: Span): boolean {
  const end = text[span.end] === ']' ? span.end + 1 : span.end;
  return isRedacted(text.slice(span.start, end));
}
