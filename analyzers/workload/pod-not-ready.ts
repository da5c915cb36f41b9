import { nodes, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { isCrashLoop } from '../../src/derive/container-crash.ts';
import { type ContainerView, conditionSince, containersOf } from '../../src/derive/containers.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { type Listening, listeningOf, listenSignals } from '../../src/derive/listen-lines.ts';
import { isTakenOut, readyCondition } from '../../src/derive/node-readiness.ts';
import { nodeReboots } from '../../src/derive/node-reboots.ts';
import { hasEnded, isReady } from '../../src/derive/pod-readiness.ts';
import { podSiblings } from '../../src/derive/pod-siblings.ts';
import {
  currentFailure,
  type ProbeFailure,
  probeFailures,
  probeKill,
} from '../../src/derive/probe-events.ts';
import {
  declaredPorts,
  isMisconfigured,
  type Probe,
  type ProbeFault,
  probeBudget,
  probeFault,
} from '../../src/derive/probe-fault.ts';
import {
  PROBE_EXPLAINS,
  probeConfidence,
  probeFinding,
  probeMessages,
} from '../../src/derive/probe-messages.ts';
import { isRestartLoop } from '../../src/derive/restart-loop.ts';
import { undecidedAge } from '../../src/derive/undecided-age.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Seconds a pod may be unready while others of its revision serve (for: of KubePodNotReady in kubernetes-mixin). */
const LONG_SECONDS = 900;
/** Seconds an application may take to start before it is called unready, when no pod of its revision is ready. */
const START_SECONDS = 300;
/** Seconds after which even a rollout is no longer in motion. */
const SETTLED_SECONDS = 60;

const SEVERITY = ['critical', 'warning'] as const;
const EFFECT = 'pod-not-ready';

const needs = {
  pods,
  events: eventIndex,
  nodes: optional(nodes),
  siblings: podSiblings,
  reboots: optional(nodeReboots),
  logs: optional(listenSignals),
};

export const podNotReady = defineAnalyzer({
  meta: {
    id: 'workload/pod-not-ready',
    title: 'Running pod that is not ready',
    description:
      'Pods whose containers run but take no traffic, told apart by what their readiness or startup probe meets.',
    messages: {
      ...probeMessages(
        'Container `{container:text}` of {pod:object} runs but is not ready',
        SEVERITY,
        EFFECT,
      ),
      readinessGate: {
        severity: SEVERITY,
        confidence: { level: 'certain', reason: 'the conditions of the pod say so' },
        text: 'All containers of {pod:object} are ready, but a readiness gate keeps it from traffic: {detail:text}.',
        remedy: [
          {
            text: 'Look at the controller that sets the condition, often that of a load balancer or a service mesh.',
            argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
          },
        ],
        effect: EFFECT,
        explains: PROBE_EXPLAINS,
      },
      nodeNotReady: {
        severity: ['critical', 'warning', 'info'],
        confidence: { level: 'certain', reason: 'the conditions of pod and node say so' },
        text: '{pod:object} counts as not ready because its node {node:object} is not.',
        remedy: [
          {
            text: 'Find out why the node is not ready: its pods follow it.',
            argv: ['kubectl', 'describe', 'node', '{node.name}'],
          },
        ],
        effect: EFFECT,
        explains: PROBE_EXPLAINS,
      },
    },
    checks: {
      ready: { item: 'Running pod is ready', expected: 'Ready', found: 'Ready' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-probes',
      'kubernetes/kubernetes pkg/kubelet/prober/prober.go, pkg/probe/{http,tcp,grpc}: the words of failed probes',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const pod of inputs.pods.items) {
      if (hasEnded(pod) || pod.metadata.deletionTimestamp || !pod.spec?.nodeName) continue;
      const subject = subjectOf(pod);
      if (isReady(pod)) {
        context.looked({ check: 'ready', values: {}, subject });
        continue;
      }
      const since = conditionSince(pod, 'Ready', 'False');
      if (since === undefined) continue;
      if (!context.age(since, pod)) {
        context.looked({ check: 'ready', unseen: undecidedAge(pod), subject });
        continue;
      }
      const serves = inputs.siblings.ofOwner(pod).ready > 0;
      const unready: Unready = { pod, since, severity: serves ? 'warning' : 'critical' };
      if (!judgeNode(unready, inputs, context)) judgePod(unready, inputs, context);
    }
    return undefined;
  },
});

type Given = Inputs<typeof needs>;
type Context = AnalyzeContext<typeof podNotReady.meta.messages, NonNullable<typeof podNotReady.meta.checks>>;

/** A pod that is not ready. */
interface Unready {
  readonly pod: PodItem;
  readonly since: string;
  readonly severity: 'critical' | 'warning';
}

/** A pod on a node that is not ready is judged by its node: what its status says of containers is old. */
function judgeNode(
  { pod, since, severity }: Unready,
  { nodes: collection }: Given,
  context: Context,
): boolean {
  const found = collection.lookup({ name: pod.spec?.nodeName ?? '' });
  // Nothing more may be found of the pod itself: then its node is what is not known.
  if (found.state === 'unseen')
    context.looked({ check: 'ready', unseen: found.gap, subject: subjectOf(pod) });
  if (found.state !== 'present') return false;
  const ready = readyCondition(found.item);
  if (!ready || ready.condition.status === 'True') return false;
  if (isOlder(context.age(since, pod), SETTLED_SECONDS)) {
    context.report({
      message: 'nodeNotReady',
      values: { pod: subjectOf(pod), node: subjectOf(found.item) },
      subject: subjectOf(pod),
      severity: isTakenOut(found.item) ? 'info' : severity,
      since,
      evidence: [context.at(pod, '/status/conditions'), context.at(found.item, ready.pointer)],
    });
  }
  return true;
}

/** Init containers block by running; containers that wait for them, a native sidecar among them, are no fault of their own. */
function isUnready({ status, init, sidecar }: ContainerView): boolean {
  return !status.ready && (!init || sidecar) && status.state?.waiting?.reason !== 'PodInitializing';
}

function judgePod(unready: Unready, inputs: Given, context: Context): void {
  const { pod, since, severity } = unready;
  const containers = containersOf(pod).filter(isUnready);
  if (containers.length === 0) {
    const condition = pod.status?.conditions?.find((one) => one.type === 'Ready');
    if (condition?.reason !== 'ReadinessGatesNotReady' || !isDue(unready, START_SECONDS, inputs, context))
      return;
    context.report({
      message: 'readinessGate',
      values: { pod: subjectOf(pod), detail: (condition.message ?? condition.reason).replace(/\.$/, '') },
      subject: subjectOf(pod),
      severity,
      since,
      evidence: [context.at(pod, '/status/conditions')],
    });
    return;
  }
  // A container that waits, has ended or is restarted is another fault; of a Job it may just be done.
  if (containers.some((one) => !one.status.state?.running || isToldElsewhere(pod, one, inputs, context)))
    return;
  if (containers.some((one) => isStartingAnew(pod, one, inputs, context))) return;
  for (const container of containers) judgeContainer(unready, container, inputs, context);
}

/** A crash loop, or the loop of a probe that kills: workload/crash-loop and its kin, workload/probe-kills-container. */
function isToldElsewhere(
  pod: PodItem,
  container: ContainerView,
  { events }: Given,
  context: Context,
): boolean {
  if (isCrashLoop(pod, container, context)) return true;
  return isRestartLoop(pod, container, context.age) && probeKill(container, events.about(pod)) !== undefined;
}

/** The node was rebooted a moment ago: the condition may be as old as the outage, the container is not. */
function isStartingAnew(
  pod: PodItem,
  { status }: ContainerView,
  { reboots }: Given,
  { age }: Context,
): boolean {
  const { running } = status.state ?? {};
  const began = reboots.explaining(pod.spec?.nodeName, status.lastState?.terminated?.finishedAt);
  return began !== undefined && isOlder(age(running?.startedAt, pod), START_SECONDS) !== true;
}

function judgeContainer(unready: Unready, container: ContainerView, inputs: Given, context: Context): void {
  const { pod, since, severity } = unready;
  const starting = container.spec?.startupProbe !== undefined && container.status.started === false;
  const kind = starting ? 'startup' : 'readiness';
  const probe = starting ? container.spec?.startupProbe : container.spec?.readinessProbe;
  if (!probe) return;
  const failure = currentFailure(probeFailures(inputs.events.about(pod), container.name), kind, since);
  const owner = {
    namespace: pod.metadata.namespace ?? '',
    pod: pod.metadata.name,
    container: container.name,
  };
  const listening = listeningOf(inputs.logs, owner);
  const fault = faultOf(pod, container, { probe, failure, listening });
  if (!isDue(unready, patience(container, { probe, fault, since }), inputs, context)) return;
  const base = { container: container.name, pod: subjectOf(pod), probe: kind };
  context.report({
    ...probeFinding(fault, base),
    ...probeConfidence(fault),
    subject: subjectOf(pod, container.pointer),
    severity,
    since,
    evidence: [
      context.at(pod, container.pointer),
      ...(failure ? [context.at(failure.event, '/message')] : []),
      ...(listening ? [{ cite: 'matches', matches: listening.matches } as const] : []),
    ],
  });
}

interface Observed {
  readonly probe: Probe;
  readonly failure: ProbeFailure | undefined;
  readonly listening: Listening | undefined;
}

function faultOf(pod: PodItem, { spec }: ContainerView, { probe, failure, listening }: Observed) {
  return probeFault({
    probe,
    container: spec ?? {},
    declared: declaredPorts(pod),
    detail: failure?.detail,
    listening: listening?.addresses,
  });
}

interface Judged {
  readonly probe: Probe;
  readonly fault: ProbeFault | undefined;
  readonly since: string;
}

/** Seconds a container may be unready when nothing of its revision serves: none for what waiting cannot mend. */
function patience({ status }: ContainerView, { probe, fault, since }: Judged): number {
  if (fault && isMisconfigured(fault)) return SETTLED_SECONDS;
  const started = Date.parse(status.state?.running?.startedAt ?? '');
  // It was ready before: it is not starting.
  if (Date.parse(since) - started > probeBudget(probe) * 1000) return SETTLED_SECONDS;
  return Math.max(START_SECONDS, status.started === false ? probeBudget(probe) : 0);
}

function isDue({ pod, since }: Unready, limit: number, { siblings }: Given, context: Context): boolean {
  const alone = siblings.ofRevision(pod).ready === 0;
  const age = context.age(since, pod);
  return isOlder(age, alone ? Math.min(limit, LONG_SECONDS) : LONG_SECONDS) === true;
}
