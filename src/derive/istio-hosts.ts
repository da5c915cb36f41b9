import { type ServiceEntryItem, serviceEntries } from '../artifacts/istio-resources.ts';
import { type ServiceItem, services } from '../artifacts/network-resources.ts';
import { type Collection, defineDerived, type Inputs, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { clusterNetworks } from './cluster-networks.ts';
import { istioMesh } from './istio-mesh.ts';

/** What a host in Istio's configuration leads to. */
export type HostLookup =
  | { readonly state: 'service'; readonly item: ServiceItem }
  /** With why there may be more of them, when not all were seen. */
  | { readonly state: 'entry'; readonly items: readonly ServiceEntryItem[]; readonly gap?: Gap }
  /** `name.namespace`: the Service is there, but only names without a dot are completed. */
  | { readonly state: 'incomplete'; readonly item: ServiceItem }
  /** Neither a Service nor a ServiceEntry; with the Service it would be. */
  | { readonly state: 'absent'; readonly service?: { readonly namespace: string; readonly name: string } }
  | { readonly state: 'unseen'; readonly gap: Gap }
  /** It may be known to another cluster or registry, or names many hosts. */
  | { readonly state: 'elsewhere' };

/** The hosts Istio routes to: Services and ServiceEntries. */
export interface IstioHosts {
  /** The host as Istio completes it for an object of this namespace. */
  full(host: string, namespace: string | undefined): string;
  /** What a host of an object of this namespace leads to. */
  find(host: string, namespace: string | undefined): HostLookup;
}

/** Domains of Services that span clusters: Multi-Cluster Services API, and Istio's own up to 1.8. */
const SPANNING_DOMAINS: ReadonlySet<string> = new Set(['clusterset.local', 'global']);

const needs = {
  services,
  entries: optional(serviceEntries),
  networks: clusterNetworks,
  mesh: istioMesh,
};

/** Hosts of the registry by full name, with the cluster's actual domain. */
export const istioHosts = defineDerived({
  id: 'istio-hosts',
  title: 'Hosts of the Istio registry',
  needs,
  derive(inputs): IstioHosts {
    const entries = indexEntries(inputs.entries);
    const full = (host: string, namespace: string | undefined) =>
      host.includes('.') || host.startsWith('*')
        ? host.toLowerCase()
        : `${host}.${namespace}.svc.${inputs.networks.domain}`.toLowerCase();
    return {
      full,
      find(host, namespace) {
        const whole = full(host, namespace);
        const listed = entries.of(whole);
        const [gap] = inputs.entries.coverage.gaps;
        if (listed.length > 0) return { state: 'entry', items: listed, ...(gap ? { gap } : {}) };
        if (whole.startsWith('*')) return { state: 'elsewhere' };
        return find(whole, inputs);
      },
    };
  },
});

function find(whole: string, { services: collection, entries, mesh }: Inputs<typeof needs>): HostLookup {
  const [, name, namespace, domain = ''] = /^([^.]+)\.([^.]+)\.svc\.(.+)$/.exec(whole) ?? [];
  // Any domain will do: that of the cluster is known only where kubeadm wrote it down.
  const found = name === undefined ? undefined : collection.lookup({ namespace: namespace ?? '', name });
  if (found?.state === 'present') return { state: 'service', item: found.item };
  if (found?.state === 'unseen') return found;
  const [gap] = entries.coverage.gaps;
  const short = found || gap ? undefined : incomplete(whole, collection);
  if (short) return { state: 'incomplete', item: short };
  if (mesh.hasOtherRegistries || SPANNING_DOMAINS.has(domain) || whole.endsWith('.global'))
    return { state: 'elsewhere' };
  if (gap) return { state: 'unseen', gap };
  const service = name === undefined || namespace === undefined ? undefined : { namespace, name };
  return { state: 'absent', ...(service ? { service } : {}) };
}

function incomplete(whole: string, collection: Collection<ServiceItem>): ServiceItem | undefined {
  const [, name, namespace] = /^([^.]+)\.([^.]+)(?:\.svc)?$/.exec(whole) ?? [];
  if (name === undefined || namespace === undefined) return undefined;
  const found = collection.lookup({ namespace, name });
  return found.state === 'present' ? found.item : undefined;
}

/** ServiceEntries by host, those for `*.example.org` by what follows the asterisk. */
function indexEntries({ items }: Collection<ServiceEntryItem>) {
  const byHost = new Map<string, ServiceEntryItem[]>();
  for (const item of items) {
    for (const host of new Set((item.spec?.hosts ?? []).map((one) => one.toLowerCase())))
      getOrCreate(byHost, host, () => []).push(item);
  }
  return {
    of: (whole: string): readonly ServiceEntryItem[] =>
      byHost.get(whole) ??
      wildcardsOf(whole)
        .map((host) => byHost.get(host))
        .find((found) => found !== undefined) ??
      [],
  };
}

/** Wildcard hosts that take in a host, the closest first: `*.b.c`, `*.c`, `*` for `a.b.c`. */
export function wildcardsOf(whole: string): string[] {
  const labels = whole.split('.');
  return labels.map((_, index) => ['*', ...labels.slice(index + 1)].join('.'));
}

/** Whether two hosts, each of which may begin with an asterisk, have a name in common. */
export function hostsOverlap(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (a === b || a === '*' || b === '*') return true;
  const inWildcard = (host: string, pattern: string) =>
    pattern.startsWith('*') && host.length >= pattern.length - 1 && host.endsWith(pattern.slice(1));
  return inWildcard(a, b) || inWildcard(b, a);
}
