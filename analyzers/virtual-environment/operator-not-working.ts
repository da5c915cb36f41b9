import { customResourceDefinitions } from '../../src/artifacts/extension-resources.ts';
import { configMaps, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { deployments } from '../../src/artifacts/workload-resources.ts';
import { lastLineOf } from '../../src/derive/log-recency.ts';
import { isReady } from '../../src/derive/pod-readiness.ts';
import { SETTLED_SECONDS } from '../../src/derive/virtual-environment-changes.ts';
import type { EnvironmentComponent } from '../../src/derive/virtual-environment-components.ts';
import { lockHolder } from '../../src/derive/virtual-environment-lock.ts';
import { environmentOperatorLog } from '../../src/derive/virtual-environment-operator-log.ts';
import {
  OPERATOR_CHECKS,
  OPERATOR_MESSAGES,
} from '../../src/derive/virtual-environment-operator-messages.ts';
import { environmentRouting, type NamespaceRouting } from '../../src/derive/virtual-environment-routing.ts';
import { unknownObjects } from '../../src/derive/virtual-environment-view.ts';
import { type EnvironmentNamespace, environmentNamespaces } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { subjectOf } from '../../src/model/subject.ts';

const DEFINITION = 'virtualenvironments.env.alibaba.com';
/** Objects the operator does not know that are named. */
const NAMED = 5;

const needs = {
  environments: environmentNamespaces,
  routing: environmentRouting,
  deployments,
  pods,
  definitions: optional(customResourceDefinitions),
  configMaps: optional(configMaps),
  log: optional(environmentOperatorLog),
};
type In = Inputs<typeof needs>;
type Context = AnalyzeContext<typeof OPERATOR_MESSAGES, typeof OPERATOR_CHECKS>;

export const operatorNotWorking = defineAnalyzer({
  meta: {
    id: 'virtual-environment/operator-not-working',
    title: 'Operator of KtEnv not working',
    description:
      'Operators of virtual environments that are missing, stopped, end at their start, wait for their lock or do not see objects of their namespace.',
    messages: OPERATOR_MESSAGES,
    checks: OPERATOR_CHECKS,
    references: [
      'alibaba/virtual-environment cmd/operator/main.go, deploy/ktenv_operator.yaml, cmd/operator/api/inspect.go',
      'operator-framework/operator-sdk pkg/leader/leader.go',
      'https://alibaba.github.io/virtual-environment/#/zh-cn/doc/trouble-shooting',
    ],
  },
  needs,
  appliesTo: ({ environments }) => environments.applies,
  analyze(inputs, context) {
    const routings = new Map(inputs.routing.map((one) => [one.environment, one]));
    for (const environment of inputs.environments.namespaces) {
      const { operator } = environment;
      if (!operator) reportMissing(environment, inputs, context);
      else judge({ environment, operator, routing: routings.get(environment), inputs, context });
    }
    return undefined;
  },
});

/** An operator may run in any namespace: only a cluster seen whole has none. */
function reportMissing({ instances }: EnvironmentNamespace, inputs: In, context: Context): void {
  const gap = [...inputs.deployments.coverage.gaps, ...inputs.pods.coverage.gaps][0];
  for (const instance of instances) {
    const subject = subjectOf(instance);
    const age = context.age(instance.metadata.creationTimestamp, instance);
    if (gap || instance.metadata.deletionTimestamp || isOlder(age, SETTLED_SECONDS) !== true) {
      context.looked({ check: 'operator', subject, unseen: gap ?? 'the instance is too young to tell' });
      continue;
    }
    const scope = { type: 'namespace', namespace: instance.metadata.namespace ?? '' } as const;
    context.report({
      message: 'missing',
      values: { environment: subject },
      subject,
      evidence: [context.at(instance), context.absent({ artifact: deployments, scope })],
    });
  }
}

interface Case {
  readonly environment: EnvironmentNamespace;
  readonly operator: EnvironmentComponent;
  readonly routing: NamespaceRouting | undefined;
  readonly inputs: In;
  readonly context: Context;
}

function judge(one: Case): void {
  const told = [
    reportDefinition(one),
    reportDeployment(one),
    ...one.operator.pods.map((pod) => reportPod(pod, one)),
  ];
  if (told.some(Boolean)) return;
  const { environment, operator, context } = one;
  const shown = operator.deployment ?? operator.pods[0];
  const subject = environment.effective?.instance ?? environment.instances[0] ?? shown;
  if (!subject || !shown) return;
  const values = { version: operator.version?.text ?? 'version not known', pods: operator.pods.length };
  context.looked({ check: 'operator', values, subject: subjectOf(subject), evidence: [context.at(shown)] });
}

function reportDefinition({ operator, inputs, context }: Case): boolean {
  const shown = operator.deployment ?? operator.pods[0];
  if (!shown || inputs.definitions.lookup({ name: DEFINITION }).state !== 'absent') return false;
  const subject = subjectOf(shown);
  context.report({
    message: 'definitionMissing',
    values: { operator: subject },
    subject,
    evidence: [
      context.at(shown),
      context.absent({ artifact: customResourceDefinitions, scope: CLUSTER_SCOPE, name: DEFINITION }),
    ],
  });
  return true;
}

function reportDeployment({ environment, operator: { deployment }, context }: Case): boolean {
  if (!deployment || deployment.metadata.deletionTimestamp) return false;
  const { namespace } = environment;
  const subject = subjectOf(deployment);
  const values = { operator: subject, namespace: { group: '', kind: 'Namespace', name: namespace } };
  const related = environment.instances.map((instance) => subjectOf(instance));
  if (deployment.spec?.replicas === 0) {
    const evidence = [context.at(deployment, '/spec/replicas')] as const;
    context.report({ message: 'stopped', values, subject, related, evidence });
    return true;
  }
  const condition = (deployment.status?.conditions ?? []).findIndex(({ type }) => type === 'Available');
  const since = deployment.status?.conditions?.[condition]?.lastTransitionTime;
  const began = since ?? deployment.metadata.creationTimestamp;
  if ((deployment.status?.availableReplicas ?? 0) > 0) return false;
  if (isOlder(context.age(began, deployment), SETTLED_SECONDS) !== true) return false;
  context.report({
    message: 'notAvailable',
    values,
    subject,
    related,
    evidence: [context.at(deployment, condition < 0 ? '/status' : `/status/conditions/${condition}`)],
    ...(since ? { since } : {}),
  });
  return true;
}

function reportPod(pod: PodItem, one: Case): boolean {
  if (pod.metadata.deletionTimestamp) return false;
  return reportStart(pod, one) || reportLock(pod, one) || reportView(pod, one);
}

/** The line counts for a pod that is not well now: a ready one has started since. */
function reportStart(pod: PodItem, { operator, inputs, context }: Case): boolean {
  if (isReady(pod)) return false;
  const { namespace = '', name } = pod.metadata;
  const matches = inputs.log
    .matches('startFailed', { namespace, pod: name, container: operator.container })
    .at(-1);
  const captures = matches?.hits.at(-1)?.captures;
  if (!matches || !captures) return false;
  const subject = subjectOf(pod);
  const values = {
    pod: subject,
    what: captures.what?.trim() ?? '',
    detail: captures.error ?? 'no reason is given',
  };
  context.report({
    message: 'startFails',
    values,
    subject,
    evidence: [lastLineOf(matches), context.at(pod, '/status')],
  });
  return true;
}

function reportLock(pod: PodItem, { operator, inputs, context }: Case): boolean {
  const { namespace = '', name } = pod.metadata;
  const matches = inputs.log
    .matches('leader', { namespace, pod: name, container: operator.container })
    .at(-1);
  const said = matches?.hits.at(-1)?.captures.said;
  if (said === 'Became the leader.') return false;
  const holder = lockHolder(pod, inputs, context);
  if (!holder) return false;
  const subject = subjectOf(pod);
  const lock = subjectOf(holder.lock);
  const evidence = [context.at(holder.lock, '/metadata/ownerReferences'), context.at(pod, '/status')];
  context.report({
    message: 'waitsForLock',
    values: { pod: subject, lock, leader: holder.name, state: holder.state },
    subject,
    related: [lock],
    evidence: (matches ? [lastLineOf(matches), ...evidence] : evidence) as unknown as EvidenceRefs,
    ...(matches
      ? {}
      : {
          confidence: {
            level: 'likely',
            reason: 'the lock belongs to another pod, and its log was not read',
          },
        }),
  });
  return true;
}

/** What the operator itself says it knows, against what there is. */
function reportView(pod: PodItem, { routing, context }: Case): boolean {
  const view = routing?.view;
  if (!routing || view?.value.operator?.pod !== pod.metadata.name) return false;
  const unknown = unknownObjects(routing, view.value, context);
  if (unknown.length === 0) return false;
  const subject = subjectOf(pod);
  const rest = unknown.length > NAMED ? [`${unknown.length - NAMED} more`] : [];
  const named = unknown.slice(0, NAMED).map(({ kind, metadata }) => `${kind} \`${metadata.name}\``);
  context.report({
    message: 'doesNotSee',
    values: { pod: subject, objects: [...named, ...rest] },
    subject,
    related: unknown.map((item) => subjectOf(item)),
    evidence: [context.at(view, '/instance'), ...unknown.slice(0, NAMED).map((item) => context.at(item))],
  });
  return true;
}
