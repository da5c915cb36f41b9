import type { DeriveContext } from '../model/artifact.ts';
import { isOlder } from '../model/observation.ts';
import { type ContainerView, containersOf } from './containers.ts';
import type { ComponentInstance } from './control-plane.ts';

/** A component that just started has this long to become ready: kubeadm's startup probes allow four minutes. */
const STARTUP_SECONDS = 240;

/** What the status of an instance's pod says. */
export interface ComponentState {
  readonly is: 'ready' | 'starting' | 'down' | 'deleted';
  readonly container?: ContainerView;
  /** In a few words: `CrashLoopBackOff`, `ended with code 1`, `running, but not ready`. */
  readonly words: string;
  readonly restarts: number;
  /** ISO 8601: when its last run ended. */
  readonly ended?: string;
  readonly exitCode?: number;
  /** Of one that starts: the clock does not tell for how long. */
  readonly isUndecided?: boolean;
}

/** The state of an instance that is a pod; undefined for one of which no status was seen. */
export function componentState(
  { component, pod }: ComponentInstance,
  { age }: Pick<DeriveContext, 'age'>,
): ComponentState | undefined {
  if (!pod) return undefined;
  const container = containersOf(pod).find(({ name }) => name === component);
  if (pod.metadata.deletionTimestamp) return { is: 'deleted', words: 'being deleted', restarts: 0 };
  if (!container) return { is: 'down', words: `pod ${pod.status?.phase ?? 'without a status'}`, restarts: 0 };
  const { ready, restartCount: restarts, state, lastState } = container.status;
  const last = state?.terminated ?? lastState?.terminated;
  const facts = {
    container,
    restarts,
    ...(last?.finishedAt ? { ended: last.finishedAt } : {}),
    ...(last ? { exitCode: last.exitCode } : {}),
  };
  const started = state?.running?.startedAt;
  if (ready) return { is: 'ready', words: 'ready', ...facts };
  if (started && restarts === 0) {
    const late = isOlder(age(started, pod), STARTUP_SECONDS);
    if (late !== true)
      return { is: 'starting', words: 'starting', isUndecided: late === undefined, ...facts };
  }
  const words = started
    ? 'it runs, but is not ready'
    : (state?.waiting?.reason ?? (state?.terminated && `it ended with code ${state.terminated.exitCode}`));
  return { is: 'down', words: words ?? 'it does not run', ...facts };
}
