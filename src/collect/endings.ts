import type { CollectorRow } from '../bundle/manifest.ts';
import type { BundleWriter } from '../bundle/writer.ts';
import type { AnyCollector } from '../model/collector.ts';
import type { CoverageRow } from '../model/coverage.ts';
import type { Ledger } from './ledger.ts';
import { collectorOutcome, interruption } from './outcome.ts';
import type { Preflight } from './preflight.ts';
import type { Missed, OnProgress } from './progress.ts';
import type { Selection } from './selection.ts';
import type { Tally } from './tally.ts';

/** What telling how collectors ended needs of the run. */
export interface EndingRun {
  readonly selection: Selection;
  readonly before: Preflight;
  readonly writer: Pick<BundleWriter, 'collector'>;
  readonly ledger: Ledger;
  readonly tally: Tally;
  readonly onProgress: OnProgress;
  readonly started: Map<string, number>;
  readonly ended: Map<string, number>;
  /** What collectors threw. */
  readonly thrown: Map<string, string>;
  /** Ids of those the end of the whole collection cut off. */
  readonly cut: ReadonlySet<string>;
  /** Fires when the whole collection ends before its time. */
  readonly signal: AbortSignal;
  /** Ids of those whose end was told. */
  readonly told: Set<string>;
  now(): Date;
}

/** Reasons named per collector. */
const REASONS = 3;

/** Tells how a collector ended, unless it was told. */
function tellEnded(run: EndingRun, { id, outcome, reason, seconds }: CollectorRow): void {
  if (run.told.has(id)) return;
  run.told.add(id);
  run.onProgress({
    type: 'collector',
    id,
    outcome,
    reason,
    ...(seconds === undefined ? {} : { seconds }),
    ...run.tally.of(id),
    missed: missedOf(run.ledger.rowsOf(id)),
  });
}

/** Tells of a collector that has just read what there was for it, unless it will look again. */
export function tellNow(run: EndingRun, { meta }: AnyCollector, looksAgain: boolean): void {
  if (!looksAgain) tellEnded(run, rowOf(run, meta.id));
}

/** Writes how each collector ended, and tells of those that were not told of. */
export function closeCollectors(run: EndingRun): CollectorRow[] {
  const { selection, before } = run;
  const rows = selection.selected.map(({ meta }) => {
    const unreachable = before.unreachable?.failure;
    if (unreachable) return { id: meta.id, outcome: unreachable.outcome, reason: unreachable.reason };
    return rowOf(run, meta.id);
  });
  const left = selection.left.map(({ collector, reason }) => {
    return { id: collector.meta.id, outcome: 'skipped', reason } as const;
  });
  const all: CollectorRow[] = [...rows, ...left].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const row of all) {
    run.writer.collector(row);
    tellEnded(run, row);
  }
  return all;
}

function rowOf(run: EndingRun, id: string): CollectorRow {
  const thrown = run.thrown.get(id);
  const ending = thrown === undefined ? endingOf(run, id) : { outcome: 'error' as const, reason: thrown };
  return { id, ...ending, ...timing(run, id) };
}

/** What a collector that was cut off has read is no sign that there was no more. */
function endingOf({ ledger, cut, signal }: EndingRun, id: string): Pick<CollectorRow, 'outcome' | 'reason'> {
  const rows = ledger.rowsOf(id);
  const ending = collectorOutcome(rows);
  if (!cut.has(id)) return ending;
  const { message } = interruption(signal);
  if (ending.outcome === 'collected')
    return { outcome: 'partial', reason: message.replace(' this ', ' everything ') };
  return ending.outcome === 'not-found' ? { outcome: 'skipped', reason: message } : ending;
}

function timing(run: EndingRun, id: string): Pick<CollectorRow, 'startedAt' | 'seconds'> {
  const started = run.started.get(id);
  if (started === undefined) return {};
  const ended = run.ended.get(id) ?? run.now().getTime();
  return { startedAt: new Date(started).toISOString(), seconds: (ended - started) / 1000 };
}

/** What does not exist, or was not asked for, is not missed. */
function missedOf(rows: readonly CoverageRow[]): Missed[] {
  const counts = new Map<string, Missed>();
  for (const { outcome, reason = '' } of rows) {
    if (outcome === 'collected' || outcome === 'not-found' || outcome === 'skipped') continue;
    const count = (counts.get(`${outcome} ${reason}`)?.count ?? 0) + 1;
    counts.set(`${outcome} ${reason}`, { outcome, reason, count });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).slice(0, REASONS);
}
