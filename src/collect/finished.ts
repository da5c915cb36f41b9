import { DROPPED_REASON } from '../bundle/drop.ts';
import type { Manifest, ManifestEntry } from '../bundle/manifest.ts';
import type { CollectOptions } from '../model/collector.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { type Scope, scopeKey } from '../model/scope.ts';

/** Options that decide whether a log that was cut is cut as it would be again. */
export type LogOptions = Pick<CollectOptions, 'sinceSeconds' | 'tailLines' | 'maxLogBytes'>;

/** What of an earlier collection need not be read again. */
export interface Finished {
  readonly rows: readonly CoverageRow[];
  readonly entries: ReadonlySet<ManifestEntry>;
  /** Ids of collectors that read everything there was to read. */
  readonly collectors: ReadonlySet<string>;
}

type Key = Pick<CoverageRow, 'artifact' | 'scope' | 'sample'>;

/** A text for an artifact, scope and sample: equal ones give equal keys. */
export function subjectKey({ artifact, scope, sample = 0 }: Key): string {
  return `${artifact}\n${scopeKey(scope)}\n${sample}`;
}

/** Whether an artifact is a kind of objects. */
export function isList(artifact: string): boolean {
  return artifact.startsWith('resources:');
}

/**
 * Finds what was read to its end, or cut as asked for with the same flags. A list of the whole cluster is finished
 * when nothing of it is missing; a second sample only together with the first.
 */
export function finishedParts(manifest: Manifest, before: LogOptions, now: LogOptions): Finished {
  const collectors = finishedCollectors(manifest, (row) => isFinished(row, before, now));
  const ended = (row: CoverageRow): boolean =>
    isFinished(row, before, now) || (row.outcome === 'not-found' && collectors.has(row.collector ?? ''));
  const byKey = new Map(manifest.coverage.map((row) => [subjectKey(row), row]));
  const held = Map.groupBy(manifest.entries, (entry) =>
    isList(entry.artifact) ? `${entry.artifact}\n${entry.sample}` : subjectKey(entry),
  );
  const siblings = Map.groupBy(manifest.coverage, ({ artifact, sample = 0 }) => `${artifact}\n${sample}`);
  const rows = new Set<CoverageRow>();
  const entries = new Set<ManifestEntry>();
  for (const row of [...manifest.coverage].sort((a, b) => (a.sample ?? 0) - (b.sample ?? 0))) {
    const { artifact, scope, sample = 0 } = row;
    if (!ended(row)) continue;
    const first = byKey.get(subjectKey({ artifact, scope, sample: 0 }));
    if (sample > 0 && first !== undefined && !rows.has(first)) continue;
    if (isList(artifact)) {
      const all = siblings.get(`${artifact}\n${sample}`) ?? [];
      const unit = unitOf(row, all, ended);
      for (const one of unit) rows.add(one);
      if (unit.length === 0) continue;
      for (const entry of held.get(`${artifact}\n${sample}`) ?? [])
        if (scope.type === 'cluster' || scopeKey(entry.scope) === scopeKey(scope)) entries.add(entry);
      continue;
    }
    const stored = held.get(subjectKey(row)) ?? [];
    if (row.outcome !== 'collected' && row.outcome !== 'truncated') rows.add(row);
    else if (stored.length > 0) {
      rows.add(row);
      for (const entry of stored) entries.add(entry);
    }
  }
  return { rows: [...rows], entries, collectors };
}

/** What is left to take over when one collector reads everything again. */
export function withoutCollector(finished: Finished, collector: string): Finished {
  const rows = finished.rows.filter((row) => row.collector !== collector);
  const again = new Set(finished.rows.filter((row) => row.collector === collector).map(subjectKey));
  const entries = [...finished.entries].filter((entry) => !again.has(subjectKey(entry)));
  const collectors = [...finished.collectors].filter((id) => id !== collector);
  return { rows, entries: new Set(entries), collectors: new Set(collectors) };
}

/** The rows that stand or fall together with the row of a list; none: it has to be made again. */
function unitOf(
  row: CoverageRow,
  all: readonly CoverageRow[],
  ended: (row: CoverageRow) => boolean,
): readonly CoverageRow[] {
  if (row.outcome !== 'collected') return [];
  const whole = all.find(({ scope }) => scope.type === 'cluster');
  // Asked for namespace by namespace: each is a list of its own. Otherwise it was only the second choice.
  if (row.scope.type !== 'cluster') return whole?.outcome === 'skipped' ? [row] : [];
  return all.every(ended) ? all : [];
}

function isFinished(row: CoverageRow, before: LogOptions, now: LogOptions): boolean {
  if (row.outcome === 'collected') return true;
  if (row.outcome === 'skipped') return row.reason === DROPPED_REASON;
  if (row.outcome !== 'truncated') return false;
  if (row.fix?.flag === '--since') return before.sinceSeconds === now.sinceSeconds && noTail(now);
  if (row.fix?.flag === '--tail') return before.tailLines === now.tailLines;
  return row.fix?.flag === '--max-log-size' && before.maxLogBytes === now.maxLogBytes;
}

function noTail({ tailLines }: LogOptions): boolean {
  return tailLines === undefined;
}

/** Only a collection that ran to its end has reached everything its collectors wanted. */
function finishedCollectors(
  { complete, collectors, coverage }: Manifest,
  finished: (row: CoverageRow) => boolean,
): ReadonlySet<string> {
  if (!complete) return new Set();
  const rows = Map.groupBy(coverage, ({ collector = '' }) => collector);
  const ids = collectors.filter(({ id, outcome }) => {
    const own = rows.get(id) ?? [];
    const fine = own.every((row) => finished(row) || row.outcome === 'not-found');
    return own.length > 0 && fine && outcome !== 'error' && outcome !== 'skipped';
  });
  return new Set(ids.map(({ id }) => id));
}

/** Whether two scopes are of the same thing: a pod of the same name may be another one. */
export function isSameSubject(a: Scope, b: Scope): boolean {
  if (scopeKey(a) !== scopeKey(b)) return false;
  const uids = [a, b].map((scope) => ('uid' in scope ? scope.uid : undefined));
  return uids[0] === undefined || uids[1] === undefined || uids[0] === uids[1];
}
