import type { DeriveContext } from '../model/artifact.ts';
import { isOlder } from '../model/observation.ts';
import { containersOf } from './containers.ts';
import { type KongLog, type LinkFailure, lastHit, lastLinkFailure } from './kong-link-failure.ts';
import type { KongDataPlane } from './kong-planes.ts';
import { isTurnedAway } from './kong-registry.ts';

/** A data plane that started more recently may still connect: it retries after 5 to 10 s. */
const START_SECONDS = 120;
/** Kong writes a failure at each retry; Enterprise from 3.13 on keeps repeats back for 100 s. */
const RECENT_SECONDS = 180;
/** Clocks of data plane and control plane may differ by this much. */
const CLOCK_SLACK_SECONDS = 60;

/** Whether a data plane's container runs: `starting` when it is too early to tell. */
export interface Life {
  readonly is: 'running' | 'starting' | 'not running';
  readonly ready: boolean;
  readonly restarts: number;
  /** In the words of the container status. */
  readonly state: string;
  /** ISO 8601: when the container started. */
  readonly since?: string;
  /** JSON Pointer to the status of the container, else to that of the pod. */
  readonly pointer: string;
}

/** Reads the state of the container that runs Kong. */
export function lifeOf({ pod, container }: KongDataPlane, context: DeriveContext): Life {
  const view = containersOf(pod).find(({ name, init }) => name === container && !init);
  const { state, lastState, ready = false, restartCount: restarts = 0 } = view?.status ?? {};
  const common = { ready, restarts, pointer: view?.pointer ?? '/status' };
  const longer = (since: string | undefined) => isOlder(context.age(since, pod), START_SECONDS) === true;
  if (state?.running) {
    // Without a start time nothing says that it has just started.
    const { startedAt } = state.running;
    const is = startedAt && !longer(startedAt) ? 'starting' : 'running';
    return { ...common, is, state: 'it runs', ...(startedAt ? { since: startedAt } : {}) };
  }
  const ended = state?.terminated?.finishedAt ?? lastState?.terminated?.finishedAt;
  const isDown =
    state?.waiting?.reason === 'CrashLoopBackOff' || longer(ended ?? pod.metadata.creationTimestamp);
  const reason = state?.waiting?.reason ?? state?.terminated?.reason ?? pod.status?.phase ?? 'no status';
  return { ...common, is: isDown ? 'not running' : 'starting', state: `\`${reason}\`` };
}

/** What a data plane's log says of its link. */
export interface LinkLog {
  /** False when the current log was not read. */
  readonly seen: boolean;
  /** The last failure, however long ago. */
  readonly last: LinkFailure | undefined;
  /** Whether the log ends failing; undefined: its times do not tell. */
  readonly failing: boolean | undefined;
}

/** Reads a data plane's current log, in the light of when its control plane last heard of it. */
export function linkLogOf(plane: KongDataPlane, log: KongLog, context: DeriveContext): LinkLog {
  const { namespace = '', name } = plane.pod.metadata;
  const container = { namespace, pod: name, container: plane.container };
  const last = lastLinkFailure(log, container);
  const seen = log.seen(container);
  if (!last) return { seen, last, failing: false };
  const applied = lastHit(log, 'applied', container)?.hit;
  const isOver =
    applied && (applied.time && last.hit.time ? applied.time > last.hit.time : applied.line > last.hit.line);
  return { seen, last, failing: isOver ? false : isFailing(plane, last, context) };
}

function isFailing(
  { registration }: KongDataPlane,
  { matches, hit }: LinkFailure,
  context: DeriveContext,
): boolean | undefined {
  const time = hit.time;
  if (registration.state === 'absent') return true;
  if (registration.state === 'stale') {
    const { lastSeen } = registration.entry.row;
    if (time === undefined || lastSeen === undefined) return true;
    // Failures from before the control plane last heard of it were overcome.
    return Date.parse(time) / 1000 >= lastSeen - CLOCK_SLACK_SECONDS;
  }
  if ('entry' in registration && isTurnedAway(registration.entry)) return isRecent(time, matches, context);
  if (registration.state === 'fresh' || registration.state === 'late') return false;
  return isRecent(time, matches, context);
}

/** Whether a line was written just before the log was read; undefined when the clock does not tell. */
export function isRecent(
  time: string | undefined,
  matches: object,
  context: DeriveContext,
): boolean | undefined {
  const older = isOlder(context.age(time, matches), RECENT_SECONDS);
  return older === undefined ? undefined : !older;
}
