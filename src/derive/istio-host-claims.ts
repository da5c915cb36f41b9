import type { VirtualServiceItem } from '../artifacts/istio-resources.ts';
import type { DeriveContext } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { oldestFirst } from './creation-order.ts';
import type { IstioHosts } from './istio-hosts.ts';
import { isForMesh } from './istio-routes.ts';
import { firstSeen } from './istio-visibility.ts';

/** A VirtualService sidecars do not go by, since an older one is for the same hosts. */
export interface LostHosts {
  readonly loser: VirtualServiceItem;
  readonly winner: VirtualServiceItem;
  /** Full hosts both are for. */
  readonly hosts: readonly string[];
}

/**
 * VirtualServices for hosts that an older one, visible to the same namespaces, is for as well. Sidecars take
 * one VirtualService per host for HTTP, and Istio sorts them by creation, then by name (pilot/pkg/model, push
 * context); rules for TCP and TLS are taken from all of them.
 */
export function lostHosts(
  items: readonly VirtualServiceItem[],
  hosts: IstioHosts,
  { safely, staysHome }: Pick<DeriveContext, 'safely'> & { readonly staysHome: boolean },
): LostHosts[] {
  const claims = new Map<string, VirtualServiceItem[]>();
  for (const item of oldestFirst(items)) {
    if (item.metadata.deletionTimestamp) continue;
    for (const host of safely(() => claimed(item, hosts), new Set<string>()))
      getOrCreate(claims, host, () => []).push(item);
  }
  const lost = new Map<string, { loser: VirtualServiceItem; winner: VirtualServiceItem; hosts: string[] }>();
  for (const [host, claimants] of claims) {
    const older = firstSeen<VirtualServiceItem>((item) => item, staysHome);
    for (const loser of claimants) {
      const winner = older.before(loser);
      older.add(loser);
      if (!winner) continue;
      const key = [loser, winner].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).join(' ');
      getOrCreate(lost, key, () => ({ loser, winner, hosts: [] })).hosts.push(host);
    }
  }
  return [...lost.values()];
}

/** Full hosts, each once: a short name and its full form are one host. */
function claimed(item: VirtualServiceItem, hosts: IstioHosts): Set<string> {
  if (!isForMesh(item) || (item.spec?.http ?? []).length === 0) return new Set();
  return new Set((item.spec?.hosts ?? []).map((host) => hosts.full(host, item.metadata.namespace)));
}
