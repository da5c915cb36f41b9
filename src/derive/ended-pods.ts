import type { PodItem } from '../artifacts/resources.ts';
import { kubeletRefusal } from './kubelet-refusal.ts';
import { readStorageEviction } from './storage-eviction.ts';

/** Why a pod has ended for good and is still listed (facts: kong.md §5.3). */
export type EndedPodCause =
  | { readonly is: 'job'; readonly job: string }
  /** Evicted because an emptyDir grew over its `sizeLimit`. */
  | { readonly is: 'volumeLimit'; readonly volume: string; readonly limit: string }
  /** Evicted because containers wrote more than their `ephemeral-storage` limits. */
  | { readonly is: 'storageLimit'; readonly limit: string }
  | { readonly is: 'nodePressure'; readonly resource: string }
  | { readonly is: 'nodeShutdown' }
  /** Never started: the kubelet turned it away, with this reason. */
  | { readonly is: 'turnedAway'; readonly reason: string }
  /** All containers ended with exit code 0, and nothing says why. */
  | { readonly is: 'allExitedZero' }
  | { readonly is: 'failed'; readonly reason: string };

/** Of kubelets from 1.20 on, and of older ones (pkg/kubelet/nodeshutdown). */
const SHUTDOWN = /node (?:shutdown|is shutting)/i;
/** `NodeShutdown` is also what a kubelet says to pods that come while it shuts down. */
const REJECTED_AT_SHUTDOWN = /was rejected/i;

/** Reads phase, reason, message and owner of an ended pod: the column STATUS of kubectl shows none of them. */
export function endedPodCause(pod: PodItem): EndedPodCause {
  const { status, metadata } = pod;
  const job = metadata.ownerReferences?.find(({ kind }) => kind === 'Job');
  if (job) return { is: 'job', job: job.name };
  const { reason = '', message = '', phase } = status ?? {};
  const own = reason === 'Evicted' ? readStorageEviction(message) : undefined;
  if (own?.type === 'emptyDir') return { is: 'volumeLimit', volume: own.volume, limit: own.limit };
  if (own) return { is: 'storageLimit', limit: own.limit };
  // A pod whose containers all ended with 0 during a shutdown keeps phase Succeeded.
  if (isShutdown(reason, message)) return { is: 'nodeShutdown' };
  const refusal = kubeletRefusal(pod);
  switch (refusal?.kind) {
    case 'ranLow':
      return { is: 'nodePressure', resource: refusal.resource };
    case 'noRoom':
    case 'affinity':
    case 'rejected':
    case 'shutdown':
      return { is: 'turnedAway', reason };
    default:
  }
  if (phase === 'Succeeded') return { is: 'allExitedZero' };
  return { is: 'failed', reason: reason || 'Error' };
}

function isShutdown(reason: string, message: string): boolean {
  if (REJECTED_AT_SHUTDOWN.test(message)) return false;
  if (reason === 'Terminated' || reason === 'Shutdown') return message === '' || SHUTDOWN.test(message);
  return reason === 'NodeShutdown' || SHUTDOWN.test(message);
}

/**
 * What `kubectl get pods` prints as STATUS of an ended pod: the reason of the last container that has one hides
 * `Evicted` since 1.22 (kubernetes/kubernetes pkg/printers/internalversion/printers.go).
 */
export function shownStatus({ status }: PodItem): string {
  let shown = status?.reason || status?.phase || 'Unknown';
  for (const { state } of (status?.containerStatuses ?? []).toReversed()) {
    const { waiting, terminated } = state ?? {};
    if (waiting?.reason) shown = waiting.reason;
    else if (terminated?.reason) shown = terminated.reason;
    else if (terminated) {
      shown = terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
    }
  }
  return shown;
}
