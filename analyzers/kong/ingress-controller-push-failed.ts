import { kongController, kongControllerState } from '../../src/artifacts/kong-controller.ts';
import {
  type KongObjectItem,
  kongClusterPlugins,
  kongConsumerGroups,
  kongConsumers,
  kongCustomEntities,
  kongPlugins,
  kongUpstreamPolicies,
  kongVaults,
  operatorControlPlanes,
  operatorDataPlanes,
  tcpIngresses,
  udpIngresses,
} from '../../src/artifacts/kong-resources.ts';
import { ingresses, services } from '../../src/artifacts/network-resources.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { kongPushEvents, type PushComplaint } from '../../src/derive/kong-push-events.ts';
import { PUSH_CHECKS, PUSH_MESSAGES } from '../../src/derive/kong-push-messages.ts';
import { lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, logSignals, optional } from '../../src/model/artifact.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectKey, subjectOf } from '../../src/model/subject.ts';

/** The controller tries again every few seconds: what it wrote before is over. */
const CURRENT_SECONDS = 600;
/** A condition this young may be one of a rollout. */
const SETTLED_SECONDS = 300;
/** Told by `network/route-broken` of the Ingress itself. */
const TOLD_BY_ROUTE = /(?:service|secret)\S* .*not found|can't find port|no existing kubernetes service/i;

const controllerLog = logSignals({
  component: { id: 'kong-ingress-controller' },
  patterns: {
    pushFailed: {
      any: ['ould not update kong admin', 'Exceeded Kong API timeout'],
      re: /(?<error>[Cc]ould not update kong admin|Exceeded Kong API timeout)(?:.*?"?error"?[=:]\s*"?(?<detail>[^"]+))?/,
    },
    noGateway: {
      any: ['no ready gateway clients', 'could not retrieve Kong admin root', 'Failed to create kong client'],
      re: /(?<detail>no ready gateway clients|could not retrieve Kong admin root\S*|Failed to create kong client\S*)/,
    },
  },
});

const needs = {
  pods,
  push: kongPushEvents,
  plugins: optional(kongPlugins),
  clusterPlugins: optional(kongClusterPlugins),
  consumers: optional(kongConsumers),
  consumerGroups: optional(kongConsumerGroups),
  upstreamPolicies: optional(kongUpstreamPolicies),
  vaults: optional(kongVaults),
  customEntities: optional(kongCustomEntities),
  tcpIngresses: optional(tcpIngresses),
  udpIngresses: optional(udpIngresses),
  operatorDataPlanes: optional(operatorDataPlanes),
  operatorControlPlanes: optional(operatorControlPlanes),
  ingresses: optional(ingresses),
  services: optional(services),
  states: optional(kongControllerState),
  log: optional(controllerLog),
};

export const ingressControllerPushFailed = defineAnalyzer({
  meta: {
    id: 'kong/ingress-controller-push-failed',
    title: 'Kong ingress controller cannot push',
    description:
      'Configurations Kong refuses from its ingress controller, objects that are left out of them, and what the Kong operator deploys and is not ready.',
    messages: PUSH_MESSAGES,
    checks: PUSH_CHECKS,
    references: [
      'https://developer.konghq.com/kubernetes-ingress-controller/observability/events/',
      'Kong/kubernetes-ingress-controller internal/dataplane/kong_client.go, internal/metrics/prometheus.go, internal/diagnostics',
    ],
  },
  needs,
  appliesTo({ pods: { items, coverage } }) {
    if (items.some((pod) => kongController(pod))) return true;
    if (!coverage.complete) return { applies: 'unseen', gaps: coverage.gaps };
    return { applies: false, reason: 'no pod runs a Kong ingress controller or operator' };
  },
  analyze(inputs, context) {
    const complaints = inputs.push.complaints.filter((one) => !isGone(one, inputs));
    const fallback =
      inputs.push.fallback.size > 0 || inputs.states.items.some(({ value }) => value.fallback?.triggered);
    const blamed = complaints.filter(({ object }) => object.kind !== 'Pod');
    for (const complaint of blamed) reportObject(complaint, fallback, context);
    for (const pod of inputs.pods.items) {
      const controller = kongController(pod);
      if (!controller || hasEnded(pod) || pod.metadata.deletionTimestamp) continue;
      reportController({ pod, container: controller.container.name, complaints, fallback }, inputs, context);
    }
    const told = new Set(blamed.map(({ object }) => subjectKey(object)));
    for (const item of configured(inputs)) reportConditions(item, told, context);
    for (const item of deployed(inputs)) reportDeployed(item, context);
    return undefined;
  },
});

type In = Inputs<typeof needs>;
type Context = AnalyzeContext<typeof PUSH_MESSAGES, typeof PUSH_CHECKS>;

/** Events outlive their objects. */
function isGone({ object }: PushComplaint, inputs: In): boolean {
  const collection = {
    Ingress: inputs.ingresses,
    Service: inputs.services,
    Pod: inputs.pods,
    KongPlugin: inputs.plugins,
    KongConsumer: inputs.consumers,
  }[object.kind];
  return collection?.lookup(object).state === 'absent';
}

function configured(inputs: In): readonly KongObjectItem[] {
  const { plugins, clusterPlugins, consumers, consumerGroups, upstreamPolicies, vaults } = inputs;
  const collections = [plugins, clusterPlugins, consumers, consumerGroups, upstreamPolicies, vaults];
  const rest = [inputs.customEntities, inputs.tcpIngresses, inputs.udpIngresses];
  return [...collections, ...rest].flatMap(({ items }) => items);
}

function deployed({
  operatorDataPlanes: planes,
  operatorControlPlanes: controlPlanes,
}: In): readonly KongObjectItem[] {
  return [...planes.items, ...controlPlanes.items];
}

function messageOf({ event }: PushComplaint): string {
  return (event.message ?? '').trim().replace(/\.$/, '') || 'it does not say why';
}

function reportObject(complaint: PushComplaint, fallback: boolean, context: Context): void {
  const { object, event, first } = complaint;
  const common = {
    values: { object, kind: object.kind, detail: messageOf(complaint) },
    subject: object,
    evidence: [context.at(event)] as const,
    ...(first ? { since: first } : {}),
  };
  if (complaint.is === 'refused') {
    context.report({ message: 'objectRefused', severity: fallback ? 'warning' : 'critical', ...common });
  } else {
    const severity = TOLD_BY_ROUTE.test(event.message ?? '') ? 'info' : 'warning';
    context.report({ message: 'notTranslated', severity, ...common });
  }
}

interface Controller {
  readonly pod: PodItem;
  readonly container: string;
  readonly complaints: readonly PushComplaint[];
  readonly fallback: boolean;
}

function reportController(one: Controller, inputs: In, context: Context): void {
  const { pod, complaints, fallback } = one;
  const subject = subjectOf(pod);
  const refused = complaints.filter((complaint) => complaint.is === 'refused');
  const own = refused.find(({ object }) => subjectKey(object) === subjectKey(subject));
  const state = inputs.states.items.find(
    ({ scope }) =>
      scope.type === 'object' && scope.namespace === subject.namespace && scope.name === subject.name,
  );
  const broken = (state?.value.brokenInPush ?? 0) > 0;
  if (own || (state && broken)) {
    const objects = refused.map(({ object }) => object).filter(({ kind }) => kind !== 'Pod');
    const detail = refusalOf(own, state?.value.refused[0], state?.value.brokenInPush);
    const evidence: EvidenceRef[] = [
      ...(own ? [context.at(own.event)] : []),
      ...(state && broken ? [context.at(state, '/brokenInPush')] : []),
    ];
    context.report({
      message: 'pushRefused',
      severity: fallback ? 'warning' : 'critical',
      values: {
        controller: subject,
        detail,
        consequence: fallback
          ? 'a fallback without the broken objects is in use'
          : 'no change of any object reaches Kong until that is mended',
      },
      subject,
      related: objects,
      evidence: evidence as [EvidenceRef, ...EvidenceRef[]],
      ...(own?.first ? { since: own.first } : {}),
    });
  } else if (!reportLog(one, inputs, context)) {
    context.looked({ check: 'pushed', values: {}, subject });
  }
}

function refusalOf(
  own: PushComplaint | undefined,
  entity: { readonly type: string; readonly name: string; readonly errors: readonly string[] } | undefined,
  count: number | undefined,
): string {
  if (entity) return `${entity.type} ${entity.name}: ${entity.errors.join(', ')}`;
  return own ? messageOf(own) : `${count ?? 0} objects broke the last push`;
}

/** Where events were not seen or have expired; true when something was told. */
function reportLog({ pod, container }: Controller, { log }: In, context: Context): boolean {
  const controller = subjectOf(pod);
  const { namespace = '', name } = pod.metadata;
  for (const pattern of ['noGateway', 'pushFailed'] as const) {
    const all = recentMatches(
      log.matches(pattern, { namespace, pod: name, container }),
      context,
      CURRENT_SECONDS,
    );
    const matches = all.at(-1);
    const hit = matches?.hits.at(-1);
    if (!matches || !hit) continue;
    const { detail = hit.captures.error ?? hit.text } = hit.captures;
    const common = { subject: controller, evidence: [lastLineOf(matches)] as const };
    if (pattern === 'noGateway')
      context.report({ message: pattern, values: { controller, detail }, ...common });
    else context.report({ message: 'pushFails', values: { controller, detail, container }, ...common });
    return true;
  }
  return false;
}

/** `Pending` is what an object says that no controller has looked at, as of another class. */
function reportConditions(item: KongObjectItem, told: ReadonlySet<string>, context: Context): void {
  const object = subjectOf(item);
  const index = (item.status?.conditions ?? []).findIndex(
    ({ type, status, reason }) => type === 'Programmed' && status === 'False' && reason !== 'Pending',
  );
  const condition = item.status?.conditions?.[index];
  if (!condition || item.metadata.deletionTimestamp || told.has(subjectKey(object))) {
    context.looked({ check: 'programmed', values: {}, subject: object });
    return;
  }
  context.report({ message: 'notProgrammed', ...conditionFinding(item, object, index, context) });
}

function reportDeployed(item: KongObjectItem, context: Context): void {
  const object = subjectOf(item);
  const index = (item.status?.conditions ?? []).findIndex(
    ({ type, status }) => type === 'Ready' && status === 'False',
  );
  const condition = item.status?.conditions?.[index];
  const settled =
    condition && isOlder(context.age(condition.lastTransitionTime, item), SETTLED_SECONDS) === true;
  if (!settled || item.metadata.deletionTimestamp) {
    context.looked({ check: 'programmed', values: {}, subject: object });
    return;
  }
  context.report({ message: 'operatorNotReady', ...conditionFinding(item, object, index, context) });
}

function conditionFinding(item: KongObjectItem, object: ObjectRef, index: number, context: Context) {
  const {
    reason = 'no reason',
    message = '',
    lastTransitionTime: since,
  } = item.status?.conditions?.[index] ?? {};
  const detail = message.trim() === '' ? '' : `, ${message.trim().replace(/\.$/, '')}`;
  return {
    values: { object, kind: object.kind, reason, detail },
    subject: object,
    evidence: [context.at(item, `/status/conditions/${index}`)] as const,
    ...(since ? { since } : {}),
  };
}
