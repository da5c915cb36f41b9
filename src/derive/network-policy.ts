import type { NetworkPolicyItem } from '../artifacts/policy-resources.ts';
import { parseIpRange, rangeContains } from './ip-range.ts';
import { type LabelSelector, matchesSelector } from './label-selector.ts';

type Spec = NonNullable<NetworkPolicyItem['spec']>;
type Peer = NonNullable<NonNullable<Spec['egress']>[number]['to']>[number];
type PolicyPort = NonNullable<NonNullable<Spec['egress']>[number]['ports']>[number];
type Labels = Readonly<Record<string, string>>;

export type PolicyDirection = 'ingress' | 'egress';

/** The other end of a connection, as far as it is known. */
export interface PolicyPeer {
  /** Undefined for anything outside the cluster. */
  readonly pod?: { readonly namespace: string; readonly labels: Labels };
  /** Labels of its namespace; undefined when Namespaces were not seen. */
  readonly namespaceLabels?: Labels;
  /** Addresses it may be seen under: of the pod, of the Service before it, of an outside host. */
  readonly addresses: readonly string[];
}

/** A port of the connection, at the pod that serves it. */
export interface PolicyDestination {
  readonly port: number;
  readonly protocol: string;
  /** Names the serving containers give it. */
  readonly names?: readonly string[];
}

export type PolicyVerdict = 'allowed' | 'blocked' | 'unknown';

/** Whether a policy speaks of this direction. Without `policyTypes` it does of ingress, and of egress when it has rules. */
export function appliesTo({ spec }: NetworkPolicyItem, direction: PolicyDirection): boolean {
  const types = spec?.policyTypes ?? (spec?.egress ? ['Ingress', 'Egress'] : ['Ingress']);
  return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
}

/** Whether any of the policies that select a pod lets a connection through; they only ever add to each other. */
export function verdictOf(
  policies: readonly NetworkPolicyItem[],
  direction: PolicyDirection,
  { peer, destination }: { readonly peer: PolicyPeer; readonly destination: PolicyDestination },
): PolicyVerdict {
  if (policies.length === 0) return 'allowed';
  let verdict: PolicyVerdict = 'blocked';
  for (const policy of policies) {
    for (const { peers, ports } of rulesOf(policy, direction)) {
      const port = portVerdict(ports, destination);
      if (port === 'blocked') continue;
      const who = peersVerdict(peers, peer, policy.metadata.namespace ?? '');
      if (port === 'allowed' && who === 'allowed') return 'allowed';
      if (who !== 'blocked') verdict = 'unknown';
    }
  }
  return verdict;
}

interface Rule {
  readonly peers: readonly Peer[] | undefined;
  readonly ports: readonly PolicyPort[] | undefined;
}

function rulesOf({ spec }: NetworkPolicyItem, direction: PolicyDirection): Rule[] {
  if (direction === 'egress') return (spec?.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
  return (spec?.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }));
}

/** An empty list means every port, as one that is missing does. */
function portVerdict(ports: Rule['ports'], { port, protocol, names = [] }: PolicyDestination): PolicyVerdict {
  if (!ports || ports.length === 0) return 'allowed';
  let verdict: PolicyVerdict = 'blocked';
  for (const one of ports) {
    if ((one.protocol ?? 'TCP') !== protocol) continue;
    if (one.port === undefined || one.port === null) return 'allowed';
    const wanted = String(one.port);
    if (/^\d+$/.test(wanted)) {
      const last = one.endPort ?? Number(wanted);
      if (port >= Number(wanted) && port <= last) return 'allowed';
    } else if (names.includes(wanted)) {
      return 'allowed';
    } else if (names.length === 0) {
      verdict = 'unknown';
    }
  }
  return verdict;
}

function peersVerdict(peers: Rule['peers'], peer: PolicyPeer, namespace: string): PolicyVerdict {
  if (!peers || peers.length === 0) return 'allowed';
  const verdicts = peers.map((one) => peerVerdict(one, peer, namespace));
  if (verdicts.includes('allowed')) return 'allowed';
  return verdicts.includes('unknown') ? 'unknown' : 'blocked';
}

function peerVerdict(
  { ipBlock, namespaceSelector, podSelector }: Peer,
  { pod, namespaceLabels, addresses }: PolicyPeer,
  namespace: string,
): PolicyVerdict {
  if (ipBlock) {
    // A host whose address is not known may lie anywhere.
    if (addresses.length === 0) return 'unknown';
    return addresses.some((address) => isInBlock(address, ipBlock)) ? 'allowed' : 'blocked';
  }
  if (!pod) return 'blocked';
  if (podSelector && !matchesSelector(pod.labels, podSelector as LabelSelector)) return 'blocked';
  if (!namespaceSelector) return pod.namespace === namespace ? 'allowed' : 'blocked';
  if (!namespaceLabels) return 'unknown';
  return matchesSelector(namespaceLabels, namespaceSelector as LabelSelector) ? 'allowed' : 'blocked';
}

function isInBlock(
  address: string,
  { cidr, except = [] }: { readonly cidr: string; readonly except?: readonly string[] },
): boolean {
  const [one, block] = [parseIpRange(address), parseIpRange(cidr)];
  if (!one || !block || !rangeContains(block, one)) return false;
  return !except.some((text) => {
    const out = parseIpRange(text);
    return out !== undefined && rangeContains(out, one);
  });
}
