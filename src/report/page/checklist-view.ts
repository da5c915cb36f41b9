import type { CheckRow } from '../../model/finding.ts';
import type { Checklist } from '../../model/report.ts';
import { formatCount } from '../format-value.ts';
import { say } from '../say.ts';
import { plainSegments, renderSegments, subjectSegments } from '../segments.ts';
import { visibleInline } from '../visible-text.ts';
import { describeEvidence } from './evidence-view.ts';
import { anchorOf, messageSegments, type PageContext } from './page-context.ts';
import { breakable, type SegmentView, viewSegments } from './segment-view.ts';

type State = CheckRow['state'];
const STATES: readonly State[] = ['bad', 'unseen', 'fine', 'not-applicable'];

/** One item of a checklist. */
export interface CheckRowView {
  readonly state: { readonly name: State; readonly word: string };
  readonly item: readonly SegmentView[];
  readonly expected: readonly SegmentView[];
  readonly found: readonly SegmentView[];
  /** Leads to the finding of a wrong item. */
  readonly href?: string;
  readonly places: readonly (readonly string[])[];
}

/** A checklist filled in for one subject. */
export interface CheckTableView {
  readonly subject: readonly SegmentView[];
  /** `1 wrong, 2 not seen, 6 fine`. */
  readonly summary: string;
  readonly open: boolean;
  readonly rows: readonly CheckRowView[];
}

/** A checklist for its template. */
export interface ChecklistView {
  readonly title: string;
  readonly total?: string;
  readonly tables: readonly CheckTableView[];
}

/** The checklists for the template `checklists`. */
export function viewChecklists(context: PageContext): readonly ChecklistView[] {
  const byId = new Map(context.report.findings.map((finding) => [finding.id, finding]));
  const view = (checklist: Checklist): ChecklistView => ({
    title: visibleInline(checklist.title),
    total:
      checklist.total > checklist.tables.length
        ? say(context.texts.checklists.total, {
            shown: formatCount(checklist.tables.length),
            total: formatCount(checklist.total),
          })
        : undefined,
    tables: checklist.tables.map(({ subject, rows }) => ({
      subject: viewSegments(subjectSegments(subject)),
      summary: summarizeStates(rows, context),
      open: rows.some((row) => row.state === 'bad'),
      rows: rows.map((row) => viewCheckRow(row, byId, context)),
    })),
  });
  return context.report.checklists.map(view);
}

function summarizeStates(rows: readonly CheckRow[], context: PageContext): string {
  return STATES.map((state) => ({ state, count: rows.filter((row) => row.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${context.texts.state[state]}`)
    .join(', ');
}

function viewCheckRow(
  row: CheckRow,
  byId: ReadonlyMap<string, PageContext['report']['findings'][number]>,
  context: PageContext,
): CheckRowView {
  const { texts, catalog } = context;
  const checks = catalog.analyzer(row.analyzerId)?.checks;
  const check = checks && Object.hasOwn(checks, row.checkId) ? checks[row.checkId] : undefined;
  const finding = row.findingId === undefined ? undefined : byId.get(row.findingId);
  const text = (template: string | undefined) =>
    viewSegments(template === undefined ? [] : renderSegments(template, row.values));
  const found = () => {
    if (finding) return viewSegments(messageSegments(finding, catalog));
    if (row.state === 'fine') return text(check?.found);
    return viewSegments(plainSegments(row.reason ?? ''));
  };
  return {
    state: { name: row.state, word: texts.state[row.state] },
    item: check ? text(check.item) : viewSegments(plainSegments(row.checkId)),
    expected: text(check?.expected),
    found: found(),
    href: finding && `#${anchorOf(finding.fingerprint)}`,
    places: row.evidence.map((evidence) => breakable(describeEvidence(evidence, texts))),
  };
}
