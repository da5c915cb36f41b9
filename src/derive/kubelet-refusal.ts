import type { PodItem } from '../artifacts/resources.ts';

/** Why a kubelet has ended a pod or never started it, as the pod's status tells. */
export type KubeletRefusal =
  /** Evicted because the node ran low, or turned away while it was. */
  | { readonly kind: 'ranLow'; readonly resource: string }
  | { readonly kind: 'noRoom'; readonly resource: string }
  /** The node's labels no longer fit the pod's selector. */
  | { readonly kind: 'affinity' }
  | { readonly kind: 'shutdown' }
  | { readonly kind: 'rejected'; readonly reason: string };

const LOW = /The node was low on resource: ([\w./-]+)/;
const CONDITION = /The node had condition: \[([\w, ]+)\]/;
// pkg/kubelet/eviction/eviction_manager.go: limits of the pod itself, not of the node.
const OWN_LIMIT = /exceeds the limit|exceeds the total limit|exceeded its local ephemeral storage limit/;
/** Resources by the condition that stands for them (pkg/kubelet/eviction/helpers.go). */
const RESOURCES: Readonly<Record<string, string>> = {
  MemoryPressure: 'memory',
  DiskPressure: 'ephemeral-storage',
  PIDPressure: 'pids',
};
// pkg/kubelet/lifecycle, cm/topologymanager, nodeshutdown, preemption: reasons of pods turned away.
const REJECTED = new Set([
  'UnexpectedAdmissionError',
  'TopologyAffinityError',
  'SMTAlignmentError',
  'SysctlForbidden',
  'AppArmor',
  'InvalidNodeInfo',
  'Preempting',
  'VolumeAttachmentLimitExceeded',
  'PodLevelResourcesNotSupported',
  'PodOSNotSupported',
  'PodOSSelectorNodeLabelDoesNotMatch',
]);

/** Reads `status.reason` and `status.message` of a failed pod; undefined for one that ended otherwise. */
export function kubeletRefusal({ status }: PodItem): KubeletRefusal | undefined {
  const { phase, reason = '', message = '' } = status ?? {};
  if (phase !== 'Failed') return undefined;
  if (reason === 'Evicted') return evicted(message);
  if (reason.startsWith('OutOf')) return { kind: 'noRoom', resource: reason.slice('OutOf'.length) };
  if (reason === 'NodeAffinity') return { kind: 'affinity' };
  if (reason === 'NodeShutdown' || (reason === 'Terminated' && message.includes('node shutdown')))
    return { kind: 'shutdown' };
  return REJECTED.has(reason) ? { kind: 'rejected', reason } : undefined;
}

function evicted(message: string): KubeletRefusal | undefined {
  const low = LOW.exec(message)?.[1]?.replace(/\.$/, '');
  if (low !== undefined) return { kind: 'ranLow', resource: low };
  if (OWN_LIMIT.test(message)) return undefined;
  const condition = CONDITION.exec(message)?.[1]?.split(',')[0]?.trim();
  if (condition !== undefined) return { kind: 'ranLow', resource: RESOURCES[condition] ?? condition };
  return { kind: 'rejected', reason: 'Evicted' };
}

/** When a pod was ended by its node: when it stopped being ready, else when the kubelet first saw it. */
export function endedAt({ status, metadata }: PodItem): string | undefined {
  const conditions = status?.conditions ?? [];
  const disrupted = conditions.find((one) => one.type === 'DisruptionTarget' && one.status === 'True');
  const ready = conditions.find((one) => one.type === 'Ready' && one.status === 'False');
  return (
    disrupted?.lastTransitionTime ??
    ready?.lastTransitionTime ??
    status?.startTime ??
    metadata.creationTimestamp
  );
}
