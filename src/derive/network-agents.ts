import { type NodeItem, nodes, type PodItem, pods } from '../artifacts/resources.ts';
import { daemonSets } from '../artifacts/workload-resources.ts';
import { defineDerived, type ItemOf, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { matchesLabels } from './label-selector.ts';
import { kubeletReason, readyCondition } from './node-readiness.ts';
import { isKeptAway, unmatchedSelection } from './node-selection.ts';
import { hasEnded, isReady } from './pod-readiness.ts';

type DaemonSetItem = ItemOf<typeof daemonSets>;

/** What an agent does on its node: pod network, or the addresses of Services. */
export type AgentRole = 'plugin' | 'proxy';

/** A program of the network that runs on every node, with its pods by node. */
export interface NetworkAgent {
  /** As people call it. */
  readonly name: string;
  readonly role: AgentRole;
  /** Undefined for static pods, and when DaemonSets were not seen. */
  readonly daemonSet: DaemonSetItem | undefined;
  /** How it fares on a node. */
  on(node: NodeItem): AgentState;
}

/** An agent on one node. `not-meant`: its DaemonSet does not select the node. */
export type AgentState =
  | { readonly is: 'ready' | 'not-ready'; readonly pod: PodItem }
  | { readonly is: 'missing'; readonly daemonSet: DaemonSetItem }
  | { readonly is: 'not-meant' | 'unknown' };

interface KnownAgent {
  readonly name: string;
  readonly role: AgentRole;
  readonly labels: readonly Readonly<Record<string, string>>[];
}

/** Labels of the agents' pods in the manifests and charts of their projects. */
const AGENTS: readonly KnownAgent[] = [
  { name: 'Calico', role: 'plugin', labels: [{ 'k8s-app': 'calico-node' }] },
  { name: 'Canal', role: 'plugin', labels: [{ 'k8s-app': 'canal' }] },
  { name: 'Cilium', role: 'plugin', labels: [{ 'k8s-app': 'cilium' }] },
  { name: 'Flannel', role: 'plugin', labels: [{ app: 'flannel' }, { 'k8s-app': 'flannel' }] },
  { name: 'Weave Net', role: 'plugin', labels: [{ name: 'weave-net' }] },
  { name: 'Antrea', role: 'plugin', labels: [{ app: 'antrea', component: 'antrea-agent' }] },
  { name: 'OVN-Kubernetes', role: 'plugin', labels: [{ app: 'ovnkube-node' }] },
  { name: 'OpenShift SDN', role: 'plugin', labels: [{ app: 'sdn' }] },
  { name: 'Kube-OVN', role: 'plugin', labels: [{ app: 'kube-ovn-cni' }] },
  { name: 'kube-router', role: 'plugin', labels: [{ 'k8s-app': 'kube-router' }] },
  { name: 'kindnet', role: 'plugin', labels: [{ 'k8s-app': 'kindnet' }, { app: 'kindnet' }] },
  { name: 'Amazon VPC CNI', role: 'plugin', labels: [{ 'k8s-app': 'aws-node' }] },
  { name: 'Azure CNI', role: 'plugin', labels: [{ 'k8s-app': 'azure-cns' }] },
  { name: 'Terway', role: 'plugin', labels: [{ app: 'terway-eniip' }] },
  { name: 'kube-proxy', role: 'proxy', labels: [{ 'k8s-app': 'kube-proxy' }, { component: 'kube-proxy' }] },
];

/** Nodes that only pretend to be one. */
const VIRTUAL_LABELS: readonly (readonly [string, string])[] = [
  ['type', 'virtual-kubelet'],
  ['eks.amazonaws.com/compute-type', 'fargate'],
];
/** The DaemonSet controller tolerates these for all its pods (pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations). */
const TOLERATED =
  /^node\.kubernetes\.io\/(not-ready|unreachable|disk-pressure|memory-pressure|pid-pressure|unschedulable|network-unavailable)$/;

/** The network agents this cluster runs, of those that are known. */
export const networkAgents = defineDerived({
  id: 'network-agents',
  title: 'Network agents by node',
  needs: { pods: optional(pods), daemonSets: optional(daemonSets), nodes: optional(nodes) },
  derive(inputs): readonly NetworkAgent[] {
    const podsOf = new Map<KnownAgent, Map<string, PodItem[]>>();
    for (const pod of inputs.pods.items) {
      const agent = pod.metadata.labels && !hasEnded(pod) ? agentOf(pod.metadata.labels) : undefined;
      const node = pod.spec?.nodeName;
      if (!agent || node === undefined) continue;
      const byNode = getOrCreate(podsOf, agent, () => new Map<string, PodItem[]>());
      getOrCreate(byNode, node, () => []).push(pod);
    }
    const setsOf = new Map<KnownAgent, DaemonSetItem[]>();
    for (const item of inputs.daemonSets.items) {
      const agent = agentOf(item.spec?.template?.metadata?.labels ?? {});
      if (agent) getOrCreate(setsOf, agent, () => []).push(item);
    }
    return AGENTS.filter((agent) => podsOf.has(agent) || setsOf.has(agent)).map((agent) => {
      const byNode = podsOf.get(agent) ?? new Map<string, PodItem[]>();
      const sets = setsOf.get(agent) ?? [];
      return {
        name: agent.name,
        role: agent.role,
        daemonSet: sets[0],
        on: (node) =>
          stateOn(node, byNode.get(node.metadata.name) ?? [], sets, inputs.pods.coverage.complete),
      };
    });
  },
});

/** Whether a node is no machine with a network of its own: a virtual kubelet, or simulated. */
export function isVirtualNode({ metadata: { labels, annotations } }: NodeItem): boolean {
  if (annotations?.['kwok.x-k8s.io/node'] !== undefined) return true;
  return VIRTUAL_LABELS.some(([label, value]) => labels?.[label] === value);
}

/** Why agents cannot be judged on a node: its own trouble stops them. Undefined when they can. */
export function troubleOfNode(node: NodeItem): string | undefined {
  const ready = readyCondition(node)?.condition;
  if (!ready || ready.status === 'True') return undefined;
  if (ready.status === 'Unknown') return 'the kubelet of the node does not report';
  const reason = kubeletReason(ready.message ?? '');
  return reason === 'networkNotReady' ? undefined : 'the node is not ready for another reason';
}

/** Agents by one label of theirs: a hundred thousand pods are not compared with each agent. */
const BY_LABEL = new Map(
  AGENTS.flatMap((agent) =>
    agent.labels.map((wanted) => [Object.entries(wanted)[0]?.join('='), { agent, wanted }] as const),
  ),
);

function agentOf(labels: Readonly<Record<string, string>>): KnownAgent | undefined {
  for (const [label, value] of Object.entries(labels)) {
    const known = BY_LABEL.get(`${label}=${value}`);
    if (known && matchesLabels(labels, known.wanted)) return known.agent;
  }
  return undefined;
}

function stateOn(
  node: NodeItem,
  onNode: readonly PodItem[],
  sets: readonly DaemonSetItem[],
  podsSeen: boolean,
): AgentState {
  const ready = onNode.find(isReady);
  if (ready) return { is: 'ready', pod: ready };
  const [pod] = onNode;
  if (pod) return { is: 'not-ready', pod };
  const daemonSet = sets.find((set) => isMeantFor(set, node));
  if (!daemonSet) return { is: sets.length > 0 ? 'not-meant' : 'unknown' };
  return podsSeen ? { is: 'missing', daemonSet } : { is: 'unknown' };
}

/** Whether a DaemonSet places a pod on a node, as its controller decides. */
function isMeantFor({ spec }: DaemonSetItem, node: NodeItem): boolean {
  const template = spec?.template?.spec;
  if (!template) return false;
  const { nodeSelector, affinity, tolerations } = template;
  // Only these three fields decide; the rest of a pod is not there before it is made.
  const planned = { spec: { nodeSelector, affinity, tolerations } } as unknown as PodItem;
  if (unmatchedSelection(planned, node).length > 0) return false;
  return (node.spec?.taints ?? []).every((taint) => TOLERATED.test(taint.key) || !isKeptAway(planned, taint));
}
