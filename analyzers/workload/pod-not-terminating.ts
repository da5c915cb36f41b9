import { type NodeItem, nodes, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { containersOf } from '../../src/derive/containers.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { readyCondition } from '../../src/derive/node-readiness.ts';
import { podOwner, podSiblings } from '../../src/derive/pod-siblings.ts';
import { POD_SYMPTOMS } from '../../src/derive/pod-symptoms.ts';
import { undecidedAge } from '../../src/derive/undecided-age.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, logSignals, optional } from '../../src/model/artifact.ts';
import type { LogHit, LogMatches } from '../../src/model/log-signals.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Seconds after the deletion time, which the API server sets to the request plus the grace period. */
const OVERDUE_SECONDS = 300;
/** What a kubelet reports when it cannot end a pod. */
const STUCK_EVENTS = new Set(['FailedKillPod', 'ExceededGracePeriod']);

const STUCK = {
  severity: ['critical', 'warning'],
  effect: 'pod-not-terminating',
  explains: [...POD_SYMPTOMS, { effect: 'object-not-deleted', via: ['same-namespace', 'owned-by'] }],
} as const;
const SHOW = {
  text: 'See its finalizers, containers and conditions.',
  argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
} as const;
const FORCE = {
  text: 'Remove the object by force only when its containers are known to be gone: a StatefulSet starts a second one otherwise.',
  argv: ['kubectl', 'delete', 'pod', '{pod.name}', '-n', '{pod.namespace}', '--grace-period=0', '--force'],
} as const;

const kubelet = logSignals({
  component: { id: 'kubelet', unit: /^kubelet/ },
  patterns: {
    stuck: {
      any: [
        'non-exited state and will not be removed',
        'KillContainerError',
        'KillPodSandboxError',
        'Failed killing the pod',
      ],
    },
  },
});

const needs = {
  pods,
  nodes: optional(nodes),
  events: eventIndex,
  siblings: podSiblings,
  logs: optional(kubelet),
};

export const podNotTerminating = defineAnalyzer({
  meta: {
    id: 'workload/pod-not-terminating',
    title: 'Pod that does not go away',
    description:
      'Deleted pods that are still there five minutes after their grace period, and what holds them.',
    messages: {
      nodeNotReady: {
        ...STUCK,
        confidence: { level: 'certain', reason: 'the conditions of the node say so' },
        text: '{pod:object} is being deleted for {age:duration}: its node {node:object} is not ready, and nothing confirms that its containers have ended.',
        remedy: [
          {
            text: 'Bring the node back. If the machine is off for good, tell the cluster so: the pod is then removed and its volumes are detached.',
            argv: [
              'kubectl',
              'taint',
              'nodes',
              '{node.name}',
              'node.kubernetes.io/out-of-service=nodeshutdown:NoExecute',
            ],
          },
          FORCE,
        ],
      },
      finalizersRemain: {
        ...STUCK,
        confidence: { level: 'certain', reason: 'the object names them, and its containers have ended' },
        text: '{pod:object} is being deleted for {age:duration} and held by its finalizers {finalizers:text}.',
        remedy: [
          {
            text: 'Look at the controller each finalizer belongs to: it removes its entry once it has cleaned up. Remove it by hand only when that controller is gone for good.',
          },
          SHOW,
        ],
        key: ['finalizers'],
      },
      containersRun: {
        ...STUCK,
        confidence: { level: 'certain', reason: 'the container statuses say so' },
        text: '{pod:object} is being deleted for {age:duration}, but the kubelet has not ended its containers {containers:text}.',
        remedy: [
          {
            text: 'Look at what the kubelet and the container runtime of the node say of the pod: a process in uninterruptible sleep, often on a storage that does not answer, cannot be killed.',
            argv: ['kubectl', 'describe', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
          },
          FORCE,
        ],
      },
      notRemoved: {
        ...STUCK,
        confidence: {
          level: 'likely',
          reason: 'its containers have ended and nothing holds the object, so the kubelet has not finished',
        },
        text: '{pod:object} is being deleted for {age:duration}: its containers have ended, but the kubelet has not released it.',
        remedy: [
          {
            text: 'Look in the log of the kubelet for volumes it cannot unmount and sandboxes it cannot stop.',
            argv: ['kubectl', 'describe', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
          },
          FORCE,
        ],
      },
    },
    checks: {
      gone: { item: 'Deleted pod goes away', expected: 'gone after its grace period', found: 'in time' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
      'https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const pod of inputs.pods.items) {
      const { deletionTimestamp } = pod.metadata;
      if (!deletionTimestamp) continue;
      const age = context.age(deletionTimestamp, pod);
      const overdue = isOlder(age, OVERDUE_SECONDS);
      const subject = subjectOf(pod);
      if (overdue && age) report(pod, age.seconds, inputs, context);
      else if (overdue === false) context.looked({ check: 'gone', values: {}, subject });
      else context.looked({ check: 'gone', unseen: undecidedAge(pod), subject });
    }
    return undefined;
  },
});

type Given = Inputs<typeof needs>;
type Context = AnalyzeContext<
  typeof podNotTerminating.meta.messages,
  NonNullable<typeof podNotTerminating.meta.checks>
>;

function report(pod: PodItem, seconds: number, inputs: Given, context: Context): void {
  const { deletionTimestamp: since, finalizers = [] } = pod.metadata;
  const found = inputs.nodes.lookup({ name: pod.spec?.nodeName ?? '' });
  const down = found.state === 'present' ? downNode(found.item) : undefined;
  const running = containersOf(pod).filter((one) => one.status.state?.running);
  const values = { pod: subjectOf(pod), age: Math.round(seconds) };
  const event = inputs.events.about(pod).find((one) => STUCK_EVENTS.has(one.reason ?? ''));
  const line = kubeletLine(pod, inputs.logs);
  const common = {
    subject: subjectOf(pod),
    // A StatefulSet waits for the old pod before it makes the new one.
    severity:
      podOwner(pod).kind === 'StatefulSet' && inputs.siblings.ofOwner(pod).ready === 0
        ? 'critical'
        : 'warning',
    ...(since ? { since } : {}),
    evidence: [
      context.at(pod, '/metadata'),
      ...(down ? [context.at(down.node, down.pointer)] : []),
      ...(event ? [context.at(event, '/message')] : []),
      ...(line ? [{ cite: 'matches', ...line } as const] : []),
    ],
  } as const;
  if (down) {
    context.report({ message: 'nodeNotReady', values: { ...values, node: subjectOf(down.node) }, ...common });
  } else if (running.length > 0) {
    const containers = running.map((one) => one.name);
    context.report({ message: 'containersRun', values: { ...values, containers }, ...common });
  } else if (finalizers.length > 0) {
    context.report({ message: 'finalizersRemain', values: { ...values, finalizers }, ...common });
  } else {
    context.report({ message: 'notRemoved', values, ...common });
  }
}

function downNode(node: NodeItem): { readonly node: NodeItem; readonly pointer: string } | undefined {
  const ready = readyCondition(node);
  return ready && ready.condition.status !== 'True' ? { node, pointer: ready.pointer } : undefined;
}

/** What the log of the node's kubelet says of this pod. */
function kubeletLine(
  pod: PodItem,
  logs: Given['logs'],
): { readonly matches: LogMatches; readonly hit: LogHit } | undefined {
  const { namespace, name, uid } = pod.metadata;
  const node = pod.spec?.nodeName;
  if (node === undefined) return undefined;
  for (const matches of logs.matches('stuck', { node })) {
    const hit = matches.hits.findLast(
      ({ text }) => text.includes(`${namespace}/${name}"`) || (uid !== undefined && text.includes(uid)),
    );
    if (hit) return { matches, hit };
  }
  return undefined;
}
