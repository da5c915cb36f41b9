import type { DeriveContext } from '../model/artifact.ts';
import type { EvidenceRef } from '../model/finding.ts';
import type { LogMatches } from '../model/log-signals.ts';
import { isOlder } from '../model/observation.ts';

/** A log line counts for the state now when it is at most this old: events live as long (API server, `--event-ttl`). */
export const RECENT_SECONDS = 3600;

/**
 * Matches whose last line was written within so many seconds before the log was read. Logs whose lines carry
 * no time are left out: nobody can tell whether they speak of now.
 */
export function recentMatches(
  all: readonly LogMatches[],
  { age }: Pick<DeriveContext, 'age'>,
  seconds: number = RECENT_SECONDS,
): readonly LogMatches[] {
  return all.filter((matches) => {
    const since = age(matches.last, matches);
    return since !== undefined && isOlder(since, seconds) !== true;
  });
}

/** Cites a match by its last line. */
export function lastLineOf(matches: LogMatches): EvidenceRef {
  const hit = matches.hits.at(-1);
  return { cite: 'matches', matches, ...(hit ? { hit } : {}) };
}

/** Whether the last three lines were written within so many seconds of each other. */
export function isBurst({ hits }: LogMatches, seconds: number): boolean {
  const times = hits.slice(-3).map(({ time }) => Date.parse(time ?? ''));
  return times.length === 3 && (times[2]! - times[0]!) / 1000 <= seconds;
}

/** How many lines all matches hold together. */
export function countOf(all: readonly LogMatches[]): number {
  return all.reduce((sum, { count }) => sum + count, 0);
}

/** Lines per hour between the first and the last, over at least an hour. */
export function hourlyRate({ count, first, last }: LogMatches): number {
  const hours = (Date.parse(last ?? '') - Date.parse(first ?? '')) / 3_600_000;
  return count / Math.max(1, hours || 0);
}
