import { type ApiServiceItem, apiServices } from '../../src/artifacts/extension-resources.ts';
import { type ScaledObjectItem, scaledObjects } from '../../src/artifacts/keda-resources.ts';
import {
  type HorizontalPodAutoscalerItem,
  horizontalPodAutoscalers,
} from '../../src/artifacts/policy-resources.ts';
import { deployments, replicaSets, statefulSets } from '../../src/artifacts/workload-resources.ts';
import {
  type AutoscalerFault,
  autoscalerFault,
  isAboveTarget,
  scaleTargetOf,
} from '../../src/derive/autoscaler-state.ts';
import { AUTOSCALING_MESSAGES } from '../../src/derive/autoscaling-messages.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { Lookup } from '../../src/model/coverage.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import type { ResourceIdentity } from '../../src/model/json.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** New pods have no metrics for a minute or two; what lasts longer is no start. */
const SETTLED_SECONDS = 300;
/** As long as the alert KubeHpaMaxedOut waits. */
const MAXED_SECONDS = 900;

const needs = {
  autoscalers: horizontalPodAutoscalers,
  deployments: optional(deployments),
  statefulSets: optional(statefulSets),
  replicaSets: optional(replicaSets),
  scaledObjects: optional(scaledObjects),
  apiServices: optional(apiServices),
};

export const autoscalingFailed = defineAnalyzer({
  meta: {
    id: 'workload/autoscaling-failed',
    title: 'Autoscaling does not work',
    description:
      'Horizontal autoscalers and ScaledObjects that cannot read metrics or scale, or are at their maximum.',
    messages: AUTOSCALING_MESSAGES,
    checks: {
      works: {
        item: 'Autoscaler works',
        expected: 'able to scale, metrics read',
        found: '{replicas:count} replicas',
      },
    },
    references: [
      'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale-walkthrough/#appendix-horizontal-pod-autoscaler-status-conditions',
      'kubernetes/kubernetes pkg/controller/podautoscaler/horizontal.go; kubernetes-mixin: KubeHpaMaxedOut',
      'https://keda.sh/docs/latest/reference/scaledobject-spec/',
    ],
  },
  needs,
  analyze(inputs, context) {
    const surroundings = { inputs, serving: byGroup(inputs.apiServices.items), context };
    for (const item of inputs.autoscalers.items) {
      if (!item.metadata.deletionTimestamp) judge(item, surroundings);
    }
    for (const item of inputs.scaledObjects.items) {
      if (!item.metadata.deletionTimestamp) judgeScaledObject(item, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof autoscalingFailed.meta.messages,
  NonNullable<typeof autoscalingFailed.meta.checks>
>;

interface Surroundings {
  readonly inputs: Inputs<typeof needs>;
  /** The APIServices of each group. */
  readonly serving: ReadonlyMap<string, readonly ApiServiceItem[]>;
  readonly context: Context;
}

/** A group is served in a version or two; of more, the first are shown. */
const VERSIONS_SHOWN = 3;

function byGroup(items: readonly ApiServiceItem[]): Map<string, ApiServiceItem[]> {
  const groups = new Map<string, ApiServiceItem[]>();
  for (const item of items) {
    const group = getOrCreate(groups, item.spec?.group ?? '', () => []);
    if (group.length < VERSIONS_SHOWN) group.push(item);
  }
  return groups;
}

function judge(item: HorizontalPodAutoscalerItem, surroundings: Surroundings): void {
  const { context } = surroundings;
  const subject = subjectOf(item);
  const conditions = item.status?.conditions ?? [];
  const born = context.age(item.metadata.creationTimestamp, item);
  if (conditions.length === 0) {
    // autoscaling/v1 keeps the conditions in an annotation.
    const judged = item.apiVersion !== 'autoscaling/v1' && item.status?.currentReplicas === undefined;
    if (judged && born && isOlder(born, SETTLED_SECONDS)) {
      const values = { autoscaler: subject, age: born.seconds };
      context.report({ message: 'notReconciled', values, subject, evidence: [context.at(item, '')] });
    } else context.looked({ check: 'works', unseen: 'it has no conditions', subject });
    return;
  }
  const fault = autoscalerFault(item);
  const since = fault && conditions[fault.condition]?.lastTransitionTime;
  const old = fault && isOlder(context.age(since, item), SETTLED_SECONDS);
  if (fault && old) reportFault(item, fault, surroundings);
  else if (fault) {
    const unseen =
      old === undefined ? 'the clock does not tell since when it fails' : 'it began to fail a moment ago';
    context.looked({ check: 'works', unseen, subject });
  } else if (!reportMaximum(item, context)) {
    context.looked({ check: 'works', values: { replicas: item.status?.currentReplicas ?? 0 }, subject });
  }
}

function reportFault(
  item: HorizontalPodAutoscalerItem,
  fault: AutoscalerFault,
  { inputs, serving: served, context }: Surroundings,
): void {
  const subject = subjectOf(item);
  const target = scaleTargetOf(item);
  const { detail } = fault;
  const since = item.status?.conditions?.[fault.condition]?.lastTransitionTime;
  const evidence: EvidenceRefs = [context.at(item, `/status/conditions/${fault.condition}`)];
  const common = { subject, ...(since === undefined ? {} : { since }) };
  const values = { autoscaler: subject, target, detail };
  const related = [target];
  if (fault.kind === 'metricsApiUnavailable') {
    const serving = served.get(fault.api) ?? [];
    const state = fault.served || serving.length > 0 ? 'does not answer' : 'is not installed';
    const named = { group: 'apiregistration.k8s.io', kind: 'APIService', name: `v1beta1.${fault.api}` };
    context.report({
      message: 'metricsApiUnavailable',
      values: { autoscaler: subject, api: fault.api, state, detail },
      evidence: [...evidence, ...serving.map((one) => context.at(one, '/status'))],
      related: serving.length > 0 ? serving.map((one) => subjectOf(one)) : [named],
      ...common,
    });
  } else if (fault.kind === 'requestMissing') {
    const { resource, container } = fault;
    const message = { autoscaler: subject, target, resource, container };
    context.report({ message: 'requestMissing', values: message, evidence, related, ...common });
  } else if (fault.kind === 'targetUnreadable' && lookUp(target, inputs).state === 'absent') {
    const message = { autoscaler: subject, target };
    context.report({ message: 'targetMissing', values: message, evidence, related, ...common });
  } else if (fault.kind === 'metricsMissing' || fault.kind === 'selectorUnfit') {
    context.report({ message: fault.kind, values, evidence, related, ...common });
  } else context.report({ message: 'notScalable', values, evidence, related, ...common });
}

function lookUp(
  { group, kind, namespace = '', name }: ObjectRef,
  inputs: Inputs<typeof needs>,
): Lookup<ResourceIdentity> {
  const collection =
    group === 'apps' &&
    { Deployment: inputs.deployments, StatefulSet: inputs.statefulSets, ReplicaSet: inputs.replicaSets }[
      kind
    ];
  if (!collection) return { state: 'unseen', gap: NOT_LISTED };
  return collection.lookup({ namespace, name });
}

const NOT_LISTED = {
  artifact: 'resources',
  scope: { type: 'cluster' },
  outcome: 'skipped',
  reason: 'targets of this kind are not looked up',
} as const;

function reportMaximum(item: HorizontalPodAutoscalerItem, context: Context): boolean {
  const { minReplicas = 1, maxReplicas = 0 } = item.spec ?? {};
  const conditions = item.status?.conditions ?? [];
  const index = conditions.findIndex(
    (one) => one.type === 'ScalingLimited' && one.status === 'True' && one.reason === 'TooManyReplicas',
  );
  const since = conditions[index]?.lastTransitionTime;
  const age = context.age(since, item);
  const full = item.status?.currentReplicas === maxReplicas && maxReplicas !== minReplicas;
  if (!full || !age || !isOlder(age, MAXED_SECONDS) || !isAboveTarget(item)) return false;
  context.report({
    message: 'atMaximum',
    values: { autoscaler: subjectOf(item), maximum: maxReplicas, age: age.seconds },
    subject: subjectOf(item),
    evidence: [context.at(item, `/status/conditions/${index}`), context.at(item, '/status/currentMetrics')],
    ...(since === undefined ? {} : { since }),
  });
  return true;
}

/** KEDA pauses on request; it retries on its own, so a moment's failure is none. */
function judgeScaledObject(item: ScaledObjectItem, context: Context): void {
  const conditions = item.status?.conditions ?? [];
  const index = conditions.findIndex((one) => one.type === 'Ready' && one.status === 'False');
  const condition = conditions[index];
  const subject = subjectOf(item);
  const since = condition?.lastTransitionTime ?? item.metadata.creationTimestamp;
  if (!condition || !isOlder(context.age(since, item), SETTLED_SECONDS)) {
    context.looked({ check: 'works', values: { replicas: 0 }, subject });
    return;
  }
  const detail = (condition.message ?? condition.reason ?? 'it gives no reason').trim().replace(/\.$/, '');
  context.report({
    message: 'scaledObjectNotReady',
    values: { scaler: subject, detail },
    subject,
    evidence: [context.at(item, `/status/conditions/${index}`)],
    ...(condition.lastTransitionTime === undefined ? {} : { since: condition.lastTransitionTime }),
  });
}
