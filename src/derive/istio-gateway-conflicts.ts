import type { IstioGatewayItem } from '../artifacts/istio-resources.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { oldestFirst } from './creation-order.ts';
import { selectorKey } from './istio-gateway-pods.ts';
import { type IstioWorkloads, podKind } from './istio-workloads.ts';

type Server = NonNullable<NonNullable<IstioGatewayItem['spec']>['servers']>[number];

/** A server of a Gateway on some pods. */
export interface PlacedServer {
  readonly gateway: IstioGatewayItem;
  readonly index: number;
  readonly server: Server;
}

/** A server that is not set up because of one made before it. */
export interface ServerClash {
  readonly loser: PlacedServer;
  readonly winner: PlacedServer;
  /** Hosts both serve with TLS; empty when one is plain and the other is not. */
  readonly hosts: readonly string[];
}

/** Servers of different Gateways that show one certificate for different hosts. */
export interface SharedCertificate {
  readonly credential: string;
  readonly servers: readonly PlacedServer[];
}

/** The servers each group of gateway pods is to set up, in Istio's order: oldest Gateway first, then by name. */
export function serversOnPods(
  gateways: readonly IstioGatewayItem[],
  workloads: IstioWorkloads,
): (readonly PlacedServer[])[] {
  const bySelector = new Map<string, IstioGatewayItem[]>();
  for (const gateway of gateways) {
    if (gateway.metadata.deletionTimestamp) continue;
    const selector = gateway.spec?.selector ?? {};
    if (Object.keys(selector).length > 0)
      getOrCreate(bySelector, selectorKey(selector), () => []).push(gateway);
  }
  // Different selectors meet where they match the same pods.
  const selectorsOn = new Map<string, string[]>();
  for (const [selector, [gateway]] of bySelector) {
    const pods = workloads.proxiesAnywhere(gateway?.spec?.selector ?? {});
    const labels = new Set(pods.map(podKind));
    for (const one of labels) getOrCreate(selectorsOn, one, () => []).push(selector);
  }
  const groups = new Map<string, readonly PlacedServer[]>();
  for (const selectors of selectorsOn.values()) {
    getOrCreate(groups, selectors.join(' '), () =>
      oldestFirst(selectors.flatMap((selector) => bySelector.get(selector) ?? [])).flatMap((gateway) =>
        (gateway.spec?.servers ?? []).map((server, index) => ({ gateway, index, server })),
      ),
    );
  }
  return [...groups.values()];
}

/**
 * Servers that Istio leaves out (pilot/pkg/model/gateway.go): with TLS, where an earlier one on the port has
 * one of the hosts; and where one of the two is plain and the other is not. Plain HTTP servers are merged.
 */
export function serverClashes(servers: readonly PlacedServer[]): ServerClash[] {
  const clashes: ServerClash[] = [];
  const plain = new Map<string, PlacedServer>();
  const secure = new Map<string, PlacedServer>();
  const byHost = new Map<string, PlacedServer>();
  for (const placed of servers) {
    const { server, gateway } = placed;
    const port = `${server.port?.number} ${server.bind ?? ''}`;
    const isSecure = server.tls !== undefined && !server.tls.httpsRedirect;
    const other = (isSecure ? plain : secure).get(port);
    if (other && other.gateway !== gateway) {
      clashes.push({ loser: placed, winner: other, hosts: [] });
      continue;
    }
    if (!isSecure) {
      if (!plain.has(port)) plain.set(port, placed);
      continue;
    }
    const hosts = (server.hosts ?? []).map((host) => literalHost(host, gateway.metadata.namespace));
    const taken = hosts.flatMap((host) => byHost.get(`${port} ${host}`) ?? []);
    const winner = taken.find((one) => one.gateway !== gateway);
    if (winner) {
      const shared = hosts.filter((host) => byHost.get(`${port} ${host}`) !== undefined);
      clashes.push({ loser: placed, winner, hosts: shared });
      continue;
    }
    if (!secure.has(port)) secure.set(port, placed);
    for (const host of hosts) getOrCreate(byHost, `${port} ${host}`, () => placed);
  }
  return clashes;
}

/** The host as the proxies are given it, with its namespace where one is named. */
function literalHost(host: string, namespace: string | undefined): string {
  return (host.startsWith('./') ? `${namespace}${host.slice(1)}` : host).toLowerCase().replace(/^\*\//, '');
}

/** Servers of different Gateways that show the same certificate: a browser may use one connection for both. */
export function sharedCertificates(servers: readonly PlacedServer[]): SharedCertificate[] {
  const byCredential = new Map<string, PlacedServer[]>();
  for (const placed of servers) {
    const { credentialName, serverCertificate, privateKey, mode } = placed.server.tls ?? {};
    const files = serverCertificate && privateKey ? `${serverCertificate} ${privateKey}` : undefined;
    const credential = credentialName || files;
    if (credential && mode !== 'PASSTHROUGH') getOrCreate(byCredential, credential, () => []).push(placed);
  }
  return [...byCredential]
    .filter(([, found]) => new Set(found.map(({ gateway }) => gateway)).size > 1)
    .map(([credential, found]) => ({ credential, servers: found }));
}
