import type { MetricSample, Metrics } from '../artifacts/prometheus-text.ts';
import type { AnalyzeContext } from '../model/analyzer.ts';
import type { DeriveContext, DocumentItem } from '../model/artifact.ts';
import type { EvidenceRef } from '../model/finding.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { scopeKey } from '../model/scope.ts';
import { citeSample, metricValue, observationsIn } from './metric-samples.ts';

/** The first and the last look at one thing; only `last` when there was one look. */
export interface Looks<T> {
  readonly last: DocumentItem<T>;
  readonly first?: DocumentItem<T>;
  /** Seconds from the first look to the last. */
  readonly seconds?: number;
}

/** Counters of one process: what they grew by between two looks where there are two, else since it started. */
export interface CounterLook {
  /** The last look. */
  readonly item: DocumentItem<Metrics>;
  /** Counters and histograms as they grew, everything else as it was at the last look. */
  readonly metrics: Metrics;
  /** The first look and the seconds in between; absent: the counters are told since the process started. */
  readonly since?: { readonly first: DocumentItem<Metrics>; readonly seconds: number };
}

/** Looks at each scope of an artifact, in the order in which the scopes come. */
export function looksOf<T>(
  items: readonly DocumentItem<T>[],
  { observed }: Pick<DeriveContext, 'observed'>,
): Looks<T>[] {
  const byScope = new Map<string, DocumentItem<T>[]>();
  for (const item of items) getOrCreate(byScope, scopeKey(item.scope), () => []).push(item);
  return [...byScope.values()].map((looks) => {
    const times = new Map(looks.map((item) => [item, Date.parse(observed(item)?.time ?? '')]));
    const sorted = looks.toSorted((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0));
    const [first, last] = [sorted[0]!, sorted.at(-1)!];
    const seconds = ((times.get(last) ?? 0) - (times.get(first) ?? 0)) / 1000;
    return first !== last && seconds > 0 ? { last, first, seconds } : { last };
  });
}

/**
 * The counters of each scope. A process that was started anew between the looks, or another one that answered at the
 * same address, counts from nothing: its last look is then told since its start.
 */
export function counterLooks(
  items: readonly DocumentItem<Metrics>[],
  context: Pick<DeriveContext, 'observed'>,
): CounterLook[] {
  return looksOf(items, context).map(({ last, first, seconds }) => {
    const metrics = first && grown(first.value, last.value);
    if (first === undefined || seconds === undefined || metrics === undefined)
      return { item: last, metrics: last.value };
    return { item: last, metrics, since: { first, seconds } };
  });
}

/** The same counters, told since the process started. */
export function sinceStart({ item }: CounterLook): CounterLook {
  return { item, metrics: item.value };
}

/** A histogram with fewer observations says nothing. */
const OBSERVATIONS = 100;

/**
 * The look by which a histogram can be judged: between two looks where it grew enough, else since the start; undefined
 * where neither is enough. Only samples that pass `isOf` are counted.
 */
export function tellingLook(
  look: CounterLook,
  histogram: string,
  isOf: (sample: MetricSample) => boolean = () => true,
): CounterLook | undefined {
  const looks = look.since === undefined ? [look] : [look, sinceStart(look)];
  return looks.find(({ metrics }) => observationsIn(metrics.named(histogram).filter(isOf)) >= OBSERVATIONS);
}

/** Cites a sample in both looks, since neither alone says how much it grew. */
export function citeGrowth(
  context: Pick<AnalyzeContext, 'at'>,
  { item, since }: CounterLook,
  name: string,
  from: Parameters<typeof citeSample>[3] = {},
): readonly [EvidenceRef, ...EvidenceRef[]] {
  const last = citeSample(context, item, name, from);
  return since === undefined ? [last] : [last, citeSample(context, since.first, name, from)];
}

/** Endings of counters (the conventions of Prometheus); `_count` and `_bucket` of histograms only grow as well. */
const COUNTER = /_(?:total|bucket|count|sum)$/;

/** Seconds by which the start of one process may be told differently. */
const START_ERROR = 1;

/** The last samples with counters less what they were before; undefined when they were reset in between. */
function grown(before: Metrics, after: Metrics): Metrics | undefined {
  const [started, again] = [before, after].map((one) => metricValue(one, 'process_start_time_seconds'));
  if (started !== undefined && again !== undefined && Math.abs(again - started) > START_ERROR)
    return undefined;
  const old = new Map(
    before.samples.filter(({ name }) => COUNTER.test(name)).map((one) => [keyOf(one), one.value]),
  );
  const samples: MetricSample[] = [];
  const byName = new Map<string, MetricSample[]>();
  for (const sample of after.samples) {
    // Labels that were not there before count from nothing.
    const value = COUNTER.test(sample.name) ? sample.value - (old.get(keyOf(sample)) ?? 0) : sample.value;
    if (value < 0 && COUNTER.test(sample.name)) return undefined;
    const one = { ...sample, value };
    samples.push(one);
    getOrCreate(byName, sample.name, () => []).push(one);
  }
  return { samples, named: (name) => byName.get(name) ?? [] };
}

function keyOf({ name, labels }: MetricSample): string {
  return `${name} ${JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}
