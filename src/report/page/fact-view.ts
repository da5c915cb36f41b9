import type { FactTable } from '../../model/artifact.ts';
import type { Tag, Value } from '../../model/message.ts';
import { formatValue, isSubject, WHOLE_VALUE } from '../format-value.ts';
import { say, sayCount } from '../say.ts';
import { type Segment, subjectSegments } from '../segments.ts';
import type { Texts } from '../texts.en.ts';
import { visibleInline } from '../visible-text.ts';
import { type PageContext, STATIC_ROWS } from './page-context.ts';
import { breakable, type SegmentView, viewSegments } from './segment-view.ts';
import { type ValidityBar, validityBar } from './validity-bar.ts';

/** A cell: a subject in segments, or text in pieces a line may break between. */
export interface CellView {
  readonly numeric: boolean;
  /** A time: it reads as one thing and never wraps. */
  readonly time?: boolean;
  readonly segments: readonly SegmentView[];
  readonly pieces: readonly string[];
  readonly bar?: ValidityBar;
}

/** A table of facts. */
export interface FactTableView {
  readonly key: string;
  readonly title: string;
  readonly count: string;
  readonly open: boolean;
  readonly columns: readonly { readonly title: string; readonly numeric: boolean }[];
  readonly rows: readonly (readonly CellView[])[];
  readonly shown?: string;
}

/** Tables up to this many rows are open. */
const ROWS_OPEN = 12;
const NUMERIC: ReadonlySet<Tag> = new Set<Tag>(['bytes', 'count', 'duration', 'quantity']);

/** The facts for the template `facts`. */
export function viewFacts(context: PageContext): readonly FactTableView[] {
  const { texts, report } = context;
  return report.facts.map((table, position) => {
    const total = table.rows.length;
    const validity = validityColumns(table);
    const rows = table.rows.slice(0, STATIC_ROWS).map((row) => {
      const cells = table.columns.map((column, index) => viewCell(column, row[index], texts));
      return validity ? [...cells, barCell(row, validity, context)] : cells;
    });
    return {
      key: `t${position}`,
      title: visibleInline(table.title),
      count: sayCount(texts.facts.rows, total),
      open: total <= ROWS_OPEN,
      columns: [
        ...table.columns.map(({ title, tag }) => ({
          title: visibleInline(title),
          numeric: NUMERIC.has(tag),
        })),
        ...(validity ? [{ title: texts.facts.validity, numeric: false }] : []),
      ],
      rows,
      shown: rows.length < total ? say(texts.findings.shown, { shown: rows.length, total }) : undefined,
    };
  });
}

/** Rows beyond the static ones as plain text, by table key. */
export function restOfFacts(context: PageContext): Readonly<Record<string, readonly (readonly string[])[]>> {
  const rest: Record<string, (readonly string[])[]> = {};
  for (const [position, table] of context.report.facts.entries()) {
    const validity = validityColumns(table);
    const rows = table.rows.slice(STATIC_ROWS).map((row) => {
      const cells = table.columns.map(({ tag }, index) => cellText(tag, row[index], context.texts));
      return validity ? [...cells, barCell(row, validity, context).bar?.label ?? ''] : cells;
    });
    if (rows.length > 0) rest[`t${position}`] = rows;
  }
  return rest;
}

interface ValidityColumns {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A table with the columns `notBefore` and `notAfter` lists certificates. */
function validityColumns(table: FactTable): ValidityColumns | undefined {
  const notBefore = table.columns.findIndex((column) => column.id === 'notBefore');
  const notAfter = table.columns.findIndex((column) => column.id === 'notAfter');
  return notBefore < 0 || notAfter < 0 ? undefined : { notBefore, notAfter };
}

function barCell(row: readonly Value[], columns: ValidityColumns, context: PageContext): CellView {
  const moment = context.report.cluster.observed?.time;
  const bar = validityBar(row[columns.notBefore], row[columns.notAfter], moment, context.texts);
  return { numeric: false, segments: [], pieces: [], bar };
}

function viewCell(
  { tag, title }: FactTable['columns'][number],
  value: Value | undefined,
  texts: Texts,
): CellView {
  const numeric = NUMERIC.has(tag);
  if (tag === 'time') return { numeric, time: true, segments: [], pieces: [cellText(tag, value, texts)] };
  if (!isSubject(value)) return { numeric, segments: [], pieces: breakable(cellText(tag, value, texts)) };
  const [kind, ...names] = subjectSegments(value);
  // Under a heading that says the kind, the name is enough.
  const named = kind?.text.trim() === title ? names : [kind as Segment, ...names];
  return { numeric, segments: viewSegments(named), pieces: [] };
}

function cellText(tag: Tag, value: Value | undefined, texts: Texts): string {
  if (typeof value === 'boolean') return value ? texts.facts.yes : texts.facts.no;
  return formatValue(tag, value, WHOLE_VALUE);
}
