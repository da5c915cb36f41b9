import type { KubeError } from '../model/kube.ts';

/** Aborts a controller when waiting takes too long; time between `stop` and `start` does not count. */
export interface Watch {
  start(): void;
  stop(): void;
}

/** A deadline on the sum of all waits. */
export function createDeadline(
  controller: AbortController,
  milliseconds: number,
  late: () => KubeError,
): Watch {
  let left = milliseconds;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      startedAt = performance.now();
      timer = setTimeout(() => controller.abort(late()), Math.max(0, left));
    },
    stop() {
      clearTimeout(timer);
      left -= performance.now() - startedAt;
    },
  };
}

/** A limit on each single wait. */
export function createIdleLimit(
  controller: AbortController,
  milliseconds: number,
  late: () => KubeError,
): Watch {
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      timer = setTimeout(() => controller.abort(late()), milliseconds);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

/** A limit on all time since the first wait, however short each single one is. */
export function createTimeLimit(
  controller: AbortController,
  milliseconds: number,
  late: () => KubeError,
): Watch {
  let endsAt: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      const now = performance.now();
      endsAt ??= now + milliseconds;
      // A source that always has something ready leaves a timer no time to fire.
      if (now >= endsAt) controller.abort(late());
      else timer = setTimeout(() => controller.abort(late()), endsAt - now);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

/** Two watches that run together. */
export function bothOf(one: Watch, other: Watch): Watch {
  return {
    start() {
      one.start();
      other.start();
    },
    stop() {
      one.stop();
      other.stop();
    },
  };
}
