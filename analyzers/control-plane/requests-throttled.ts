import { apiServerMetrics } from '../../src/artifacts/api-server-metrics.ts';
import { apiServerSubject } from '../../src/derive/api-server-figures.ts';
import { controlPlane } from '../../src/derive/control-plane.ts';
import { citeGrowth, counterLooks } from '../../src/derive/counter-rates.ts';
import { countOf, lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { logSubject } from '../../src/derive/log-subject.ts';
import { sumOf } from '../../src/derive/metric-samples.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';

/** A handful of refusals in the life of a server is a burst at its start. */
const REJECTED = 10;
/** Lines of one client within the hour. */
const LINES = 10;
const CLIENT_LINES = 50;

const REMEDY = [
  {
    text: 'See which requests wait or are refused, by priority level and by user.',
    argv: ['kubectl', 'get', '--raw', '/debug/api_priority_and_fairness/dump_priority_levels'],
  },
  {
    text: 'Find the client that asks too much: one that lists everything again and again instead of watching. Slow it down, or give it a FlowSchema of its own so that it no longer pushes others aside.',
  },
] as const;

/** Any client that tells of being turned away or slowed down. */
const clientLog = logSignals({
  component: { id: 'api-clients' },
  patterns: {
    tooMany: {
      any: ['Too many requests, please try again later', 'the server has received too many requests'],
    },
    slowedDown: {
      any: ['due to client-side throttling', 'Waited for '],
      re: /Waited (?:for|before sending request).*client-side throttling/,
    },
  },
});

export const requestsThrottled = defineAnalyzer({
  meta: {
    id: 'control-plane/requests-throttled',
    title: 'Requests to the API server throttled',
    description: 'Requests the API server refuses for being too many, and clients that slow themselves down.',
    messages: {
      rejected: {
        severity: 'warning',
        confidence: { level: 'likely', reason: 'the counter runs since the API server started' },
        text: 'The API server {server:object} has refused {count:count} requests as too many since it started (429), of priority level `{level:text}`, flow schema `{schema:text}`: {reason:text}.',
        remedy: REMEDY,
        key: ['level', 'schema'],
        effect: 'api-server-degraded',
        groupBy: ['level', 'schema'],
      },
      rejectedNow: {
        severity: 'warning',
        confidence: {
          level: 'certain',
          reason: 'its counter grew by that between the two looks of the collection',
        },
        text: 'The API server {server:object} refuses requests as too many (429): {count:count} within {seconds:duration}, of priority level `{level:text}`, flow schema `{schema:text}`: {reason:text}.',
        remedy: REMEDY,
        key: ['level', 'schema'],
        effect: 'api-server-degraded',
        groupBy: ['level', 'schema'],
      },
      clientRefused: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the client logs the refusal' },
        text: '{client:object} is turned away by the API server as asking too much: {count:count} lines.',
        remedy: REMEDY,
        effect: 'api-server-degraded',
      },
      clientSide: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the client logs how long it waited' },
        text: '{client:object} slows down its own requests to the API server ({count:count} lines): its limit of requests per second is low for what it does.',
        remedy: [
          {
            text: 'This is the client’s own limit (client-go: 5 requests a second, bursts of 10, unless set), not the server’s. Raise it in the client (`--kube-api-qps`, `--kube-api-burst`) if it falls behind.',
          },
        ],
      },
    },
    checks: {
      served: { item: 'Requests served', expected: 'none refused as too many', found: 'none refused' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/cluster-administration/flow-control/',
      'kubernetes staging/src/k8s.io/apiserver/pkg/util/flowcontrol/metrics',
    ],
  },
  needs: { metrics: apiServerMetrics, plane: controlPlane, log: optional(clientLog) },
  analyze({ metrics, plane, log }, context) {
    for (const look of counterLooks(metrics.items, context)) {
      const subject = apiServerSubject(look.item, plane);
      const name = 'apiserver_flowcontrol_rejected_requests_total';
      const flows = Object.values(
        Object.groupBy(
          look.metrics.named(name),
          ({ labels }) => `${labels.priority_level} ${labels.flow_schema}`,
        ),
      );
      const busy = flows.filter((samples = []) => sumOf(samples) >= REJECTED);
      for (const [first, ...others] of busy.map((samples = []) => samples)) {
        if (!first) continue;
        const { priority_level: level = '', flow_schema: schema = '', reason = '' } = first.labels;
        const values = { server: subject, count: sumOf([first, ...others]), level, schema, reason };
        const labels = { priority_level: level, flow_schema: schema };
        const evidence = citeGrowth(context, look, name, { labels });
        // What was refused before two looks that saw no more of it is over.
        if (look.since === undefined) context.report({ message: 'rejected', values, subject, evidence });
        else {
          const { seconds } = look.since;
          context.report({ message: 'rejectedNow', values: { ...values, seconds }, subject, evidence });
        }
      }
      if (busy.length === 0) context.looked({ check: 'served', values: {}, subject });
    }
    for (const [pattern, message, limit] of CLIENT_PATTERNS) {
      for (const matches of recentMatches(log.matches(pattern), context)) {
        const client = logSubject(matches.scope);
        const count = countOf([matches]);
        if (!client || count < limit) continue;
        context.report({
          message,
          values: { client, count },
          subject: client,
          evidence: [lastLineOf(matches)],
        });
      }
    }
    return undefined;
  },
});

const CLIENT_PATTERNS = [
  ['tooMany', 'clientRefused', LINES],
  ['slowedDown', 'clientSide', CLIENT_LINES],
] as const;
