import type {
  KongClusteringStatus,
  KongControlPlane,
  KongDataPlaneRow,
} from '../artifacts/kong-clustering-status.ts';
import type { Metrics } from '../artifacts/prometheus-text.ts';
import type { PodItem } from '../artifacts/resources.ts';
import type { DeriveContext, DocumentItem } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type Age, isOlder } from '../model/observation.ts';
import { scopeKey } from '../model/scope.ts';
import type { KongPlane } from './kong-environment.ts';

/** A data plane pings every 30 s, and both sides give the link up after 45 s (kong/clustering: PING_WAIT). */
export const HEARTBEAT_SECONDS = 45;
/** Kong's own test for "not connected": two missed pings (kong/clustering/rpc/manager.lua). */
export const LOST_SECONDS = 60;
/** Kubernetes cuts the host name of a pod to this length. */
const HOST_NAME_MAX = 63;

/** How long ago a control plane heard of a data plane. `unclear`: nothing says, or the clocks do not agree. */
export type RowState = 'fresh' | 'late' | 'stale' | 'unclear';

/** A data plane as its control plane lists it. */
export interface RegistryRow {
  readonly row: KongDataPlaneRow;
  readonly registry: KongRegistry;
  /** JSON Pointer into the parsed reply. */
  readonly pointer: string;
  readonly age: Age | undefined;
  readonly state: RowState;
}

/** The list of one control plane. */
export interface KongRegistry {
  /** What it was read from, to be cited. */
  readonly document: DocumentItem<unknown>;
  /** Whom it comes from; undefined for a reply somebody saved by hand. */
  readonly controlPlane: KongControlPlane | undefined;
  /** Version of the control plane. */
  readonly version: string | undefined;
  /** Replies of the Admin API, or metrics of the control plane, which tell ages and versions only. */
  readonly source: 'admin' | 'metrics';
  readonly rows: readonly RegistryRow[];
  /** False when a page of the list is missing: then a data plane not listed may be on that page. */
  readonly whole: boolean;
}

/** The lists of all control planes that gave one: replies of their Admin APIs, else their metrics. */
export function registriesOf(
  replies: readonly DocumentItem<KongClusteringStatus>[],
  metrics: readonly DocumentItem<Metrics>[],
  context: DeriveContext,
): KongRegistry[] {
  const told = replies.flatMap((document) => {
    const { shape, rows, errors, controlPlane, version } = document.value;
    if (shape === 'none') return [];
    const whole =
      shape !== 'data-planes' || !errors.some((error) => error.startsWith('/clustering/data-planes'));
    const from = { document, controlPlane, version, source: 'admin', whole } as const;
    return [
      registryOf(
        from,
        rows.map((row, index) => [row, `/rows/${index}`]),
        context,
      ),
    ];
  });
  const known = new Set(told.map(({ document: { scope } }) => scopeKey(scope)));
  return [
    ...told,
    ...metrics.filter(({ scope }) => !known.has(scopeKey(scope))).flatMap((one) => ofMetrics(one, context)),
  ];
}

function registryOf(
  from: Omit<KongRegistry, 'rows'>,
  listed: readonly (readonly [KongDataPlaneRow, string])[],
  context: DeriveContext,
): KongRegistry {
  const rows: RegistryRow[] = [];
  const registry: KongRegistry = { ...from, rows };
  for (const [row, pointer] of listed) {
    const age = ageOf(row, from.document, context);
    rows.push({ row, registry, pointer, age, state: stateOf(age) });
  }
  return registry;
}

/** `config_hash` of a data plane without a configuration (kong/constants.lua, DECLARATIVE_EMPTY_CONFIG_HASH). */
export const EMPTY_HASH = '0'.repeat(32);

/** Metrics show a hash as a rounded number: only that there is none can be told from it. */
function ofMetrics(document: DocumentItem<Metrics>, context: DeriveContext): KongRegistry[] {
  const { scope, value } = document;
  const seen = value.named('kong_data_plane_last_seen');
  if (seen.length === 0 || scope.type !== 'object') return [];
  const by = (name: string) => new Map(value.named(name).map((one) => [one.labels.node_id, one] as const));
  const [hashes, versions] = [by('kong_data_plane_config_hash'), by('kong_data_plane_version_compatible')];
  const rows = seen.map(({ labels, value: lastSeen }): [KongDataPlaneRow, string] => {
    const { node_id: id = '', hostname, ip } = labels;
    const version = versions.get(id)?.labels.kong_version;
    return [
      {
        id,
        lastSeen,
        ...(hostname ? { hostname } : {}),
        ...(ip ? { ip } : {}),
        ...(version ? { version } : {}),
        ...(hashes.get(id)?.value === 0 ? { configHash: EMPTY_HASH } : {}),
      },
      '',
    ];
  });
  const controlPlane = { namespace: scope.namespace ?? '', pod: scope.name, container: '' };
  return [
    registryOf({ document, controlPlane, version: undefined, source: 'metrics', whole: true }, rows, context),
  ];
}

function ageOf(
  row: KongDataPlaneRow,
  document: DocumentItem<unknown>,
  context: DeriveContext,
): Age | undefined {
  // Both times are the control plane's own: no other clock is in it.
  if (row.ageSeconds !== undefined) return { seconds: row.ageSeconds, errorSeconds: 0 };
  if (row.lastSeen === undefined) return undefined;
  return context.age(new Date(row.lastSeen * 1000).toISOString(), document);
}

function stateOf(age: Age | undefined): RowState {
  if (!age || age.seconds < -(age.errorSeconds + HEARTBEAT_SECONDS)) return 'unclear';
  if (isOlder(age, LOST_SECONDS) === true) return 'stale';
  const late = isOlder(age, HEARTBEAT_SECONDS);
  if (late === undefined) return 'unclear';
  return late ? 'late' : 'fresh';
}

/** The row of each data plane that has one, by host name, then by address; the freshest where there are several. */
export function matchRows(
  planes: readonly KongPlane[],
  registries: readonly KongRegistry[],
): Map<KongPlane, RegistryRow> {
  const byName = new Map<string, RegistryRow[]>();
  const byAddress = new Map<string, RegistryRow[]>();
  for (const row of registries.flatMap((registry) => registry.rows)) {
    if (row.row.hostname) getOrCreate(byName, row.row.hostname, () => []).push(row);
    if (row.row.ip) getOrCreate(byAddress, row.row.ip, () => []).push(row);
  }
  const namesakes = new Map<string, number>();
  for (const { pod } of planes) namesakes.set(hostNameOf(pod), (namesakes.get(hostNameOf(pod)) ?? 0) + 1);
  const matched = new Map<KongPlane, RegistryRow>();
  for (const plane of planes) {
    const name = hostNameOf(plane.pod);
    const ip = plane.pod.status?.podIP;
    const named = byName.get(name) ?? [];
    // Two pods may share a name (a StatefulSet in two namespaces, a chart that sets one): the address tells.
    const own = namesakes.get(name) === 1 ? named : named.filter(({ row }) => row.ip === ip);
    const placed = (byAddress.get(ip ?? '') ?? []).filter(
      (row) => mayBeOf(row) && !namesakes.has(row.row.hostname ?? ''),
    );
    const best = freshest(own.length > 0 ? own : placed);
    if (best) matched.set(plane, best);
  }
  return matched;
}

/** Addresses are given to other pods in time: an old row of another name is a predecessor's. */
function mayBeOf(row: RegistryRow): boolean {
  return isNameless(row) || row.state === 'fresh' || row.state === 'late';
}

/** Heard of at each attempt, and closed at once for its version (kong/clustering/control_plane.lua). */
export function isTurnedAway({ row }: RegistryRow): boolean {
  return row.syncStatus === 'kong_version_incompatible';
}

/** Without a host name of its own; Kong 3.9 writes the node id there with incremental sync. */
export function isNameless({ row }: RegistryRow): boolean {
  return (
    !row.hostname ||
    row.hostname === row.id ||
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(row.hostname)
  );
}

/** What gethostname() says in the pod, which is what Kong reports. */
export function hostNameOf({ metadata, spec }: PodItem): string {
  if (spec?.hostNetwork) return spec.nodeName ?? metadata.name;
  const name = spec?.hostname ?? metadata.name;
  return name.slice(0, HOST_NAME_MAX).replace(/[-.]+$/, '');
}

function freshest(rows: readonly RegistryRow[]): RegistryRow | undefined {
  const age = (row: RegistryRow): number => row.age?.seconds ?? Number.POSITIVE_INFINITY;
  return rows.reduce<RegistryRow | undefined>(
    (best, row) => (best && age(best) <= age(row) ? best : row),
    undefined,
  );
}
