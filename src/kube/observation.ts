import type { Observation } from '../model/observation.ts';

/**
 * Error of a `Date` header: it has a resolution of one second.
 */
const SERVER_DATE_ERROR_SECONDS = 1;

/** How far an ordinary clock without a server to compare it with may be off; a guess on the safe side. */
const COLLECTOR_ERROR_SECONDS = 60;

/** The observation of one HTTP answer: its `Date` header, else the collector's clock. */
export function observeReply(dateHeader: string | undefined, receivedAt: Date): Observation {
  const milliseconds = dateHeader === undefined ? Number.NaN : Date.parse(dateHeader);
  if (Number.isNaN(milliseconds)) return observeHere(receivedAt);
  return {
    time: new Date(milliseconds).toISOString(),
    source: 'server-date',
    errorSeconds: SERVER_DATE_ERROR_SECONDS,
  };
}

/** An observation by the collector's own clock. */
export function observeHere(now: Date): Observation {
  return { time: now.toISOString(), source: 'collector', errorSeconds: COLLECTOR_ERROR_SECONDS };
}
