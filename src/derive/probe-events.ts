import type { EventItem } from '../artifacts/resources.ts';
import type { ContainerView } from './containers.ts';
import { eventTime } from './event-index.ts';

/** The probes a kubelet runs. */
export type ProbeKind = 'readiness' | 'liveness' | 'startup';

/** A failed probe as the kubelet's event `Unhealthy` tells it. */
export interface ProbeFailure {
  readonly probe: ProbeKind;
  /** What the probe met: an error of the connection, a status code, the output of a command. */
  readonly detail: string;
  readonly event: EventItem;
}

// pkg/kubelet/prober/prober.go: "%s probe failed: %s", "%s probe errored and resulted in unknown state: %s";
// older: "%s probe errored: %s".
const FAILED =
  /^(?:\(combined from similar events\): )?(Readiness|Liveness|Startup) probe (?:failed|errored(?: and resulted in unknown state)?): ?([\s\S]*)$/;
// pkg/kubelet/kuberuntime/kuberuntime_manager.go: "Container %s failed %s probe, will be restarted".
const KILLED = /^Container (\S+) failed (liveness|startup) probe/;
/** Ends and events are stamped to the second. */
const ROUNDING_MS = 2000;
/** Failures precede the condition by period × failureThreshold; what lies further back is another story. */
const STALE_MS = 600_000;

/** Failed probes of a container, newest first as the events are. */
export function probeFailures(events: readonly EventItem[], container: string): ProbeFailure[] {
  const failures: ProbeFailure[] = [];
  for (const event of events) {
    if (event.reason !== 'Unhealthy' || !isAbout(event, container)) continue;
    const match = FAILED.exec(event.message ?? '');
    if (match)
      failures.push({
        probe: match[1]!.toLowerCase() as ProbeKind,
        detail: (match[2] ?? '').trim(),
        event,
      });
  }
  return failures;
}

/** A container whose last run the kubelet ended because a probe failed. */
export interface ProbeKill {
  readonly probe: 'liveness' | 'startup';
  readonly event: EventItem;
}

/**
 * Whether a failing probe ended the last run of a container: an event says so, made since that run began,
 * and the run did not end for memory or because it could not start.
 */
export function probeKill(container: ContainerView, events: readonly EventItem[]): ProbeKill | undefined {
  const { state, lastState } = container.status;
  const ended = state?.terminated ?? lastState?.terminated;
  if (!ended || ended.reason === 'OOMKilled' || ended.reason === 'StartError') return undefined;
  const began = Date.parse(ended.startedAt ?? '');
  for (const event of events) {
    if (event.reason !== 'Killing') continue;
    const match = KILLED.exec(event.message ?? '');
    if (match?.[1] !== container.name) continue;
    if (Date.parse(eventTime(event)) + ROUNDING_MS < began) return undefined;
    return { probe: match[2] as ProbeKill['probe'], event };
  }
  return undefined;
}

function isAbout(event: EventItem, container: string): boolean {
  const path = event.involvedObject?.fieldPath;
  return path === undefined || path.endsWith(`{${container}}`);
}

/** The failure of a probe that tells about now: the newest of its kind, not from long before the pod became unready. */
export function currentFailure(
  failures: readonly ProbeFailure[],
  probe: ProbeKind,
  unreadySince: string | undefined,
): ProbeFailure | undefined {
  const found = failures.find((one) => one.probe === probe);
  const limit = Date.parse(unreadySince ?? '') - STALE_MS;
  return found && Date.parse(eventTime(found.event)) < limit ? undefined : found;
}
