import { type ServiceItem, services } from '../../src/artifacts/network-resources.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { replicaSets } from '../../src/artifacts/workload-resources.ts';
import { type SelectorIndex, selectorIndex } from '../../src/derive/label-index.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { podOwner } from '../../src/derive/pod-siblings.ts';
import { environmentRouting, type NamespaceRouting } from '../../src/derive/virtual-environment-routing.ts';
import { environmentNamespaces } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { perItem } from '../../src/model/per-item.ts';
import { groupOf, type ObjectRef, subjectKey, subjectOf } from '../../src/model/subject.ts';

/** Kinds whose templates the operator reads. */
const READ: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet']);

const needs = {
  environments: environmentNamespaces,
  routing: environmentRouting,
  pods,
  services,
  replicaSets: optional(replicaSets),
};

export const workloadNotConsidered = defineAnalyzer({
  meta: {
    id: 'virtual-environment/workload-not-considered',
    title: 'Workload KtEnv does not consider',
    description:
      'Pods with an environment label behind a Service whose workload is of a kind KtEnv does not read, so that their environment has no route.',
    messages: {
      ofOtherKind: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'KtEnv reads Deployments and StatefulSets only' },
        text: 'Pods of {workload:object} are in environment `{environment:text}` by their labels, but KtEnv does not read a {kind:text}: {services:text} have no route and no subset for them.',
        remedy: [
          {
            text: 'Run the environment by a Deployment or a StatefulSet. Without one the pods still get requests of the default when that has no subset.',
          },
        ],
        key: ['environment'],
      },
      alone: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'KtEnv reads Deployments and StatefulSets only' },
        text: '{pod:object} is in environment `{environment:text}` by its label, but belongs to no workload: {services:text} have no route and no subset for it.',
        remedy: [
          {
            text: 'Run it by a Deployment or a StatefulSet: KtEnv reads their templates, never pods.',
          },
        ],
        key: ['environment'],
      },
    },
    checks: {
      considered: {
        item: 'Pods in environments belong to a Deployment or StatefulSet',
        expected: 'a kind KtEnv reads',
        found: '{count:count} pods with an environment',
      },
    },
    references: [
      'alibaba/virtual-environment pkg/controller: add_deployment.go, add_statefulset.go',
      'alibaba/virtual-environment pkg/component/parser/label_paster.go',
    ],
  },
  needs,
  appliesTo: ({ environments }) => environments.applies,
  analyze(inputs, context) {
    const routings = new Map(inputs.routing.map((one) => [one.environment.namespace, one]));
    if (routings.size === 0) return undefined;
    const selecting = selectorIndex(
      inputs.services.items.filter(
        ({ metadata, spec }) => routings.has(metadata.namespace ?? '') && spec?.selector,
      ),
      ({ spec }) => ({ matchLabels: spec?.selector ?? {} }),
    );
    const groups = new Map<string, Group>();
    const counts = new Map<NamespaceRouting, number>();
    for (const pod of inputs.pods.items) {
      const routing = routings.get(pod.metadata.namespace ?? '');
      const environment = routing && pod.metadata.labels?.[routing.effective.spec.label];
      if (!routing || environment === undefined || hasEnded(pod) || pod.metadata.deletionTimestamp) continue;
      counts.set(routing, (counts.get(routing) ?? 0) + 1);
      addPod(groups, pod, { routing, environment, selecting, inputs });
    }
    for (const group of groups.values()) report(group, context);
    const told = new Set([...groups.values()].map(({ routing }) => routing));
    for (const routing of routings.values()) {
      const subject = subjectOf(routing.effective.instance);
      if (routing.gap) context.looked({ check: 'considered', subject, unseen: routing.gap });
      else if (!told.has(routing))
        context.looked({ check: 'considered', subject, values: { count: counts.get(routing) ?? 0 } });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof workloadNotConsidered.meta.messages,
  NonNullable<typeof workloadNotConsidered.meta.checks>
>;

/** Pods of one workload in one environment. */
interface Group {
  readonly routing: NamespaceRouting;
  readonly environment: string;
  readonly owner: ObjectRef;
  readonly pods: PodItem[];
  readonly services: readonly ServiceItem[];
}

interface Place {
  readonly routing: NamespaceRouting;
  readonly environment: string;
  readonly selecting: SelectorIndex<ServiceItem>;
  readonly inputs: Inputs<typeof needs>;
}

function addPod(groups: Map<string, Group>, pod: PodItem, place: Place): void {
  const { routing, environment, selecting, inputs } = place;
  const owner = rootOf(podOwner(pod), inputs);
  if (!owner || READ.has(owner.kind) || routing.gap) return;
  const key = `${subjectKey(owner)} ${environment}`;
  const known = groups.get(key);
  if (known) {
    known.pods.push(pod);
    return;
  }
  const without = selecting
    .selecting(pod.metadata.namespace, pod.metadata.labels)
    .filter((service) => !hasRoute(service, environment, routing));
  if (without.length === 0) return;
  getOrCreate(groups, key, () => ({ routing, environment, owner, pods: [pod], services: without }));
}

/**
 * A ReplicaSet may belong to a Deployment whose name its own does not tell, or to a kind of an operator. Undefined
 * when it was not seen.
 */
function rootOf(owner: ObjectRef, { replicaSets: collection }: Inputs<typeof needs>): ObjectRef | undefined {
  if (owner.kind !== 'ReplicaSet') return owner;
  const { namespace = '', name } = owner;
  const found = collection.lookup({ namespace, name });
  if (found.state === 'unseen') return undefined;
  const references = found.state === 'present' ? found.item.metadata.ownerReferences : undefined;
  const reference = references?.find((one) => one.controller);
  if (!reference) return owner;
  return { group: groupOf(reference.apiVersion), kind: reference.kind, namespace, name: reference.name };
}

/** Environments of the workloads behind each Service. */
const routedEnvironments = perItem(
  ({ services: routed }: NamespaceRouting): ReadonlyMap<string, ReadonlySet<string>> =>
    new Map(
      routed.map(({ service, related }) => [
        service.metadata.name,
        new Set(related.map(({ value }) => value)),
      ]),
    ),
);

/** Whether a Deployment or StatefulSet of the same environment stands behind the Service as well. */
function hasRoute({ metadata }: ServiceItem, environment: string, routing: NamespaceRouting): boolean {
  return routedEnvironments(routing).get(metadata.name)?.has(environment) === true;
}

function report({ environment, owner, pods: own, services: without }: Group, context: Context): void {
  const evidence = [
    context.at(own[0] as PodItem, '/metadata/labels'),
    ...without.slice(0, 3).map((service) => context.at(service, '/spec/selector')),
  ] as unknown as EvidenceRefs;
  const common = {
    subject: owner,
    related: [...own, ...without].map((item) => subjectOf(item)),
    evidence,
  };
  const names = without.map(({ metadata }) => `Service \`${metadata.name}\``);
  if (owner.kind === 'Pod') {
    context.report({ message: 'alone', values: { pod: owner, environment, services: names }, ...common });
    return;
  }
  const values = { workload: owner, kind: owner.kind, environment, services: names };
  context.report({ message: 'ofOtherKind', values, ...common });
}
