import { pods } from '../../src/artifacts/resources.ts';
import { lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { isReady, readinessSince } from '../../src/derive/pod-readiness.ts';
import {
  type TelemetryChain,
  type TelemetryLink,
  type TelemetryRole,
  telemetryChains,
} from '../../src/derive/telemetry-chains.ts';
import { telemetryLog } from '../../src/derive/telemetry-log.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { LogMatches } from '../../src/model/log-signals.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type Subject, subjectOf } from '../../src/model/subject.ts';

/** Elasticsearch takes minutes to begin, and pods are replaced one by one. */
const DOWN_SECONDS = 600;
/** Single deliveries fail and are tried again; so many lines in a log are more. */
const MANY_LINES = 10;
/** Length of a quoted line. */
const LINE_MAX = 200;

const STALE = { severity: 'warning', effect: 'telemetry-stale' } as const;
const SEEN = { level: 'certain', reason: 'no pod of it is ready' } as const;
const SAID = { level: 'likely', reason: 'its log says so within the last hour' } as const;
const SHOW = {
  text: 'Find out why its pods are not ready.',
  argv: ['kubectl', 'get', 'pods', '-n', '{link.namespace}', '-o', 'wide'],
} as const;

const needs = { chains: telemetryChains, pods, log: optional(telemetryLog) };

export const telemetryStale = defineAnalyzer({
  meta: {
    id: 'konvoy/telemetry-stale',
    title: 'Logs or metrics do not arrive',
    description:
      'Chains of logging (Fluent Bit, Fluentd, Elasticsearch, Loki, Kibana) and metrics (Prometheus, Grafana), followed to the link that is broken.',
    messages: {
      storeDown: {
        ...STALE,
        confidence: SEEN,
        text: 'No new {kind:text} can be kept or shown in namespace `{namespace:text}`: none of the {count:count} pods of {link:object} ({program:text}) is ready.',
        remedy: [SHOW],
        check: ['logs', 'metrics'],
      },
      storeFull: {
        ...STALE,
        confidence: SAID,
        text: 'New {kind:text} are refused in namespace `{namespace:text}`: {link:object} ({program:text}) has no room left, `{line:text}`.',
        remedy: [
          {
            text: 'Make room: delete old indices or blocks, shorten their retention (elasticsearch-curator, `retention` of Prometheus), or grow the claims.',
            argv: ['kubectl', 'get', 'pvc', '-n', '{link.namespace}'],
          },
          {
            text: 'Elasticsearch up to 7.3 keeps its indices read-only after that: set `index.blocks.read_only_allow_delete` to null on them.',
          },
        ],
        check: ['logs', 'metrics'],
      },
      storeRefuses: {
        ...STALE,
        confidence: SAID,
        text: 'New {kind:text} are refused in namespace `{namespace:text}`: {link:object} ({program:text}) says `{line:text}`.',
        remedy: [
          {
            text: 'Shards: delete old indices or raise `cluster.max_shards_per_node`. Circuit breaker: more heap. No master: the master pods and their claims. Storage of Prometheus: its log names the block or the segment.',
            argv: ['kubectl', 'get', 'pods', '-n', '{link.namespace}', '-o', 'wide'],
          },
        ],
        check: ['logs', 'metrics'],
      },
      linkDown: {
        ...STALE,
        confidence: SEEN,
        text: 'New {kind:text} of namespace `{namespace:text}` end at {link:object} ({program:text}): none of its {count:count} pods is ready.',
        remedy: [SHOW],
        check: ['logs', 'metrics'],
      },
      notDelivered: {
        ...STALE,
        confidence: SAID,
        text: '{link:object} ({program:text}) does not get rid of its {kind:text}: `{line:text}`, {count:count} such lines.',
        remedy: [
          {
            text: 'What it delivers to is up: compare host, port, TLS and credentials of its output with it; after a full store raise its buffer until it has caught up.',
            argv: ['kubectl', 'get', 'services,endpointslices', '-n', '{link.namespace}'],
          },
        ],
        check: ['logs', 'metrics'],
      },
      viewerDown: {
        ...STALE,
        confidence: SEEN,
        text: '{kind:text} of namespace `{namespace:text}` are kept, but cannot be looked at: none of the {count:count} pods of {link:object} ({program:text}) is ready.',
        remedy: [SHOW],
        check: ['logs', 'metrics'],
      },
      viewerCutOff: {
        ...STALE,
        confidence: SAID,
        text: '{link:object} ({program:text}) shows no {kind:text}: its source does not answer it, `{line:text}`.',
        remedy: [
          {
            text: 'Compare the address and the credentials of its data source with the Service of the store.',
            argv: ['kubectl', 'get', 'services,endpointslices', '-n', '{link.namespace}'],
          },
        ],
        check: ['logs', 'metrics'],
      },
    },
    checks: {
      logs: {
        checklist: 'check-addons',
        item: 'Logs arrive',
        expected: 'every link of the chain is ready and delivers',
        found: '{links:text}',
      },
      metrics: {
        checklist: 'check-addons',
        item: 'Metrics arrive',
        expected: 'every link of the chain is ready and delivers',
        found: '{links:text}',
      },
    },
    references: [
      'konvoy check addons: when data in Kibana and Grafana is not updated',
      'https://www.elastic.co/guide/en/elasticsearch/reference/7.17/fix-common-cluster-issues.html (watermarks, read-only blocks, shards)',
      'https://docs.fluentbit.io/manual/administration/backpressure',
      'https://prometheus.io/docs/prometheus/latest/storage/',
    ],
  },
  needs,
  appliesTo({ chains, pods: { coverage } }) {
    if (chains.some(isWatched)) return true;
    if (!coverage.complete) return { applies: 'unseen', gaps: coverage.gaps };
    return { applies: false, reason: 'no pod runs Elasticsearch, Loki, Prometheus or what shows their data' };
  },
  analyze(inputs, context) {
    for (const chain of inputs.chains.filter(isWatched)) {
      const subject: Subject = { group: '', kind: 'Namespace', name: chain.namespace };
      const covered = inputs.pods.coverage.covers(chain.namespace);
      // A pod that was not seen may be the ready one.
      if (covered !== true) {
        context.looked({ check: chain.kind, unseen: covered, subject });
        continue;
      }
      if (judge(chain, inputs, context)) continue;
      const links = chain.links.map(({ program, owner }) => `${program} ${owner.name}`);
      context.looked({ check: chain.kind, values: { links }, subject });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof telemetryStale.meta.messages,
  NonNullable<typeof telemetryStale.meta.checks>
>;

/** A chain is one with something that keeps its data; Fluent Bit alone may ship to anywhere. */
function isWatched({ links }: TelemetryChain): boolean {
  return links.some(({ role }) => role === 'store');
}

/** Follows a chain from its end to its beginning: what the store refuses cannot be delivered. True when it is broken. */
function judge(chain: TelemetryChain, inputs: Inputs<typeof needs>, context: Context): boolean {
  const of = (...roles: TelemetryRole[]) => chain.links.filter(({ role }) => roles.includes(role));
  const stored =
    reportDown('storeDown', of('store'), { chain, context }) ||
    reportLines('storeFull', of('store'), { chain, inputs, context }) ||
    reportLines('storeRefuses', of('store'), { chain, inputs, context });
  if (stored) return true;
  // What the log of the store would have said may be why the others complain.
  const read = of('store').every((link) => isRead(link, inputs));
  const shipped =
    reportDown('linkDown', of('aggregator', 'shipper'), { chain, context }) ||
    (read && reportLines('notDelivered', of('aggregator', 'shipper'), { chain, inputs, context }));
  const shown =
    reportDown('viewerDown', of('viewer'), { chain, context }) ||
    (read && reportLines('viewerCutOff', of('viewer'), { chain, inputs, context }));
  return shipped || shown;
}

function isRead({ pods: all }: TelemetryLink, { log }: Inputs<typeof needs>): boolean {
  return all.every(({ pod: { metadata }, container }) =>
    log.seen({ namespace: metadata.namespace ?? '', pod: metadata.name, container }),
  );
}

interface Place {
  readonly chain: TelemetryChain;
  readonly context: Context;
}

function reportDown(
  message: 'storeDown' | 'linkDown' | 'viewerDown',
  links: readonly TelemetryLink[],
  { chain, context }: Place,
): boolean {
  const all = links.filter((link) => isDown(link, context));
  const down = all.filter(
    (link) => !ALIKE.has(link.program) || !links.some((one) => isUpBeside(one, link, all)),
  );
  for (const { owner, program, pods: members } of down) {
    const [first] = members;
    if (!first) continue;
    context.report({
      message,
      values: { kind: chain.kind, namespace: chain.namespace, link: owner, program, count: members.length },
      subject: owner,
      related: members.map(({ pod }) => subjectOf(pod)),
      evidence: [context.at(first.pod, '/status/conditions')],
      checks: [chain.kind],
    });
  }
  return down.length > 0;
}

/** Several of them in a namespace keep or show the same, each by itself; those of others are parts of one. */
const ALIKE: ReadonlySet<string> = new Set(['Prometheus', 'Grafana', 'Kibana', 'OpenSearch Dashboards']);

function isUpBeside(one: TelemetryLink, { program }: TelemetryLink, down: readonly TelemetryLink[]): boolean {
  return one.program === program && !down.includes(one);
}

/** No pod is ready, and has not been for ten minutes. */
function isDown({ pods: all }: TelemetryLink, { age }: Context): boolean {
  return all.every(({ pod }) => {
    const since = readinessSince(pod) ?? pod.metadata.creationTimestamp;
    return !isReady(pod) && isOlder(age(since, pod), DOWN_SECONDS) === true;
  });
}

const PATTERNS = {
  storeFull: 'full',
  storeRefuses: 'refuses',
  notDelivered: 'undelivered',
  viewerCutOff: 'cutOff',
} as const;

function reportLines(
  message: keyof typeof PATTERNS,
  links: readonly TelemetryLink[],
  { chain, inputs, context }: Place & { readonly inputs: Inputs<typeof needs> },
): boolean {
  let told = false;
  for (const { owner, program, pods: all } of links) {
    const found = all.flatMap(({ pod, container }) => {
      const place = { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container };
      const matches = recentMatches(inputs.log.matches(PATTERNS[message], place), context);
      return matches.filter((one) => message !== 'notDelivered' || one.count >= MANY_LINES);
    });
    const [matches] = found;
    if (!matches) continue;
    told = true;
    const line = (matches.hits.at(-1)?.text ?? '').trim().slice(0, LINE_MAX);
    const values = { kind: chain.kind, namespace: chain.namespace, link: owner, program, line };
    const common = {
      subject: owner,
      related: all.map(({ pod }) => subjectOf(pod)),
      evidence: [lastLineOf(matches)],
      checks: [chain.kind],
    } as const;
    if (message === 'notDelivered')
      context.report({ message, values: { ...values, count: sumOf(found) }, ...common });
    else context.report({ message, values, ...common });
  }
  return told;
}

function sumOf(found: readonly LogMatches[]): number {
  return found.reduce((sum, { count }) => sum + count, 0);
}
