import { events, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { notReadySince } from '../../src/derive/container-crash.ts';
import { type ContainerView, containersOf } from '../../src/derive/containers.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { listeningOf, listenSignals, startSeconds } from '../../src/derive/listen-lines.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { type ProbeKill, probeFailures, probeKill } from '../../src/derive/probe-events.ts';
import {
  declaredPorts,
  type Probe,
  probeBudget,
  probeFault,
  probePort,
} from '../../src/derive/probe-fault.ts';
import {
  PROBE_EXPLAINS,
  probeConfidence,
  probeFinding,
  probeMessages,
} from '../../src/derive/probe-messages.ts';
import { endedRecently, isRestartLoop, LOOP_RESTARTS } from '../../src/derive/restart-loop.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { LogMatches } from '../../src/model/log-signals.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Seconds; a pod this young may have been killed while it started and be well now. */
const START_SECONDS = 3600;

const SEVERITY = ['critical', 'warning'] as const;
const EFFECT = 'pod-crashing';
const LEAD =
  'Container `{container:text}` of {pod:object} is killed by its {probe:text} probe and started again, {restarts:count} times so far';

const needs = {
  pods,
  events: eventIndex,
  eventItems: optional(events),
  logs: optional(listenSignals),
};

export const probeKillsContainer = defineAnalyzer({
  meta: {
    id: 'workload/probe-kills-container',
    title: 'Container killed by its probe',
    description:
      'Containers the kubelet stops and starts again because a liveness or startup probe fails, told apart by what the probe meets.',
    messages: {
      ...probeMessages(LEAD, SEVERITY, EFFECT),
      startsTooSlowly: {
        severity: SEVERITY,
        confidence: { level: 'likely', reason: 'its log tells when it began to listen' },
        text: 'Container `{container:text}` of {pod:object} is killed by its {probe:text} probe before it has started, {restarts:count} times so far: it takes {needed:duration} to listen, the probe allows {allowed:duration}.',
        remedy: [
          {
            text: 'Give the container a `startupProbe` whose failureThreshold × periodSeconds exceeds the start, instead of a longer `initialDelaySeconds`.',
          },
          { text: 'See whether a CPU limit or a slow dependency makes the start long.' },
        ],
        key: ['container', 'probe'],
        effect: EFFECT,
        explains: PROBE_EXPLAINS,
      },
    },
    checks: {
      survives: {
        item: 'Container survives its liveness and startup probes',
        expected: 'no kill by a probe',
        found: '{restarts:count} restarts',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
      'kubernetes/kubernetes pkg/kubelet/kuberuntime/kuberuntime_manager.go: "Container %s failed liveness probe, will be restarted"',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const pod of inputs.pods.items) {
      if (hasEnded(pod) || pod.metadata.deletionTimestamp) continue;
      for (const container of containersOf(pod)) {
        if (!container.spec?.livenessProbe && !container.spec?.startupProbe) continue;
        const restarted = container.status.restartCount > 0;
        const kill = restarted ? probeKill(container, inputs.events.about(pod)) : undefined;
        const severity = kill && severityOf(pod, container, kill, context);
        if (kill && severity) {
          judge({ pod, container, kill, severity }, inputs, context);
          continue;
        }
        const subject = subjectOf(pod, container.pointer);
        const told = inputs.eventItems.coverage.covers(pod.metadata.namespace);
        // Only an event tells a kill by a probe from an end of the program's own.
        if (!kill && told !== true && isRestartLoop(pod, container, context.age)) {
          context.looked({ check: 'survives', unseen: told, subject });
        } else {
          const values = { restarts: container.status.restartCount };
          context.looked({ check: 'survives', values, subject });
        }
      }
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof probeKillsContainer.meta.messages,
  NonNullable<typeof probeKillsContainer.meta.checks>
>;

interface Killed {
  readonly pod: PodItem;
  readonly container: ContainerView;
  readonly kill: ProbeKill;
  readonly severity: 'critical' | 'warning';
}

/** Critical in a loop; a warning when it serves between kills long after its start; undefined when it is over. */
function severityOf(
  pod: PodItem,
  container: ContainerView,
  { probe }: ProbeKill,
  { age }: Context,
): Killed['severity'] | undefined {
  const run = probeOf(container, probe);
  const seconds = run ? probeBudget(run) + (pod.spec?.terminationGracePeriodSeconds ?? 30) : 0;
  if (isRestartLoop(pod, container, age, seconds)) return 'critical';
  if (!container.status.ready || container.status.restartCount < LOOP_RESTARTS) return undefined;
  const established = isOlder(age(pod.status?.startTime, pod), START_SECONDS);
  return established && endedRecently(pod, container, age) ? 'warning' : undefined;
}

function probeOf({ spec }: ContainerView, probe: ProbeKill['probe']): Probe | undefined {
  return probe === 'startup' ? spec?.startupProbe : spec?.livenessProbe;
}

function judge(killed: Killed, { events, logs }: Inputs<typeof needs>, context: Context): void {
  const { pod, container, kill, severity } = killed;
  const owner = {
    namespace: pod.metadata.namespace ?? '',
    pod: pod.metadata.name,
    container: container.name,
  };
  const failure = probeFailures(events.about(pod), container.name).find((one) => one.probe === kill.probe);
  const listening = listeningOf(logs, owner);
  const probe = probeOf(container, kill.probe);
  const fault =
    probe &&
    probeFault({
      probe,
      container: container.spec ?? {},
      declared: declaredPorts(pod),
      detail: failure?.detail,
      listening: listening?.addresses,
    });
  const base = {
    container: container.name,
    pod: subjectOf(pod),
    probe: kill.probe,
    restarts: container.status.restartCount,
  };
  const start =
    fault?.kind === 'notListening' && probe ? slowStart(container, probe, { owner, logs }) : undefined;
  const since = notReadySince(pod, container);
  const log = start?.matches ?? listening?.matches;
  const common = {
    subject: subjectOf(pod, container.pointer),
    severity,
    ...(since ? { since } : {}),
    evidence: [
      context.at(pod, container.pointer),
      context.at(kill.event, '/message'),
      ...(failure ? [context.at(failure.event, '/message')] : []),
      ...(log ? [{ cite: 'matches', matches: log } as const] : []),
    ],
  } as const;
  if (start) {
    const { needed, allowed } = start;
    context.report({ message: 'startsTooSlowly', values: { ...base, needed, allowed }, ...common });
  } else {
    context.report({ ...probeFinding(fault, base), ...probeConfidence(fault), ...common });
  }
}

interface Source {
  readonly owner: { readonly namespace: string; readonly pod: string; readonly container: string };
  readonly logs: Inputs<typeof needs>['logs'];
}

/** A start that takes longer than the probe allows, as a log of one of the last two runs shows. */
function slowStart(
  { spec, status }: ContainerView,
  probe: Probe,
  { owner, logs }: Source,
): { needed: number; allowed: number; matches: LogMatches } | undefined {
  const port = probePort({ probe, container: spec ?? {} });
  const found = startSeconds(logs, typeof port === 'number' ? port : undefined, {
    owner,
    current: (status.state?.running ?? status.state?.terminated ?? status.lastState?.terminated)?.startedAt,
    previous: status.lastState?.terminated?.startedAt,
  });
  const allowed = probeBudget(probe);
  if (!found || found.seconds <= allowed) return undefined;
  return { needed: found.seconds, allowed, matches: found.matches };
}
