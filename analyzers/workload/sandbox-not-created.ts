import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { containersOf } from '../../src/derive/containers.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { kubeletPodErrors } from '../../src/derive/kubelet-pod-errors.ts';
import {
  lacksSandbox,
  SANDBOX_REASONS,
  severityOfStart,
  startEvents,
  startingSince,
} from '../../src/derive/pod-start.ts';
import { POD_SYMPTOMS } from '../../src/derive/pod-symptoms.ts';
import { readSandboxError, type SandboxFailure } from '../../src/derive/sandbox-failure.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** A kubelet takes up a pod within seconds; virtual nodes that start a machine for each pod need minutes. */
const TAKEN_UP_SECONDS = 300;
const NO_SANDBOX = {
  severity: ['critical', 'warning'],
  confidence: { level: 'certain', reason: 'the pod has no sandbox, and the kubelet says why' },
  effect: 'pod-not-starting',
  explains: POD_SYMPTOMS,
  groupBy: ['node'],
} as const;
const NODE_PODS = {
  text: 'Look at the pods of the network plugin on this node.',
  argv: ['kubectl', 'get', 'pods', '-A', '-o', 'wide', '--field-selector', 'spec.nodeName={node.name}'],
} as const;
const SHOW_POD = {
  text: 'Read all events of the pod.',
  argv: ['kubectl', 'describe', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
} as const;

export const sandboxNotCreated = defineAnalyzer({
  meta: {
    id: 'workload/sandbox-not-created',
    title: 'Pod sandbox not created',
    description:
      'Pods on a node that have no sandbox, so that no container begins: network plugin, addresses, runtime, pause image.',
    messages: {
      networkNotReady: {
        ...NO_SANDBOX,
        text: '{pod:object} does not start: no network plugin is set up on {node:object} ({detail:text}).',
        remedy: [
          {
            text: 'Install the network plugin, or mend its pod on this node: it writes /etc/cni/net.d and puts its program into /opt/cni/bin.',
          },
          NODE_PODS,
        ],
      },
      networkAgentDown: {
        ...NO_SANDBOX,
        text: '{pod:object} does not start: the agent of the network plugin does not run on {node:object} ({detail:text}).',
        remedy: [{ text: 'Mend the pod of the network plugin on this node first.' }, NODE_PODS],
      },
      addressesExhausted: {
        ...NO_SANDBOX,
        text: '{pod:object} does not start: {node:object} has no pod address left to give ({detail:text}).',
        remedy: [
          {
            text: 'Enlarge the address range or pool of the network plugin, or run fewer pods on the node. Addresses of pods that are gone can stay taken in /var/lib/cni/networks when the runtime was killed.',
          },
          NODE_PODS,
        ],
      },
      networkRefused: {
        ...NO_SANDBOX,
        text: '{pod:object} does not start: the network plugin of {node:object} refuses to connect it ({detail:text}).',
        remedy: [
          { text: 'Read the log of the network plugin on this node at the time of the event.' },
          NODE_PODS,
        ],
      },
      runtimeNotAnswering: {
        ...NO_SANDBOX,
        text: '{pod:object} does not start: the container runtime of {node:object} does not answer ({detail:text}).',
        remedy: [{ text: 'Start the container runtime on the node, and read its log from when it stopped.' }],
      },
      pauseImageMissing: {
        ...NO_SANDBOX,
        text: '{pod:object} does not start: {node:object} does not get the pause image `{image:text}` ({detail:text}).',
        remedy: [
          {
            text: 'Make the image available to the node, or name one it can pull as sandbox image in the configuration of the container runtime (containerd: `sandbox_image` or `sandbox`, CRI-O: `pause_image`).',
          },
        ],
        groupBy: ['image'],
      },
      runtimeHandlerMissing: {
        ...NO_SANDBOX,
        text: '{pod:object} does not start: the container runtime of {node:object} has no handler `{handler:text}`, which its RuntimeClass asks for.',
        remedy: [
          {
            text: 'Configure the handler in the container runtime of every node the RuntimeClass selects, or correct `handler` in the RuntimeClass.',
          },
        ],
        groupBy: ['handler'],
      },
      diskFull: {
        ...NO_SANDBOX,
        text: '{pod:object} does not start: a disk of {node:object} is full ({detail:text}).',
        remedy: [
          {
            text: 'Free space on the node; see both space and inodes.',
            argv: ['df', '-h', '/var/lib/kubelet', '/run'],
          },
        ],
      },
      cgroupFailed: {
        ...NO_SANDBOX,
        text: '{pod:object} does not start: its cgroup cannot be set up on {node:object} ({detail:text}).',
        remedy: [
          {
            text: 'Use the same cgroup driver in the kubelet (`cgroupDriver`) and in the container runtime (`SystemdCgroup`), `systemd` on hosts that systemd runs.',
          },
        ],
      },
      runtimeBusy: {
        ...NO_SANDBOX,
        text: '{pod:object} does not start: the container runtime of {node:object} has not finished an earlier try ({detail:text}).',
        remedy: [
          {
            text: 'Look for a hanging network plugin, a slow disk or high load on the node; restart the container runtime when the name stays reserved.',
          },
        ],
      },
      sandboxFails: {
        ...NO_SANDBOX,
        text: '{pod:object} does not start: its sandbox cannot be created on {node:object} ({detail:text}).',
        remedy: [SHOW_POD, { text: 'Read the log of the container runtime on the node at that time.' }],
      },
      notTakenUp: {
        ...NO_SANDBOX,
        confidence: {
          level: 'likely',
          reason: 'the pod shows no status of the kubelet; a virtual node may take longer',
        },
        text: '{pod:object} was placed on {node:object} {age:duration} ago, and the kubelet there has not taken it up.',
        remedy: [
          {
            text: 'Check that the kubelet of the node runs and reaches the API server.',
            argv: ['systemctl', 'status', 'kubelet'],
          },
        ],
      },
    },
    checks: {
      sandbox: { item: 'Pod has a sandbox', expected: 'created by the runtime', found: 'created' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-has-network',
      'kubernetes/kubernetes pkg/kubelet/kuberuntime/kuberuntime_sandbox.go, pkg/kubelet/kubelet.go: FailedCreatePodSandBox, NetworkNotReady',
    ],
  },
  needs: { pods, events: eventIndex, kubelet: kubeletPodErrors },
  analyze(inputs, context) {
    for (const pod of inputs.pods.items) {
      if (!lacksSandbox(pod)) {
        if (pod.status?.phase === 'Running') {
          context.looked({ check: 'sandbox', values: {}, subject: subjectOf(pod) });
        }
        continue;
      }
      const since = startingSince(pod);
      const newest = startEvents(pod, inputs.events)[0];
      const event = SANDBOX_REASONS.includes(newest?.reason) ? newest : undefined;
      const line = newest ? undefined : inputs.kubelet.of(pod);
      if (event) {
        const error = readSandboxError(event.message ?? '');
        report({ pod, since, error, source: context.at(event, '/message') }, context);
      } else if (line) {
        const source = { cite: 'matches', matches: line.matches, hit: line.hit } as const;
        report({ pod, since, error: readSandboxError(line.error), source }, context);
      } else if (containersOf(pod).length === 0) reportUntaken(pod, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof sandboxNotCreated.meta.messages,
  NonNullable<typeof sandboxNotCreated.meta.checks>
>;

interface Failed {
  readonly pod: PodItem;
  readonly since: string | undefined;
  readonly error: SandboxFailure;
  readonly source: EvidenceRefs[number];
}

function report({ pod, since, error, source }: Failed, context: Context): void {
  const { failure, name, detail } = error;
  const node: ObjectRef = { group: '', kind: 'Node', name: pod.spec?.nodeName ?? '' };
  const common = {
    subject: subjectOf(pod),
    severity: severityOfStart(since, pod, context),
    evidence: [context.at(pod, '/status'), source] as EvidenceRefs,
    related: [node],
    ...(since ? { since } : {}),
  };
  const base = { pod: subjectOf(pod), node };
  const values = { ...base, detail };
  if (failure === 'pauseImageMissing') {
    context.report({ message: failure, values: { ...values, image: name ?? '' }, ...common });
  } else if (failure === 'runtimeHandlerMissing') {
    context.report({ message: failure, values: { ...base, handler: name ?? '' }, ...common });
  } else context.report({ message: failure ?? 'sandboxFails', values, ...common });
}

/** A pod the kubelet has written nothing about: no container status, no event. */
function reportUntaken(pod: PodItem, context: Context): void {
  const since = startingSince(pod);
  const age = context.age(since, pod);
  if (!age || isOlder(age, TAKEN_UP_SECONDS) !== true) return;
  const node: ObjectRef = { group: '', kind: 'Node', name: pod.spec?.nodeName ?? '' };
  context.report({
    message: 'notTakenUp',
    severity: 'critical',
    values: { pod: subjectOf(pod), node, age: Math.round(age.seconds) },
    subject: subjectOf(pod),
    evidence: [context.at(pod, '/status')],
    related: [node],
    ...(since ? { since } : {}),
  });
}
