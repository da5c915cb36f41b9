import type { MetricSample, Metrics } from '../artifacts/prometheus-text.ts';
import type { DocumentItem } from '../model/artifact.ts';
import type { Subject } from '../model/subject.ts';
import type { ControlPlane } from './control-plane.ts';
import { observationsIn, quantileOf, sumOf } from './metric-samples.ts';

/** What an API server's counters say of its requests since it started. */
export interface RequestFigures {
  readonly total: number;
  /** Answered with 5xx for a reason of its own. */
  readonly errors: number;
  /** The resource with most of them. */
  readonly worst: string;
  /** Given up by the server to protect itself. */
  readonly terminated: number;
  /** 99th percentile of requests for single objects, watches and connections left out. */
  readonly p99?: { readonly seconds: number; readonly name: string };
}

/** Names through the versions: `sli` from 1.26, `slo` in 1.24 and 1.25. */
const LATENCIES = [
  'apiserver_request_sli_duration_seconds_bucket',
  'apiserver_request_slo_duration_seconds_bucket',
] as const;
/** Of these the duration is not the server's: they last as long as the client wants. */
const LONG = new Set(['WATCH', 'CONNECT', 'WATCHLIST', 'PROXY']);
const OBSERVATIONS = 100;

/** The figures of one reply of `/metrics`. */
export function requestFigures(metrics: Metrics): RequestFigures {
  const requests = metrics.named('apiserver_request_total').filter(isForObjects);
  const failed = requests.filter(({ labels }) => labels.code?.startsWith('5'));
  const name = LATENCIES.find((one) => metrics.named(one).length > 0) ?? LATENCIES[0];
  const buckets = metrics
    .named(name)
    .filter(({ labels }) => labels.scope === 'resource' && !LONG.has(labels.verb ?? ''));
  const seconds = observationsIn(buckets) < OBSERVATIONS ? undefined : quantileOf(buckets, 0.99);
  return {
    total: sumOf(requests),
    errors: Math.max(0, sumOf(failed) - webhookErrors(metrics)),
    worst: mostFailing(failed),
    terminated: sumOf(metrics.named('apiserver_request_terminations_total').filter(isOwn)),
    ...(seconds === undefined ? {} : { p99: { seconds, name } }),
  };
}

/**
 * Of a path that is no resource, such as `/readyz`, the path stands in `subresource`; the server answers it with
 * 500 on purpose until it has started.
 */
function isForObjects({ labels }: MetricSample): boolean {
  return !labels.subresource?.startsWith('/');
}

/** What the aggregator gave up for lack of the API server behind it says nothing of this one. */
function isOwn({ labels }: MetricSample): boolean {
  return labels.component !== 'aggregator';
}

/** Requests refused with 500 because a webhook that has to be asked did not answer: the webhook's fault. */
function webhookErrors(metrics: Metrics): number {
  const refused = metrics.named('apiserver_admission_webhook_rejection_count');
  return sumOf(refused.filter(({ labels }) => labels.error_type === 'calling_webhook_error'));
}

function mostFailing(failed: readonly MetricSample[]): string {
  const counts = new Map<string, number>();
  for (const { labels, value } of failed) {
    const { resource = '' } = labels;
    counts.set(resource, (counts.get(resource) ?? 0) + value);
  }
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first?.[0] || 'requests without a resource';
}

/** Whose metrics they are: the instance behind an endpoint, or whichever answered the kubeconfig's address. */
export function apiServerSubject({ scope }: DocumentItem<Metrics>, plane: ControlPlane): Subject {
  const instances = plane.of('kube-apiserver');
  const url = scope.type === 'endpoint' && URL.canParse(scope.endpoint) ? new URL(scope.endpoint) : undefined;
  const host = url?.hostname.replace(/^\[|\]$/g, '');
  const own = instances.find(({ pod }) => host !== undefined && pod?.status?.podIP === host);
  if (own) return own.subject;
  if (url) return { external: 'host', name: url.host };
  const [only, ...others] = instances;
  return only && others.length === 0 ? only.subject : { external: 'host', name: 'kube-apiserver' };
}
