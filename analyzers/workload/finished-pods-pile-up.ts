import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { kongContainer } from '../../src/derive/kong-containers.ts';
import { endedAt } from '../../src/derive/kubelet-refusal.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { podOwner } from '../../src/derive/pod-siblings.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectKey } from '../../src/model/subject.ts';

/** Ended pods of one workload, and of one namespace, that are worth a line. */
const PER_OWNER = 20;
const PER_NAMESPACE = 100;
/** So many within the last hour, and they still come. */
const GROWING = 5;
const RECENT_SECONDS = 3600;
/** Owners whose pods are meant to run for ever; what else owns pods (Jobs, workflows) may keep them as a record. */
const LASTING = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'ReplicationController']);

const PILE = {
  severity: ['warning', 'info'],
  confidence: { level: 'certain', reason: 'the pods are there' },
} as const;
const REMEDY = [
  {
    text: 'Delete them once their reason is known. The controller manager removes ended pods by itself only above `--terminated-pod-gc-threshold` of the whole cluster, 12500 unless set.',
    argv: ['kubectl', 'delete', 'pods', '-n', '{namespace}', '--field-selector=status.phase=Failed'],
  },
  { text: 'Mend what ended them, named by the counts: they come back otherwise.' },
] as const;

export const finishedPodsPileUp = defineAnalyzer({
  meta: {
    id: 'workload/finished-pods-pile-up',
    title: 'Finished pods pile up',
    description:
      'Succeeded and failed pods that nobody removes, by workload and by namespace, with their reasons.',
    messages: {
      ofWorkload: {
        ...PILE,
        text: '{workload:object} has left {count:count} finished pods in namespace `{namespace:text}`: {causes:text}.',
        remedy: REMEDY,
      },
      inNamespace: {
        ...PILE,
        text: 'Namespace `{namespace:text}` holds {count:count} finished pods that belong to no Job: {causes:text}.',
        remedy: REMEDY,
      },
    },
    checks: {
      cleared: {
        item: 'Finished pods are cleared away',
        expected: 'fewer than 20 for each workload',
        found: '{count:count} finished pods',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-garbage-collection',
      'kubernetes/kubernetes pkg/controller/podgc/config/v1alpha1/defaults.go: TerminatedPodGCThreshold 12500',
    ],
  },
  needs: { pods },
  analyze({ pods: collection }, context) {
    const piles = new Map<string, Pile>();
    for (const pod of collection.items) {
      if (!hasEnded(pod) || pod.metadata.deletionTimestamp) continue;
      // kong/completed-pods-pile-up tells them apart by what ended them.
      if (kongContainer(pod)) continue;
      const owner = podOwner(pod);
      const { namespace = '' } = pod.metadata;
      if (LASTING.has(owner.kind)) add(piles, { owner, namespace }, pod);
      else if (owner.kind === 'Pod') add(piles, { owner: undefined, namespace }, pod);
    }
    reportPiles(piles, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof finishedPodsPileUp.meta.messages,
  NonNullable<typeof finishedPodsPileUp.meta.checks>
>;

/** Finished pods of one workload, or those of a namespace that nobody controls. */
interface Pile {
  readonly owner: ObjectRef | undefined;
  readonly namespace: string;
  readonly pods: PodItem[];
}

function add(
  piles: Map<string, Pile>,
  { owner, namespace }: Pick<Pile, 'owner' | 'namespace'>,
  pod: PodItem,
): void {
  const key = owner ? subjectKey(owner) : namespace;
  getOrCreate(piles, key, () => ({ owner, namespace, pods: [] })).pods.push(pod);
}

function reportPiles(piles: ReadonlyMap<string, Pile>, context: Context): void {
  const small = new Map<string, PodItem[]>();
  for (const { owner, namespace, pods: ended } of piles.values()) {
    if (owner && ended.length >= PER_OWNER) {
      const values = { workload: owner, namespace, count: ended.length, causes: causesOf(ended) };
      context.report({ message: 'ofWorkload', values, subject: owner, ...weight(ended, context) });
    } else {
      getOrCreate(small, namespace, () => []).push(...ended);
    }
  }
  for (const [namespace, ended] of small) {
    const subject = { group: '', kind: 'Namespace', name: namespace };
    const count = ended.length;
    if (count < PER_NAMESPACE) {
      context.looked({ check: 'cleared', values: { count }, subject });
    } else {
      const values = { namespace, count, causes: causesOf(ended) };
      context.report({ message: 'inNamespace', values, subject, ...weight(ended, context) });
    }
  }
}

/** A warning while more are coming; the newest three as evidence. */
function weight(ended: readonly PodItem[], context: Context) {
  const sorted = ended.toSorted((a, b) => ((endedAt(a) ?? '') < (endedAt(b) ?? '') ? 1 : -1));
  const nth = sorted[GROWING - 1];
  const growing = nth && isOlder(context.age(endedAt(nth), nth), RECENT_SECONDS) === false;
  return {
    severity: growing ? 'warning' : 'info',
    evidence: [
      context.at(sorted[0]!, '/status'),
      ...sorted.slice(1, 3).map((pod) => context.at(pod, '/status')),
    ],
  } as const;
}

/** `Evicted: 31`, the most frequent first; pods without a reason by how they ended. */
function causesOf(ended: readonly PodItem[]): string[] {
  const counts = new Map<string, number>();
  for (const { status } of ended) {
    const cause = status?.reason ?? (status?.phase === 'Succeeded' ? 'Completed' : 'Error');
    counts.set(cause, (counts.get(cause) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([cause, count]) => `${cause}: ${count}`);
}
