import { type IstioProxyConfig, istioProxyConfig } from '../artifacts/istio-proxy-config.ts';
import { type EnvoyFilterItem, envoyFilters } from '../artifacts/istio-workload-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import type { VirtualEnvironmentItem } from '../artifacts/virtual-environment-resources.ts';
import { type DeriveContext, type DocumentItem, defineDerived, optional } from '../model/artifact.ts';
import type { Lookup } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { isOlder } from '../model/observation.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { type IstioControlPlane, istioControlPlanes } from './istio-control-planes.ts';
import { type IstioProxy, istioSidecars } from './istio-sidecars.ts';
import { type IstioVersion, isIstioAtLeast } from './istio-version.ts';
import type { EnvironmentComponent } from './virtual-environment-components.ts';
import {
  type FilterInProxy,
  filterInProxy,
  type TagFilter,
  tagFilter,
} from './virtual-environment-filter.ts';
import type { EnvironmentSpec } from './virtual-environment-spec.ts';
import { environmentNamespaces } from './virtual-environments.ts';

/** The operator waits five seconds after the last event, istiod and the proxies follow within seconds. */
export const SETTLED_SECONDS = 60;

/** The version of Istio an environment's filter is made for proxies by, and who says so. */
export interface ServingIstio {
  /** The oldest, where there are several. */
  readonly version: IstioVersion;
  readonly by: 'control plane' | 'proxies';
  /** A control plane's Deployment or pod, or a pod with a proxy, of that version. */
  readonly item: object;
}

/** A proxy of the environment whose listeners are known. */
export interface FilteredProxy {
  readonly pod: PodItem;
  readonly document: DocumentItem<IstioProxyConfig>;
  readonly verdict: FilterInProxy;
}

/** An environment and the EnvoyFilter that tags its requests. */
export interface FilteredEnvironment {
  readonly namespace: string;
  readonly instance: VirtualEnvironmentItem;
  readonly spec: EnvironmentSpec;
  /** The EnvoyFilter of its name, as the operator looks for it. */
  readonly found: Lookup<EnvoyFilterItem>;
  /** The script in it. */
  readonly filter: TagFilter | undefined;
  /** EnvoyFilters of the namespace with the script that nobody asks for. */
  readonly leftOver: readonly TagFilter[];
  readonly istio: ServingIstio | undefined;
  /** Sidecars of the namespace. */
  readonly sidecars: readonly IstioProxy[];
  /** Those of which the listeners are known, started long enough ago. */
  readonly proxies: readonly FilteredProxy[];
  /** Who keeps the filter: the VirtualEnvironment, the operator and its pods. */
  readonly keepers: readonly ObjectRef[];
  /** What in the filter Istio of this version does not take; a proxy that has the script proves the contrary. */
  readonly unfit: 'oldName' | 'oldType' | undefined;
}

const needs = {
  environments: environmentNamespaces,
  filters: optional(envoyFilters),
  planes: optional(istioControlPlanes),
  sidecars: optional(istioSidecars),
  configs: optional(istioProxyConfig),
};

/** Environments with the EnvoyFilter that tags their requests, and what Istio and its proxies make of it. */
export const environmentFilters = defineDerived({
  id: 'virtual-environment-filters',
  title: 'Filters of virtual environments',
  needs,
  derive(inputs, context): readonly FilteredEnvironment[] {
    const { namespaces } = inputs.environments;
    if (namespaces.length === 0) return [];
    const scripts = new Map<string, TagFilter[]>();
    for (const item of inputs.filters.items) {
      const one = tagFilter(item);
      if (one) getOrCreate(scripts, item.metadata.namespace ?? '', () => []).push(one);
    }
    const sidecars = new Map<string, IstioProxy[]>();
    for (const proxy of inputs.sidecars.proxies) {
      if (proxy.role !== 'sidecar') continue;
      getOrCreate(sidecars, proxy.pod.metadata.namespace ?? '', () => []).push(proxy);
    }
    const documents = documentsByPod(inputs.configs.items);
    return namespaces.flatMap(({ namespace, effective, operator }) => {
      if (!effective) return [];
      const { instance, spec } = effective;
      const found = inputs.filters.lookup({ namespace, name: instance.metadata.name });
      const filter = found.state === 'present' ? tagFilter(found.item) : undefined;
      const own = sidecars.get(namespace) ?? [];
      const proxies = own.flatMap(({ pod }) => proxyOf(pod, documents, filter, context));
      const istio = servingIstio(own, inputs.planes.planes);
      return [
        {
          namespace,
          instance,
          spec,
          found,
          filter,
          leftOver: spec.autoInject ? [] : (scripts.get(namespace) ?? []),
          istio,
          sidecars: own,
          proxies,
          keepers: keepersOf(instance, operator),
          unfit: filter && unfitFor(filter, istio, proxies),
        },
      ];
    });
  },
});

function keepersOf(
  instance: VirtualEnvironmentItem,
  operator: EnvironmentComponent | undefined,
): readonly ObjectRef[] {
  const shown = [instance, operator?.deployment, ...(operator?.pods ?? [])];
  return shown.flatMap((item) => (item ? [subjectOf(item)] : []));
}

type Documents = ReadonlyMap<string, DocumentItem<IstioProxyConfig>>;

function documentsByPod(items: readonly DocumentItem<IstioProxyConfig>[]): Documents {
  return new Map(
    items.flatMap((document) => {
      const { proxy } = document.value;
      const { scope } = document;
      const named = scope.type === 'object' ? { namespace: scope.namespace, pod: scope.name } : undefined;
      const { namespace, pod } = proxy ?? named ?? {};
      return pod === undefined ? [] : [[`${namespace ?? ''}/${pod}`, document] as const];
    }),
  );
}

/** A proxy or a filter that is younger than a minute may not have met the other yet. */
function proxyOf(
  pod: PodItem,
  documents: Documents,
  filter: TagFilter | undefined,
  { age }: DeriveContext,
): FilteredProxy[] {
  const document = documents.get(`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`);
  if (!document) return [];
  const times = [
    pod.status?.startTime ?? pod.metadata.creationTimestamp,
    filter?.item.metadata.creationTimestamp,
  ];
  const settled = times.every(
    (time) => time === undefined || isOlder(age(time, document), SETTLED_SECONDS) === true,
  );
  return settled ? [{ pod, document, verdict: filterInProxy(document.value) }] : [];
}

/**
 * The control planes of the revisions the sidecars are of, else all of them; where none is seen, as with a control
 * plane outside of the cluster, the sidecars themselves, which are no newer.
 */
function servingIstio(
  sidecars: readonly IstioProxy[],
  planes: readonly IstioControlPlane[],
): ServingIstio | undefined {
  const revisions = new Set(sidecars.map(({ revision }) => revision));
  const own = planes.filter(({ revision }) => revisions.has(revision));
  const known = (own.length > 0 ? own : planes).flatMap(({ version, deployment, pods }) => {
    const item = deployment ?? pods[0];
    return version && item ? [{ version, by: 'control plane', item } as const] : [];
  });
  if (planes.length > 0) return oldest(known);
  return oldest(
    sidecars.flatMap(({ version, pod }) => (version ? [{ version, by: 'proxies', item: pod } as const] : [])),
  );
}

function oldest(known: readonly ServingIstio[]): ServingIstio | undefined {
  return known.reduce<ServingIstio | undefined>(
    (least, one) =>
      least && isIstioAtLeast(one.version, least.version.major, least.version.minor) ? least : one,
    undefined,
  );
}

/**
 * Istio 1.19 compares the names of filters exactly, so that the old one matches nothing; proxies of Istio 1.9 and
 * newer refuse types of v2 (istio/istio pilot/pkg/networking/core/v1alpha3/envoyfilter at 1.18.7 and 1.19.0; issue 32 of
 * alibaba/virtual-environment).
 */
function unfitFor(
  { matchesOldName, hasOldType }: TagFilter,
  istio: ServingIstio | undefined,
  proxies: readonly FilteredProxy[],
): FilteredEnvironment['unfit'] {
  if (!istio || proxies.some(({ verdict }) => verdict.state === 'active')) return undefined;
  if (matchesOldName && isIstioAtLeast(istio.version, 1, 19)) return 'oldName';
  return hasOldType && isIstioAtLeast(istio.version, 1, 9) ? 'oldType' : undefined;
}
