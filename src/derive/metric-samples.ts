import type { MetricSample, Metrics } from '../artifacts/prometheus-text.ts';
import type { AnalyzeContext } from '../model/analyzer.ts';
import type { DeriveContext, DocumentItem } from '../model/artifact.ts';
import type { EvidenceRef } from '../model/finding.ts';

/** The sum of samples; 0 for none. */
export function sumOf(samples: Iterable<MetricSample>): number {
  let sum = 0;
  for (const { value } of samples) sum += value;
  return sum;
}

/** The first sample's value; undefined when the metric is not exposed. */
export function metricValue(metrics: Metrics, name: string): number | undefined {
  return metrics.named(name)[0]?.value;
}

/** How many observations a histogram's buckets hold. */
export function observationsIn(buckets: readonly MetricSample[]): number {
  return sumOf(buckets.filter((sample) => sample.labels.le === '+Inf'));
}

/**
 * A quantile of a histogram since the process started, over all its other labels, interpolated within the
 * bucket as Prometheus' `histogram_quantile` does; the highest finite bound when it lies above. Undefined for
 * a histogram without observations.
 */
export function quantileOf(buckets: readonly MetricSample[], quantile: number): number | undefined {
  const counts = new Map<number, number>();
  for (const { labels, value } of buckets) {
    const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
    counts.set(bound, (counts.get(bound) ?? 0) + value);
  }
  const bounds = [...counts].sort(([a], [b]) => a - b);
  const total = counts.get(Number.POSITIVE_INFINITY) ?? 0;
  if (total === 0) return undefined;
  const rank = quantile * total;
  let [below, counted] = [0, 0];
  for (const [bound, count] of bounds) {
    if (count >= rank) {
      if (bound === Number.POSITIVE_INFINITY) return below;
      return count === counted ? bound : below + ((bound - below) * (rank - counted)) / (count - counted);
    }
    [below, counted] = [bound, count];
  }
  return below;
}

/** Cites a sample; a quantile is cited by the bucket it lies in, any other histogram by its first bucket. */
export function citeSample(
  { at }: Pick<AnalyzeContext, 'at'>,
  item: DocumentItem<Metrics>,
  name: string,
  from: { readonly quantile?: number; readonly labels?: Readonly<Record<string, string>> } = {},
): EvidenceRef {
  const { quantile, labels = {} } = from;
  const index = item.value.samples.findIndex(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value) &&
      (quantile === undefined || sample.labels.le === '+Inf' || Number(sample.labels.le) >= quantile),
  );
  return at(item, `/samples/${Math.max(0, index)}`);
}

/** Seconds since the process started when its metrics were read; undefined when either is not known. */
export function uptimeOf(
  item: DocumentItem<Metrics>,
  { observed }: Pick<DeriveContext, 'observed'>,
): number | undefined {
  const started = metricValue(item.value, 'process_start_time_seconds');
  const time = Date.parse(observed(item)?.time ?? '') / 1000;
  return started === undefined || Number.isNaN(time) || time < started ? undefined : time - started;
}
