import type { EventItem, PodItem } from '../artifacts/resources.ts';
import type { AnalyzeContext } from '../model/analyzer.ts';
import { isOlder } from '../model/observation.ts';
import { conditionSince, containersOf } from './containers.ts';
import { type EventIndex, eventTime } from './event-index.ts';
import { hasEnded } from './pod-readiness.ts';

/** A start that failed a moment ago is often mended by the next try: what it names is being created too. */
const SETTLED_SECONDS = 60;
/** Says whether the sandbox is there: from Kubernetes 1.29 on, and before that under the name of its alpha. */
const SANDBOX_CONDITIONS: readonly string[] = ['PodReadyToStartContainers', 'PodHasNetwork'];
/** Reasons of events that say why there is no sandbox (kubelet pkg/kubelet/events/event.go). */
export const SANDBOX_REASONS: readonly (string | undefined)[] = ['FailedCreatePodSandBox', 'NetworkNotReady'];
/** Reasons of events that say why the volumes of a pod are not ready (kubelet and attach-detach controller). */
export const MOUNT_REASONS: readonly (string | undefined)[] = [
  'FailedMount',
  'FailedAttachVolume',
  'FailedMapVolume',
];
/** An event may be stamped a little before the condition it explains. */
const TOLERANCE_MS = 60_000;
const NOT_BEGUN: readonly (string | undefined)[] = ['ContainerCreating', 'PodInitializing'];

/** Whether the kubelet is to run this pod now: it has a node, has not ended and is not being deleted. */
export function isToRun(pod: PodItem): boolean {
  return !pod.metadata.deletionTimestamp && !hasEnded(pod) && pod.spec?.nodeName !== undefined;
}

/** Whether a pod that is to run has no sandbox, so that none of its containers can begin. */
export function lacksSandbox(pod: PodItem): boolean {
  if (!isToRun(pod)) return false;
  const containers = containersOf(pod);
  if (containers.some(({ status }) => status.state?.running)) return false;
  const condition = sandboxCondition(pod);
  if (condition) return condition.status === 'False';
  // A pod of the host network shows the address of its node from the start.
  if (pod.status?.podIP && !pod.spec?.hostNetwork) return false;
  return containers.every(
    ({ status }) => NOT_BEGUN.includes(status.state?.waiting?.reason) && !status.lastState?.terminated,
  );
}

/** Since when a pod without a sandbox lacks it: placed on its node, or the sandbox was lost. */
export function startingSince(pod: PodItem): string | undefined {
  const condition = sandboxCondition(pod);
  const lost = condition?.status === 'False' ? condition.lastTransitionTime : undefined;
  return lost ?? conditionSince(pod, 'PodScheduled', 'True') ?? pod.metadata.creationTimestamp;
}

/** `warning` while the state is too young to tell a fault from a start under way, else `critical`. */
export function severityOfStart(
  since: string | undefined,
  pod: PodItem,
  { age }: Pick<AnalyzeContext, 'age'>,
): 'critical' | 'warning' {
  return isOlder(age(since, pod), SETTLED_SECONDS) === false ? 'warning' : 'critical';
}

/**
 * What keeps a pod without a sandbox, newest first. A pod needs its volumes before its sandbox, so the newest
 * event tells which of the two is missing; those of the other and of an earlier start are left out.
 */
export function startEvents(pod: PodItem, events: EventIndex): readonly EventItem[] {
  const since = Date.parse(startingSince(pod) ?? '');
  const about = events.about(pod);
  const newest = about.find(
    ({ reason }) => SANDBOX_REASONS.includes(reason) || MOUNT_REASONS.includes(reason),
  );
  const reasons = SANDBOX_REASONS.includes(newest?.reason) ? SANDBOX_REASONS : MOUNT_REASONS;
  return about.filter(
    (event) => reasons.includes(event.reason) && !(Date.parse(eventTime(event)) + TOLERANCE_MS < since),
  );
}

function sandboxCondition(pod: PodItem) {
  return pod.status?.conditions?.find(({ type }) => SANDBOX_CONDITIONS.includes(type));
}
