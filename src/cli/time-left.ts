/** How far a collection is. */
export interface Done {
  readonly done: number;
  readonly expected: number;
}

/** Too little has ended to tell how long the rest takes. */
const LEAST_DONE = 10;

/**
 * Estimates the whole seconds left, as if the rest took as long per piece as what is done, and never more than
 * the time limit leaves; undefined while nothing can be said.
 */
export function createTimeLeft(
  timeoutSeconds: number | undefined,
  now: () => number,
): (done: Done) => number | undefined {
  const began = now();
  return ({ done, expected }) => {
    const elapsed = (now() - began) / 1000;
    const limit = timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : timeoutSeconds - elapsed;
    const rest =
      done < LEAST_DONE ? Number.POSITIVE_INFINITY : (elapsed / done) * Math.max(0, expected - done);
    const seconds = Math.max(0, Math.min(limit, rest));
    return Number.isFinite(seconds) ? Math.ceil(seconds) : undefined;
  };
}
