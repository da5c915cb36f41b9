import type { IstioGatewayItem, VirtualServiceItem } from '../artifacts/istio-resources.ts';
import type { Collection } from '../model/artifact.ts';
import type { IstioHosts } from './istio-hosts.ts';
import { gatewayRef, gatewaysOf, MESH } from './istio-routes.ts';

/**
 * Ports at which traffic comes to a VirtualService and which its destination does not offer: without a port of
 * its own a destination of several ports is sent traffic on the port it came in by (istio
 * pilot/pkg/networking/core/route, GetDestinationCluster). Empty when all fit, or when that cannot be told.
 */
export function portUnset(
  item: VirtualServiceItem,
  offered: readonly number[],
  { gateways, hosts }: { readonly gateways: Collection<IstioGatewayItem>; readonly hosts: IstioHosts },
): readonly number[] {
  const { namespace } = item.metadata;
  const asked = new Set<number>();
  for (const text of gatewaysOf(item)) {
    if (text === MESH) {
      for (const host of item.spec?.hosts ?? []) {
        const found = hosts.find(host, namespace);
        if (found.state === 'unseen') return [];
        if (found.state !== 'service') continue;
        for (const { port } of found.item.spec?.ports ?? []) asked.add(port);
      }
      continue;
    }
    const found = gateways.lookup(gatewayRef(text, namespace));
    if (found.state !== 'present') return [];
    for (const { port } of found.item.spec?.servers ?? []) if (port?.number) asked.add(port.number);
  }
  // Where one way in fits, the others may not be used.
  const missing = [...asked].filter((port) => !offered.includes(port));
  return missing.length === asked.size ? missing : [];
}
