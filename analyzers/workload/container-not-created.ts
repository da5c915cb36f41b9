import { nodes, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { isCrashLoop, lastRunSeconds, notReadySince, tellingLine } from '../../src/derive/container-crash.ts';
import { type ContainerView, containersOf } from '../../src/derive/containers.ts';
import { logGaps } from '../../src/derive/log-gap.ts';
import { isToRun } from '../../src/derive/pod-start.ts';
import {
  readStartError,
  type StartFailure,
  type StartFailureClass,
  startFailureOf,
} from '../../src/derive/start-failure.ts';
import { START_FAILURE_MESSAGES } from '../../src/derive/start-failure-messages.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Input, logSignals, optional } from '../../src/model/artifact.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** Any container's log: only its last words are read. */
const anyLog = logSignals({ component: { id: 'any' }, patterns: {} });

/** Failures the node has a part in. */
const OF_THE_NODE: readonly StartFailureClass[] = [
  'wrongArchitecture',
  'diskFull',
  'runtimeNotAnswering',
  'runtimeBusy',
  'profileRefused',
  'deviceMissing',
];

export const containerNotCreated = defineAnalyzer({
  meta: {
    id: 'workload/container-not-created',
    title: 'Container cannot be started',
    description:
      'Containers the runtime cannot create or start: a missing command, a wrong architecture, a mount that does not fit, a full disk.',
    messages: START_FAILURE_MESSAGES,
    checks: {
      started: { item: 'Container was started', expected: 'started by the runtime', found: 'started' },
    },
    references: [
      'https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/',
      'kubernetes/kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go: CreateContainerError, RunContainerError',
      'opencontainers/runc libcontainer: texts of failed starts; containerd reports them as StartError with exit code 128',
    ],
  },
  needs: { pods, nodes: optional(nodes), logs: optional(anyLog) },
  analyze(inputs, context) {
    const gapOf = logGaps(inputs.logs);
    for (const pod of inputs.pods.items) {
      if (!isToRun(pod)) continue;
      for (const container of containersOf(pod)) {
        const message = startFailureOf(container);
        if (message !== undefined) {
          const error = readStartError(message);
          // What runs out of memory before it begins is told by workload/out-of-memory.
          if (error.failure === 'killedForMemory') continue;
          const pointer = `${container.pointer}/${container.status.state?.waiting?.message ? 'state' : 'lastState'}`;
          const evidence = [context.at(pod, pointer)] as const;
          report({ pod, container, error, evidence }, { context, nodes: inputs.nodes });
        } else if (!reportFormat(pod, container, { context, ...inputs })) {
          const { namespace = '', name } = pod.metadata;
          const gap = endsAtOnce(pod, container, context)
            ? gapOf({ namespace, pod: name, container: container.name })
            : undefined;
          const subject = subjectOf(pod, container.pointer);
          if (gap) context.looked({ check: 'started', unseen: gap, subject });
          else if (container.status.started === true)
            context.looked({ check: 'started', values: {}, subject });
        }
      }
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof containerNotCreated.meta.messages,
  NonNullable<typeof containerNotCreated.meta.checks>
>;

interface Failed {
  readonly pod: PodItem;
  readonly container: ContainerView;
  readonly error: StartFailure;
  readonly evidence: EvidenceRefs;
}

/** A command the kernel refuses ends within the second the runtime stamps. */
const AT_ONCE_SECONDS = 2;

/** Whether a container ends as one does whose command cannot be run; only its log tells the two apart. */
function endsAtOnce(pod: PodItem, container: ContainerView, context: Context): boolean {
  return isCrashLoop(pod, container, context) && !(lastRunSeconds(container) > AT_ONCE_SECONDS);
}

/** A runtime that starts a shim first writes the kernel's refusal to the container's own log. */
function reportFormat(
  pod: PodItem,
  container: ContainerView,
  inputs: { context: Context; nodes: Input<typeof nodes>; logs: Input<typeof anyLog> },
): boolean {
  if (container.status.restartCount === 0 || !isCrashLoop(pod, container, inputs.context)) return false;
  const { namespace = '', name } = pod.metadata;
  const tail = inputs.logs.lastWords({ namespace, pod: name, container: container.name });
  const line = tellingLine(tail);
  if (!tail || line?.class !== 'wrongArchitecture') return false;
  const error = { failure: 'wrongArchitecture', name: undefined, detail: line.text } as const;
  const evidence = [inputs.context.at(pod, container.pointer), { cite: 'tail', tail }] as const;
  report({ pod, container, error, evidence }, inputs);
  return true;
}

function report(
  { pod, container, error, evidence }: Failed,
  { context, nodes: collection }: { context: Context; nodes: Input<typeof nodes> },
): void {
  const { detail, failure } = error;
  const node: ObjectRef = { group: '', kind: 'Node', name: pod.spec?.nodeName ?? '' };
  const since = notReadySince(pod, container);
  const common = {
    subject: subjectOf(pod, container.pointer),
    evidence,
    related: failure !== undefined && OF_THE_NODE.includes(failure) ? [node] : [],
    ...(since ? { since } : {}),
  };
  const image = container.spec?.image ?? container.status.image;
  const values = { container: container.name, pod: subjectOf(pod), detail, image, node };
  switch (failure) {
    case 'commandNotFound':
    case 'notExecutable': {
      const command = error.name ?? container.spec?.command?.[0] ?? 'its entry point';
      context.report({ message: failure, values: { ...values, command }, ...common });
      break;
    }
    case 'wrongArchitecture': {
      const found = collection.lookup({ name: node.name });
      const architecture =
        (found.state === 'present' ? found.item.status?.nodeInfo?.architecture : undefined) ?? 'not recorded';
      context.report({ message: failure, values: { ...values, architecture }, ...common });
      break;
    }
    case 'mountKindDiffers':
    case 'mountFailed':
    case 'workingDirectory':
      context.report({ message: failure, values: { ...values, path: error.name ?? '' }, ...common });
      break;
    case 'userUnknown':
      context.report({ message: failure, values: { ...values, user: error.name ?? '' }, ...common });
      break;
    case undefined:
    case 'killedForMemory':
      context.report({ message: 'notStarted', values, ...common });
      break;
    default:
      context.report({ message: failure, values, ...common });
  }
}
