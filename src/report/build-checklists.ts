import type { AnalyzerResult } from '../model/analyzer.ts';
import type { CheckRow } from '../model/finding.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { CHECKLISTS, type ChecklistId } from '../model/message.ts';
import type { Checklist } from '../model/report.ts';
import { type Subject, subjectKey } from '../model/subject.ts';
import type { ReportParts } from './build-report.ts';

/** Tables of one checklist kept; the total is stated. */
const TABLES_PER_CHECKLIST = 200;

interface ChecklistItem {
  readonly analyzerId: string;
  readonly checkId: string;
}

type Table = Checklist['tables'][number];

/** The checklists with an answer to any of their items, tables in the order of their subjects. */
export function buildChecklists(
  parts: Pick<ReportParts, 'analyzers' | 'rows' | 'results' | 'cluster'>,
): Checklist[] {
  const results = new Map(parts.results.map((result) => [result.analyzerId, result]));
  return (Object.keys(CHECKLISTS) as ChecklistId[]).flatMap((id) => {
    const items = itemsOf(id, parts.analyzers);
    const keys = new Set(items.map(itemKey));
    const bySubject = new Map<string, CheckRow[]>();
    for (const row of parts.rows) {
      if (keys.has(itemKey(row))) getOrCreate(bySubject, subjectKey(row.subject), () => []).push(row);
    }
    if (bySubject.size === 0) return [];
    const { title, whole } = CHECKLISTS[id];
    const subjects = [...bySubject.keys()].sort();
    const shown = subjects.slice(0, TABLES_PER_CHECKLIST).map((key) => bySubject.get(key) as CheckRow[]);
    const tables = shown.map((rows) => tableOf(rows, items, whole ? results : undefined));
    const rest = whole ? [] : unansweredItems(items, parts, results);
    return [{ id, title, tables: [...tables, ...rest], total: subjects.length + rest.length }];
  });
}

/** The items of a checklist: in the order an analyzer declares them, analyzers by id. */
function itemsOf(id: ChecklistId, analyzers: ReportParts['analyzers']): ChecklistItem[] {
  return analyzers
    .flatMap((analyzer) =>
      Object.entries(analyzer.meta.checks ?? {})
        .filter(([, check]) => (check as { checklist?: string }).checklist === id)
        .map(([checkId]) => ({ analyzerId: analyzer.meta.id as string, checkId })),
    )
    .sort((a, b) => (a.analyzerId < b.analyzerId ? -1 : a.analyzerId > b.analyzerId ? 1 : 0));
}

function itemKey({ analyzerId, checkId }: ChecklistItem): string {
  return `${analyzerId} ${checkId}`;
}

/** The table of one subject; with results, items nobody answered for it say why. */
function tableOf(
  present: readonly CheckRow[],
  items: readonly ChecklistItem[],
  results: ReadonlyMap<string, AnalyzerResult> | undefined,
): Table {
  const { subject } = present[0] as CheckRow;
  const rows = items.flatMap((item): CheckRow[] => {
    const mine = present.filter((row) => itemKey(row) === itemKey(item));
    if (mine.length > 0 || results === undefined) return mine;
    return [unanswered(item, subject, results.get(item.analyzerId))];
  });
  return { subject, rows };
}

/** One table of the cluster for what was answered for no subject at all; none when everything was. */
function unansweredItems(
  items: readonly ChecklistItem[],
  { rows, cluster }: Pick<ReportParts, 'rows' | 'cluster'>,
  results: ReadonlyMap<string, AnalyzerResult>,
): Table[] {
  const answered = new Set(rows.map(itemKey));
  const open = items.filter((item) => !answered.has(itemKey(item)));
  if (open.length === 0) return [];
  const subject: Subject = { external: 'host', name: cluster.name ?? 'cluster' };
  return [{ subject, rows: open.map((item) => unanswered(item, subject, results.get(item.analyzerId))) }];
}

/** Why an item has no answer: something was not seen, or it does not apply. */
function unanswered(
  { analyzerId, checkId }: ChecklistItem,
  subject: Subject,
  result: AnalyzerResult | undefined,
): CheckRow {
  const gap = result?.unseen[0];
  const state = gap || result?.status === 'error' ? 'unseen' : 'not-applicable';
  const reason = gap?.reason ?? result?.reason;
  return {
    analyzerId,
    checkId,
    subject,
    state,
    values: {},
    evidence: [],
    ...(reason === undefined ? {} : { reason }),
  };
}
