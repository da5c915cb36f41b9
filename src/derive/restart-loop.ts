import type { PodItem } from '../artifacts/resources.ts';
import type { DeriveContext } from '../model/artifact.ts';
import type { ContainerView } from './containers.ts';

/** Fewer restarts than this, without a back-off, may be one hiccup. */
export const LOOP_RESTARTS = 3;
/** Seconds; an end this long ago no longer makes a loop of it, unless a run lasts longer. */
const RECENT_SECONDS = 600;

/**
 * Whether a container that is not ready is in a loop of ends and starts: it is in back-off, or between two
 * starts, when the back-off is not always shown. `runSeconds` is how long one run may last.
 */
export function isRestartLoop(
  pod: PodItem,
  container: ContainerView,
  age: DeriveContext['age'],
  runSeconds = 0,
): boolean {
  const { state, ready, restartCount } = container.status;
  if (state?.waiting) return state.waiting.reason === 'CrashLoopBackOff';
  if (ready || restartCount < LOOP_RESTARTS) return false;
  return endedRecently(pod, container, age, runSeconds);
}

/** Whether the last run of a container ended within ten minutes and the length of one run. */
export function endedRecently(
  pod: PodItem,
  { status }: ContainerView,
  age: DeriveContext['age'],
  runSeconds = 0,
): boolean {
  const ended = status.state?.terminated?.finishedAt ?? status.lastState?.terminated?.finishedAt;
  const seconds = age(ended, pod)?.seconds;
  return seconds !== undefined && seconds < RECENT_SECONDS + runSeconds;
}
