import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { isCrashLoop, lastEnd, notReadySince } from '../../src/derive/container-crash.ts';
import { type ContainerView, containersOf } from '../../src/derive/containers.ts';
import { bareContainerId, type MemoryKill, memoryKills } from '../../src/derive/memory-kills.ts';
import { isToRun } from '../../src/derive/pod-start.ts';
import { POD_SYMPTOMS } from '../../src/derive/pod-symptoms.ts';
import { readStartError, startFailureOf } from '../../src/derive/start-failure.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Input, logSignals, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectKey, subjectOf } from '../../src/model/subject.ts';

/** A kill this long ago, of a container that runs since, is history. */
const HISTORY_SECONDS = 86_400;
/** A kill within this time is told as a warning even when the container runs again. */
const FRESH_SECONDS = 3_600;

const BY_STATUS = { level: 'certain', reason: 'the container status says so' } as const;
const KILLED = {
  severity: 'critical',
  confidence: BY_STATUS,
  key: ['container'],
  effect: 'pod-crashing',
  explains: POD_SYMPTOMS,
} as const;
const LIMIT = {
  text: 'Compare the memory the container uses with its limit; raise the limit or find the leak. Files in an `emptyDir` with `medium: Memory` count as memory of the container that wrote them.',
} as const;
const USAGE = {
  text: 'See what the containers of the pod use now (needs metrics-server).',
  argv: ['kubectl', 'top', 'pod', '{pod.name}', '-n', '{pod.namespace}', '--containers'],
} as const;
const LOGS = {
  text: 'Read what the container wrote before it was killed.',
  argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '-c', '{container}', '--previous'],
} as const;
const NODE_STEPS = [
  {
    text: 'Give the pods of the node memory requests that match their use, and reserve memory for the system (`kubeReserved`, `systemReserved`).',
  },
  {
    text: 'See what the node has promised.',
    argv: ['kubectl', 'describe', 'node', '{node.name}'],
  },
] as const;

/** Any container's log: only its last words are read. */
const anyLog = logSignals({ component: { id: 'any' }, patterns: {} });

export const outOfMemory = defineAnalyzer({
  meta: {
    id: 'workload/out-of-memory',
    title: 'Container killed for memory',
    description:
      'Containers the kernel kills for memory: at their own limit, before they have begun, or because the node has none left.',
    messages: {
      limitExceeded: {
        ...KILLED,
        text: 'Container `{container:text}` of {pod:object} is killed each time it exceeds its memory limit of {limit:quantity}; it was restarted {restarts:count} times.',
        remedy: [LIMIT, USAGE, LOGS],
      },
      nodeExhausted: {
        ...KILLED,
        confidence: {
          level: 'likely',
          reason: 'it was killed for memory and no limit of its own is known to have been reached',
        },
        text: 'Container `{container:text}` of {pod:object} is killed because {node:object} has no memory left; it was restarted {restarts:count} times.',
        remedy: NODE_STEPS,
        groupBy: ['node'],
      },
      limitTooLowToStart: {
        severity: 'critical',
        key: ['container'],
        explains: POD_SYMPTOMS,
        confidence: { level: 'certain', reason: 'the container runtime says so' },
        text: 'Container `{container:text}` of {pod:object} is killed for memory before its command runs: its memory limit of {limit:quantity} is too low to start at all.',
        remedy: [
          { text: 'Raise the limit: a few MiB are needed to set the container up. Check its unit, too.' },
        ],
      },
      killedBefore: {
        severity: ['warning', 'info'],
        confidence: BY_STATUS,
        text: 'Container `{container:text}` of {pod:object} runs, but was killed for memory {age:duration} before; it was restarted {restarts:count} times.',
        remedy: [LIMIT, USAGE, LOGS],
        key: ['container'],
        effect: 'pod-crashing',
        explains: POD_SYMPTOMS,
      },
      processKilled: {
        severity: ['warning', 'info'],
        confidence: {
          level: 'certain',
          reason: 'the log of the kernel names the container, which runs on',
        },
        text: 'In container `{container:text}` of {pod:object} the kernel killed the process `{program:text}` for memory; the container itself runs on.',
        remedy: [
          {
            text: 'Find out what that process was for: its work is lost, and the container status shows no restart.',
          },
          LIMIT,
          USAGE,
        ],
        key: ['container', 'program'],
        effect: 'pod-not-ready',
        explains: POD_SYMPTOMS,
      },
    },
    checks: {
      withinLimit: { item: 'Container has memory', expected: 'not killed for memory', found: 'not killed' },
    },
    references: [
      'https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/',
      'Linux mm/oom_kill.c: constraint CONSTRAINT_MEMCG is a limit, CONSTRAINT_NONE the node',
      'kubernetes/kubernetes pkg/kubelet/types: reason OOMKilled; runc: "container init was OOM-killed (memory limit too low?)"',
    ],
  },
  needs: { pods, kills: memoryKills, logs: optional(anyLog) },
  analyze(inputs, context) {
    for (const pod of inputs.pods.items) {
      if (!isToRun(pod)) continue;
      const kills = inputs.kills.of(subjectKey(subjectOf(pod)));
      for (const container of containersOf(pod)) {
        const told = reportKill({ pod, container, kills }, { context, logs: inputs.logs });
        if (!told) {
          context.looked({ check: 'withinLimit', values: {}, subject: subjectOf(pod, container.pointer) });
        }
      }
    }
    return undefined;
  },
});

interface Killed {
  readonly pod: PodItem;
  readonly container: ContainerView;
  /** What the kernel says about the pod. */
  readonly kills: readonly MemoryKill[];
}

interface Surroundings {
  readonly context: AnalyzeContext<
    typeof outOfMemory.meta.messages,
    NonNullable<typeof outOfMemory.meta.checks>
  >;
  readonly logs: Input<typeof anyLog>;
}

function reportKill(killed: Killed, surroundings: Surroundings): boolean {
  const { pod, container } = killed;
  const failure = startFailureOf(container);
  if (failure !== undefined) {
    if (readStartError(failure).failure !== 'killedForMemory') return false;
    return reportLimit(killed, { ...surroundings, message: 'limitTooLowToStart' });
  }
  if (lastEnd(container)?.reason === 'OOMKilled') {
    if (!isCrashLoop(pod, container, surroundings.context)) return reportPast(killed, surroundings);
    return reportLimit(killed, { ...surroundings, message: 'limitExceeded' });
  }
  return reportProcess(killed, surroundings);
}

/** Killed at its limit; by the node where it has none, or where the kernel says so. */
function reportLimit(
  { pod, container, kills }: Killed,
  { context, logs, message }: Surroundings & { message: 'limitExceeded' | 'limitTooLowToStart' },
): boolean {
  const { namespace = '', name } = pod.metadata;
  const limit = limitOf(pod, container);
  const id = bareContainerId(lastEnd(container)?.containerID);
  const kill = kills.find(({ containerId }) => id !== '' && containerId === id);
  const tail = logs.lastWords({ namespace, pod: name, container: container.name });
  const since = notReadySince(pod, container);
  const evidence: EvidenceRefs = [
    context.at(pod, container.pointer),
    ...(kill ? [{ cite: 'matches', matches: kill.matches, hit: kill.hit } as const] : []),
    ...(tail ? [{ cite: 'tail', tail } as const] : []),
  ];
  const common = { subject: subjectOf(pod, container.pointer), evidence, ...(since ? { since } : {}) };
  const values = { container: container.name, pod: subjectOf(pod), restarts: container.status.restartCount };
  if (limit === undefined || kill?.scope === 'node') {
    const node: ObjectRef = { group: '', kind: 'Node', name: pod.spec?.nodeName ?? '' };
    context.report({
      message: 'nodeExhausted',
      values: { ...values, node },
      ...common,
      related: [node],
      ...(kill ? { confidence: { level: 'certain', reason: 'the log of the kernel says so' } } : {}),
    });
  } else context.report({ message, values: { ...values, limit }, ...common });
  return true;
}

/** One kill of a container that runs again: history when it is a day old. */
function reportPast({ pod, container }: Killed, { context }: Surroundings): boolean {
  const finishedAt = lastEnd(container)?.finishedAt;
  const age = context.age(finishedAt, pod);
  if (!age || isOlder(age, HISTORY_SECONDS) !== false) return false;
  const fresh = isOlder(age, FRESH_SECONDS) === false && !container.status.ready;
  context.report({
    message: 'killedBefore',
    severity: fresh ? 'warning' : 'info',
    values: {
      container: container.name,
      pod: subjectOf(pod),
      age: Math.round(age.seconds),
      restarts: container.status.restartCount,
    },
    subject: subjectOf(pod, container.pointer),
    evidence: [context.at(pod, `${container.pointer}/lastState`)],
    ...(finishedAt ? { since: finishedAt } : {}),
  });
  return true;
}

/** The kernel killed a process of the container that runs now. */
function reportProcess({ pod, container, kills }: Killed, { context }: Surroundings): boolean {
  const id = bareContainerId(container.status.containerID);
  if (id === '' || !container.status.state?.running) return false;
  const kill = kills.findLast(({ containerId }) => containerId === id);
  if (!kill) return false;
  context.report({
    message: 'processKilled',
    severity: container.status.ready ? 'info' : 'warning',
    values: { container: container.name, pod: subjectOf(pod), program: kill.program },
    subject: subjectOf(pod, container.pointer),
    evidence: [
      { cite: 'matches', matches: kill.matches, hit: kill.hit },
      context.at(pod, `${container.pointer}/state`),
    ],
  });
  return true;
}

/** The limit of the container, else of its pod; undefined when neither has one. */
function limitOf(pod: PodItem, { spec }: ContainerView): string | undefined {
  return spec?.resources?.limits?.memory ?? pod.spec?.resources?.limits?.memory;
}
