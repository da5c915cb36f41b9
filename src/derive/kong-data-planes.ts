import { type KongPlaneProbes, kongPlaneProbes } from '../artifacts/kong-plane-probes.ts';
import { type KongPlaneStatus, kongPlaneStatus } from '../artifacts/kong-plane-status.ts';
import { type DocumentItem, type Documents, defineDerived, optional } from '../model/artifact.ts';
import { lifeOf, linkLogOf } from './kong-data-plane-state.ts';
import { kongLog } from './kong-link-failure.ts';
import { type KongDataPlane, kongPlanes } from './kong-planes.ts';
import { EMPTY_HASH, isTurnedAway } from './kong-registry.ts';
import { type ObservedPlane, type SilentGroup, silentGroups } from './kong-silent-groups.ts';

/** A data plane with all that is known of it from elsewhere than its objects. */
export interface DataPlaneView extends ObservedPlane {
  /** What its Status API says. */
  readonly own: DocumentItem<KongPlaneStatus> | undefined;
  /** What commands in its container show. */
  readonly probes: DocumentItem<KongPlaneProbes> | undefined;
  /** Its control plane shows all its data planes as lost at once: its list tells nothing of this one. */
  readonly isSilent: boolean;
  readonly connection: Connection;
}

/** Whether a data plane is connected. `unknown`: neither list nor log tells. */
export type Connection = 'up' | 'late' | 'down' | 'unknown';

/** All data planes that run here. */
export interface DataPlaneViews {
  readonly planes: readonly DataPlaneView[];
  readonly silent: readonly SilentGroup[];
}

/** Data planes with their state, their log, their own words, and whether they are connected. */
export const kongDataPlanes = defineDerived({
  id: 'kong-data-planes',
  title: 'Kong data planes',
  needs: {
    planes: kongPlanes,
    log: optional(kongLog),
    status: optional(kongPlaneStatus),
    probes: optional(kongPlaneProbes),
  },
  derive({ planes, log, status, probes }, context): DataPlaneViews {
    const observed = planes.dataPlanes.map((plane): ObservedPlane => {
      return { plane, life: lifeOf(plane, context), link: linkLogOf(plane, log, context) };
    });
    const silent = silentGroups(observed, log, context);
    const speechless = new Set(silent.flatMap((group) => [...group.planes]));
    const [own, inside] = [byPod(status), byPod(probes)];
    return {
      silent,
      planes: observed.map((one): DataPlaneView => {
        const key = keyOf(one.plane);
        const isSilent = speechless.has(one.plane);
        const connection = connectionOf(one, isSilent);
        return { ...one, own: own.get(key), probes: inside.get(key), isSilent, connection };
      }),
    };
  },
});

function byPod<T>({ items }: Documents<T>): Map<string, DocumentItem<T>> {
  const found = new Map<string, DocumentItem<T>>();
  for (const item of items) {
    if (item.scope.type === 'object') found.set(`${item.scope.namespace}/${item.scope.name}`, item);
  }
  return found;
}

function keyOf({ pod }: KongDataPlane): string {
  return `${pod.metadata.namespace}/${pod.metadata.name}`;
}

function connectionOf({ plane, life, link }: ObservedPlane, isSilent: boolean): Connection {
  const { registration } = plane;
  const { state } = registration;
  if (life.is === 'not running') return 'down';
  if (registration.state === 'fresh') return isTurnedAway(registration.entry) ? 'down' : 'up';
  if (state === 'late') return 'late';
  if (link.failing === true) return 'down';
  if (isSilent || state === 'unseen' || state === 'unclear') return 'unknown';
  return life.is === 'starting' ? 'unknown' : 'down';
}

/** The hash of the configuration a data plane serves: in its own words, else as its control plane was last told. */
export function servedHash({ own, plane }: DataPlaneView): string | undefined {
  const row = 'entry' in plane.registration ? plane.registration.entry.row : undefined;
  return own?.value.configurationHash ?? row?.configHash;
}

/** Whether a hash says that there is no configuration; undefined when there is no hash. */
export function isEmptyHash(hash: string | undefined): boolean | undefined {
  return hash === undefined ? undefined : hash === '' || hash === EMPTY_HASH || /^0+$/.test(hash);
}
