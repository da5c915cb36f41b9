import type { NodeItem } from '../artifacts/resources.ts';

/** What a kubelet names as the reason that its node is not ready. */
export type KubeletReason =
  | 'runtimeDown'
  | 'networkNotReady'
  | 'relistStuck'
  | 'storageNotReady'
  | 'shuttingDown';

/**
 * The kubelet's words in the Ready condition (pkg/kubelet/runtime.go, nodestatus/setters.go), the cause before
 * what follows from it: a stopped runtime also stops the relist and hides the network plugin.
 */
const WORDS: readonly (readonly [KubeletReason, RegExp])[] = [
  ['shuttingDown', /\bnode is shutting down\b/],
  [
    'runtimeDown',
    /\bcontainer runtime is down\b|\bcontainer runtime status check\b|\bcontainer runtime not ready\b|\bdial unix \//,
  ],
  [
    'networkNotReady',
    /\bcontainer runtime network not ready\b|\bcni plugin not initialized\b|\bNetworkPluginNotReady\b/,
  ],
  ['relistStuck', /\bPLEG is not healthy\b/],
  ['storageNotReady', /\bCSINode\b|\bmissing node capacity for resources\b|\bimage filesystem\b|\bdisk\b/i],
];

/** The class of a Ready message, which may be a list: `[container runtime is down, PLEG is not healthy: …]`. */
export function kubeletReason(message: string): KubeletReason | undefined {
  return WORDS.find(([, pattern]) => pattern.test(message))?.[0];
}

/** Whether a kubelet that has just started says that it has not yet looked at its containers. */
export function isStarting(message: string): boolean {
  return /\bpleg has yet to be successful\b|\bstatus check may not have completed yet\b/.test(message);
}

/** Taints by which people, autoscalers and cloud providers take a node out on purpose. */
const REMOVAL_TAINTS = [
  'ToBeDeletedByClusterAutoscaler',
  'karpenter.sh/disrupted',
  'karpenter.sh/disruption',
  'node.kubernetes.io/out-of-service',
  'node.cloudprovider.kubernetes.io/shutdown',
];

/** Whether somebody has taken the node out: cordoned, or tainted to be removed. */
export function isTakenOut(node: NodeItem): boolean {
  if (node.spec?.unschedulable) return true;
  return (node.spec?.taints ?? []).some((taint) => REMOVAL_TAINTS.includes(taint.key));
}

/** The Ready condition of a node with its place in the list. */
export function readyCondition(node: NodeItem) {
  const conditions = node.status?.conditions ?? [];
  const index = conditions.findIndex((condition) => condition.type === 'Ready');
  const condition = conditions[index];
  return condition && { condition, pointer: `/status/conditions/${index}` };
}

/** How a node is, by its Ready condition; `silent`: its kubelet stopped reporting. */
export type NodeState = 'ready' | 'not-ready' | 'silent';

/** The state of a node. */
export function nodeState(node: NodeItem): NodeState {
  const status = readyCondition(node)?.condition.status;
  if (status === 'True') return 'ready';
  return status === 'False' ? 'not-ready' : 'silent';
}
