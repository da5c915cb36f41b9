import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { isCrashLoop, lastEnd, lastRunSeconds, notReadySince } from '../../src/derive/container-crash.ts';
import { type ContainerView, containersOf } from '../../src/derive/containers.ts';
import { exitCodeMeaning } from '../../src/derive/exit-codes.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { POD_SYMPTOMS } from '../../src/derive/pod-symptoms.ts';
import { probeBudget } from '../../src/derive/probe-fault.ts';
import { hookError, startFailureOf } from '../../src/derive/start-failure.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const CRASH = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the container status says so' },
  key: ['container'],
  effect: 'pod-crashing',
  explains: POD_SYMPTOMS,
} as const;
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
      postStartHookFails: {
        ...CRASH,
        text: 'Container `{container:text}` of {pod:object} is stopped each time because its postStart hook fails: {detail:text}.',
        remedy: [
          {
            text: 'Correct the command or the address in `lifecycle.postStart`. The hook runs beside the start of the container: what it calls may not listen yet.',
          },
          LOGS,
        ],
      },
      endsByItself: {
        ...CRASH,
        text: 'Container `{container:text}` of {pod:object} ends without an error and is started again, {restarts:count} times so far: its command is not one that keeps running.',
        remedy: [{ text: 'Run a command that stays in the foreground, or make the workload a Job.' }, LOGS],
      },
      isStopped: {
        ...CRASH,
        confidence: {
          level: 'likely',
          reason: 'the exit code is that of a stop, and the run was long enough for a probe to fail',
        },
        text: 'Container `{container:text}` of {pod:object} is ended with exit code {code:count} ({meaning:text}) and started again, {restarts:count} times so far: its {probe:text} probe can be what stops it.',
        remedy: [
          {
            text: 'Read the events of the pod for failed probes.',
            argv: ['kubectl', 'describe', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
          },
          LOGS,
        ],
      },
      exits: {
        ...CRASH,
        text: 'Container `{container:text}` of {pod:object} ends with exit code {code:count} ({meaning:text}); it was restarted {restarts:count} times.',
        remedy: [
          LOGS,
          {
            text: 'Mend what its last lines name: configuration, a dependency that does not answer, or the application.',
          },
        ],
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
      'kubernetes/kubernetes pkg/kubelet/kuberuntime: reasons Error, Completed, PostStartHookError; back-off 10 s to 5 min',
    ],
  },
  needs: { pods, logs: optional(anyLog) },
  analyze({ pods: collection, logs }, context) {
    for (const pod of collection.items) {
      if (pod.metadata.deletionTimestamp || hasEnded(pod)) continue;
      for (const container of containersOf(pod)) {
        const hook = hookFailure(container);
        if (hook === undefined && !isCrashLoop(pod, container, context)) {
          const values = { restarts: container.status.restartCount };
          context.looked({ check: 'stable', values, subject: subjectOf(pod, container.pointer) });
          continue;
        }
        if (isToldElsewhere(container)) continue;
        const { namespace = '', name } = pod.metadata;
        const tail = logs.lastWords({ namespace, pod: name, container: container.name });
        const evidence: EvidenceRefs = [
          context.at(pod, container.pointer),
          ...(tail ? [{ cite: 'tail', tail } as const] : []),
        ];
        reportLoop(pod, container, { context, evidence, hook });
      }
    }
    return undefined;
  },
});

interface Facts {
  readonly context: AnalyzeContext<typeof crashLoop.meta.messages, NonNullable<typeof crashLoop.meta.checks>>;
  readonly evidence: EvidenceRefs;
  readonly hook: string | undefined;
}

/** The error of a postStart hook the container waits with; undefined when it waits for something else. */
function hookFailure({ status }: ContainerView): string | undefined {
  const { reason, message } = status.state?.waiting ?? {};
  return reason === 'PostStartHookError' ? (message ?? reason) : undefined;
}

/**
 * An end whose status alone shows a finding of its own: workload/container-not-created, out-of-memory,
 * init-container-stuck. What only events or logs tell (a probe, a port) explains this finding instead.
 */
function isToldElsewhere(container: ContainerView): boolean {
  if (container.init && !container.sidecar) return true;
  return startFailureOf(container) !== undefined || lastEnd(container)?.reason === 'OOMKilled';
}

/** Exit codes of a container that was asked to stop, or killed after its grace period. */
const STOPPED: readonly (number | undefined)[] = [0, 137, 143];

/** The probe that can have stopped the last run: it was long enough for its failures. */
function stoppingProbe(container: ContainerView): 'liveness' | 'startup' | undefined {
  if (!STOPPED.includes(lastEnd(container)?.exitCode)) return undefined;
  const run = lastRunSeconds(container);
  const { livenessProbe, startupProbe } = container.spec ?? {};
  const canStop = (probe: typeof livenessProbe) => probe && !(run < probeBudget(probe));
  if (canStop(startupProbe)) return 'startup';
  return canStop(livenessProbe) ? 'liveness' : undefined;
}

function reportLoop(pod: PodItem, container: ContainerView, { context, evidence, hook }: Facts): void {
  const since = notReadySince(pod, container);
  const common = { subject: subjectOf(pod, container.pointer), evidence, ...(since ? { since } : {}) };
  const base = { container: container.name, pod: subjectOf(pod) };
  const values = { ...base, restarts: container.status.restartCount };
  const code = lastEnd(container)?.exitCode ?? 255;
  const meaning = exitCodeMeaning(code);
  const probe = stoppingProbe(container);
  if (hook !== undefined) {
    const detail = hookError(hook);
    context.report({ message: 'postStartHookFails', values: { ...base, detail }, ...common });
  } else if (probe) {
    context.report({ message: 'isStopped', values: { ...values, code, meaning, probe }, ...common });
  } else if (code === 0) {
    context.report({ message: 'endsByItself', values, ...common });
  } else {
    context.report({ message: 'exits', values: { ...values, code, meaning }, ...common });
  }
}
