import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { isCrashLoop, notReadySince, tellingLine } from '../../src/derive/container-crash.ts';
import { type ContainerView, containersOf } from '../../src/derive/containers.ts';
import { listeningOf, listenSignals } from '../../src/derive/listen-lines.ts';
import { logGaps } from '../../src/derive/log-gap.ts';
import { isToRun } from '../../src/derive/pod-start.ts';
import { POD_SYMPTOMS } from '../../src/derive/pod-symptoms.ts';
import {
  concurrentContainers,
  declaredTwice,
  hostPortHolders,
  portInUse,
} from '../../src/derive/port-clash.ts';
import { startFailureOf } from '../../src/derive/start-failure.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Input, optional } from '../../src/model/artifact.ts';
import type { LogMatches, LogTail } from '../../src/model/log-signals.ts';
import { type ObjectRef, subjectKey, subjectOf } from '../../src/model/subject.ts';

const IN_USE = {
  severity: 'critical',
  confidence: {
    level: 'certain',
    reason: 'the last words of the container say that the address is in use',
  },
  key: ['container'],
  // The end itself is told by workload/crash-loop, whose status shows nothing of a port.
  explains: [{ effect: 'pod-crashing', via: ['same-object'] }, ...POD_SYMPTOMS],
} as const;
const BY_DECLARATION = {
  level: 'likely',
  reason:
    'the container says that its address is in use; that the other one has it is told by the pod template',
} as const;
const ONE_NETWORK = {
  text: 'The containers of a pod share one network: give each its own port in configuration and pod template, and let Services and probes follow.',
} as const;
const LOGS = {
  text: 'Read what the container wrote before it ended.',
  argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '-c', '{container}', '--previous'],
} as const;
const SOCKETS = {
  text: 'See which process of the node holds the port.',
  argv: ['ss', '-lntup'],
} as const;

export const portConflict = defineAnalyzer({
  meta: {
    id: 'workload/port-conflict',
    title: 'Port already in use',
    description:
      'Containers that end because another container, pod or process has bound the port they listen on.',
    messages: {
      otherContainer: {
        ...IN_USE,
        text: 'Container `{container:text}` of {pod:object} cannot bind port {port:text}: container `{other:text}` of the same pod has it.',
        remedy: [ONE_NETWORK, LOGS],
      },
      otherPod: {
        ...IN_USE,
        confidence: {
          level: 'likely',
          reason: 'the container says that the address is in use, the other pod declares it on the same node',
        },
        text: 'Container `{container:text}` of {pod:object} cannot bind port {port:text} of {node:object}: {other:object} holds it there.',
        remedy: [
          {
            text: 'Give one of the two another port, or keep them off the same node; pods of the host network need a port of their own per node.',
          },
          SOCKETS,
        ],
      },
      onNode: {
        ...IN_USE,
        text: 'Container `{container:text}` of {pod:object}, which uses the network of {node:object}, finds its port in use there ({line:text}).',
        remedy: [
          {
            text: 'A process of the node itself, or a container left over from before, holds the port: end it, or use another port.',
          },
          SOCKETS,
        ],
      },
      inPod: {
        ...IN_USE,
        text: 'Container `{container:text}` of {pod:object} finds its address in use inside its pod ({line:text}).',
        remedy: [
          {
            text: 'Look for a second server in the same pod: a sidecar or another container on the same default port, or the application started twice by its own script.',
          },
          LOGS,
        ],
      },
    },
    checks: {
      bound: { item: 'Container binds its ports', expected: 'no address in use', found: 'no conflict' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking',
      'bind(2): EADDRINUSE, "Address already in use"',
    ],
  },
  needs: { pods, logs: optional(listenSignals) },
  analyze(inputs, context) {
    let holders: ReturnType<typeof hostPortHolders> | undefined;
    const gapOf = logGaps(inputs.logs);
    for (const pod of inputs.pods.items) {
      if (!isToRun(pod)) continue;
      for (const container of containersOf(pod)) {
        if ((container.init && !container.sidecar) || startFailureOf(container) !== undefined) continue;
        const subject = subjectOf(pod, container.pointer);
        if (!isCrashLoop(pod, container, context)) {
          context.looked({ check: 'bound', values: {}, subject });
          continue;
        }
        const { namespace = '', name } = pod.metadata;
        const owner = { namespace, pod: name, container: container.name };
        const tail = inputs.logs.lastWords(owner);
        const gap = gapOf(owner);
        const line = tellingLine(tail);
        if (tail && line?.class === 'addressInUse') {
          holders ??= hostPortHolders(inputs.pods.items);
          report({ pod, container, tail, line: line.text }, { context, logs: inputs.logs, holders });
        } else if (gap || !tail) {
          const unseen = gap ?? 'the log of its last run was not read';
          context.looked({ check: 'bound', unseen, subject });
        }
      }
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof portConflict.meta.messages,
  NonNullable<typeof portConflict.meta.checks>
>;

interface Refused {
  readonly pod: PodItem;
  readonly container: ContainerView;
  readonly tail: LogTail;
  readonly line: string;
}

interface Surroundings {
  readonly context: Context;
  readonly logs: Input<typeof listenSignals>;
  readonly holders: ReturnType<typeof hostPortHolders>;
}

function report({ pod, container, tail, line }: Refused, { context, logs, holders }: Surroundings): void {
  const port = portInUse(line);
  const since = notReadySince(pod, container);
  const evidence: EvidenceRefs = [{ cite: 'tail', tail }, context.at(pod, container.pointer)];
  const common = { subject: subjectOf(pod, container.pointer), evidence, ...(since ? { since } : {}) };
  const values = { container: container.name, pod: subjectOf(pod) };
  const other = otherContainer(pod, container.name, { port, logs });
  if (other) {
    context.report({
      message: 'otherContainer',
      values: { ...values, other: other.name, port: String(other.port) },
      ...common,
      ...(other.matches ? {} : { confidence: BY_DECLARATION }),
      evidence: [
        ...evidence,
        other.matches ? { cite: 'matches', matches: other.matches } : context.at(pod, '/spec/containers'),
      ],
    });
    return;
  }
  if (!pod.spec?.hostNetwork) {
    context.report({ message: 'inPod', values: { ...values, line: line.trim() }, ...common });
    return;
  }
  const node: ObjectRef = { group: '', kind: 'Node', name: pod.spec.nodeName ?? '' };
  const self = subjectKey(subjectOf(pod));
  const holder =
    port === undefined
      ? undefined
      : holders(node.name, port).find((one) => subjectKey(subjectOf(one)) !== self);
  if (holder && port !== undefined) {
    context.report({
      message: 'otherPod',
      values: { ...values, other: subjectOf(holder), node, port: String(port) },
      ...common,
      evidence: [...evidence, context.at(holder, '/spec/containers')],
      related: [subjectOf(holder)],
    });
  } else context.report({ message: 'onNode', values: { ...values, node, line: line.trim() }, ...common });
}

interface Holder {
  readonly name: string;
  readonly port: number;
  readonly matches?: LogMatches;
}

/** The container of the pod that has the port: by its own words, else by what it declares. */
function otherContainer(
  pod: PodItem,
  container: string,
  { port, logs }: { port: number | undefined; logs: Input<typeof listenSignals> },
): Holder | undefined {
  const { namespace = '', name: podName } = pod.metadata;
  for (const { name } of port === undefined ? [] : concurrentContainers(pod)) {
    if (name === container) continue;
    const listening = listeningOf(logs, { namespace, pod: podName, container: name });
    if (port !== undefined && listening?.addresses.some((one) => one.port === port)) {
      return { name, port, matches: listening.matches };
    }
  }
  const declared = declaredTwice(pod, container, port);
  return declared && { name: declared.other, port: declared.port };
}
