import type { PodItem } from '../artifacts/resources.ts';
import { type DeriveContext, type Input, logSignals } from '../model/artifact.ts';
import type { LogHit, LogMatches } from '../model/log-signals.ts';
import { isOlder } from '../model/observation.ts';
import { isCrashLoop } from './container-crash.ts';
import { containersOf } from './containers.ts';
import { isDbless, type KongContainer, kongContainer } from './kong-containers.ts';
import { isMigration, type MigrationStep } from './kong-migrations.ts';
import { hasEnded } from './pod-readiness.ts';

/** What Kong writes of the schema of its database (kong/cmd/utils/migrations.lua, kong/db/init.lua). */
export const kongSchemaLog = logSignals({
  component: { id: 'kong' },
  patterns: {
    bootstrap: { any: ['Database needs bootstrapping', 'atabase needs bootstrapping; run'] },
    up: { any: ['New migrations available; run', 'database is missing some migrations'] },
    finish: { any: ['database has pending migrations', 'Database has pending migrations'] },
  },
});

/** What the scan found of it. */
export type KongSchemaLog = Input<typeof kongSchemaLog>;

/** A node with a database, and whether it waits for that. */
export interface DatabaseNode {
  readonly pod: PodItem;
  /** Name of the container that waits, and JSON Pointer to its status; undefined when the node has begun. */
  readonly waits: { readonly container: string; readonly pointer: string } | undefined;
  /** What its log says is missing. */
  readonly missing:
    | { readonly step: MigrationStep; readonly matches: LogMatches; readonly hit: LogHit }
    | undefined;
}

/** A container that waits for the database is done within seconds when the schema is there. */
const WAIT_SECONDS = 120;
/** Name the chart gives to the init container that tries to start Kong until it can. */
const WAITS_FOR_DATABASE = 'wait-for-db';
/** A line this old may speak of an upgrade that is over. */
const RECENT_SECONDS = 86_400;

/** The nodes of a cluster that use a database: control planes and traditional ones, no migrations, nothing that ended. */
export function databaseNodes(
  pods: readonly PodItem[],
  log: KongSchemaLog,
  context: Pick<DeriveContext, 'age'>,
): DatabaseNode[] {
  return pods.flatMap((pod) => {
    if (hasEnded(pod) || pod.metadata.deletionTimestamp || isMigration(pod)) return [];
    const kong = kongContainer(pod);
    if (!kong || isDbless(kong) || pod.metadata.ownerReferences?.some(({ kind }) => kind === 'Job'))
      return [];
    const waits = waitOf(pod, kong.name, context);
    return [{ pod, waits, missing: missingOf(pod, waits !== undefined, { log, context }) }];
  });
}

/** The container of a node that uses a database; undefined for data planes, migrations and pods that have ended. */
export function databaseContainer(pod: PodItem): KongContainer | undefined {
  if (hasEnded(pod) || pod.metadata.deletionTimestamp || isMigration(pod)) return undefined;
  if (pod.metadata.ownerReferences?.some(({ kind }) => kind === 'Job')) return undefined;
  const kong = kongContainer(pod);
  return kong && !isDbless(kong) ? kong : undefined;
}

function waitOf(pod: PodItem, own: string, context: Pick<DeriveContext, 'age'>): DatabaseNode['waits'] {
  for (const container of containersOf(pod)) {
    const { name, pointer, init, status } = container;
    if (init && name === WAITS_FOR_DATABASE) {
      const running = status.state?.running?.startedAt;
      const long = running !== undefined && isOlder(context.age(running, pod), WAIT_SECONDS) === true;
      if (long || isCrashLoop(pod, container, context)) return { container: name, pointer };
    }
    // Without that init container Kong itself ends with an error and is started again.
    if (!init && name === own && isCrashLoop(pod, container, context)) return { container: name, pointer };
  }
  return undefined;
}

interface Sources {
  readonly log: KongSchemaLog;
  readonly context: Pick<DeriveContext, 'age'>;
}

function missingOf(pod: PodItem, waits: boolean, { log, context }: Sources): DatabaseNode['missing'] {
  const { namespace = '', name } = pod.metadata;
  for (const step of ['bootstrap', 'up', 'finish'] as const) {
    const matches = log.matches(step, { namespace, pod: name }).at(-1);
    const hit = matches?.hits.at(-1);
    if (!matches || !hit) continue;
    // A node that runs did once find what it needs; only `finish` is left open while nodes serve.
    if (!waits && (step !== 'finish' || isOlder(context.age(hit.time, matches), RECENT_SECONDS) !== false))
      continue;
    return { step, matches, hit };
  }
  return undefined;
}
