import { nodes, pods } from '../../src/artifacts/resources.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { isVirtualNode } from '../../src/derive/network-agents.ts';
import { type NodeAddresses, nodeAddresses } from '../../src/derive/node-addresses.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Input } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A node gets its range within seconds of joining. */
const SETTLED_SECONDS = 120;
/** Used to this share, a range counts as full: addresses of pods that are going are still taken. */
const FULL_SHARE = 0.9;
/** Pods named as related. */
const RELATED_PODS = 50;

const EXHAUSTED = {
  severity: 'critical',
  explains: [{ effect: 'pod-not-starting', via: ['runs'] }],
} as const;

export const podAddressesExhausted = defineAnalyzer({
  meta: {
    id: 'network/pod-addresses-exhausted',
    title: 'Pod addresses exhausted',
    description: 'Nodes that were given no range of pod addresses, or whose pods get no address any more.',
    messages: {
      nodeWithoutRange: {
        ...EXHAUSTED,
        confidence: { level: 'likely', reason: 'other nodes of the cluster were given a range' },
        text: '{node:object} was given no range of pod addresses, while {others:count} other nodes were: the pod range of the cluster is used up.',
        remedy: [
          {
            text: 'Ranges of nodes that are gone come back when their Node objects are deleted. Otherwise give the controller manager another range in `--cluster-cidr`, or larger clusters smaller parts with `--node-cidr-mask-size`.',
            argv: ['kubectl', 'get', 'nodes', '-o', 'custom-columns=NAME:.metadata.name,PODS:.spec.podCIDRs'],
          },
        ],
        explains: [
          { effect: 'pod-not-starting', via: ['runs'] },
          { effect: 'node-not-ready', via: ['same-object'] },
          { effect: 'node-network-not-ready', via: ['same-object'] },
        ],
      },
      rangeFull: {
        ...EXHAUSTED,
        confidence: { level: 'certain', reason: 'pods and range were counted, and an event says so' },
        text: '{waiting:count} pods on {node:object} get no address: {used:count} of the {capacity:count} addresses of its range are in use.',
        remedy: [
          {
            text: 'Let the node take fewer pods (`maxPods` of the kubelet), or give new nodes larger ranges.',
            argv: [
              'kubectl',
              'get',
              'pods',
              '-A',
              '-o',
              'wide',
              '--field-selector',
              'spec.nodeName={node.name}',
            ],
          },
        ],
      },
      rangeLeaked: {
        ...EXHAUSTED,
        confidence: {
          level: 'likely',
          reason: 'far fewer pods run than the range has addresses, and an event says there are none left',
        },
        text: '{waiting:count} pods on {node:object} get no address though pods use only {used:count} of the {capacity:count} addresses of its range: addresses of pods that are gone are still taken.',
        remedy: [
          {
            text: 'On the node, compare the files in /var/lib/cni/networks with the pods that run and remove those of pods that are gone; with Calico use `calicoctl ipam check`.',
          },
        ],
      },
      poolExhausted: {
        ...EXHAUSTED,
        confidence: { level: 'certain', reason: 'an event of each of these pods says so' },
        text: '{waiting:count} pods on {node:object} get no address from the pool of the network plugin.',
        remedy: [
          {
            text: 'Enlarge the pool: free addresses of the subnet on clouds, the IPPool of Calico or Cilium, or smaller blocks for each node.',
          },
        ],
      },
    },
    checks: {
      addresses: { item: 'Node has pod addresses', expected: 'free addresses', found: '{used:count} in use' },
    },
    references: [
      'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/: --cluster-cidr, --node-cidr-mask-size',
      'containernetworking/plugins plugins/ipam/host-local: `no IP addresses available in range set`',
      'aws/amazon-vpc-cni-k8s: `failed to assign an IP address to container`, event InsufficientFreeAddressesInSubnet',
    ],
  },
  needs: { nodes, pods, addresses: nodeAddresses, events: eventIndex },
  analyze({ addresses, events }, context) {
    const given = addresses.filter(({ node }) => hasRange(node)).length;
    for (const one of addresses) {
      const { node, waiting, used } = one;
      if (isVirtualNode(node) || node.metadata.deletionTimestamp) continue;
      const settled = isOlder(context.age(node.metadata.creationTimestamp, node), SETTLED_SECONDS);
      if (waiting.length > 0) reportWaiting(one, context);
      else if (given > 0 && !hasRange(node) && settled) reportWithout(one, { given, events, context });
      else context.looked({ check: 'addresses', values: { used }, subject: subjectOf(node) });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof podAddressesExhausted.meta.messages,
  NonNullable<typeof podAddressesExhausted.meta.checks>
>;

function hasRange({ spec }: NodeAddresses['node']): boolean {
  return Boolean(spec?.podCIDR) || (spec?.podCIDRs ?? []).length > 0;
}

function reportWithout(
  { node }: NodeAddresses,
  { given, events, context }: { given: number; events: Input<typeof eventIndex>; context: Context },
): void {
  const subject = subjectOf(node);
  const event = events.about(node).find((one) => one.reason === 'CIDRNotAvailable');
  context.report({
    message: 'nodeWithoutRange',
    values: { node: subject, others: given },
    subject,
    evidence: [context.at(node, '/spec'), ...(event ? [context.at(event, '/message')] : [])],
    ...(event
      ? { confidence: { level: 'certain', reason: 'the controller that gives out ranges says so' } as const }
      : {}),
  });
}

function reportWaiting({ node, capacity, used, waiting }: NodeAddresses, context: Context): void {
  const [first] = waiting;
  if (!first) return;
  const subject = subjectOf(node);
  const values = { node: subject, waiting: waiting.length, used };
  const common = {
    subject,
    related: waiting.slice(0, RELATED_PODS).map(({ pod }) => subjectOf(pod)),
    evidence: [context.at(first.event, '/message'), context.at(node, '/spec')],
  } as const;
  if (capacity === undefined) {
    context.report({ message: 'poolExhausted', values, ...common });
  } else {
    const message = used >= capacity * FULL_SHARE ? 'rangeFull' : 'rangeLeaked';
    context.report({ message, values: { ...values, capacity }, ...common });
  }
}
