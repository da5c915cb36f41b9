import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type ContainerView, conditionSince, containersOf } from '../../src/derive/containers.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { exitCodeMeaning } from '../../src/derive/exit-codes.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Fewer restarts than this, without a back-off, may be one hiccup. */
const RESTARTS = 3;
/** A crash this long ago no longer makes a loop of it. */
const RECENT_SECONDS = 600;

const CERTAIN = { level: 'certain', reason: 'the container status says so' } as const;
const EXPLAINS = [
  { effect: 'service-without-endpoints', via: ['selected-by', 'same-object'] },
  { effect: 'data-plane-not-connected', via: ['same-object'] },
] as const;
const LOGS = {
  text: 'Read what the container wrote before it ended.',
  argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '-c', '{container}', '--previous'],
} as const;

/** Any container's log: only its last words are read. */
const anyLog = logSignals({ component: { id: 'any' }, patterns: {} });

export const crashLoop = defineAnalyzer({
  meta: {
    id: 'workload/crash-loop',
    title: 'Container in a crash loop',
    description: 'Containers that start, end and are started again, told apart by how they end.',
    messages: {
      outOfMemory: {
        severity: 'critical',
        confidence: CERTAIN,
        text: 'Container `{container:text}` of {pod:object} is killed each time it exceeds its memory limit of {limit:text}; it was restarted {restarts:count} times.',
        remedy: [
          { text: 'Compare the memory the container uses with its limit; raise the limit or find the leak.' },
          LOGS,
        ],
        key: ['container'],
        effect: 'pod-crashing',
        explains: EXPLAINS,
      },
      notStarted: {
        severity: 'critical',
        confidence: CERTAIN,
        text: 'Container `{container:text}` of {pod:object} cannot be started: {detail:text}.',
        remedy: [
          { text: 'Correct the command, its path or its permissions in the pod template.' },
          {
            text: 'See the command and the mounts as the node got them.',
            argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
          },
        ],
        key: ['container'],
        effect: 'pod-crashing',
        explains: EXPLAINS,
      },
      killedByLivenessProbe: {
        severity: 'critical',
        confidence: {
          level: 'likely',
          reason: 'an event names the liveness probe, the status only says that it was stopped',
        },
        text: 'Container `{container:text}` of {pod:object} is restarted because its liveness probe fails; it was restarted {restarts:count} times.',
        remedy: [
          {
            text: 'Check port, scheme and path of the probe, and whether the application starts within the time the probe allows.',
          },
          LOGS,
        ],
        key: ['container'],
        effect: 'pod-crashing',
        explains: EXPLAINS,
      },
      endsByItself: {
        severity: 'critical',
        confidence: CERTAIN,
        text: 'Container `{container:text}` of {pod:object} ends without an error and is started again, {restarts:count} times so far: its command is not one that keeps running.',
        remedy: [{ text: 'Run a command that stays in the foreground, or make the workload a Job.' }, LOGS],
        key: ['container'],
        effect: 'pod-crashing',
        explains: EXPLAINS,
      },
      exits: {
        severity: 'critical',
        confidence: CERTAIN,
        text: 'Container `{container:text}` of {pod:object} ends with exit code {code:count} ({meaning:text}); it was restarted {restarts:count} times.',
        remedy: [
          LOGS,
          {
            text: 'Mend what its last lines name: configuration, a dependency that does not answer, or the application.',
          },
        ],
        key: ['container'],
        effect: 'pod-crashing',
        explains: EXPLAINS,
      },
    },
    checks: {
      stable: {
        item: 'Container keeps running',
        expected: 'no crash loop',
        found: '{restarts:count} restarts',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restarts',
      'kubernetes/kubernetes pkg/kubelet/kuberuntime: reasons OOMKilled, StartError; back-off 10 s to 5 min',
    ],
  },
  needs: { pods, events: eventIndex, logs: optional(anyLog) },
  analyze({ pods: collection, events, logs }, context) {
    for (const pod of collection.items) {
      if (
        pod.metadata.deletionTimestamp ||
        pod.status?.phase === 'Succeeded' ||
        pod.status?.phase === 'Failed'
      )
        continue;
      for (const container of containersOf(pod)) {
        const { restartCount } = container.status;
        if (!isCrashLoop(pod, container, context)) {
          context.looked({
            check: 'stable',
            values: { restarts: restartCount },
            subject: subjectOf(pod, container.pointer),
          });
          continue;
        }
        const { namespace = '', name } = pod.metadata;
        const tail = logs.lastWords({ namespace, pod: name, container: container.name });
        const probe = events.about(pod).find((event) => isProbeKill(event, container.name));
        reportLoop(pod, container, {
          context,
          probe,
          evidence: [
            context.at(pod, container.pointer),
            ...(probe ? [context.at(probe, '/message')] : []),
            ...(tail ? [{ cite: 'tail', tail } as const] : []),
          ],
        });
      }
    }
    return undefined;
  },
});

interface Facts {
  readonly context: AnalyzeContext<typeof crashLoop.meta.messages, NonNullable<typeof crashLoop.meta.checks>>;
  readonly probe: object | undefined;
  readonly evidence: EvidenceRefs;
}

function isCrashLoop(pod: PodItem, { status }: ContainerView, { age }: Facts['context']): boolean {
  if (status.state?.waiting?.reason === 'CrashLoopBackOff') return true;
  // Another reason to wait (a failing hook, an image, a missing Secret) is another fault.
  if (status.state?.waiting) return false;
  // Between two starts the back-off is not always shown: restarts and a recent end say the same.
  if (status.ready || status.restartCount < RESTARTS) return false;
  const ended = status.lastState?.terminated?.finishedAt ?? status.state?.terminated?.finishedAt;
  const seconds = age(ended, pod)?.seconds;
  return seconds !== undefined && seconds < RECENT_SECONDS;
}

function isProbeKill(
  event: { reason?: string; message?: string; involvedObject?: { fieldPath?: string } },
  container: string,
): boolean {
  if (event.reason !== 'Killing' || !event.message?.includes('failed liveness probe')) return false;
  return (
    event.message.includes(`Container ${container} `) ||
    event.involvedObject?.fieldPath?.includes(`{${container}}`) === true
  );
}

function reportLoop(pod: PodItem, container: ContainerView, { context, probe, evidence }: Facts): void {
  const { status, spec, name } = container;
  const ended = status.lastState?.terminated ?? status.state?.terminated;
  const since = conditionSince(pod, 'Ready', 'False');
  const common = { subject: subjectOf(pod, container.pointer), evidence, ...(since ? { since } : {}) };
  const values = { container: name, pod: subjectOf(pod), restarts: status.restartCount };
  if (ended?.reason === 'OOMKilled') {
    const limit = spec?.resources?.limits?.memory ?? 'its node';
    context.report({ message: 'outOfMemory', values: { ...values, limit }, ...common });
  } else if (ended?.reason === 'StartError' || ended?.reason === 'ContainerCannotRun') {
    const detail = firstLine(ended.message) ?? exitCodeMeaning(ended.exitCode);
    context.report({ message: 'notStarted', values: { ...values, detail }, ...common });
  } else if (probe) {
    context.report({ message: 'killedByLivenessProbe', values, ...common });
  } else if (ended?.exitCode === 0) {
    context.report({ message: 'endsByItself', values, ...common });
  } else {
    const code = ended?.exitCode ?? 255;
    context.report({
      message: 'exits',
      values: { ...values, code, meaning: exitCodeMeaning(code) },
      ...common,
    });
  }
}

function firstLine(text: string | undefined): string | undefined {
  return text?.trim().split('\n', 1)[0]?.replace(/\.$/, '');
}
