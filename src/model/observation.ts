/** Where an observation time comes from, most trustworthy first. */
export type ObservationSource =
  /** The HTTP `Date` header of the API server's reply: the server's clock, 1 s resolution. */
  | 'server-date'
  /** The clock of the machine `collect` ran on. */
  | 'collector'
  /** The newest timestamp a server made inside a foreign bundle. */
  | 'newest-timestamp'
  /** A modification time in an archive. */
  | 'file-time';

/**
 * When something was read. There is no global clock: every list, document and log carries its own,
 * and a bundle opened in March says what was true in January.
 */
export interface Observation {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly source: ObservationSource;
  /** How far the time may be off, in seconds, either way. A limit smaller than this decides nothing. */
  readonly errorSeconds: number;
}

/** An age in seconds at the moment of observation, with the error of the clock it was measured by. */
export interface Age {
  readonly seconds: number;
  readonly errorSeconds: number;
}

/** Seconds between a timestamp and an observation; undefined if the timestamp cannot be read. */
export function ageAt(
  timestamp: string | null | undefined,
  observation: Observation | undefined,
): Age | undefined {
  if (!timestamp || !observation) return undefined;
  const seconds = (Date.parse(observation.time) - Date.parse(timestamp)) / 1000;
  return Number.isFinite(seconds) ? { seconds, errorSeconds: observation.errorSeconds } : undefined;
}

/** Whether an age is surely past a limit (`true`), surely not (`false`), or too close to the clock error (`undefined`). */
export function isOlder(age: Age | undefined, limitSeconds: number): boolean | undefined {
  if (!age) return undefined;
  if (age.seconds - age.errorSeconds > limitSeconds) return true;
  if (age.seconds + age.errorSeconds <= limitSeconds) return false;
  return undefined;
}
