import { setTimeout as delay } from 'node:timers/promises';

/** How often the API server is asked: it may answer faster than it is good for it. */
export interface Pace {
  /** Waits for the turn of one request; rejects with the signal's reason. */
  turn(signal: AbortSignal): Promise<void>;
  /** The server said it has too much to do: half as often from now on, until it was content for a while. */
  slower(): void;
}

/** After this long without a complaint the pace doubles, up to what it was. */
const CONTENT_MS = 10_000;
/** However busy the server is, one request per second is made. */
const LEAST_PER_SECOND = 1;

/** A bucket that holds the turns of one second. */
export function createPace(perSecond: number, now: () => number = () => performance.now()): Pace {
  let rate = perSecond;
  let turns = perSecond;
  let filledAt = now();
  let slowedAt = Number.NEGATIVE_INFINITY;

  function fill(): void {
    const time = now();
    if (rate < perSecond && time - slowedAt >= CONTENT_MS) {
      rate = Math.min(perSecond, rate * 2);
      slowedAt = time;
    }
    turns = Math.min(rate, turns + ((time - filledAt) / 1000) * rate);
    filledAt = time;
  }

  return {
    async turn(signal) {
      fill();
      turns -= 1;
      if (turns >= 0) return;
      // Each waits for its own place in the queue.
      await delay((-turns / rate) * 1000, undefined, { signal });
    },
    slower() {
      fill();
      slowedAt = now();
      rate = Math.max(LEAST_PER_SECOND, rate / 2);
      turns = Math.min(turns, 0);
    },
  };
}

/** Attempts of one request that the server puts off. */
const MAX_ATTEMPTS = 5;
/** Nobody is waited for longer, whatever the server asks. */
const MAX_WAIT_SECONDS = 15;

/**
 * Seconds after which a request that was put off makes sense again; undefined: it was not, or often enough. A 429
 * is, and any 5xx that says when to come back (`Retry-After`), as client-go has it.
 */
export function putOffSeconds(
  { status, headers }: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  attempt: number,
  now: Date,
): number | undefined {
  if (attempt >= MAX_ATTEMPTS) return undefined;
  const asked = retryAfter(headers['retry-after'], now);
  if (status !== 429 && !(status >= 500 && asked !== undefined)) return undefined;
  return Math.min(MAX_WAIT_SECONDS, asked ?? 2 ** (attempt - 1));
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function retryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,6}$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now.getTime()) / 1000);
}
