import { nodes, pods } from '../../src/artifacts/resources.ts';
import {
  type ClusterNetworks,
  clusterNetworks,
  type DeclaredRange,
  type NodeRange,
} from '../../src/derive/cluster-networks.ts';
import { overlappingPairs, rangesOverlap } from '../../src/derive/ip-range.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

const OVERLAP = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the ranges are compared by number' },
  check: 'apart',
} as const;
const MOSTLY = {
  level: 'likely',
  reason: 'some network plugins take addresses from pools of their own, whatever range the node was given',
} as const;
const REBUILD = {
  text: 'The range of pods or Services of a running cluster can hardly be changed: plan a new cluster, or new nodes, with ranges that lie apart from each other and from the network of the machines.',
} as const;

export const cidrOverlap = defineAnalyzer({
  meta: {
    id: 'network/cidr-overlap',
    title: 'Address ranges overlap',
    description:
      'Whether addresses of pods, Services and nodes are taken from ranges that have nothing in common.',
    messages: {
      podsAndServices: {
        ...OVERLAP,
        text: 'The range of pods {pods:text} ({declared:object}) and that of Services {services:text} ({other:object}) overlap: an address may stand for a pod and for a Service at once.',
        remedy: [REBUILD],
        explains: [
          { effect: 'connection-failing', via: ['cluster-wide'] },
          { effect: 'service-unreachable', via: ['cluster-wide'] },
        ],
      },
      nodeInServices: {
        ...OVERLAP,
        text: 'The address {address:text} of {node:object} lies in the range of Services {services:text} ({other:object}): a Service that gets this address takes its traffic.',
        remedy: [REBUILD],
      },
      nodeInPods: {
        ...OVERLAP,
        confidence: MOSTLY,
        text: 'The address {address:text} of {node:object} lies in the pod range {pods:text} of {other:object}: pods of that node cannot reach it, nor it them.',
        remedy: [REBUILD],
        explains: [{ effect: 'connection-failing', via: ['runs'] }],
      },
      nodesShareRange: {
        ...OVERLAP,
        confidence: MOSTLY,
        text: '{node:object} and {other:object} give their pods addresses of one range: {pods:text} and {shared:text}.',
        remedy: [
          {
            text: 'A node that came back under its name with an old range, or two allocators at once: see which controller sets `podCIDR`, then delete and join one of the nodes again.',
            argv: ['kubectl', 'get', 'nodes', '-o', 'custom-columns=NAME:.metadata.name,PODS:.spec.podCIDRs'],
          },
        ],
        explains: [{ effect: 'connection-failing', via: ['runs'] }],
      },
    },
    checks: {
      apart: {
        checklist: 'check-preflight',
        item: 'Subnets do not overlap',
        expected: 'ranges of pods, Services and nodes lie apart',
        found: 'pods {pods:text}, Services {services:text}, {nodes:count} node addresses',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/cluster-administration/networking/#kubernetes-ip-address-ranges',
      'https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/: networking.podSubnet, networking.serviceSubnet',
    ],
  },
  needs: { networks: clusterNetworks, nodes, pods: optional(pods) },
  appliesTo({ networks, nodes: collection, pods: podList }) {
    const { podRanges, serviceRanges, nodeRanges } = networks;
    if (podRanges.length + serviceRanges.length + nodeRanges.length > 0) return true;
    const gaps = [...collection.coverage.gaps, ...podList.coverage.gaps];
    if (gaps.length > 0) return { applies: 'unseen', gaps };
    return {
      applies: false,
      reason: 'no object tells the ranges of pods and Services: the provider keeps them',
    };
  },
  analyze({ networks }, context) {
    const { podRanges, serviceRanges, nodeRanges, nodeAddresses } = networks;
    const found = [
      comparePodsWithServices(networks, context),
      compareNodesWithServices(networks, context),
      compareNodesWithPods(networks, context),
    ].some(Boolean);
    const [shown] = [...serviceRanges, ...podRanges, ...nodeRanges];
    if (found || !shown) return undefined;
    const subject = subjectOf(shown.item);
    const known = podRanges.length > 0 ? podRanges : nodeRanges;
    if (serviceRanges.length === 0 || known.length === 0) {
      const what = serviceRanges.length === 0 ? 'Services' : 'pods';
      context.looked({ check: 'apart', unseen: `no object tells the range of ${what}`, subject });
      return undefined;
    }
    context.looked({
      check: 'apart',
      values: { pods: textsOf(known), services: textsOf(serviceRanges), nodes: nodeAddresses.length },
      subject,
      evidence: [context.at(shown.item, shown.pointer)],
    });
    return undefined;
  },
});

type Context = AnalyzeContext<typeof cidrOverlap.meta.messages, NonNullable<typeof cidrOverlap.meta.checks>>;

/** Ranges shown in a row: a node's own are too many to list. */
const SHOWN_RANGES = 4;

function textsOf(ranges: readonly DeclaredRange[]): string[] {
  const texts = ranges.slice(0, SHOWN_RANGES).map(({ range }) => range.text);
  return ranges.length > SHOWN_RANGES ? [...texts, '…'] : texts;
}

function comparePodsWithServices(networks: ClusterNetworks, context: Context): boolean {
  const { podRanges, serviceRanges, nodeRanges } = networks;
  let found = false;
  for (const service of serviceRanges) {
    // A configured range is one fault; without it the parts the nodes were given tell.
    const pods =
      podRanges.find((one) => rangesOverlap(one.range, service.range)) ??
      nodeRanges.find((one) => rangesOverlap(one.range, service.range));
    if (!pods) continue;
    found = true;
    context.report({
      message: 'podsAndServices',
      values: {
        pods: pods.range.text,
        services: service.range.text,
        declared: subjectOf(pods.item),
        other: subjectOf(service.item),
      },
      subject: subjectOf(service.item),
      related: relatedOf(pods),
      evidence: [context.at(service.item, service.pointer), context.at(pods.item, pods.pointer)],
    });
  }
  return found;
}

function compareNodesWithServices(
  { serviceRanges, nodeAddresses }: ClusterNetworks,
  context: Context,
): boolean {
  let found = false;
  for (const address of nodeAddresses) {
    const service = serviceRanges.find((one) => rangesOverlap(one.range, address.range));
    if (!service) continue;
    found = true;
    context.report({
      message: 'nodeInServices',
      values: {
        address: address.range.text,
        node: subjectOf(address.item),
        services: service.range.text,
        other: subjectOf(service.item),
      },
      subject: subjectOf(address.item),
      related: relatedOf(service),
      evidence: [context.at(address.item, address.pointer), context.at(service.item, service.pointer)],
    });
  }
  return found;
}

/** The ranges the nodes were given, against each other and against the nodes' own addresses. */
function compareNodesWithPods({ nodeRanges, nodeAddresses }: ClusterNetworks, context: Context): boolean {
  const isAddress = new Set<NodeRange>(nodeAddresses);
  const pairs = overlappingPairs([...nodeRanges, ...nodeAddresses], (one) => one.range);
  let found = false;
  for (const [first, second] of pairs) {
    // Two nodes with one address are no matter of ranges.
    if (isAddress.has(first) && isAddress.has(second)) continue;
    found = true;
    const evidence = [
      context.at(first.item, first.pointer),
      context.at(second.item, second.pointer),
    ] as const;
    const [inner, outer] = isAddress.has(first) ? [first, second] : [second, first];
    const node = subjectOf(inner.item);
    const other = subjectOf(outer.item);
    const common = { subject: node, related: relatedOf(outer), evidence };
    if (isAddress.has(inner)) {
      const values = { address: inner.range.text, node, pods: outer.range.text, other };
      context.report({ message: 'nodeInPods', values, ...common });
    } else {
      const values = { node, other, pods: inner.range.text, shared: outer.range.text };
      context.report({ message: 'nodesShareRange', values, ...common });
    }
  }
  return found;
}

function relatedOf({ item }: DeclaredRange): ObjectRef[] {
  return [subjectOf(item)];
}
