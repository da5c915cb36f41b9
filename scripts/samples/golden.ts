import type { AnalyzerResult } from '../../src/model/analyzer.ts';
import type { Report } from '../../src/model/report.ts';
import { json } from '../../src/report/formats/json.ts';

/** A value that fits into this many columns stands on one line. */
const WIDTH = 160;

/** What a sample keeps of its report, read back. */
export interface GoldenReport extends Omit<Report, 'catalog' | 'results' | 'checklists'> {
  /** A line by analyzer id: its status first. */
  readonly results: Readonly<Record<string, string>>;
}

/**
 * What a sample keeps of its report: not the catalog, which the sources already hold, of checklists only the
 * rows that are bad, and of results a line each, so that a change of a text does not rewrite every sample.
 */
export function golden(report: Report): string {
  const { catalog: _, checklists, results, ...rest } = JSON.parse(json(report)) as Report;
  const tables = checklists.flatMap(({ id, tables }) =>
    tables.map(({ subject, rows }) => ({
      id,
      subject,
      rows: countsBy(rows.map(({ state }) => state)),
      bad: rows.filter(({ state }) => state === 'bad'),
    })),
  );
  const lines = Object.fromEntries(results.map((one) => [one.analyzerId, lineOf(one)]));
  return `${printed({ ...rest, results: lines, checklists: tables }, '')}\n`;
}

/** Status of an analyzer, with what it found, examined, and could not see. */
function lineOf({ status, findings, looked, unseen, reason }: AnalyzerResult): string {
  const parts = [
    status,
    ...(findings > 0 ? [`${findings} findings`] : []),
    ...Object.entries(looked).map(([check, count]) => `${check} ${count}`),
    ...(unseen.length > 0 ? [`${unseen.length} unseen`] : []),
    ...(reason === undefined ? [] : [reason]),
  ];
  return parts.join(', ');
}

function countsBy(states: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const state of [...states].sort()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** JSON, broken over lines only where it would not fit: a row of a table stays one line of a diff. */
function printed(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || indent.length + line.length <= WIDTH) return line;
  const deeper = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((one) => `${deeper}${printed(one, deeper)}`)
    : Object.entries(value).map(([key, one]) => `${deeper}${JSON.stringify(key)}: ${printed(one, deeper)}`);
  const [left, right] = Array.isArray(value) ? '[]' : '{}';
  return `${left}\n${parts.join(',\n')}\n${indent}${right}`;
}
