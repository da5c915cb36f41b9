import { OutOfTimeError, OverBudgetError, type TimeFlag } from './outcome.ts';

/** Bounds of a collection the user set. */
export interface RunLimits {
  /** `--timeout`, seconds. */
  readonly seconds?: number;
  /** `--max-size`, bytes of the bundle. */
  readonly bytes?: number;
  /** `--collector-timeout`, seconds one collector may take. */
  readonly collectorSeconds?: number;
  /** `--max-collector-size`, bytes of the logs and documents of one collector. */
  readonly collectorBytes?: number;
}

/** Fires when the time is over. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  release(): void;
}

/** The time a collection, or one collector, may take, from now on; without a limit it never fires. */
export function startTimeLimit(seconds: number | undefined, flag?: TimeFlag): TimeLimit {
  const controller = new AbortController();
  if (seconds === undefined) return { signal: controller.signal, release: () => {} };
  const timer = setTimeout(() => controller.abort(new OutOfTimeError(seconds, flag)), seconds * 1000);
  return { signal: controller.signal, release: () => clearTimeout(timer) };
}

/** What is left of the size a bundle may have. */
export interface Budget {
  /** Bytes, before compression on the safe side. */
  left(): number;
  /** Throws when nothing more is to be read; `listBytes` of objects were read and are not with the writer yet. */
  check(listBytes?: number): void;
  /** What bounds it now: the size asked for, or the disk. */
  bound(): OverBudgetError;
  /** Throws as `check` while there is still room for documents: they are small and tell much. */
  checkLog(): void;
  /** The cap of the next log: what is left is shared with those that are read beside it. */
  logCap(maxLogBytes: number): number;
}

/** Share of the bundle kept for its manifest: a row per entry, and one for each that is left out. */
const RESERVED = 0.1;
/** Share of the bundle kept for documents when logs take the rest. */
const FOR_DOCUMENTS = 0.05;
/** Lists of objects take at most about this part of their size in the bundle; most far less. */
const LIST_COMPRESSION = 4;
/** A log shorter than this tells too little. */
const LEAST_LOG_BYTES = 4096;

/** Kept free on the disk for the manifest, and as much again as this part of what was written. */
const DISK_RESERVE_BYTES = 1024 * 1024;
const DISK_RESERVED = 0.05;

/** What the writer tells of the bundle. */
export interface Room {
  /** Bytes taken so far. */
  size(): number;
  /** Bytes the disk has for more; undefined when it does not say. */
  free(): number | undefined;
}

/** A budget over what the writer says: a number of bytes if given, and in any case what the disk has room for. */
export function createBudget(bytes: number | undefined, room: Room, parallel: number): Budget {
  function sizeLeft(): number {
    return bytes === undefined ? Number.POSITIVE_INFINITY : bytes * (1 - RESERVED) - room.size();
  }

  function diskLeft(): number {
    return (room.free() ?? Number.POSITIVE_INFINITY) - DISK_RESERVE_BYTES - room.size() * DISK_RESERVED;
  }

  const left = () => Math.min(sizeLeft(), diskLeft());
  const bound = () =>
    diskLeft() < sizeLeft()
      ? new OverBudgetError('the disk of the bundle is almost full', '--output-file')
      : new OverBudgetError(`the bundle is as large as \`--max-size\` (${bytes} bytes) allows`, '--max-size');
  const leftForLogs = () => left() - (bytes ?? 0) * FOR_DOCUMENTS;
  const least = LEAST_LOG_BYTES * parallel;
  return {
    left,
    bound,
    check(listBytes = 0) {
      if (left() - listBytes / LIST_COMPRESSION < least) throw bound();
    },
    checkLog() {
      if (leftForLogs() < least) throw bound();
    },
    logCap: (maxLogBytes) =>
      Math.min(maxLogBytes, Math.max(LEAST_LOG_BYTES, Math.floor(leftForLogs() / parallel))),
  };
}

/** What one collector may still add: what is left of its own share, and of the whole. */
export function collectorBudget(
  whole: Budget,
  bytes: number | undefined,
  taken: () => number,
  parallel: number,
): Budget {
  if (bytes === undefined) return whole;
  const own = () => bytes - taken();
  const used = () =>
    new OverBudgetError(
      `the collector has added as much as \`--max-collector-size\` (${bytes} bytes) allows`,
      '--max-collector-size',
    );
  const check = () => {
    if (own() <= 0) throw used();
  };
  return {
    left: () => Math.min(own(), whole.left()),
    bound: () => (own() < whole.left() ? used() : whole.bound()),
    check(listBytes) {
      whole.check(listBytes);
      check();
    },
    checkLog() {
      whole.checkLog();
      check();
    },
    logCap(maxLogBytes) {
      const share = Math.max(LEAST_LOG_BYTES, Math.floor(own() / parallel));
      return Math.min(whole.logCap(maxLogBytes), share);
    },
  };
}
