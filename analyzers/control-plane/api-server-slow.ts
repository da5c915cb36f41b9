import { apiServerMetrics } from '../../src/artifacts/api-server-metrics.ts';
import { apiServerSubject, requestFigures } from '../../src/derive/api-server-figures.ts';
import { controlPlane, logOwnerOf } from '../../src/derive/control-plane.ts';
import { apiServerLog } from '../../src/derive/control-plane-logs.ts';
import { API_DEGRADED_REACHES } from '../../src/derive/control-plane-reach.ts';
import { type CounterLook, citeGrowth, counterLooks, sinceStart } from '../../src/derive/counter-rates.ts';
import { lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { uptimeOf } from '../../src/derive/metric-samples.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { Subject } from '../../src/model/subject.ts';

/** Fewer requests than this make no share: since the start of a server, and between two looks at it. */
const [REQUESTS, REQUESTS_BETWEEN] = [1000, 100];
/** Shares of the requests: Prometheus mixin of Kubernetes (1 % errors, 20 % terminated). */
const [ERRORS, TERMINATED] = [0.01, 0.2];
/** Seconds, 99th percentile of requests for single objects: Kubernetes' service level objective. */
const LATENCY = 1;
/** One timed-out request may be one slow client. */
const TIMEOUTS = 3;

const SINCE_START = {
  level: 'likely',
  reason: 'the counters run since the API server started, so they may speak of a time that is over',
} as const;
const BETWEEN_LOOKS = {
  level: 'certain',
  reason: 'its counters grew by that between the two looks of the collection',
} as const;
const REMEDY = [
  {
    text: 'Look below it first: a slow etcd disk, elections, or a webhook that answers late make every request slow.',
  },
  {
    text: 'See which resources and verbs are slow or fail.',
    argv: ['kubectl', 'get', '--raw', '/metrics'],
  },
] as const;

export const apiServerSlow = defineAnalyzer({
  meta: {
    id: 'control-plane/api-server-slow',
    title: 'API server slow or failing requests',
    description: 'Shares of failed and terminated requests and latency of the API server.',
    messages: {
      errors: {
        severity: 'warning',
        confidence: SINCE_START,
        text: 'The API server {server:object} answers {percent:text} % of {total:count} requests with an error of its own (5xx) since it started {uptime:duration} before; most for {worst:text}.',
        remedy: REMEDY,
        effect: 'api-server-degraded',
        explains: API_DEGRADED_REACHES,
      },
      errorsNow: {
        severity: 'warning',
        confidence: BETWEEN_LOOKS,
        text: 'The API server {server:object} answers {percent:text} % of {total:count} requests within {seconds:duration} with an error of its own (5xx); most for {worst:text}.',
        remedy: REMEDY,
        effect: 'api-server-degraded',
        explains: API_DEGRADED_REACHES,
      },
      terminated: {
        severity: 'warning',
        confidence: SINCE_START,
        text: 'The API server {server:object} has given up {percent:text} % of its requests to protect itself since it started.',
        remedy: REMEDY,
        effect: 'api-server-degraded',
        explains: API_DEGRADED_REACHES,
      },
      terminatedNow: {
        severity: 'warning',
        confidence: BETWEEN_LOOKS,
        text: 'The API server {server:object} gives up {percent:text} % of its requests within {seconds:duration} to protect itself.',
        remedy: REMEDY,
        effect: 'api-server-degraded',
        explains: API_DEGRADED_REACHES,
      },
      slow: {
        severity: 'warning',
        confidence: SINCE_START,
        text: 'The API server {server:object} is slow: one request for a single object in a hundred takes {p99:duration} or more since it started; up to {limit:duration} is accepted.',
        remedy: REMEDY,
        effect: 'api-server-degraded',
        explains: API_DEGRADED_REACHES,
      },
      slowNow: {
        severity: 'warning',
        confidence: BETWEEN_LOOKS,
        text: 'The API server {server:object} is slow: of its requests for single objects within {seconds:duration}, one in a hundred takes {p99:duration} or more; up to {limit:duration} is accepted.',
        remedy: REMEDY,
        effect: 'api-server-degraded',
        explains: API_DEGRADED_REACHES,
      },
      timeouts: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'it logs each request it gives up' },
        text: 'The API server {server:object} gives up requests that take too long: {count:count} lines, the last within the hour.',
        remedy: REMEDY,
        effect: 'api-server-degraded',
        explains: API_DEGRADED_REACHES,
      },
    },
    checks: {
      quick: {
        checklist: 'control-plane',
        item: 'API server answers in time',
        expected: 'below 1 % errors, 99 % of requests for single objects within a second',
        found: '{percent:text} % errors in {total:count} requests',
      },
    },
    references: [
      'https://github.com/kubernetes/community/blob/master/sig-scalability/slos/api_call_latency.md',
      'kubernetes-mixin: KubeAPIErrorBudgetBurn, KubeAPITerminatedRequests',
    ],
  },
  needs: { metrics: apiServerMetrics, plane: controlPlane, log: optional(apiServerLog) },
  analyze({ metrics, plane, log }, context) {
    for (const one of counterLooks(metrics.items, context)) {
      const look = tellingLook(one);
      if (look !== undefined) judge(look, apiServerSubject(look.item, plane), context);
    }
    for (const instance of plane.of('kube-apiserver')) {
      const [matches] = recentMatches(log.matches('timedOut', logOwnerOf(instance)), context);
      if (!matches || matches.count < TIMEOUTS) continue;
      const { subject } = instance;
      const values = { server: subject, count: matches.count };
      context.report({ message: 'timeouts', values, subject, evidence: [lastLineOf(matches)] });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof apiServerSlow.meta.messages,
  NonNullable<typeof apiServerSlow.meta.checks>
>;

/** Between two looks where that is enough to go by, else since the start; undefined: neither is. */
function tellingLook(look: CounterLook): CounterLook | undefined {
  if (look.since !== undefined && requestFigures(look.metrics).total >= REQUESTS_BETWEEN) return look;
  const all = sinceStart(look);
  return requestFigures(all.metrics).total < REQUESTS ? undefined : all;
}

function judge(look: CounterLook, subject: Subject, context: Context): void {
  const { since, item } = look;
  const { total, errors, terminated, p99, worst } = requestFigures(look.metrics);
  const cite = (name: string, from = {}) => citeGrowth(context, look, name, from);
  const server = { server: subject };
  const isFailing = errors / total > ERRORS;
  if (isFailing) {
    const evidence = cite('apiserver_request_total', { labels: { resource: worst } });
    const values = { ...server, percent: percentText(errors / total), total, worst };
    if (since === undefined) {
      const uptime = uptimeOf(item, context) ?? 0;
      context.report({ message: 'errors', values: { ...values, uptime }, subject, evidence });
    } else {
      const { seconds } = since;
      context.report({ message: 'errorsNow', values: { ...values, seconds }, subject, evidence });
    }
  }
  const share = terminated / (total + terminated);
  if (share > TERMINATED) {
    const evidence = cite('apiserver_request_terminations_total');
    const values = { ...server, percent: percentText(share) };
    if (since === undefined) context.report({ message: 'terminated', values, subject, evidence });
    else {
      const { seconds } = since;
      context.report({ message: 'terminatedNow', values: { ...values, seconds }, subject, evidence });
    }
  }
  if (p99 !== undefined && p99.seconds > LATENCY) {
    const evidence = cite(p99.name, { quantile: p99.seconds, labels: { scope: 'resource' } });
    const values = { ...server, p99: p99.seconds, limit: LATENCY };
    if (since === undefined) context.report({ message: 'slow', values, subject, evidence });
    else {
      const { seconds } = since;
      context.report({ message: 'slowNow', values: { ...values, seconds }, subject, evidence });
    }
  }
  if (isFailing) return;
  context.looked({ check: 'quick', values: { percent: percentText(errors / total), total }, subject });
}

function percentText(share: number): string {
  return (share * 100).toFixed(1);
}
