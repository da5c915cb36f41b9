/** Runs work with at most a number of others at once, in the order it came. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/** A limiter of its own queue. */
export function createLimiter(limit: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;

  function release(): void {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }

  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      release();
    }
  };
}
