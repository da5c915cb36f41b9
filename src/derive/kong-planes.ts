import { kongClusteringStatus } from '../artifacts/kong-clustering-status.ts';
import { kongPlaneMetrics } from '../artifacts/kong-plane-metrics.ts';
import { endpointSlices, services } from '../artifacts/network-resources.ts';
import { type ConfigMapItem, configMaps, pods } from '../artifacts/resources.ts';
import { type Collection, defineDerived, type Input, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { Value } from '../model/message.ts';
import { subjectOf } from '../model/subject.ts';
import { type FindSettings, type KongPlane, kongPlane } from './kong-environment.ts';
import { isNameless, type KongRegistry, matchRows, type RegistryRow, registriesOf } from './kong-registry.ts';
import { type ControlPlaneTarget, targetFinder } from './kong-target.ts';
import { matchesLabels } from './label-selector.ts';

/** Whether and how its control plane knows a data plane. */
export type Registration =
  | { readonly state: RegistryRow['state']; readonly entry: RegistryRow }
  /** `sure`: the control plane asked is the one the data plane's address leads to. */
  | { readonly state: 'absent'; readonly registry: KongRegistry; readonly sure: boolean }
  | { readonly state: 'unseen'; readonly reason: string };

/** A data plane with what the cluster's objects and its control plane say of it. */
export interface KongDataPlane extends KongPlane {
  readonly target: ControlPlaneTarget;
  /** Control planes in this cluster its address leads to; all of them where that cannot be told. */
  readonly controlPlanes: readonly KongPlane[];
  readonly registration: Registration;
}

/** The Kong planes of the cluster and the lists of their control planes. */
export interface KongPlanes {
  readonly controlPlanes: readonly KongPlane[];
  readonly dataPlanes: readonly KongDataPlane[];
  readonly registries: readonly KongRegistry[];
  /** Rows of no pod: of replaced pods, kept for 14 days, or of data planes that run elsewhere. */
  readonly strangers: readonly RegistryRow[];
}

type Replies = Input<typeof kongClusteringStatus>;

/** Control planes, data planes and how they know each other. */
export const kongPlanes = defineDerived({
  id: 'kong-planes',
  title: 'Kong planes',
  needs: {
    pods,
    replies: kongClusteringStatus,
    metrics: optional(kongPlaneMetrics),
    configMaps: optional(configMaps),
    services: optional(services),
    endpointSlices: optional(endpointSlices),
  },
  derive(inputs, context): KongPlanes {
    const settings = findSettings(inputs.configMaps);
    const planes = inputs.pods.items
      .map((pod) => kongPlane(pod, settings))
      .filter((plane) => plane !== undefined);
    const controlPlanes = planes.filter((plane) => plane.role === 'control plane');
    const own = planes.filter((plane) => plane.role === 'data plane');
    const registries = registriesOf(inputs.replies.items, inputs.metrics.items, context);
    const matched = matchRows(own, registries);
    const claimed = new Set([...matched.values()].map(identityOf));
    const strangers = registries.flatMap(({ rows }) => rows).filter((row) => !claimed.has(identityOf(row)));
    const findTarget = targetFinder(inputs);
    const placed = planesByNamespace(controlPlanes);
    const lists = indexRegistries(registries, strangers);
    const dataPlanes = own.map((plane): KongDataPlane => {
      const target = findTarget(plane.address, plane.pod.metadata.namespace ?? '');
      const behind = planesBehind(target, controlPlanes, placed);
      const entry = matched.get(plane);
      const registration: Registration = entry
        ? { state: entry.state, entry }
        : unlisted({ target, behind, lists, replies: inputs.replies });
      return { ...plane, target, controlPlanes: behind, registration };
    });
    return { controlPlanes, dataPlanes, registries, strangers };
  },
  table: (value) => ({
    id: 'kong-planes',
    title: 'Kong planes',
    columns: [
      { id: 'plane', title: 'Plane', tag: 'object' },
      { id: 'role', title: 'Role', tag: 'text' },
      { id: 'host', title: 'Listed as', tag: 'text' },
      { id: 'version', title: 'Version', tag: 'text' },
      { id: 'age', title: 'Last heard of before the reply', tag: 'duration' },
      { id: 'sync', title: 'Sync status', tag: 'text' },
      { id: 'hash', title: 'Configuration hash', tag: 'text' },
      { id: 'controlPlane', title: 'Control plane', tag: 'text' },
    ],
    rows: rowsOf(value),
  }),
});

function findSettings(collection: Collection<ConfigMapItem>): FindSettings {
  return (namespace, name) => {
    const found = collection.lookup({ ...(namespace === undefined ? {} : { namespace }), name });
    return found.state === 'present' ? found.item.data : undefined;
  };
}

type PlanesByNamespace = ReadonlyMap<string | undefined, readonly KongPlane[]>;

function planesByNamespace(planes: readonly KongPlane[]): PlanesByNamespace {
  const placed = new Map<string | undefined, KongPlane[]>();
  for (const plane of planes) getOrCreate(placed, plane.pod.metadata.namespace, () => []).push(plane);
  return placed;
}

function planesBehind(
  target: ControlPlaneTarget,
  all: readonly KongPlane[],
  placed: PlanesByNamespace,
): readonly KongPlane[] {
  if (target.found === 'outside') return [];
  if (target.found !== 'service') return all;
  const { metadata, spec } = target.service;
  const selector = spec?.selector;
  if (!selector) return [];
  return (placed.get(metadata.namespace) ?? []).filter(({ pod }) =>
    matchesLabels(pod.metadata.labels, selector),
  );
}

/** Replicas of a control plane list the same rows; hand-made lists may lack ids. */
function identityOf({ row }: RegistryRow): string {
  return row.id || `${row.hostname} ${row.ip}`;
}

/** The lists of data planes by the control plane they come from, with what makes each of them doubtful. */
interface Lists {
  /** By namespace and name of the pod that was asked. */
  readonly byPod: ReadonlyMap<string, KongRegistry>;
  /** Those of Admin APIs given by URL. */
  readonly byUrl: readonly KongRegistry[];
  /** Rows of a list that may be any pod's: an address that is no pod's, not stale. */
  readonly doubtful: ReadonlyMap<KongRegistry, number>;
}

function indexRegistries(registries: readonly KongRegistry[], strangers: readonly RegistryRow[]): Lists {
  const doubtful = new Map<KongRegistry, number>();
  for (const row of strangers) {
    if (!isNameless(row) || row.state === 'stale') continue;
    doubtful.set(row.registry, (doubtful.get(row.registry) ?? 0) + 1);
  }
  const keyed = registries.flatMap((one) => {
    const from = one.controlPlane;
    return from && 'pod' in from ? [[`${from.namespace}/${from.pod}`, one] as const] : [];
  });
  return {
    byPod: new Map(keyed.reverse()),
    byUrl: registries.filter(({ document }) => document.scope.type === 'endpoint'),
    doubtful,
  };
}

interface Surroundings {
  readonly target: ControlPlaneTarget;
  readonly behind: readonly KongPlane[];
  readonly lists: Lists;
  readonly replies: Replies;
}

/** A data plane on no list: missing only where the right control plane was asked and its list leaves no doubt. */
function unlisted({ target, behind, lists, replies }: Surroundings): Registration {
  const asked = lists.byPod.size === 0 ? [] : behind.flatMap(({ pod }) => listOf(pod, lists.byPod) ?? []);
  // Any control plane of the cluster may be meant when the address leads nowhere or is not known.
  const open = target.found === 'nothing' || target.found === 'unseen';
  const relevant = asked.length > 0 && (!open || replies.coverage.complete) ? asked : lists.byUrl;
  const registry = relevant[0];
  if (!registry) return { state: 'unseen', reason: whyNotAsked(target, behind, replies) };
  if (!relevant.some(({ whole }) => whole))
    return { state: 'unseen', reason: 'a page of the list of data planes is missing' };
  const doubtful = relevant.reduce((sum, one) => sum + (lists.doubtful.get(one) ?? 0), 0);
  if (doubtful > 0) {
    const reason = `${doubtful} data planes are listed by an address that is no pod's, as behind a load balancer: one of them may be this pod`;
    return { state: 'unseen', reason };
  }
  return { state: 'absent', registry, sure: relevant === asked && target.found !== 'unseen' };
}

function listOf({ metadata }: KongPlane['pod'], byPod: Lists['byPod']): KongRegistry | undefined {
  return byPod.get(`${metadata.namespace}/${metadata.name}`);
}

function whyNotAsked(target: ControlPlaneTarget, behind: readonly KongPlane[], replies: Replies): string {
  if (target.found === 'outside' && isKonnect(target.host))
    return `its control plane \`${target.host}\` is in Kong Konnect, which lists data planes in its own console only`;
  if (target.found === 'outside')
    return `its control plane \`${target.host}\` is none of this cluster and was not asked (\`--kong-admin-url\`)`;
  if (target.found === 'service' && behind.length === 0)
    return `no control plane is seen behind Service \`${target.service.metadata.name}\`, and none was asked (\`--kong-admin-url\`)`;
  const names = behind.map(({ pod }) => pod.metadata.name);
  const row = replies.rows.find(({ scope }) => scope.type === 'object' && names.includes(scope.name));
  const errors = replies.items.flatMap(({ value }) => value.errors);
  const reason = row?.reason ?? replies.coverage.gaps[0]?.reason ?? errors[0];
  return reason === undefined
    ? 'its control plane was not asked'
    : `its control plane was not asked: ${reason}`;
}

/** Hosts of Kong's hosted control planes: `<id>.<region>.cp0.konghq.com`, `….cp.konghq.com`. */
function isKonnect(host: string): boolean {
  return /(?:^|\.)konghq\.(?:com|tech)$/.test(host);
}

function rowsOf({ controlPlanes, dataPlanes, registries, strangers }: KongPlanes): Value[][] {
  const cells = (entry: RegistryRow | undefined): Value[] => [
    entry?.row.hostname ?? entry?.row.ip ?? entry?.row.id ?? null,
    entry?.row.version ?? null,
    entry?.age ? Math.round(entry.age.seconds) : null,
    entry?.row.syncStatus ?? null,
    entry?.row.configHash ?? null,
  ];
  const source = ({ controlPlane: from }: KongRegistry): string => {
    return from === undefined ? '' : 'url' in from ? from.url : `${from.namespace}/${from.pod}`;
  };
  const { byPod } = indexRegistries(registries, []);
  const seen = new Set<string>();
  const others = strangers.filter((entry) => !seen.has(identityOf(entry)) && seen.add(identityOf(entry)));
  return [
    ...controlPlanes.map((plane): Value[] => {
      const { namespace, name } = plane.pod.metadata;
      const list = listOf(plane.pod, byPod);
      return [
        subjectOf(plane.pod),
        plane.role,
        null,
        list?.version ?? plane.version?.text ?? null,
        null,
        null,
        null,
        `${namespace}/${name}`,
      ];
    }),
    ...dataPlanes.map((plane): Value[] => {
      const entry = 'entry' in plane.registration ? plane.registration.entry : undefined;
      return [subjectOf(plane.pod), plane.role, ...cells(entry), plane.address ?? null];
    }),
    ...others.map((entry): Value[] => [
      null,
      'data plane, no pod here',
      ...cells(entry),
      source(entry.registry),
    ]),
  ];
}
