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
