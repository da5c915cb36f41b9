import { type ServiceItem, services } from '../artifacts/network-resources.ts';
import { type PodItem, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { parseServiceAddress } from './service-address.ts';

/** Where a host leads, as far as the cluster's objects tell. */
export type HostTarget =
  | { readonly found: 'service'; readonly service: ServiceItem }
  | { readonly found: 'pod'; readonly pod: PodItem }
  /** The name of a Service, but there is none of that name. */
  | { readonly found: 'nothing'; readonly namespace: string; readonly name: string }
  | { readonly found: 'outside' }
  | { readonly found: 'unseen'; readonly gap: Gap };

/** Services by the names and addresses they are reached at. */
export interface ServiceIndex {
  /** What a host is for a pod of this namespace. */
  find(host: string, namespace: string): HostTarget;
}

/** Finds the Service, or the pod, a host of a configuration or a log line stands for. */
export const serviceIndex = defineDerived({
  id: 'service-index',
  title: 'Services by name and address',
  needs: { services: optional(services), pods: optional(pods) },
  derive({ services: collection, pods: podCollection }): ServiceIndex {
    let addresses: ReadonlyMap<string, HostTarget> | undefined;
    const namespaces = new Set(collection.items.map((service) => service.metadata.namespace));
    return {
      find(host, namespace) {
        addresses ??= byAddress(collection.items, podCollection.items);
        const known = addresses.get(host);
        if (known) return known;
        const address = parseServiceAddress(host, namespace);
        if (!address) return { found: 'outside' };
        const found = collection.lookup(address);
        if (found.state === 'present') return { found: 'service', service: found.item };
        // `shop.example` may be a domain of the world: a Service is meant when its namespace is one.
        if (address.form === 'qualified' && !namespaces.has(address.namespace)) return { found: 'outside' };
        if (found.state === 'unseen') return { found: 'unseen', gap: found.gap };
        return { found: 'nothing', namespace: address.namespace, name: address.name };
      },
    };
  },
});

function byAddress(
  serviceItems: readonly ServiceItem[],
  podItems: readonly PodItem[],
): Map<string, HostTarget> {
  const targets = new Map<string, HostTarget>();
  for (const pod of podItems) {
    const { podIP } = pod.status ?? {};
    // Pods on the host's network share its address; an ended pod's may be another's by now.
    const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    if (podIP && !pod.spec?.hostNetwork && !ended) targets.set(podIP, { found: 'pod', pod });
  }
  for (const service of serviceItems) {
    const { clusterIP, externalIPs = [] } = service.spec ?? {};
    const balancers = service.status?.loadBalancer?.ingress ?? [];
    const all = [
      clusterIP,
      ...externalIPs,
      ...balancers.flatMap((one) => [one.ip, one.hostname?.toLowerCase()]),
    ];
    for (const address of all)
      if (address && address !== 'None') targets.set(address, { found: 'service', service });
  }
  return targets;
}
