import { type ServiceItem, services } from '../artifacts/network-resources.ts';
import { type NetworkPolicyItem, networkPolicies } from '../artifacts/policy-resources.ts';
import { namespaces, type PodItem, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { type ClusterDns, clusterDns } from './cluster-dns.ts';
import { type LabelIndex, labelIndex, type SelectorIndex, selectorIndex } from './label-index.ts';
import type { LabelSelector } from './label-selector.ts';
import {
  appliesTo,
  type PolicyDestination,
  type PolicyDirection,
  type PolicyPeer,
  verdictOf,
} from './network-policy.ts';
import { hasEnded } from './pod-readiness.ts';
import { serviceBackends } from './service-backends.ts';
import { numberIn, targetPortOf } from './target-port.ts';

/** Where a pod wants to go, by TCP unless the Service says otherwise. */
export type PolicyTarget =
  | { readonly pod: PodItem; readonly port: number }
  | { readonly service: ServiceItem; readonly port: number }
  /** A host outside the cluster, by name or address. */
  | { readonly outside: string; readonly port: number };

/** A connection that is not let through, with the policies that select the pod at that end. */
export interface PolicyStop {
  readonly direction: PolicyDirection;
  readonly policies: readonly NetworkPolicyItem[];
  readonly pod: PodItem;
}

/** Answers what NetworkPolicies do to connections. Policies of other kinds, of Cilium or Calico, are not read. */
export interface PolicyWorld {
  /** What keeps a pod from asking the cluster's DNS; undefined when nothing does, or when nothing tells. */
  dnsStop(pod: PodItem): PolicyStop | undefined;
  /** What stops a connection of a pod; undefined when nothing does, or when nothing tells. */
  stopOf(pod: PodItem, target: PolicyTarget): PolicyStop | undefined;
  /** The pods of its namespace a policy selects, ended ones included. */
  selectedBy(policy: NetworkPolicyItem): readonly PodItem[];
}

const DNS_PORT = 53;

/** Pods, namespaces, Services and policies joined. */
export const policyWorld = defineDerived({
  id: 'policy-world',
  title: 'Reach of NetworkPolicies',
  needs: {
    policies: optional(networkPolicies),
    pods: optional(pods),
    namespaces: optional(namespaces),
    services: optional(services),
    backends: serviceBackends,
    dns: clusterDns,
  },
  derive(inputs): PolicyWorld {
    const indexes = indexesOf(inputs);
    return {
      dnsStop: (pod) => dnsStop(pod, inputs.dns, indexes),
      stopOf(pod, target) {
        if ('outside' in target) return outsideStop(pod, target, indexes);
        if ('pod' in target) {
          const destination = destinationAt(target.pod, target.port, 'TCP');
          return stopBetween(
            { from: pod, to: target.pod, peer: peerOf(target.pod, indexes), destination },
            indexes,
          );
        }
        const [to] = inputs.backends.podsOf(target.service).filter((one) => !hasEnded(one));
        return to && serviceStop({ from: pod, to, ...target }, indexes);
      },
      selectedBy: ({ metadata, spec }) =>
        indexes.pods.matching(metadata.namespace, (spec?.podSelector ?? {}) as LabelSelector),
    };
  },
});

interface Indexes {
  readonly policies: SelectorIndex<NetworkPolicyItem>;
  /** Of namespaces that have policies only: nobody asks about others. */
  readonly pods: LabelIndex<PodItem>;
  readonly labelsOf: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

function indexesOf(inputs: {
  readonly policies: { readonly items: readonly NetworkPolicyItem[] };
  readonly pods: { readonly items: readonly PodItem[] };
  readonly namespaces: {
    readonly items: readonly {
      readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
    }[];
  };
}): Indexes {
  const withPolicies = new Set(inputs.policies.items.map(({ metadata }) => metadata.namespace));
  const labelsOf = new Map(
    inputs.namespaces.items.map(({ metadata: { name, labels } }) => [
      name,
      // The API server gives every namespace its name as a label (from 1.21 on).
      { 'kubernetes.io/metadata.name': name, ...labels },
    ]),
  );
  return {
    policies: selectorIndex(inputs.policies.items, ({ spec }) => (spec?.podSelector ?? {}) as LabelSelector),
    pods: labelIndex(inputs.pods.items.filter(({ metadata }) => withPolicies.has(metadata.namespace))),
    labelsOf,
  };
}

/** The policies of a pod for a direction; none on the host's network, where policies do not hold. */
function policiesOf(pod: PodItem, direction: PolicyDirection, { policies }: Indexes): NetworkPolicyItem[] {
  if (pod.spec?.hostNetwork) return [];
  const { namespace, labels } = pod.metadata;
  return policies.selecting(namespace, labels).filter((policy) => appliesTo(policy, direction));
}

function peerOf(pod: PodItem, { labelsOf }: Indexes, serviceAddress?: string): PolicyPeer {
  const { namespace = '', labels = {} } = pod.metadata;
  const namespaceLabels = labelsOf.get(namespace);
  const addresses = [pod.status?.podIP, serviceAddress].filter((one) => one !== undefined);
  return { pod: { namespace, labels }, addresses, ...(namespaceLabels ? { namespaceLabels } : {}) };
}

interface Connection {
  readonly from: PodItem;
  readonly to: PodItem | undefined;
  /** The other end as the policies of `from` see it. */
  readonly peer: PolicyPeer;
  readonly destination: PolicyDestination;
}

function stopBetween({ from, to, peer, destination }: Connection, indexes: Indexes): PolicyStop | undefined {
  const out = policiesOf(from, 'egress', indexes);
  if (verdictOf(out, 'egress', { peer, destination }) === 'blocked')
    return { direction: 'egress', policies: out, pod: from };
  // A pod on the host's network comes from an address of its node.
  if (!to || from.spec?.hostNetwork) return undefined;
  const into = policiesOf(to, 'ingress', indexes);
  const source = peerOf(from, indexes);
  return verdictOf(into, 'ingress', { peer: source, destination }) === 'blocked'
    ? { direction: 'ingress', policies: into, pod: to }
    : undefined;
}

function dnsStop(pod: PodItem, dns: ClusterDns, indexes: Indexes): PolicyStop | undefined {
  const [server] = dns.pods;
  // With a cache on the node, pods ask an address of the node.
  if (!server || dns.hasNodeCache) return undefined;
  const { clusterIP, ports = [] } = dns.service?.spec ?? {};
  const peer = peerOf(server, indexes, clusterIP);
  const target = ports.find((one) => one.port === DNS_PORT && one.protocol === 'UDP')?.targetPort;
  // Plugins judge by the port of the Service or by that of the pod: either is enough.
  const stops = [numberIn(server, target as string | number | undefined) ?? DNS_PORT, DNS_PORT].map((port) =>
    stopBetween({ from: pod, to: server, peer, destination: destinationAt(server, port, 'UDP') }, indexes),
  );
  return stops.every((one) => one !== undefined) ? stops[0] : undefined;
}

function outsideStop(
  from: PodItem,
  { outside, port }: { readonly outside: string; readonly port: number },
  indexes: Indexes,
): PolicyStop | undefined {
  const isAddress = /^[\d.]+$|:/.test(outside);
  const peer = { addresses: isAddress ? [outside] : [] };
  return stopBetween({ from, to: undefined, peer, destination: { port, protocol: 'TCP' } }, indexes);
}

function serviceStop(
  asked: {
    readonly from: PodItem;
    readonly to: PodItem;
    readonly service: ServiceItem;
    readonly port: number;
  },
  indexes: Indexes,
): PolicyStop | undefined {
  const { from, to, service } = asked;
  const port = service.spec?.ports?.find((one) => one.port === asked.port);
  const number = port && targetPortOf(port, to);
  if (number === undefined) return undefined;
  const destination = destinationAt(to, number, port?.protocol ?? 'TCP');
  return stopBetween({ from, to, peer: peerOf(to, indexes, service.spec?.clusterIP), destination }, indexes);
}

function destinationAt(pod: PodItem, port: number, protocol: string): PolicyDestination {
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const names = ports.filter((one) => one.containerPort === port).map((one) => one.name);
  return { port, protocol, names: names.filter((name) => name !== undefined) };
}
