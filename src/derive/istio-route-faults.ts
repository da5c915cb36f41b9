import type { GatewayItem } from '../artifacts/gateway-resources.ts';
import {
  type IstioGatewayItem,
  istioGateways,
  type VirtualServiceItem,
  virtualServices,
} from '../artifacts/istio-resources.ts';
import { type ServiceItem, services } from '../artifacts/network-resources.ts';
import type { Collection } from '../model/artifact.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import type { IstioDestinationRules } from './istio-destination-rules.ts';
import { type IstioFault, unseen } from './istio-fault.ts';
import { portUnset } from './istio-gateway-ports.ts';
import { type HostLookup, hostsOverlap, type IstioHosts } from './istio-hosts.ts';
import {
  destinationsOf,
  gatewayRef,
  gatewaysOf,
  isKeptByOperator,
  MESH,
  type RoutedDestination,
} from './istio-routes.ts';

type Of<Message extends string, Values> = {
  readonly message: Message;
  readonly values: { readonly route: ObjectRef } & Values;
};

/** Why a VirtualService does not send traffic where it says. */
export type IstioRouteFinding =
  | Of<'hostMissing' | 'mirrorMissing', { host: string }>
  | Of<'hostIncomplete', { host: string; service: ObjectRef; full: string }>
  | Of<'portMissing', { host: string; port: string; offered: readonly string[] }>
  | Of<'portUnset', { host: string; offered: readonly string[]; asked: readonly string[] }>
  | Of<'subsetMissing', { host: string; subsets: readonly string[]; defined: string }>
  | Of<'gatewayMissing', { gateway: ObjectRef; others: string }>
  | Of<'hostNotOnGateway', { hosts: readonly string[]; served: readonly string[] }>
  | Of<'delegateMissing', { delegate: ObjectRef }>;

export type IstioRouteFault = IstioFault<IstioRouteFinding>;

/** What VirtualServices name. */
export interface RouteSurroundings {
  readonly hosts: IstioHosts;
  readonly rules: IstioDestinationRules;
  readonly rulesSeen: Collection<unknown>['coverage'];
  readonly gateways: Collection<IstioGatewayItem>;
  /** Gateways of the Gateway API, which a VirtualService may name as well. */
  readonly apiGateways: Collection<GatewayItem>;
  readonly virtualServices: Collection<VirtualServiceItem>;
}

const GROUP = 'networking.istio.io';

/** What keeps a VirtualService from sending traffic where it says; each reference is told once. */
export function* routeFaults(
  item: VirtualServiceItem,
  around: RouteSurroundings,
): Generator<IstioRouteFault> {
  const told = new Set<string>();
  for (const routed of isKeptByOperator(item) ? [] : destinationsOf(item)) {
    const { host, subset, port } = routed.destination;
    const key = [host, subset, port?.number, routed.traffic === 'mirror'].join(' ');
    if (told.has(key)) continue;
    told.add(key);
    yield* destinationFaults(item, routed, around);
  }
  if (!isKeptByOperator(item)) yield* subsetFaults(item, around);
  yield* gatewayFaults(item, around);
  yield* delegateFaults(item, around.virtualServices);
}

function* destinationFaults(
  item: VirtualServiceItem,
  { destination, pointer, traffic }: RoutedDestination,
  around: RouteSurroundings,
): Generator<IstioRouteFault> {
  const { host = '' } = destination;
  const { namespace } = item.metadata;
  const route = subjectOf(item);
  const found = around.hosts.find(host, namespace);
  if (found.state === 'unseen') {
    yield unseen(found.gap);
  } else if (found.state === 'absent') {
    const message = traffic === 'mirror' ? 'mirrorMissing' : 'hostMissing';
    yield {
      kind: 'fault',
      finding: { message, values: { route, host } },
      pointer,
      ...absence(found, [host, around.hosts.full(host, namespace)]),
    };
  } else if (found.state === 'incomplete') {
    const service = subjectOf(found.item);
    const full = around.hosts.full(service.name, service.namespace);
    yield {
      kind: 'fault',
      finding: { message: 'hostIncomplete', values: { route, host, service, full } },
      pointer,
      shown: [{ item: found.item, pointer: '/metadata/name' }],
      related: [service, { external: 'host', name: host }],
    };
  } else if (found.state === 'service' || found.state === 'entry') {
    yield* portFaults(item, { destination, pointer, traffic }, found, around);
  }
}

function absence(found: Extract<HostLookup, { state: 'absent' }>, names: readonly string[]) {
  // Logs of clients name the host as it is written, those of proxies its full form.
  const hosts = [...new Set(names)].map((name) => ({ external: 'host', name }) as const);
  if (!found.service) return { related: hosts };
  const service: ObjectRef = { group: '', kind: 'Service', ...found.service };
  return { absent: { artifact: services, ...found.service }, related: [service, ...hosts] };
}

function* portFaults(
  item: VirtualServiceItem,
  { destination, pointer }: RoutedDestination,
  found: Extract<HostLookup, { state: 'service' | 'entry' }>,
  around: RouteSurroundings,
): Generator<IstioRouteFault> {
  const offered = found.state === 'service' ? portsOf(found.item) : entryPorts(found.items);
  // An ExternalName Service, or a ServiceEntry of a host alone, may come without ports.
  if (offered.length === 0) return;
  const { host = '', port } = destination;
  const owner = found.state === 'service' ? found.item : found.items[0];
  if (!owner) return;
  const shown = [{ item: owner, pointer: '/spec/ports' }];
  const values = { route: subjectOf(item), host, offered: offered.map(String) };
  if (port?.number !== undefined) {
    if (offered.includes(port.number)) return;
    if (found.state === 'entry' && found.gap) {
      yield unseen(found.gap);
      return;
    }
    const finding = { message: 'portMissing', values: { ...values, port: String(port.number) } } as const;
    yield { kind: 'fault', finding, pointer: `${pointer}/port`, shown, related: [subjectOf(owner)] };
  } else if (offered.length > 1) {
    const asked = portUnset(item, offered, around);
    if (asked.length === 0) return;
    const finding = { message: 'portUnset', values: { ...values, asked: asked.map(String) } } as const;
    yield { kind: 'fault', finding, pointer, shown, related: [subjectOf(owner)] };
  }
}

/** Port numbers of a Service. */
export function portsOf({ spec }: ServiceItem): number[] {
  return (spec?.ports ?? []).map(({ port }) => port);
}

function entryPorts(
  items: readonly { readonly spec?: { readonly ports?: readonly { readonly number?: number }[] } }[],
): number[] {
  return items.flatMap(({ spec }) => spec?.ports ?? []).flatMap(({ number }) => number ?? []);
}

/** Subsets nobody defines, told once for each host: all of them are missing where the rule is. */
function* subsetFaults(item: VirtualServiceItem, around: RouteSurroundings): Generator<IstioRouteFault> {
  const { hosts, rules, rulesSeen } = around;
  const { namespace } = item.metadata;
  const routed = [...destinationsOf(item)].filter(({ destination: { host = '', subset } }) => {
    const { state } = subset ? hosts.find(host, namespace) : { state: 'absent' };
    return state === 'service' || state === 'entry';
  });
  for (const [full, all] of Map.groupBy(routed, ({ destination }) =>
    hosts.full(destination.host ?? '', namespace),
  )) {
    const found = rules.of(full);
    const names = found.flatMap(({ spec }) => (spec?.subsets ?? []).flatMap(({ name }) => name ?? []));
    const missing = all.filter(({ destination }) => !names.includes(destination.subset ?? ''));
    const [first] = missing;
    if (!first) continue;
    const [gap] = rulesSeen.gaps;
    if (gap) {
      yield unseen(gap);
      continue;
    }
    const subsets = [...new Set(missing.map(({ destination }) => destination.subset ?? ''))];
    const values = {
      route: subjectOf(item),
      host: first.destination.host ?? '',
      subsets,
      defined: definedText(found.length, names),
    };
    yield {
      kind: 'fault',
      finding: { message: 'subsetMissing', values },
      pointer: `${first.pointer}/subset`,
      shown: found.slice(0, 3).map((rule) => ({ item: rule, pointer: '/spec/subsets' })),
      related: found.slice(0, 3).map((rule) => subjectOf(rule)),
    };
  }
}

function definedText(rules: number, names: readonly string[]): string {
  if (rules === 0) return 'it has no DestinationRule';
  if (names.length === 0)
    return `${rules === 1 ? 'its DestinationRule defines' : 'its DestinationRules define'} no subset`;
  return `defined are ${[...new Set(names)].join(', ')}`;
}

function* gatewayFaults(item: VirtualServiceItem, around: RouteSurroundings): Generator<IstioRouteFault> {
  const names = gatewaysOf(item);
  const route = subjectOf(item);
  const present: IstioGatewayItem[] = [];
  let isJudged = true;
  for (const text of new Set(names.filter((name) => name !== MESH))) {
    const ref = gatewayRef(text, item.metadata.namespace);
    const found = around.gateways.lookup(ref);
    if (found.state === 'present') {
      present.push(found.item);
      continue;
    }
    isJudged = false;
    const other = around.apiGateways.lookup(ref);
    if (other.state === 'present') continue;
    const gap = found.state === 'unseen' ? found.gap : other.state === 'unseen' ? other.gap : undefined;
    if (gap) {
      yield unseen(gap);
      continue;
    }
    const gateway: ObjectRef = { group: GROUP, kind: 'Gateway', ...ref };
    const others = names.length > 1 ? 'it is bound to others as well' : 'it is bound to no other';
    const finding = { message: 'gatewayMissing', values: { route, gateway, others } } as const;
    const pointer = `/spec/gateways/${names.indexOf(text)}`;
    yield {
      kind: 'fault',
      finding,
      pointer,
      absent: { artifact: istioGateways, ...ref },
      related: [gateway],
    };
  }
  if (isJudged && present.length > 0) yield* hostFaults(item, present, around.hosts);
}

/** A VirtualService none of whose hosts any of its Gateways serves. */
function* hostFaults(
  item: VirtualServiceItem,
  present: readonly IstioGatewayItem[],
  hosts: IstioHosts,
): Generator<IstioRouteFault> {
  const { namespace } = item.metadata;
  const own = (item.spec?.hosts ?? []).map((host) => hosts.full(host, namespace));
  if (own.length === 0) return;
  const servers = present.flatMap((gateway) =>
    (gateway.spec?.servers ?? []).flatMap((server) =>
      (server.hosts ?? []).map((text) => servedHost(text, gateway.metadata.namespace, hosts)),
    ),
  );
  const takes = servers.some(
    (one) => (one.from === '*' || one.from === namespace) && own.some((host) => hostsOverlap(host, one.host)),
  );
  if (takes || servers.length === 0) return;
  const served = [...new Set(servers.map(({ text }) => text))].slice(0, 10);
  yield {
    kind: 'fault',
    finding: { message: 'hostNotOnGateway', values: { route: subjectOf(item), hosts: own, served } },
    pointer: '/spec/hosts',
    shown: present.slice(0, 3).map((gateway) => ({ item: gateway, pointer: '/spec/servers' })),
    related: present.slice(0, 3).map((gateway) => subjectOf(gateway)),
  };
}

/** A host of a Gateway's server: `host`, or `namespace/host` for VirtualServices of that namespace. */
function servedHost(text: string, namespace: string | undefined, hosts: IstioHosts) {
  const slash = text.indexOf('/');
  const before = slash < 0 ? '*' : text.slice(0, slash);
  const host = hosts.full(text.slice(slash + 1), namespace);
  return { text, from: before === '.' ? namespace : before, host };
}

function* delegateFaults(
  item: VirtualServiceItem,
  collection: Collection<VirtualServiceItem>,
): Generator<IstioRouteFault> {
  for (const [index, { delegate }] of (item.spec?.http ?? []).entries()) {
    if (!delegate?.name) continue;
    const ref = { namespace: delegate.namespace || (item.metadata.namespace ?? ''), name: delegate.name };
    const found = collection.lookup(ref);
    if (found.state === 'unseen') yield unseen(found.gap);
    if (found.state !== 'absent') continue;
    const object: ObjectRef = { group: GROUP, kind: 'VirtualService', ...ref };
    const finding = {
      message: 'delegateMissing',
      values: { route: subjectOf(item), delegate: object },
    } as const;
    const pointer = `/spec/http/${index}/delegate`;
    yield {
      kind: 'fault',
      finding,
      pointer,
      absent: { artifact: virtualServices, ...ref },
      related: [object],
    };
  }
}
