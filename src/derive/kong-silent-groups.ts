import type { DeriveContext } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { LogHit, LogMatches } from '../model/log-signals.ts';
import { isRecent, type Life, type LinkLog } from './kong-data-plane-state.ts';
import { type KongLog, lastHit } from './kong-link-failure.ts';
import type { KongDataPlane } from './kong-planes.ts';
import type { RegistryRow } from './kong-registry.ts';

/** Pings come every 30 s: what stops at one moment is last heard of within this span. */
const AT_ONCE_SECONDS = 60;

/** A data plane with what its pod and its log say. */
export interface ObservedPlane {
  readonly plane: KongDataPlane;
  readonly life: Life;
  readonly link: LinkLog;
}

/** Data planes of one control plane that all fell silent at once though nothing says their links fail. */
export interface SilentGroup {
  readonly planes: ReadonlySet<KongDataPlane>;
  /** The one heard of last. */
  readonly latest: RegistryRow;
  /** The control plane's own words that it cannot write its record. */
  readonly notRecorded: { readonly matches: LogMatches; readonly hit: LogHit } | undefined;
  /** Whether the logs of all were read, and none names a failing link. */
  readonly logsSeen: boolean;
}

/**
 * A control plane that cannot write into its database shows every data plane as lost while their links are
 * up (facts: kong.md §6, row 8). One silent data plane alone is no such sign, unless its control plane says so.
 */
export function silentGroups(
  observed: readonly ObservedPlane[],
  log: KongLog,
  context: DeriveContext,
): SilentGroup[] {
  const byAddress = new Map<string, ObservedPlane[]>();
  for (const one of observed) {
    if (one.life.is !== 'running') continue;
    getOrCreate(byAddress, one.plane.address ?? '', () => []).push(one);
  }
  return [...byAddress.values()].flatMap((members) => {
    const group = silentGroup(members, log, context);
    return group ? [group] : [];
  });
}

function silentGroup(
  members: readonly ObservedPlane[],
  log: KongLog,
  context: DeriveContext,
): SilentGroup | undefined {
  const entries = members.flatMap(({ plane: { registration } }) =>
    registration.state === 'stale' ? [registration.entry] : [],
  );
  if (entries.length === 0 || entries.length < members.length) return undefined;
  if (members.some(({ link }) => link.failing)) return undefined;
  // One row that is still written shows that the record is: then each data plane speaks for itself.
  const lists = new Set(entries.map(({ registry }) => registry));
  if ([...lists].some(({ rows }) => rows.some(({ state }) => state !== 'stale'))) return undefined;
  const ages = entries.map(({ age }) => age?.seconds ?? 0);
  if (Math.max(...ages) - Math.min(...ages) > AT_ONCE_SECONDS) return undefined;
  const notRecorded = notRecordedBy(members, log, context);
  if (entries.length < 2 && !notRecorded) return undefined;
  const latest = entries.reduce((best, one) =>
    (one.age?.seconds ?? 0) < (best.age?.seconds ?? 0) ? one : best,
  );
  const logsSeen = members.every(({ link }) => link.seen);
  return { planes: new Set(members.map(({ plane }) => plane)), latest, notRecorded, logsSeen };
}

function notRecordedBy(
  members: readonly ObservedPlane[],
  log: KongLog,
  context: DeriveContext,
): SilentGroup['notRecorded'] {
  for (const { pod, container } of members[0]?.plane.controlPlanes ?? []) {
    const { namespace = '', name } = pod.metadata;
    const found = lastHit(log, 'notRecorded', { namespace, pod: name, container });
    if (found && isRecent(found.hit.time, found.matches, context) !== false) return found;
  }
  return undefined;
}
