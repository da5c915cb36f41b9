import { OutOfTimeError, OverBudgetError } from './outcome.ts';

/** Bounds of a collection the user set. */
export interface RunLimits {
  /** `--timeout`, seconds. */
  readonly seconds?: number;
  /** `--max-size`, bytes of the bundle. */
  readonly bytes?: number;
}

/** Fires when the time is over. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  release(): void;
}

/** The time a collection may take, from now on; without a limit it never fires. */
export function startTimeLimit(seconds: number | undefined): TimeLimit {
  const controller = new AbortController();
  if (seconds === undefined) return { signal: controller.signal, release: () => {} };
  const timer = setTimeout(() => controller.abort(new OutOfTimeError(seconds)), seconds * 1000);
  return { signal: controller.signal, release: () => clearTimeout(timer) };
}

/** What is left of the size a bundle may have. */
export interface Budget {
  /** Bytes, before compression on the safe side. */
  left(): number;
  /** Throws when nothing more is to be read. */
  check(): void;
  /** The cap of the next log: what is left is shared with those that are read beside it. */
  logCap(maxLogBytes: number): number;
}

/** Share of the bundle kept for its manifest: a row per entry, and one for each that is left out. */
const RESERVED = 0.1;
/** A log shorter than this tells too little. */
const LEAST_LOG_BYTES = 4096;

/** A budget over what the writer says it has taken, unlimited without a number of bytes. */
export function createBudget(bytes: number | undefined, written: () => number, parallel: number): Budget {
  const left = () => (bytes === undefined ? Number.POSITIVE_INFINITY : bytes * (1 - RESERVED) - written());
  return {
    left,
    check() {
      if (left() < LEAST_LOG_BYTES * parallel) throw new OverBudgetError(bytes ?? 0);
    },
    logCap: (maxLogBytes) => Math.min(maxLogBytes, Math.max(LEAST_LOG_BYTES, Math.floor(left() / parallel))),
  };
}
