import { ago, type Parts, uidOf } from './object.ts';

/** A container the kubelet cannot start. */
export function waiting(reason: string, message?: string): Parts {
  return {
    state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
    ready: false,
    started: false,
    restartCount: 0,
  };
}

/** How a container that is started again and again last ended. */
export interface CrashFacts {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly restarts: number;
  /** Seconds since the last run began and ended. */
  readonly began: number;
  readonly ended: number;
}

/** A container in CrashLoopBackOff, five minutes between two attempts. */
export function crashLoop(facts: CrashFacts): Parts {
  const { namespace, pod, container, exitCode, reason, message, restarts, began, ended } = facts;
  const uid = uidOf('Pod', namespace, pod);
  const said = `back-off 5m0s restarting failed container=${container} pod=${pod}_${namespace}(${uid})`;
  return {
    state: { waiting: { reason: 'CrashLoopBackOff', message: said } },
    lastState: {
      terminated: {
        exitCode,
        reason,
        ...(message === undefined ? {} : { message }),
        startedAt: ago(began),
        finishedAt: ago(ended),
      },
    },
    ready: false,
    started: false,
    restartCount: restarts,
  };
}
