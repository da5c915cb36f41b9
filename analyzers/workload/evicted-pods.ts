import { type NodeItem, nodes, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { endedAt, type KubeletRefusal, kubeletRefusal } from '../../src/derive/kubelet-refusal.ts';
import { ownerWellness } from '../../src/derive/owner-wellness.ts';
import { podOwner } from '../../src/derive/pod-siblings.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Collection, optional } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** Pods named as related: enough to join causes, few enough for a node with hundreds of leftovers. */
const RELATED_PODS = 50;
/** What ended longer ago is not what is missing now. */
const DAY_SECONDS = 86_400;

const LEFT = {
  severity: ['warning', 'info'],
  confidence: { level: 'certain', reason: 'the kubelet wrote it into the status of the pods' },
  // Explains nothing: a Service whose other pods on that node are not ready has a cause of its own.
  effect: 'pod-evicted',
} as const;
const CLEAN = {
  text: 'Delete the failed pods once their reason is known: they hold no resources, but hide what is new.',
  argv: ['kubectl', 'delete', 'pods', '-n', '{pod.namespace}', '--field-selector=status.phase=Failed'],
} as const;
const DESCRIBE = {
  text: 'See conditions, allocatable resources and what is placed on the node.',
  argv: ['kubectl', 'describe', 'node', '{node.name}'],
} as const;

export const evictedPods = defineAnalyzer({
  meta: {
    id: 'workload/evicted-pods',
    title: 'Pods evicted or turned away by their node',
    description:
      'Failed pods that a kubelet ended because its node ran low, or never started, by node and resource.',
    messages: {
      nodeRanLow: {
        ...LEFT,
        text: '{node:object} ran low on {resource:text}: its kubelet evicted or turned away {count:count} pods, last {pod:object} ({detail:text}).',
        remedy: [
          {
            text: 'Find what uses the resource; give pods requests near their use, and limits for ephemeral storage.',
          },
          DESCRIBE,
          CLEAN,
        ],
        key: ['resource'],
      },
      noRoom: {
        ...LEFT,
        text: '{node:object} had not enough {resource:text} for {count:count} pods already placed on it, last {pod:object} ({detail:text}).',
        remedy: [
          {
            text: 'Look for what places pods past the scheduler (`nodeName` in a template, static pods, a second scheduler), or for a node whose allocatable shrank at a restart of its kubelet.',
          },
          DESCRIBE,
          CLEAN,
        ],
        key: ['resource'],
      },
      labelsNoLongerFit: {
        ...LEFT,
        text: 'The labels of {node:object} do not fit the node selector or affinity of {count:count} pods placed on it, last {pod:object}.',
        remedy: [
          {
            text: 'Look for labels the node lost, often when it registered anew: the kubelet checks them when it admits a pod.',
          },
          DESCRIBE,
          CLEAN,
        ],
      },
      rejected: {
        ...LEFT,
        text: 'The kubelet of {node:object} turned away {count:count} pods with {reason:text}, last {pod:object} ({detail:text}).',
        remedy: [
          {
            text: 'Read the message: devices not registered yet after a restart, sysctls or profiles the kubelet does not allow, alignment of resources.',
          },
          DESCRIBE,
          CLEAN,
        ],
        key: ['reason'],
      },
      nodeShutDown: {
        ...LEFT,
        text: '{node:object} was shut down and ended {count:count} pods, last {pod:object}.',
        remedy: [
          { text: 'Nothing is to be done when the shutdown was wanted and the pods were replaced.' },
          CLEAN,
        ],
      },
    },
    checks: {
      kept: {
        item: 'Failed pod was not ended by its node',
        expected: 'another reason',
        found: '{reason:text}',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/',
      'kubernetes/kubernetes pkg/kubelet/eviction/helpers.go, pkg/kubelet/lifecycle/predicate.go, pkg/kubelet/nodeshutdown',
    ],
  },
  needs: { pods, nodes: optional(nodes), owners: ownerWellness },
  analyze(inputs, context) {
    const groups = new Map<string, Group>();
    for (const pod of inputs.pods.items) {
      if (pod.status?.phase !== 'Failed') continue;
      const refusal = kubeletRefusal(pod);
      const nodeName = pod.spec?.nodeName;
      if (!refusal || nodeName === undefined) {
        const reason = pod.status.reason ?? 'its containers ended';
        context.looked({ check: 'kept', values: { reason }, subject: subjectOf(pod) });
        continue;
      }
      const key = JSON.stringify([nodeName, refusal]);
      const group = getOrCreate(groups, key, () => ({ refusal, nodeName, pods: [], missed: false }));
      group.pods.push(pod);
      // A Job judges its failed pods itself.
      const owner = podOwner(pod).kind === 'Job' ? undefined : inputs.owners.of(pod);
      const isPast = isOlder(context.age(endedAt(pod), pod), DAY_SECONDS) === true;
      group.missed ||= !isPast && (owner?.state === 'unwell' || owner?.state === 'alone');
      if (owner?.state === 'unknown' && owner.gap)
        context.looked({ check: 'kept', unseen: owner.gap, subject: subjectOf(pod) });
    }
    for (const group of groups.values()) reportGroup(group, inputs.nodes, context);
    return undefined;
  },
});

/** The pods one node ended for one reason. */
interface Group {
  readonly refusal: KubeletRefusal;
  readonly nodeName: string;
  readonly pods: PodItem[];
  /** Whether any of them is missed by its owner. */
  missed: boolean;
}

type Context = AnalyzeContext<typeof evictedPods.meta.messages, NonNullable<typeof evictedPods.meta.checks>>;

function reportGroup(group: Group, collection: Collection<NodeItem>, context: Context): void {
  const ended = group.pods.toSorted((a, b) => ((endedAt(a) ?? '') < (endedAt(b) ?? '') ? 1 : -1));
  const newest = ended[0];
  if (!newest) return;
  const found = collection.lookup({ name: group.nodeName });
  const node = found.state === 'present' ? subjectOf(found.item) : nodeRef(group.nodeName);
  const since = endedAt(newest);
  context.report({
    ...findingOf(group, { node, pod: subjectOf(newest) }, newest),
    subject: node,
    severity: group.missed ? 'warning' : 'info',
    related: ended.slice(0, RELATED_PODS).map((pod) => subjectOf(pod)),
    ...(since === undefined ? {} : { since }),
    evidence: [context.at(newest, '/status'), ...ended.slice(1, 3).map((pod) => context.at(pod, '/status'))],
  });
}

function nodeRef(name: string): ObjectRef {
  return { group: '', kind: 'Node', name };
}

function findingOf(
  { refusal, pods: ended }: Group,
  named: { readonly node: ObjectRef; readonly pod: ObjectRef },
  { status }: PodItem,
) {
  const values = { ...named, count: ended.length };
  const detail = (status?.message ?? status?.reason ?? '').trim().replace(/\.$/, '');
  switch (refusal.kind) {
    case 'ranLow':
      return { message: 'nodeRanLow', values: { ...values, resource: refusal.resource, detail } } as const;
    case 'noRoom':
      return { message: 'noRoom', values: { ...values, resource: refusal.resource, detail } } as const;
    case 'affinity':
      return { message: 'labelsNoLongerFit', values } as const;
    case 'rejected':
      return { message: 'rejected', values: { ...values, reason: refusal.reason, detail } } as const;
    case 'shutdown':
      return { message: 'nodeShutDown', values } as const;
  }
}
