import { runInThisContext } from 'node:vm';

/** One piece of work of others that may never end. */
export interface GuardedUnit<T> {
  /** Synchronous and without effects outside itself: it is run again when it was stopped through no fault of its own. */
  run(): T;
  /** What stands for its result when it did not end in time. */
  stopped(error: Error): T;
}

/** How long each unit may take, and who is told first when one was stopped. */
export interface Guard {
  readonly seconds: number;
  onStopped(error: Error): void;
}

/** Under this name the work of a batch stands in the global object while it runs: a script reaches nothing else. */
const ENTRY = Symbol.for('kubecase.guarded');

/**
 * Runs units one after another; one that takes longer than the deadline is stopped wherever it is, also in an
 * endless loop or in a regular expression. All run under one timer, started again after a stop: only a unit
 * that had the timer for itself from the beginning is at fault.
 */
export function runWithDeadline<T>(units: readonly GuardedUnit<T>[], guard: Guard): T[] {
  const results: T[] = [];
  while (results.length < units.length) {
    const first = results.length;
    const inTime = runTimed(() => {
      for (let at = first; at < units.length; at++) results.push((units[at] as GuardedUnit<T>).run());
    }, guard.seconds);
    if (inTime || results.length > first) continue;
    const error = new Error(`did not end within ${guard.seconds} seconds`);
    guard.onStopped(error);
    results.push((units[first] as GuardedUnit<T>).stopped(error));
  }
  return results;
}

/** False when the work was stopped; what it throws is passed on. */
function runTimed(work: () => void, seconds: number): boolean {
  const holder = globalThis as unknown as Record<symbol, () => void>;
  const outer = holder[ENTRY];
  holder[ENTRY] = work;
  try {
    runInThisContext(`globalThis[Symbol.for('kubecase.guarded')]()`, {
      filename: 'deadline',
      timeout: Math.max(1, Math.round(seconds * 1000)),
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  } finally {
    if (outer === undefined) delete holder[ENTRY];
    else holder[ENTRY] = outer;
  }
}
