import type { IstioGatewayItem, VirtualServiceItem } from '../artifacts/istio-resources.ts';
import { type SecretItem, secrets } from '../artifacts/resources.ts';
import type { Collection } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { type IstioFault, unseen } from './istio-fault.ts';
import type { GatewayPods } from './istio-gateway-pods.ts';
import { gatewayRef, gatewaysOf, MESH } from './istio-routes.ts';
import { labelsText } from './istio-scope-conflicts.ts';
import type { IstioWorkloads } from './istio-workloads.ts';

type Of<Message extends string, Values> = {
  readonly message: Message;
  readonly values: { readonly gateway: ObjectRef } & Values;
};

/** Why an Istio Gateway does not serve what it says. */
export type IstioGatewayFinding =
  | Of<'podsMissing' | 'podsMissingUnused', { selector: string; routes: readonly string[] }>
  | Of<'podsAsleep', { workloads: readonly string[]; routes: readonly string[] }>
  | Of<'credentialMissing', { secret: ObjectRef; hosts: readonly string[]; pod: ObjectRef }>
  | Of<'credentialUnfit', { secret: ObjectRef; hosts: readonly string[] }>
  | Of<'portNotExposed', { port: string; service: ObjectRef; offered: readonly string[] }>;

/** What Gateways name, and who names them. */
export interface GatewayWorld {
  readonly workloads: IstioWorkloads;
  readonly secrets: Collection<SecretItem>;
  readonly podsOf: (selector: Readonly<Record<string, string>>) => GatewayPods;
  /** VirtualServices by `namespace/name` of the Gateways they are bound to. */
  readonly users: ReadonlyMap<string, readonly VirtualServiceItem[]>;
}

/** VirtualServices by the Gateways they are bound to. */
export function gatewayUsers(items: readonly VirtualServiceItem[]): Map<string, VirtualServiceItem[]> {
  const users = new Map<string, VirtualServiceItem[]>();
  for (const item of items) {
    for (const text of new Set(gatewaysOf(item))) {
      if (text === MESH) continue;
      const { namespace, name } = gatewayRef(text, item.metadata.namespace);
      getOrCreate(users, `${namespace}/${name}`, () => []).push(item);
    }
  }
  return users;
}

/** What keeps a Gateway from serving: no pods, no certificate, a port that leads to no pod. */
export function* istioGatewayFaults(
  item: IstioGatewayItem,
  world: GatewayWorld,
): Generator<IstioFault<IstioGatewayFinding>> {
  const selector = item.spec?.selector ?? {};
  // Without a selector a Gateway is for every proxy.
  if (Object.keys(selector).length === 0) return;
  const pods = world.podsOf(selector);
  const isEmpty = pods.byNamespace.length === 0;
  const gap = isEmpty ? world.workloads.gapOfWorkloads() : undefined;
  if (gap) {
    yield unseen(gap);
  } else if (isEmpty) {
    yield* emptyFaults(item, selector, world);
  } else {
    yield* credentialFaults(item, pods, world.secrets);
    yield* portFaults(item, pods);
  }
}

const NAMED = 10;

/** Nothing serves it: its pods are scaled to zero or under way, or its selector is for none. */
function* emptyFaults(
  item: IstioGatewayItem,
  selector: Readonly<Record<string, string>>,
  { workloads, users: all }: GatewayWorld,
): Generator<IstioFault<IstioGatewayFinding>> {
  const users = (all.get(`${item.metadata.namespace}/${item.metadata.name}`) ?? []).slice(0, NAMED);
  const asleep = workloads.templatesAnywhere(selector).slice(0, NAMED);
  if (asleep.length > 0 && users.length === 0) return;
  const gateway = subjectOf(item);
  const routes = users.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  const finding: IstioGatewayFinding =
    asleep.length > 0
      ? {
          message: 'podsAsleep',
          values: {
            gateway,
            workloads: asleep.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
            routes,
          },
        }
      : {
          message: users.length > 0 ? 'podsMissing' : 'podsMissingUnused',
          values: { gateway, selector: labelsText(selector), routes },
        };
  yield {
    kind: 'fault',
    finding,
    pointer: '/spec/selector',
    shown: asleep.slice(0, 3).map((one) => ({ item: one, pointer: '/spec' })),
    related: [...asleep, ...users].map((one) => subjectOf(one)),
  };
}

/** Certificates a Gateway takes from Secrets, which have to lie where its pods run. */
function* credentialFaults(
  item: IstioGatewayItem,
  { byNamespace }: GatewayPods,
  collection: Collection<SecretItem>,
): Generator<IstioFault<IstioGatewayFinding>> {
  const told = new Set<string>();
  for (const [index, { tls, hosts = [] }] of (item.spec?.servers ?? []).entries()) {
    const names = [tls?.credentialName, ...(tls?.credentialNames ?? [])];
    for (const name of names) {
      // Others come from a provider of secrets, or from a place of their own: `kubernetes-gateway://…`.
      if (!name || name.includes('://') || name.includes('/') || tls?.mode === 'PASSTHROUGH') continue;
      for (const [namespace, pod] of byNamespace) {
        const key = `${namespace}/${name}`;
        if (told.has(key)) continue;
        told.add(key);
        const found = collection.lookup({ namespace, name });
        const secret: ObjectRef = { group: '', kind: 'Secret', namespace, name };
        const gateway = subjectOf(item);
        const pointer = `/spec/servers/${index}/tls`;
        if (found.state === 'unseen') {
          yield unseen(found.gap);
        } else if (found.state === 'absent') {
          const values = { gateway, secret, hosts, pod: subjectOf(pod) };
          const absent = { artifact: secrets, namespace, name };
          const finding = { message: 'credentialMissing', values } as const;
          yield { kind: 'fault', finding, pointer, absent, related: [secret, subjectOf(pod)] };
        } else if (holdsNoCertificate(found.item)) {
          const finding = { message: 'credentialUnfit', values: { gateway, secret, hosts } } as const;
          const shown = [{ item: found.item, pointer: '/data' }];
          yield { kind: 'fault', finding, pointer, shown, related: [secret] };
        }
      }
    }
  }
}

/** Keys Istio reads a certificate from; a Secret that shows none at all may have been cut. */
function holdsNoCertificate({ data }: SecretItem): boolean {
  if (data === undefined || Object.keys(data).length === 0) return false;
  return data['tls.crt'] === undefined && data.cert === undefined;
}

/** Ports no Service of the Gateway's pods leads to: a server is meant for a port of the Service, or its target. */
function* portFaults(
  item: IstioGatewayItem,
  { services, ports, offered, gap }: GatewayPods,
): Generator<IstioFault<IstioGatewayFinding>> {
  const [service] = services;
  if (!ports) return;
  if (gap) yield unseen(gap);
  if (gap || !service) return;
  const told = new Set<number>();
  for (const [index, { port }] of (item.spec?.servers ?? []).entries()) {
    if (!port?.number || ports.has(port.number) || told.has(port.number)) continue;
    told.add(port.number);
    const values = {
      gateway: subjectOf(item),
      port: String(port.number),
      service: subjectOf(service),
      offered,
    };
    yield {
      kind: 'fault',
      finding: { message: 'portNotExposed', values },
      pointer: `/spec/servers/${index}/port`,
      shown: [{ item: service, pointer: '/spec/ports' }],
      related: [subjectOf(service)],
    };
  }
}
