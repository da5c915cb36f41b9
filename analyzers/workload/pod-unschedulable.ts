import { nodes, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { eventIndex, eventTime } from '../../src/derive/event-index.ts';
import { nodeRoom } from '../../src/derive/node-room.ts';
import { obstacleFinder } from '../../src/derive/pod-obstacle.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Input, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** A scheduler looks at a new pod at once; a pod without any word of it after this long was not looked at. */
const CONSIDERED_SECONDS = 60;
const DEFAULT_SCHEDULER = 'default-scheduler';
/** An autoscaler that was just asked for a node needs minutes to bring it (cluster-autoscaler: maxNodeProvisionTime 15 min). */
const SCALE_UP_SECONDS = 900;
/** Nodes named as related: enough to join causes, few enough for large clusters. */
const RELATED_NODES = 20;

const UNSCHEDULABLE = {
  severity: ['critical', 'warning'],
  confidence: { level: 'certain', reason: 'the scheduler says so in the PodScheduled condition' },
  effect: 'pod-not-scheduled',
  explains: [
    { effect: 'service-without-endpoints', via: ['selected-by', 'same-object'] },
    { effect: 'data-plane-not-connected', via: ['same-object'] },
  ],
} as const;
const SHOW_NODE = {
  text: 'See what the node offers and which pods ask for it.',
  argv: ['kubectl', 'describe', 'node', '{node.name}'],
} as const;
const SHOW_POD = {
  text: 'Read the whole message of the scheduler.',
  argv: ['kubectl', 'describe', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
} as const;

export const podUnschedulable = defineAnalyzer({
  meta: {
    id: 'workload/pod-unschedulable',
    title: 'Pod not scheduled',
    description: 'Pods without a node: what each node lacks for them, or that no scheduler looked at them.',
    messages: {
      resourceShort: {
        ...UNSCHEDULABLE,
        text: '{pod:object} is not scheduled for lack of {resource:text}: it requests {requested:quantity}, and {node:object}, which comes nearest, has {free:quantity} left.',
        remedy: [
          SHOW_NODE,
          { text: 'Lower the requests of this or other pods, move pods away, or add a node.' },
        ],
        key: ['resource'],
        groupBy: ['resource', 'node'],
      },
      resourceTooLarge: {
        ...UNSCHEDULABLE,
        text: '{pod:object} is not scheduled: it requests {requested:quantity} of {resource:text}, more than {node:object}, the largest node open to it, offers even when empty ({allocatable:quantity}).',
        remedy: [
          { text: 'Lower the request, or add a larger node: more nodes of the same size do not help.' },
        ],
        key: ['resource'],
      },
      resourceShortUnseen: {
        ...UNSCHEDULABLE,
        text: '{pod:object} is not scheduled: {count:count} of {total:count} nodes have too little {resource:text} left.',
        remedy: [SHOW_POD, { text: 'Lower the requests of this or other pods, or add a node.' }],
        groupBy: ['resource'],
      },
      taintNotTolerated: {
        ...UNSCHEDULABLE,
        text: '{pod:object} is not scheduled: {count:count} of {total:count} nodes carry a taint it does not tolerate ({taints:text}).',
        remedy: [
          {
            text: 'A taint `node.kubernetes.io/…` goes when the node is well again. Tolerate any other in the pod template, or remove it from a node meant for this pod.',
          },
        ],
        groupBy: ['taints'],
      },
      labelNotMatched: {
        ...UNSCHEDULABLE,
        text: '{pod:object} is not scheduled: its node selector or affinity asks for {wanted:text}, and {count:count} of {total:count} nodes do not match.',
        remedy: [
          {
            text: 'Compare with the labels of the nodes; label a node or correct the pod template.',
            argv: ['kubectl', 'get', 'nodes', '--show-labels'],
          },
        ],
      },
      cordoned: {
        ...UNSCHEDULABLE,
        text: '{pod:object} is not scheduled: {count:count} of {total:count} nodes are cordoned ({nodes:text}).',
        remedy: [{ text: 'Uncordon a node when its maintenance is over, or add one.' }],
        groupBy: ['nodes'],
      },
      placementRules: {
        ...UNSCHEDULABLE,
        text: '{pod:object} is not scheduled: rules on its place beside other pods leave no node ({detail:text}).',
        remedy: [
          {
            text: 'Compare replicas with nodes: required anti-affinity and topology spread need a node or zone for each. Make the rule a preferred one, or add nodes.',
          },
          SHOW_POD,
        ],
      },
      hostPortTaken: {
        ...UNSCHEDULABLE,
        text: '{pod:object} is not scheduled: on every node open to it another pod holds a host port it asks for ({detail:text}).',
        remedy: [{ text: 'Use a Service instead of `hostPort`, or no more replicas than nodes.' }],
      },
      volumeNotAvailable: {
        ...UNSCHEDULABLE,
        text: '{pod:object} is not scheduled because of its volumes: {detail:text}.',
        remedy: [
          {
            text: 'Look at the PersistentVolumeClaims of the pod: bound, in a zone with nodes, not in use elsewhere.',
            argv: ['kubectl', 'get', 'pvc', '-n', '{pod.namespace}'],
          },
        ],
      },
      notSchedulable: {
        ...UNSCHEDULABLE,
        text: '{pod:object} is not scheduled: {detail:text}.',
        remedy: [SHOW_POD],
      },
      notConsidered: {
        ...UNSCHEDULABLE,
        severity: 'critical',
        confidence: { level: 'certain', reason: 'the pod has no PodScheduled condition at all' },
        text: '{pod:object} was never looked at by scheduler `{scheduler:text}`: it has had neither node nor scheduling condition for {age:duration}.',
        remedy: [
          {
            text: 'Check that kube-scheduler runs and holds its lease.',
            argv: ['kubectl', 'get', 'lease', 'kube-scheduler', '-n', 'kube-system', '-o', 'yaml'],
          },
        ],
        groupBy: ['scheduler'],
        effect: 'pod-not-considered',
      },
      schedulerMissing: {
        ...UNSCHEDULABLE,
        severity: 'critical',
        confidence: { level: 'certain', reason: 'the pod has no PodScheduled condition at all' },
        text: '{pod:object} asks for scheduler `{scheduler:text}`, which has not looked at it for {age:duration}.',
        remedy: [
          {
            text: 'Check that a scheduler of this name runs, or correct `schedulerName` in the pod template.',
          },
        ],
        groupBy: ['scheduler'],
      },
      gated: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the pod names its gates' },
        text: '{pod:object} is held back by scheduling gates: {gates:text}.',
        remedy: [
          {
            text: 'The controller that set the gates removes them, for example when a quota allows the pod.',
          },
        ],
      },
    },
    checks: {
      scheduled: { item: 'Pod has a node', expected: 'scheduled', found: 'on node `{node:text}`' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/',
      'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/',
      'kubernetes/kubernetes pkg/scheduler/framework/types.go: FitError, and the ErrReason constants of its plugins',
    ],
  },
  needs: { pods, nodes: optional(nodes), room: nodeRoom, events: eventIndex },
  analyze(inputs, context) {
    const find = obstacleFinder(inputs.nodes, inputs.room);
    for (const pod of inputs.pods.items) {
      const { nodeName } = pod.spec ?? {};
      if (nodeName) {
        context.looked({ check: 'scheduled', values: { node: nodeName }, subject: subjectOf(pod) });
        continue;
      }
      if (pod.metadata.deletionTimestamp || pod.status?.phase !== 'Pending') continue;
      const index = (pod.status.conditions ?? []).findIndex((one) => one.type === 'PodScheduled');
      const condition = pod.status.conditions?.[index];
      if (!condition) reportUnseen(pod, context);
      else if (condition.reason === 'SchedulingGated') reportGated(pod, context);
      else if (condition.status === 'False') {
        const {
          nodes: lacking,
          pointer,
          ...finding
        } = find(pod, condition.message ?? condition.reason ?? '');
        const since = condition.lastTransitionTime;
        context.report({
          ...finding,
          subject: subjectOf(pod),
          severity: isPassing(pod, since, { inputs, context }) ? 'warning' : 'critical',
          evidence: [
            context.at(pod, `/status/conditions/${index}`),
            ...lacking.slice(0, 1).map((node) => context.at(node, pointer)),
          ],
          related: [
            ...lacking.slice(0, RELATED_NODES).map((node) => subjectOf(node)),
            ...(finding.message === 'volumeNotAvailable' ? claimsOf(pod) : []),
          ],
          ...(since ? { since } : {}),
        });
      }
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof podUnschedulable.meta.messages,
  NonNullable<typeof podUnschedulable.meta.checks>
>;

function reportUnseen(pod: PodItem, context: Context): void {
  const { creationTimestamp } = pod.metadata;
  const age = context.age(creationTimestamp, pod);
  const subject = subjectOf(pod);
  const old = isOlder(age, CONSIDERED_SECONDS);
  if (old === undefined) context.looked({ check: 'scheduled', unseen: 'its age is not known', subject });
  if (!age || !old) return;
  const { schedulerName: scheduler = DEFAULT_SCHEDULER } = pod.spec ?? {};
  context.report({
    message: scheduler === DEFAULT_SCHEDULER ? 'notConsidered' : 'schedulerMissing',
    values: { pod: subject, scheduler, age: Math.round(age.seconds) },
    subject,
    evidence: [context.at(pod, '/status')],
    ...(creationTimestamp ? { since: creationTimestamp } : {}),
  });
}

function reportGated(pod: PodItem, context: Context): void {
  const gates = (pod.spec?.schedulingGates ?? []).map(({ name }) => name);
  const subject = subjectOf(pod);
  const evidence = [context.at(pod, '/spec/schedulingGates')] as const;
  context.report({ message: 'gated', values: { pod: subject, gates }, subject, evidence });
}

/** Just created, or a node is on its way: an autoscaler answered a moment ago. */
function isPassing(
  pod: PodItem,
  since: string | undefined,
  { inputs, context }: { inputs: { events: Input<typeof eventIndex> }; context: Context },
): boolean {
  if (isOlder(context.age(since, pod), CONSIDERED_SECONDS) === false) return true;
  return inputs.events
    .about(pod)
    .filter(({ reason }) => reason === 'TriggeredScaleUp' || reason === 'Nominated')
    .some((event) => isOlder(context.age(eventTime(event), event), SCALE_UP_SECONDS) === false);
}

/** The claims of the pod: what is wrong with one of them explains why the pod waits. */
function claimsOf(pod: PodItem): ObjectRef[] {
  const { namespace } = pod.metadata;
  return (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
    claim ? [{ group: '', kind: 'PersistentVolumeClaim', namespace, name: claim.claimName }] : [],
  );
}
