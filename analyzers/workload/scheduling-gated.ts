import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { podOwner } from '../../src/derive/pod-siblings.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

/** Gates of Kueue begin so: it holds pods until a queue has room for them. */
const KUEUE = 'kueue.x-k8s.io/';

const GATED = {
  severity: 'info',
  confidence: { level: 'certain', reason: 'the pods name their gates' },
} as const;

export const schedulingGated = defineAnalyzer({
  meta: {
    id: 'workload/scheduling-gated',
    title: 'Pods held back by scheduling gates',
    description: 'Pods the scheduler does not look at yet, because a controller holds them back on purpose.',
    messages: {
      waitsInQueue: {
        ...GATED,
        text: 'Kueue holds back {count:count} pods of {owner:object} until their queue has room ({gates:text}).',
        remedy: [
          {
            text: 'See where they stand in the queue.',
            argv: ['kubectl', 'get', 'workloads.kueue.x-k8s.io', '-n', '{owner.namespace}'],
          },
        ],
      },
      heldBack: {
        ...GATED,
        text: '{count:count} pods of {owner:object} are held back by scheduling gates: {gates:text}.',
        remedy: [
          {
            text: 'The controller that set a gate removes it. When that controller is gone, remove the gate from `schedulingGates` of the pods.',
          },
        ],
      },
    },
    checks: {
      free: { item: 'Pod is open to the scheduler', expected: 'no scheduling gate', found: 'none' },
    },
    references: ['https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/'],
  },
  needs: { pods },
  analyze({ pods: collection }, context) {
    const groups = new Map<string, PodItem[]>();
    for (const pod of collection.items) {
      if (isGated(pod)) getOrCreate(groups, subjectKey(podOwner(pod)), () => []).push(pod);
      else context.looked({ check: 'free', values: {}, subject: subjectOf(pod) });
    }
    for (const group of groups.values()) report(group, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof schedulingGated.meta.messages,
  NonNullable<typeof schedulingGated.meta.checks>
>;

function isGated({ metadata, spec, status }: PodItem): boolean {
  if (metadata.deletionTimestamp || spec?.nodeName || status?.phase !== 'Pending') return false;
  return (spec?.schedulingGates ?? []).length > 0;
}

/** Pods of one owner are one finding, with the one that has waited longest as evidence. */
function report(group: readonly PodItem[], context: Context): void {
  const oldest = group.reduce((first, one) => (createdAt(one) < createdAt(first) ? one : first));
  const owner = podOwner(oldest);
  const gates = [...new Set(group.flatMap((pod) => pod.spec?.schedulingGates ?? []).map(({ name }) => name))];
  const since = oldest.metadata.creationTimestamp;
  context.report({
    message: gates.some((gate) => gate.startsWith(KUEUE)) ? 'waitsInQueue' : 'heldBack',
    values: { owner, count: group.length, gates: gates.sort() },
    subject: owner,
    evidence: [context.at(oldest, '/spec/schedulingGates')],
    ...(since ? { since } : {}),
  });
}

function createdAt({ metadata }: PodItem): string {
  return metadata.creationTimestamp ?? '';
}
