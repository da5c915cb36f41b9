import type { PodItem } from '../artifacts/resources.ts';
import { type Input, logSignals } from '../model/artifact.ts';
import type { LogHit, LogMatches } from '../model/log-signals.ts';

/** What Kong writes when it cannot store its configuration (facts: kong.md §2.1, §2.3). */
export const kongStorageLog = logSignals({
  component: { id: 'kong' },
  patterns: {
    mapFull: {
      any: [
        'unable to update running config: map full',
        'MDB_MAP_FULL',
        'Configuration does not fit in LMDB database',
        'not enough space for declarative config',
      ],
    },
    // LMDB turns a short write into EIO; a file system in memory that is full gives ENOSPC.
    noSpace: {
      any: ['o space left on device', 'Input/output error'],
      re: /(?:unable to update running config|declarative reconfigure failed|lmdb|LMDB|\/kong_prefix|worker initialization error).*(?<error>[Nn]o space left on device|Input\/output error)/,
    },
    unusable: {
      any: [
        'unable to open LMDB',
        'MDB_READERS_FULL',
        'MDB_CORRUPTED',
        'MDB_PANIC',
        'MDB_INVALID',
        'MDB_VERSION_MISMATCH',
        'failed to create and open LMDB database',
      ],
      re: /(?<error>MDB_[A-Z_]+: [^,(]+|(?:unable to open LMDB|failed to create and open LMDB database).*?)(?:,|$)/,
    },
    // Once per cache whenever a configuration is applied.
    applied: { any: ['[DB cache] purging (local) cache'] },
  },
});

/** What the scan found of it. */
export type KongStorageLog = Input<typeof kongStorageLog>;

/** A failure to store the configuration that no later success has overcome. */
export interface StorageFailure {
  readonly matches: LogMatches;
  readonly hit: LogHit;
  /** ISO 8601: the first of them known since a configuration was applied. */
  readonly since: string | undefined;
}

/** The last line of a failure in the current log of a container, unless a configuration was applied after it. */
export function openFailure(
  log: KongStorageLog,
  pattern: 'mapFull' | 'noSpace' | 'unusable',
  { metadata }: PodItem,
  container: string,
): StorageFailure | undefined {
  const owner = { namespace: metadata.namespace ?? '', pod: metadata.name, container };
  const current = (name: Parameters<KongStorageLog['matches']>[0]) =>
    log.matches(name, owner).find(({ scope }) => scope.type === 'container' && !scope.previous);
  const matches = current(pattern);
  const hit = matches?.hits.at(-1);
  if (!matches || !hit) return undefined;
  const applied = current('applied')?.hits.at(-1);
  if (applied && applied.line > hit.line) return undefined;
  const since = matches.hits.find(({ line }) => line > (applied?.line ?? 0))?.time;
  return { matches, hit, since };
}
