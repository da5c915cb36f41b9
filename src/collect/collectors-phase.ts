import type { AnyCollector, BundleSink, UrlGet } from '../model/collector.ts';
import { UserError } from '../model/errors.ts';
import type { Discovery, Kube } from '../model/kube.ts';
import { buildInputs, type Listed } from './inputs.ts';
import { startTimeLimit } from './limits.ts';
import { reasonOf, unlessInterrupted } from './outcome.ts';
import type { CollectRequest } from './request.ts';
import type { Resume } from './resume.ts';
import { waitSeconds } from './settle.ts';
import type { TemporaryRecord } from './temporary.ts';
import { recordGaps, recordOutOfTime } from './unseen.ts';

/** What running collectors needs of the run. */
export interface CollectorsPhase {
  readonly request: CollectRequest;
  readonly kube: Kube;
  readonly signal: AbortSignal;
  readonly ended: Map<string, number>;
  readonly thrown: Map<string, string>;
  /** Ids of those that were cut off, by the end of the collection or of their own time. */
  readonly cut: Set<string>;
  readonly temporary: TemporaryRecord | undefined;
  readonly resume: Resume | undefined;
  sinkFor(collector: string, signal: AbortSignal): BundleSink;
  /** Told when a collector has read what there was for it. */
  onEnded(collector: AnyCollector): void;
}

/** What the lists gave. */
export interface Seen {
  readonly discovery: Discovery;
  readonly listed: Listed;
}

/** Runs all at once: the order of priorities is the order in which their sources queue. */
export async function runCollectors(
  phase: CollectorsPhase,
  selected: readonly AnyCollector[],
  seen: Seen,
): Promise<void> {
  const work = selected.map(async (collector) => {
    const { id } = collector.meta;
    // What an earlier collection read to its end need not be looked for again.
    if (!phase.resume?.finished.collectors.has(id)) await runBound(phase, collector, seen);
    phase.ended.set(id, phase.request.now().getTime());
    phase.onEnded(collector);
  });
  await Promise.all(work);
}

/** Runs one within the time a collector may take; the others go on when it is over. */
async function runBound(phase: CollectorsPhase, collector: AnyCollector, seen: Seen): Promise<void> {
  const time = startTimeLimit(phase.request.limits?.collectorSeconds, '--collector-timeout');
  const signal = AbortSignal.any([phase.signal, time.signal]);
  const bundle = phase.sinkFor(collector.meta.id, signal);
  recordGaps(collector, bundle, seen.listed, seen.discovery);
  await runOne({ ...phase, signal }, collector, bundle, seen).finally(time.release);
  if (time.signal.aborted && !phase.signal.aborted) recordOutOfTime(collector, bundle, signal);
}

/** Reads the counters once more, as sample 1: what grew between the samples gives rates. */
export async function readCountersAgain(
  phase: CollectorsPhase,
  selected: readonly AnyCollector[],
  seen: Seen,
): Promise<void> {
  const counting = selected.filter(
    ({ meta }) =>
      !meta.createsObjects && meta.produces.some((one) => one.type === 'document' && one.counters),
  );
  await Promise.all(
    counting.map((collector) =>
      runOne(phase, collector, onlyCounters(phase.sinkFor(collector.meta.id, phase.signal)), seen),
    ),
  );
}

/** A sink that takes counters, as the second sample, and nothing else. */
function onlyCounters(bundle: BundleSink): BundleSink {
  return {
    async add(artifact, scope, source) {
      if (artifact.type !== 'document' || !artifact.counters) return 'skipped';
      return bundle.add(artifact, scope, source, { sample: 1 });
    },
    // What could not be read the first time has its row.
    unread() {},
  };
}

async function runOne(
  { kube, signal, request, temporary, thrown, cut }: CollectorsPhase,
  collector: AnyCollector,
  bundle: BundleSink,
  { discovery, listed }: Seen,
): Promise<void> {
  if (!collector.collect) return;
  if (signal.aborted) {
    cut.add(collector.meta.id);
    return;
  }
  const { options, getUrl = lazyGetUrl } = request;
  const wait = (seconds: number) => (request.wait ?? waitSeconds)(seconds, signal);
  try {
    const inputs = buildInputs(collector, listed, discovery);
    const context = { inputs, kube, getUrl, discovery, bundle, signal, options, wait };
    const objects = collector.meta.createsObjects ? temporary?.objects : undefined;
    await unlessInterrupted(collector.collect({ ...context, temporary: objects }), signal);
  } catch (error) {
    if (signal.aborted) {
      cut.add(collector.meta.id);
      return;
    }
    // What the writer throws ends everything; a mistake in one collector ends that one.
    if (error instanceof UserError) throw error;
    thrown.set(collector.meta.id, reasonOf(error));
  }
}

const lazyGetUrl: UrlGet = async (options) => (await import('../kube/url-get.ts')).getUrl(options);
