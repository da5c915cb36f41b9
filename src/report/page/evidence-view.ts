import type { Evidence, Excerpt } from '../../model/finding.ts';
import { describeArtifact, describeScope, nameInCode } from '../describe-scope.ts';
import { formatTime } from '../format-value.ts';
import { say, sayCount } from '../say.ts';
import { plainSegments } from '../segments.ts';
import type { Texts } from '../texts.en.ts';
import { visibleInline, visibleLine } from '../visible-text.ts';
import { breakable, type SegmentView, viewSegments } from './segment-view.ts';

/** One line of an excerpt. */
export interface ExcerptLine {
  /** Line number in the bundle; empty for rendered objects. */
  readonly number: string;
  readonly text: string;
  readonly mark: boolean;
}

/** Evidence as the page shows it. */
export interface EvidenceView {
  /** `path:line pointer`, in pieces a line may break between; empty for absence. */
  readonly place: readonly string[];
  /** The same in one piece, to copy. */
  readonly copy: string;
  /** What was searched, for absence. */
  readonly absent: readonly SegmentView[];
  /** Count and span of further matching lines. */
  readonly note: string;
  readonly lines: readonly ExcerptLine[];
  readonly numbered: boolean;
  readonly cut: boolean;
}

/** Of the entries searched in vain, as many are named. */
const ENTRIES_NAMED = 3;

/** Evidence for the template `evidence`. */
export function viewEvidence(evidence: Evidence, texts: Texts): EvidenceView {
  const lines = evidence.type === 'absent' ? [] : viewExcerpt(evidence.excerpt);
  const place = describePlace(evidence);
  return {
    place: breakable(place),
    copy: place,
    absent: evidence.type === 'absent' ? viewSegments(plainSegments(describeAbsence(evidence, texts))) : [],
    note: evidence.type === 'log' ? describeRest(evidence, texts) : '',
    lines,
    numbered: lines.some((line) => line.number !== ''),
    cut: evidence.type !== 'absent' && evidence.excerpt?.cut === true,
  };
}

/** Evidence in one line, without its excerpt. */
export function describeEvidence(evidence: Evidence, texts: Texts): string {
  if (evidence.type === 'absent') return visibleInline(describeAbsence(evidence, texts)).replaceAll('`', '');
  const rest = evidence.type === 'log' ? describeRest(evidence, texts) : '';
  return rest === '' ? describePlace(evidence) : `${describePlace(evidence)} (${rest})`;
}

function describePlace(evidence: Evidence): string {
  if (evidence.type === 'absent') return '';
  const place = `${visibleInline(evidence.path)}:${evidence.line}`;
  if (evidence.type === 'log' || evidence.pointer === '') return place;
  return `${place} ${visibleInline(evidence.pointer)}`;
}

function describeAbsence(evidence: Extract<Evidence, { type: 'absent' }>, texts: Texts): string {
  const artifact = describeArtifact(evidence.artifact, texts);
  const { entries, items, observedAt } = evidence.searched;
  const what =
    evidence.name === undefined
      ? say(texts.evidence.absentAny, { artifact })
      : say(texts.evidence.absentNamed, { name: nameInCode(evidence.name), artifact });
  const named = entries.slice(0, ENTRIES_NAMED).map((entry) => `\`${nameInCode(entry)}\``);
  const rest = entries.length - named.length;
  if (rest > 0) named.push(sayCount(texts.evidence.moreEntries, rest));
  const absence = say(texts.evidence.absent, {
    what,
    scope: describeScope(evidence.scope, texts),
    items: sayCount(texts.evidence.items, items),
    entries: named.length === 0 ? texts.evidence.noEntries : named.join(', '),
  });
  return observedAt === undefined
    ? absence
    : absence + say(texts.evidence.observed, { time: formatTime(observedAt) });
}

function describeRest(evidence: Extract<Evidence, { type: 'log' }>, texts: Texts): string {
  const rest = evidence.count - 1;
  if (rest < 1) return '';
  const counted = sayCount(texts.evidence.more, rest);
  const text = evidence.counted === 'exact' ? counted : say(texts.evidence.atLeast, { text: counted });
  if (evidence.first === undefined || evidence.last === undefined) return text;
  const first = formatTime(evidence.first);
  const last = formatTime(evidence.last);
  const sameDay = first.slice(0, 10) === last.slice(0, 10);
  const until = sameDay ? last.slice(11) : last;
  const from = sameDay ? first.replace(' UTC', '') : first;
  return `${text}, ${say(texts.evidence.span, { first: from, last: until })}`;
}

function viewExcerpt(excerpt: Excerpt | undefined): readonly ExcerptLine[] {
  return (excerpt?.lines ?? []).map((line, index) => ({
    number: excerpt?.startLine === undefined ? '' : String(excerpt.startLine + index),
    text: visibleLine(line),
    mark: excerpt?.mark === index,
  }));
}
