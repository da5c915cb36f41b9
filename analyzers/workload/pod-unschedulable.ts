import { nodes, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { eventIndex, eventTime } from '../../src/derive/event-index.ts';
import { nodeRoom } from '../../src/derive/node-room.ts';
import { claimRef, podClaims } from '../../src/derive/pod-claims.ts';
import { obstacleFinder, type PodObstacle } from '../../src/derive/pod-obstacle.ts';
import { isReady } from '../../src/derive/pod-readiness.ts';
import { podSchedulers } from '../../src/derive/pod-scheduler.ts';
import { UNCONSIDERED_MESSAGES } from '../../src/derive/unconsidered-messages.ts';
import { undecidedAge } from '../../src/derive/undecided-age.ts';
import { NODE_MESSAGES, PLACE_MESSAGES } from '../../src/derive/unscheduled-messages.ts';
import { VOLUME_MESSAGES } from '../../src/derive/unscheduled-volume-messages.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Input, optional } from '../../src/model/artifact.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A scheduler looks at a new pod at once; a pod without any word of it after this long was not looked at. */
const CONSIDERED_SECONDS = 60;
const DEFAULT_SCHEDULER = 'default-scheduler';
/** An autoscaler that was just asked for a node needs minutes to bring it (cluster-autoscaler: maxNodeProvisionTime 15 min). */
const SCALE_UP_SECONDS = 900;
/** A lease of another scheduler counts as given up this long after it was last renewed (client-go default 15 s, and slack). */
const LEASE_SECONDS = 75;
/** Nodes named as related: enough to join causes, few enough for large clusters. */
const RELATED_NODES = 20;

export const podUnschedulable = defineAnalyzer({
  meta: {
    id: 'workload/pod-unschedulable',
    title: 'Pod not scheduled',
    description: 'Pods without a node: what each node lacks for them, or that no scheduler looked at them.',
    messages: { ...NODE_MESSAGES, ...PLACE_MESSAGES, ...VOLUME_MESSAGES, ...UNCONSIDERED_MESSAGES },
    checks: {
      scheduled: { item: 'Pod has a node', expected: 'scheduled', found: 'on node `{node:text}`' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/',
      'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/',
      'https://kubernetes.io/docs/tasks/extend-kubernetes/configure-multiple-schedulers/',
      'kubernetes/kubernetes pkg/scheduler/framework/types.go: FitError, and the ErrReason constants of its plugins',
    ],
  },
  needs: { pods, nodes: optional(nodes), room: nodeRoom, events: eventIndex, schedulers: podSchedulers },
  analyze(inputs, context) {
    const waiting: PodItem[] = [];
    for (const pod of inputs.pods.items) {
      const { nodeName } = pod.spec ?? {};
      if (nodeName)
        context.looked({ check: 'scheduled', values: { node: nodeName }, subject: subjectOf(pod) });
      else if (isWaiting(pod)) waiting.push(pod);
    }
    const find = obstacleFinder({ nodes: inputs.nodes, room: inputs.room, waiting });
    for (const pod of waiting) {
      const word = schedulerWord(pod, inputs.events, context);
      if (word) reportRefused(pod, word, { find, events: inputs.events, context });
      else if (!hasCondition(pod)) reportUnconsidered(pod, inputs.schedulers, context);
    }
    return undefined;
  },
});

type Messages = typeof podUnschedulable.meta.messages;
type Context = AnalyzeContext<Messages, NonNullable<typeof podUnschedulable.meta.checks>>;

/** A pod held back by scheduling gates waits on purpose, for the controller that set them. */
function isWaiting(pod: PodItem): boolean {
  if (pod.metadata.deletionTimestamp || pod.status?.phase !== 'Pending') return false;
  return (pod.spec?.schedulingGates ?? []).length === 0;
}

function hasCondition(pod: PodItem): boolean {
  return pod.status?.conditions?.some((one) => one.type === 'PodScheduled') === true;
}

/** What a scheduler said of a pod: in its condition, else in the newest event. */
interface Word {
  readonly text: string;
  readonly failed: boolean;
  readonly since: string | undefined;
  readonly evidence: EvidenceRef;
}

function schedulerWord(pod: PodItem, events: Input<typeof eventIndex>, context: Context): Word | undefined {
  const conditions = pod.status?.conditions ?? [];
  const index = conditions.findIndex((one) => one.type === 'PodScheduled');
  const condition = conditions[index];
  if (condition) {
    if (condition.status !== 'False' || condition.reason === 'SchedulingGated') return undefined;
    return {
      text: condition.message ?? condition.reason ?? '',
      failed: condition.reason === 'SchedulerError',
      since: condition.lastTransitionTime,
      evidence: context.at(pod, `/status/conditions/${index}`),
    };
  }
  const event = events.about(pod).find(({ reason }) => reason === 'FailedScheduling');
  if (!event) return undefined;
  const since = pod.metadata.creationTimestamp;
  return { text: event.message ?? '', failed: false, since, evidence: context.at(event, '/message') };
}

interface Surroundings {
  readonly find: (pod: PodItem, message: string) => PodObstacle;
  readonly events: Input<typeof eventIndex>;
  readonly context: Context;
}

function reportRefused(pod: PodItem, word: Word, { find, events, context }: Surroundings): void {
  const { nodes: lacking, pointer, ...obstacle } = find(pod, word.text);
  const autoscaler = events.about(pod).find(({ reason }) => reason === 'NotTriggerScaleUp');
  const common = {
    subject: subjectOf(pod),
    severity: isPassing(pod, word.since, { events, context }) ? 'warning' : 'critical',
    evidence: [
      word.evidence,
      ...lacking.slice(0, 1).map((node) => context.at(node, pointer)),
      ...(autoscaler ? [context.at(autoscaler, '/message')] : []),
    ],
    related: [
      ...lacking.slice(0, RELATED_NODES).map((node) => subjectOf(node)),
      ...('holder' in obstacle.values ? [obstacle.values.holder] : []),
      ...('claims' in obstacle.values ? podClaims(pod).map(claimRef) : []),
    ],
    ...(word.since ? { since: word.since } : {}),
  } as const;
  if (obstacle.message === 'notSchedulable' && word.failed)
    context.report({ message: 'schedulerError', values: obstacle.values, ...common });
  else context.report({ ...obstacle, ...common });
}

/** Just created, victims are being evicted for it, or a node is on its way: an autoscaler answered a moment ago. */
function isPassing(
  pod: PodItem,
  since: string | undefined,
  { events, context }: Pick<Surroundings, 'events' | 'context'>,
): boolean {
  if (pod.status?.nominatedNodeName) return true;
  if (isOlder(context.age(since, pod), CONSIDERED_SECONDS) === false) return true;
  return events
    .about(pod)
    .filter(({ reason }) => reason === 'TriggeredScaleUp' || reason === 'Nominated')
    .some((event) => isOlder(context.age(eventTime(event), event), SCALE_UP_SECONDS) === false);
}

function reportUnconsidered(pod: PodItem, schedulers: Input<typeof podSchedulers>, context: Context): void {
  const { creationTimestamp } = pod.metadata;
  const age = context.age(creationTimestamp, pod);
  const subject = subjectOf(pod);
  const old = isOlder(age, CONSIDERED_SECONDS);
  if (old === undefined) context.looked({ check: 'scheduled', unseen: undecidedAge(pod), subject });
  if (!age || !old) return;
  const { schedulerName: scheduler = DEFAULT_SCHEDULER } = pod.spec ?? {};
  const values = { pod: subject, scheduler, age: Math.round(age.seconds) };
  const since = creationTimestamp ? { since: creationTimestamp } : {};
  const evidence = [context.at(pod, '/status')] as const;
  if (scheduler === DEFAULT_SCHEDULER) {
    context.report({ message: 'notConsidered', values, subject, evidence, ...since });
    return;
  }
  const { pods: instances, complete, lease } = schedulers(scheduler);
  const related = instances.map((one) => subjectOf(one));
  const common = { subject, related, ...since };
  const renewed = lease && context.age(lease.spec?.renewTime, lease);
  const [instance] = instances;
  if (instance && !instances.some(isReady)) {
    context.report({
      message: 'schedulerUnready',
      values: { ...values, instance: subjectOf(instance) },
      evidence: [...evidence, context.at(instance, '/status/conditions')],
      ...common,
    });
  } else if (lease && renewed && isOlder(renewed, LEASE_SECONDS)) {
    context.report({
      message: 'schedulerLeaseStale',
      values: { ...values, lease: subjectOf(lease), renewed: Math.round(renewed.seconds) },
      evidence: [...evidence, context.at(lease, '/spec')],
      ...common,
    });
  } else {
    const message = complete && !instance && !lease ? 'schedulerMissing' : 'schedulerSilent';
    context.report({ message, values, evidence, ...common });
  }
}
