import type { ProgressEvent } from '../collect/progress.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { scopeKey } from '../model/scope.ts';

/** Scopes named per reason. */
const NAMED = 3;

type CollectorEvent = ProgressEvent & { readonly type: 'collector' };

/** Binary units, as Kubernetes has them. */
export function bytesText(bytes: number): string {
  const kibibytes = bytes / 1024;
  return kibibytes < 1024 ? `${Math.ceil(kibibytes)} KiB` : `${(kibibytes / 1024).toFixed(1)} MiB`;
}

/** What a collector gave and how long it took: `1 204 objects, 12 entries, 3.1 MiB, 4 s`; empty for nothing. */
export function givenText({ objects, entries, bytes, seconds }: CollectorEvent): string {
  const parts = [
    ...(objects > 0 ? [amount(objects, 'object')] : []),
    ...(entries > 0 ? [amount(entries, 'entry', 'entries')] : []),
  ];
  if (parts.length === 0) return '';
  const took = seconds === undefined ? [] : [`${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`];
  return [...parts, bytesText(bytes), ...took].join(', ');
}

/** What of a collector was not read, one line per reason. */
export function missedLines({ missed }: CollectorEvent): string[] {
  return missed.map(({ count, outcome, reason }) => `${spaced(count)} ${outcome}: ${reason}`);
}

/** How far everything is, for those who see no line that moves. */
export function stepText({ done, expected }: ProgressEvent & { readonly type: 'row' }): string {
  return `${spaced(done)} of ${spaced(expected)} read`;
}

/** What was not collected, one line per reason with the first it holds for; reasons beyond `shown` are counted. */
export function notCollectedLines(rows: readonly CoverageRow[], shown: number): string[] {
  const alike = new Map<string, CoverageRow[]>();
  for (const row of rows) getOrCreate(alike, `${row.outcome}, ${row.reason ?? ''}`, () => []).push(row);
  const lines = [...alike].slice(0, shown).map(([why, all]) => {
    const named = all.slice(0, NAMED).map(({ artifact, scope }) => `${artifact} ${scopeKey(scope)}`);
    const more = all.length > NAMED ? ` and ${spaced(all.length - NAMED)} more` : '';
    return `${named.join(', ')}${more}: ${why}`;
  });
  const rest = [...alike.values()].slice(shown).reduce((sum, all) => sum + all.length, 0);
  return rest === 0 ? lines : [...lines, `and ${spaced(rest)} more`];
}

/** A number with its noun. */
export function amount(count: number, one: string, more = `${one}s`): string {
  return `${spaced(count)} ${count === 1 ? one : more}`;
}

/** Thin groups of three, as SI has it, with plain spaces. */
function spaced(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ' ');
}
