import { istioSyncStatus } from '../../src/artifacts/istio-sync-status.ts';
import { pods } from '../../src/artifacts/resources.ts';
import {
  controlPlaneObject,
  controlPlaneRef,
  type IstioControlPlane,
  istioControlPlanes,
} from '../../src/derive/istio-control-planes.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { logGaps } from '../../src/derive/log-gap.ts';
import { countOf, lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { isReady, readinessSince } from '../../src/derive/pod-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, logSignals, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A rollout begins again within this. */
const SETTLED_SECONDS = 60;
/** Lines older than this are overcome: proxies try again within seconds. */
const LATELY_SECONDS = 900;
/** Fewer lines are a pod that was just being made or ended. */
const MIN_LINES = 3;
/** Quoted of a line. */
const QUOTED = 300;

const END = '(?="[,}]|$)';

/** What istiod writes of proxies it turns away, and of configuration they refuse. */
const istiodLog = logSignals({
  component: { id: 'istiod', container: /^discovery$/ },
  patterns: {
    notAuthenticated: {
      any: ['Failed to authenticate client from'],
      re: new RegExp(`Failed to authenticate client from (?<client>\\S+?):? (?<detail>.+?)${END}`),
    },
    refused: {
      any: [': ACK ERROR '],
      re: new RegExp(`ADS:(?<type>\\w+): ACK ERROR (?<proxy>\\S+) (?<detail>.+?)${END}`),
    },
  },
});

const needs = {
  pods,
  planes: istioControlPlanes,
  sidecars: istioSidecars,
  log: optional(istiodLog),
  status: optional(istioSyncStatus),
};

export const controlPlaneUnhealthy = defineAnalyzer({
  meta: {
    id: 'istio/control-plane-unhealthy',
    title: 'Istio control plane not well',
    description:
      'Control planes of Istio without a ready pod, proxies they turn away, and configuration that proxies report as refused.',
    messages: {
      down: {
        severity: ['critical', 'warning'],
        confidence: { level: 'certain', reason: 'none of its pods is ready' },
        text: 'No pod of the Istio control plane {plane:object} is ready: {count:count} proxies get no new endpoints and routes, no new pod is injected, and certificates are not renewed (they last a day unless set otherwise).',
        remedy: [
          {
            text: 'See what its pods wait for.',
            argv: ['kubectl', 'get', 'pods', '-n', '{plane.namespace}', '-o', 'wide'],
          },
        ],
        effect: 'data-plane-not-connected',
        explains: [
          { effect: 'data-plane-not-connected', via: ['same-object'] },
          { effect: 'data-plane-configuration-old', via: ['same-object'] },
          { effect: 'admission-failing', via: ['same-object'] },
        ],
      },
      proxiesTurnedAway: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'its log says so' },
        text: 'The Istio control plane {plane:object} turns proxies away, {count:count} times, last {last:time}: `{detail:text}` (`{client:text}`).',
        remedy: [
          {
            text: 'A token that cannot be validated: see whether the API server answers TokenReviews, and whether the audience fits (`third-party-jwt` needs `istio-ca`). `no verified chain`: the client has a certificate of another root.',
            argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '-c', 'discovery', '--tail=200'],
          },
          { text: 'The lines are those of {pod:object}.' },
        ],
      },
      configurationRefused: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason:
            'its log says so; whether it is still refused is not listed, as no synchronisation was collected',
        },
        text: 'Proxies refuse the {type:text} configuration of {plane:object}, {count:count} times, last {last:time} by `{proxy:text}`: `{detail:text}`.',
        remedy: [
          {
            text: 'Correct what adds this piece, mostly an EnvoyFilter; the proxies keep the configuration before it.',
            argv: ['kubectl', 'get', 'envoyfilters', '-A'],
          },
        ],
        effect: 'data-plane-configuration-old',
        key: ['type'],
      },
    },
    checks: {
      up: { item: 'Istio control plane', expected: 'a ready pod', found: '{ready:count} ready pods' },
      quiet: {
        item: 'Istio control plane turns no proxy away',
        expected: 'no such lines',
        found: 'no such lines lately',
      },
    },
    references: [
      'istio/istio pilot/pkg/xds/ads.go, security/pkg/server/ca/server.go: the words of the log',
      'https://istio.io/latest/docs/ops/diagnostic-tools/proxy-cmd/',
    ],
  },
  needs,
  appliesTo({ planes, pods: { coverage } }) {
    if (planes.planes.length > 0) return true;
    if (!coverage.complete) return { applies: 'unseen', gaps: coverage.gaps };
    return { applies: false, reason: 'no control plane of Istio runs here' };
  },
  analyze(inputs, context) {
    const served = proxiesByPlane(inputs);
    for (const plane of inputs.planes.planes) {
      judgePods(plane, served.get(plane) ?? 0, inputs, context);
      judgeLog(plane, inputs, context);
    }
    return undefined;
  },
});

type Given = Inputs<typeof needs>;
type Context = AnalyzeContext<
  typeof controlPlaneUnhealthy.meta.messages,
  NonNullable<typeof controlPlaneUnhealthy.meta.checks>
>;

function proxiesByPlane({ planes, sidecars }: Given): ReadonlyMap<IstioControlPlane, number> {
  const served = new Map<IstioControlPlane, number>();
  for (const { discovery, pod } of sidecars.proxies)
    for (const plane of planes.behindHost(discovery.host, pod.metadata.namespace))
      served.set(plane, (served.get(plane) ?? 0) + 1);
  return served;
}

function judgePods(plane: IstioControlPlane, count: number, { pods: all }: Given, context: Context): void {
  const item = controlPlaneObject(plane);
  const subject = controlPlaneRef(plane);
  const ready = plane.pods.filter(isReady).length;
  if (ready > 0) {
    context.looked({ check: 'up', values: { ready }, subject });
    return;
  }
  const covered = all.coverage.covers(plane.namespace);
  if (covered !== true) {
    context.looked({ check: 'up', unseen: covered, subject });
    return;
  }
  const wanted = plane.deployment?.spec?.replicas ?? 1;
  // An old revision that was scaled down and serves nobody is on its way out.
  if (wanted === 0 && count === 0) return;
  const isOld = (time: string | undefined, of: object) =>
    isOlder(context.age(time, of), SETTLED_SECONDS) === true;
  const settled =
    plane.pods.length === 0
      ? isOld(item.metadata.creationTimestamp, item)
      : plane.pods.every((pod) => isOld(readinessSince(pod), pod));
  if (!settled) return;
  context.report({
    message: 'down',
    values: { plane: subject, count },
    subject,
    severity: count > 0 ? 'critical' : 'warning',
    related: [...plane.pods.slice(0, 5), ...plane.services].map((one) => subjectOf(one)),
    evidence: [
      context.at(item, '/status'),
      ...plane.pods.slice(0, 3).map((pod) => context.at(pod, '/status')),
    ],
  });
}

function judgeLog(plane: IstioControlPlane, { log, status }: Given, context: Context): void {
  const subject = controlPlaneRef(plane);
  const gapOf = logGaps(log);
  const all = (pattern: 'notAuthenticated' | 'refused') =>
    plane.pods.flatMap((pod) => {
      const { namespace = '', name } = pod.metadata;
      const matches = log.matches(pattern, { namespace, pod: name, container: 'discovery' });
      return recentMatches(matches, context, LATELY_SECONDS).map((one) => ({ pod, matches: one }));
    });
  const away = all('notAuthenticated');
  const awayCount = countOf(away.map(({ matches }) => matches));
  const [first] = away;
  if (first && awayCount >= MIN_LINES) {
    const { client = '', detail = '' } = first.matches.hits.at(-1)?.captures ?? {};
    context.report({
      message: 'proxiesTurnedAway',
      values: {
        plane: subject,
        pod: subjectOf(first.pod),
        count: awayCount,
        last: first.matches.last ?? '',
        detail: detail.slice(0, QUOTED),
        client,
      },
      subject,
      evidence: [lastLineOf(first.matches)],
    });
  } else {
    const gap = plane.pods
      .map(({ metadata: { namespace = '', name } }) =>
        gapOf({ namespace, pod: name, container: 'discovery' }),
      )
      .find((one) => one !== undefined);
    if (gap) context.looked({ check: 'quiet', unseen: gap.reason ?? 'its log was not read', subject });
    else context.looked({ check: 'quiet', values: {}, subject });
  }
  // Where istiod was asked, istio/proxy-out-of-sync knows what is refused now.
  if (status.items.length === 0) reportRefused(all('refused'), plane, context);
}

function reportRefused(
  all: readonly { readonly matches: Parameters<typeof lastLineOf>[0] }[],
  plane: IstioControlPlane,
  context: Context,
): void {
  const count = countOf(all.map(({ matches }) => matches));
  const [first] = all;
  if (!first || count < MIN_LINES) return;
  const subject = controlPlaneRef(plane);
  const { type = '', proxy = '', detail = '' } = first.matches.hits.at(-1)?.captures ?? {};
  context.report({
    message: 'configurationRefused',
    values: {
      plane: subject,
      type,
      proxy,
      count,
      last: first.matches.last ?? '',
      detail: detail.slice(0, QUOTED),
    },
    subject,
    evidence: [lastLineOf(first.matches)],
  });
}
