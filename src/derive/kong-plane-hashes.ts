import type { KongDataPlane } from './kong-planes.ts';
import { isTurnedAway, type KongRegistry, type RegistryRow } from './kong-registry.ts';

/** A configuration several connected data planes of one control plane have applied. */
export interface SharedHash {
  readonly hash: string;
  /** Connected data planes that report it. */
  readonly count: number;
  /** One of them. */
  readonly row: RegistryRow;
}

/**
 * The configurations of the data planes a control plane hears of now, the most frequent first. All are sent
 * the same one, whatever their versions: the hash is made before fields older versions lack are taken out
 * (kong/clustering/control_plane.lua, export_deflated_reconfigure_payload).
 */
export function hashesOf(registry: KongRegistry): readonly SharedHash[] {
  const known = counted.get(registry);
  if (known) return known;
  const byHash = new Map<string, { hash: string; count: number; row: RegistryRow }>();
  for (const row of registry.rows) {
    const hash = row.row.configHash;
    if (row.state !== 'fresh' || hash === undefined || isTurnedAway(row)) continue;
    const entry = byHash.get(hash);
    if (entry) entry.count += 1;
    else byHash.set(hash, { hash, count: 1, row });
  }
  const sorted = [...byHash.values()].sort((a, b) => b.count - a.count);
  counted.set(registry, sorted);
  return sorted;
}

/** Counted once for each list: every data plane asks. */
const counted = new WeakMap<KongRegistry, readonly SharedHash[]>();

/** What the connected data planes of the same control plane serve; undefined when they do not agree, or none is known. */
export function peerHash({ registration }: KongDataPlane): SharedHash | undefined {
  const registry =
    'entry' in registration
      ? registration.entry.registry
      : registration.state === 'absent'
        ? registration.registry
        : undefined;
  const [most, next] = (registry ? hashesOf(registry) : []).filter(({ hash }) => !/^0*$/.test(hash));
  return most && (!next || most.count > next.count) ? most : undefined;
}
