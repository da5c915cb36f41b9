import {
  CAPI_PAUSED,
  type CapiMachineItem,
  capiClusters,
  capiMachines,
  kubeadmControlPlanes,
} from '../../src/artifacts/cluster-api-resources.ts';
import { kommanderClusters } from '../../src/artifacts/konvoy-resources.ts';
import { appliesWithout, definedGroups } from '../../src/derive/defined-groups.ts';
import { sentence } from '../../src/derive/issuance-case.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Inputs } from '../../src/model/artifact.ts';
import type { Condition } from '../../src/model/condition.ts';
import type { Gap } from '../../src/model/coverage.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import type { ResourceIdentity } from '../../src/model/json.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type Subject, subjectOf } from '../../src/model/subject.ts';

/** Conditions of Cluster API flap for minutes while machines are replaced. */
const PENDING_SECONDS = 600;
/** Our choice: a machine that boots, installs and joins slowly needs about half of it. */
const MACHINE_SECONDS = 1800;

const SAID = { level: 'certain', reason: 'the status of the object says so' } as const;
const UNREADY = {
  severity: 'warning',
  confidence: SAID,
  effect: 'not-reconciled',
  explains: [{ effect: 'not-reconciled', via: ['same-object'] }],
} as const;
const TREE = {
  text: 'See the cluster as a tree with the conditions of its parts (`clusterctl describe cluster`), and the logs of the provider of the infrastructure.',
} as const;

const GROUPS = ['cluster.x-k8s.io', 'controlplane.cluster.x-k8s.io', 'kommander.mesosphere.io'];

const needs = {
  clusters: capiClusters,
  machines: capiMachines,
  controlPlanes: kubeadmControlPlanes,
  kommander: kommanderClusters,
  defined: definedGroups,
};

export const managedClusterNotReady = defineAnalyzer({
  meta: {
    id: 'kubernetes/managed-cluster-not-ready',
    title: 'Cluster or machine of Cluster API not ready',
    description:
      'Clusters, control planes and machines of Cluster API, and clusters of DKP, that failed, are not ready or never became part of it.',
    messages: {
      failed: {
        ...UNREADY,
        text: '{object:object} has failed for good: {detail:text}.',
        remedy: [
          {
            text: 'Its controller does not try again. Delete a Machine, so that its set makes a new one; of a cluster see what the message names.',
          },
          TREE,
        ],
      },
      notReady: {
        ...UNREADY,
        text: '{object:object} has not been ready for {age:duration}: {reason:text}, {detail:text}.',
        remedy: [TREE],
      },
      machineWithoutNode: {
        ...UNREADY,
        text: '{object:object} is `{phase:text}` {age:duration} after it was made, and no node has come of it.',
        remedy: [
          {
            text: 'Provisioned: the machine runs, but kubeadm did not end on it. Read /var/log/cloud-init-output.log there. Provisioning: the infrastructure has not made it (quota, image, network).',
          },
          TREE,
        ],
      },
      notJoined: {
        ...UNREADY,
        text: '{object:object} is `{phase:text}` {age:duration} after it was made: the management cluster does not look after it.',
        remedy: [
          {
            text: 'See that the API server of the cluster is reached from the management cluster, and that the kubeconfig in its Secret is valid.',
            argv: [
              'kubectl',
              'describe',
              'kommanderclusters.kommander.mesosphere.io',
              '{object.name}',
              '-n',
              '{object.namespace}',
            ],
          },
        ],
      },
    },
    checks: {
      ready: { item: 'Cluster or machine is ready', expected: 'ready', found: 'ready' },
    },
    references: [
      'kubernetes-sigs/cluster-api api/core/v1beta1, v1beta2: conditions Ready and Available, failureMessage, phase',
      'https://cluster-api.sigs.k8s.io/developer/providers/contracts/overview (conditions, terminal failures)',
      'kommander.mesosphere.io/v1beta1 KommanderCluster: status.phase Joined',
    ],
  },
  needs,
  appliesTo({ clusters, machines, controlPlanes, kommander, defined }) {
    const all = [clusters, machines, controlPlanes, kommander];
    if (all.some(({ items }) => items.length > 0)) return true;
    const gaps = all.flatMap(({ coverage }): readonly Gap[] => coverage.gaps);
    return appliesWithout(gaps, { groups: GROUPS, defined, reason: 'the cluster manages no other clusters' });
  },
  analyze(inputs, context) {
    const unready = new Map<string, Subject[]>();
    const held = new Set(
      inputs.clusters.items.filter(isPaused).map((one) => clusterKey(one, one.metadata.name)),
    );
    for (const machine of inputs.machines.items) {
      const key = clusterKey(machine, machine.spec?.clusterName);
      if (held.has(key) || isPaused(machine) || !judgeMachine(machine, context)) continue;
      getOrCreate(unready, key, () => []).push(subjectOf(machine));
    }
    for (const item of [...inputs.clusters.items, ...inputs.controlPlanes.items]) {
      const owner = item.metadata.ownerReferences?.find(({ kind }) => kind === 'Cluster')?.name;
      const keys = [clusterKey(item, item.metadata.name), clusterKey(item, owner)];
      if (isPaused(item) || keys.some((key) => held.has(key))) continue;
      judge(
        item,
        keys.flatMap((key) => unready.get(key) ?? []),
        context,
      );
    }
    judgeJoins(inputs, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof managedClusterNotReady.meta.messages,
  NonNullable<typeof managedClusterNotReady.meta.checks>
>;

/** Any of the kinds of Cluster API. */
interface CapiItem extends ResourceIdentity {
  readonly metadata: ResourceIdentity['metadata'] & {
    readonly annotations?: { readonly [CAPI_PAUSED]?: string };
  };
  /** Of a Cluster `paused`, of the others what they are known by. */
  readonly spec?: { readonly paused?: boolean; readonly clusterName?: string; readonly version?: string };
  readonly status?: {
    readonly failureMessage?: string;
    readonly conditions?: readonly (Condition & { readonly severity?: string })[];
  };
}

/** Nobody works on it: it is being moved, mended by hand or taken over. */
function isPaused({ metadata, spec }: CapiItem): boolean {
  return spec?.paused === true || metadata.annotations?.[CAPI_PAUSED] !== undefined;
}

function clusterKey({ metadata }: CapiItem, name: string | undefined): string {
  return `${metadata.namespace}/${name}`;
}

/** Reports what an object says against itself; true when it did. */
function judge(item: CapiItem, related: readonly Subject[], context: Context): boolean {
  const subject = subjectOf(item);
  if (item.metadata.deletionTimestamp) return false;
  const { failureMessage, conditions = [] } = item.status ?? {};
  if (failureMessage) {
    const values = { object: subject, detail: sentence(failureMessage) };
    const evidence = [context.at(item, '/status/failureMessage')] as const;
    context.report({ message: 'failed', values, subject, related, evidence });
    return true;
  }
  // v1beta1 sums up in Ready, v1beta2 in Available; severity Info is what is under way.
  const index = conditions.findIndex(
    ({ type, status, severity }) =>
      (type === 'Ready' || type === 'Available') && status === 'False' && severity !== 'Info',
  );
  const condition = conditions[index];
  if (!condition) {
    context.looked({ check: 'ready', values: {}, subject });
    return false;
  }
  const { reason = 'no reason is given', message, lastTransitionTime: since } = condition;
  const age = context.age(since, item);
  const old = isOlder(age, PENDING_SECONDS);
  if (!age || !old) {
    const unseen = old === undefined ? 'since when is not known' : 'it has been so for minutes only';
    context.looked({ check: 'ready', unseen, subject });
    return false;
  }
  context.report({
    message: 'notReady',
    values: { object: subject, age: Math.round(age.seconds), reason, detail: sentence(message) },
    subject,
    related,
    evidence: [context.at(item, `/status/conditions/${index}`)],
    ...(since ? { since } : {}),
  });
  return true;
}

function judgeMachine(machine: CapiMachineItem, context: Context): boolean {
  const { nodeRef, phase, failureMessage } = machine.status ?? {};
  const node: Subject[] = nodeRef?.name ? [{ group: '', kind: 'Node', name: nodeRef.name }] : [];
  const since = machine.metadata.creationTimestamp;
  const age = context.age(since, machine);
  const waits = node.length === 0 && !failureMessage && !machine.metadata.deletionTimestamp;
  if (!waits || !age || isOlder(age, MACHINE_SECONDS) !== true) return judge(machine, node, context);
  const subject = subjectOf(machine);
  context.report({
    message: 'machineWithoutNode',
    values: { object: subject, phase: phase ?? 'without a phase', age: Math.round(age.seconds) },
    subject,
    evidence: [context.at(machine, '/status')],
    ...(since ? { since } : {}),
  });
  return true;
}

function judgeJoins({ kommander }: Inputs<typeof needs>, context: Context): void {
  for (const item of kommander.items) {
    const { phase = 'without a phase' } = item.status ?? {};
    const subject = subjectOf(item);
    const since = item.metadata.creationTimestamp;
    const age = context.age(since, item);
    if (item.metadata.deletionTimestamp) continue;
    if (phase === 'Joined' || !age || isOlder(age, PENDING_SECONDS) !== true) {
      const known = phase === 'Joined';
      if (known) context.looked({ check: 'ready', values: {}, subject });
      else context.looked({ check: 'ready', unseen: `it is ${phase}`, subject });
      continue;
    }
    const capi = item.spec?.clusterRef?.capiCluster?.name;
    const { namespace = '' } = item.metadata;
    context.report({
      message: 'notJoined',
      values: { object: subject, phase, age: Math.round(age.seconds) },
      subject,
      related: capi ? [{ group: 'cluster.x-k8s.io', kind: 'Cluster', namespace, name: capi }] : [],
      evidence: [context.at(item, item.status === undefined ? '' : '/status')],
      ...(since ? { since } : {}),
    });
  }
}
