import { joinTails } from './line-text.ts';
import {
  CONTEXT_LINES,
  HITS_EACH_END,
  type PatternResult,
  type SectionHit,
  type SectionResult,
} from './section-result.ts';

/**
 * Joins the results of two consecutive parts of one section, cut at a line border and scanned with the
 * same matcher and options: equal to one scan of both, except that each part had its own limit of
 * confirmations. Throws if the earlier part ends within a line.
 */
export function mergeSections(earlier: SectionResult, later: SectionResult): SectionResult {
  if (later.bytes === 0) return earlier;
  if (earlier.open) throw new Error('log sections can be joined at a line border only');
  const first = earlier.first ?? later.first;
  const last = later.last ?? earlier.last;
  return {
    bytes: earlier.bytes + later.bytes,
    lines: earlier.lines + later.lines,
    open: later.open,
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
    patterns: mergePatterns(earlier, later),
    head: [...earlier.head, ...later.head].slice(0, CONTEXT_LINES),
    foot: [...earlier.foot, ...later.foot].slice(-CONTEXT_LINES),
    ...(earlier.tail && later.tail ? { tail: joinTails(earlier.tail, later.tail, later.bytes) } : {}),
  };
}

function mergePatterns(earlier: SectionResult, later: SectionResult): PatternResult[] {
  const ids = new Set([...earlier.patterns, ...later.patterns].map((pattern) => pattern.id));
  const before = new Map(earlier.patterns.map((pattern) => [pattern.id, pattern]));
  const after = new Map(later.patterns.map((pattern) => [pattern.id, pattern]));
  return [...ids].sort().map((id) => {
    const one = before.get(id);
    const other = after.get(id);
    const first = one?.first ?? other?.first;
    const last = other?.last ?? one?.last;
    const hits = [
      ...(one?.hits ?? []).map((hit) => withLinesAfter(hit, earlier, later)),
      ...(other?.hits ?? []).map((hit) => moved(hit, earlier)),
    ];
    return {
      id,
      count: (one?.count ?? 0) + (other?.count ?? 0),
      counted: one?.counted === 'at-least' || other?.counted === 'at-least' ? 'at-least' : 'exact',
      ...(first === undefined ? {} : { first }),
      ...(last === undefined ? {} : { last }),
      hits:
        hits.length <= 2 * HITS_EACH_END
          ? hits
          : [...hits.slice(0, HITS_EACH_END), ...hits.slice(-HITS_EACH_END)],
    };
  });
}

/** A hit near the end of the earlier part gets its following lines from the later one. */
function withLinesAfter(hit: SectionHit, earlier: SectionResult, later: SectionResult): SectionHit {
  const known = Math.min(CONTEXT_LINES, earlier.lines - hit.line);
  if (known === CONTEXT_LINES) return hit;
  return { ...hit, after: [...hit.after, ...later.head.slice(0, CONTEXT_LINES - known)] };
}

/** A hit of the later part, placed after the earlier one. */
function moved(hit: SectionHit, earlier: SectionResult): SectionHit {
  const known = Math.min(CONTEXT_LINES, hit.line - 1);
  const before =
    known === CONTEXT_LINES ? hit.before : [...earlier.foot, ...hit.before].slice(-CONTEXT_LINES);
  return { ...hit, offset: hit.offset + earlier.bytes, line: hit.line + earlier.lines, before };
}
