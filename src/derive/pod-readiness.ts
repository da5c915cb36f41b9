import type { PodItem } from '../artifacts/resources.ts';

/** Whether a pod takes traffic: Ready and not being deleted. */
export function isReady(pod: PodItem): boolean {
  return !pod.metadata.deletionTimestamp && readyOf(pod)?.status === 'True';
}

/** Whether a pod is over for good: its containers have ended and are not started again. */
export function hasEnded(pod: PodItem): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Since when a pod has taken traffic, or has not: its deletion, its Ready condition, else its creation. */
export function readinessSince(pod: PodItem): string | undefined {
  const { deletionTimestamp, creationTimestamp } = pod.metadata;
  return deletionTimestamp ?? readyOf(pod)?.lastTransitionTime ?? creationTimestamp;
}

function readyOf(pod: PodItem) {
  return pod.status?.conditions?.find((condition) => condition.type === 'Ready');
}
