import { configMaps, type NodeItem, nodes, type PodItem, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { type IpRange, parseIpRange, parseIpRanges } from './ip-range.ts';

/** A range of addresses with the object and field that sets it. */
export interface DeclaredRange {
  readonly range: IpRange;
  readonly item: ResourceIdentity;
  /** JSON Pointer to the field. */
  readonly pointer: string;
}

/** A range or address that belongs to one node. */
export interface NodeRange extends DeclaredRange {
  readonly item: NodeItem;
}

/** The addresses of the cluster, as kubeadm's configuration, arguments of control-plane pods and nodes tell them. */
export interface ClusterNetworks {
  /** What pod addresses are taken from. */
  readonly podRanges: readonly DeclaredRange[];
  /** What addresses of Services are taken from. */
  readonly serviceRanges: readonly DeclaredRange[];
  /** The part of the pod addresses that each node was given. */
  readonly nodeRanges: readonly NodeRange[];
  /** Internal addresses of nodes. */
  readonly nodeAddresses: readonly NodeRange[];
  /** Domain of Service names, `cluster.local` unless kubeadm's configuration says otherwise. */
  readonly domain: string;
}

/** Default of kubeadm's `networking.dnsDomain` and of the kubelet's `clusterDomain`. */
const DEFAULT_CLUSTER_DOMAIN = 'cluster.local';

const POD_ARGUMENT = /^--cluster-cidr=(.+)$/;
const SERVICE_ARGUMENT = /^--service-cluster-ip-range=(.+)$/;
/** Static pods of the control plane and kube-proxy, by the label kubeadm and RKE2 give them. */
const COMPONENTS = ['kube-controller-manager', 'kube-apiserver'];

/** The address ranges of the cluster, each once. */
export const clusterNetworks = defineDerived({
  id: 'cluster-networks',
  title: 'Address ranges of the cluster',
  needs: { nodes: optional(nodes), pods: optional(pods), configMaps: optional(configMaps) },
  derive(inputs): ClusterNetworks {
    const config = inputs.configMaps.items.find(
      ({ metadata }) => metadata.namespace === 'kube-system' && metadata.name === 'kubeadm-config',
    );
    const text = config?.data?.ClusterConfiguration ?? '';
    const pointer = '/data/ClusterConfiguration';
    const components = inputs.pods.items.filter(isComponent);
    const declared = (field: string, argument: RegExp): DeclaredRange[] => [
      ...(config
        ? parseIpRanges(yamlField(text, field) ?? '').map((range) => ({ range, item: config, pointer }))
        : []),
      ...components.flatMap((pod) => rangesInArguments(pod, argument)),
    ];
    return {
      podRanges: distinct(declared('podSubnet', POD_ARGUMENT)),
      serviceRanges: distinct(declared('serviceSubnet', SERVICE_ARGUMENT)),
      nodeRanges: inputs.nodes.items.flatMap(rangesOfNode),
      nodeAddresses: inputs.nodes.items.flatMap(addressesOfNode),
      domain: yamlField(text, 'dnsDomain') ?? DEFAULT_CLUSTER_DOMAIN,
    };
  },
});

function isComponent({ metadata }: PodItem): boolean {
  return metadata.namespace === 'kube-system' && COMPONENTS.includes(metadata.labels?.component ?? '');
}

/** A scalar of the `networking` block; its names occur once in kubeadm's ClusterConfiguration. */
function yamlField(text: string, field: string): string | undefined {
  const value = new RegExp(`^\\s+${field}:[ \\t]*["']?([^"'\\s#]+)`, 'm').exec(text)?.[1];
  return value === undefined || value === '' ? undefined : value;
}

function rangesInArguments(pod: PodItem, argument: RegExp): DeclaredRange[] {
  const found: DeclaredRange[] = [];
  for (const [index, container] of (pod.spec?.containers ?? []).entries()) {
    for (const field of ['command', 'args'] as const) {
      for (const [position, text] of (container[field] ?? []).entries()) {
        const pointer = `/spec/containers/${index}/${field}/${position}`;
        const value = argument.exec(text)?.[1];
        if (value) found.push(...parseIpRanges(value).map((range) => ({ range, item: pod, pointer })));
      }
    }
  }
  return found;
}

function rangesOfNode(node: NodeItem): NodeRange[] {
  const several = node.spec?.podCIDRs ?? [];
  const texts = several.length > 0 ? several : [node.spec?.podCIDR ?? ''];
  return texts.flatMap((text, index) => {
    const range = parseIpRange(text);
    const pointer = several.length > 0 ? `/spec/podCIDRs/${index}` : '/spec/podCIDR';
    return range ? [{ range, item: node, pointer }] : [];
  });
}

function addressesOfNode(node: NodeItem): NodeRange[] {
  return (node.status?.addresses ?? []).flatMap(({ type, address }, index) => {
    const range = type === 'InternalIP' ? parseIpRange(address) : undefined;
    return range ? [{ range, item: node, pointer: `/status/addresses/${index}` }] : [];
  });
}

/** Every range once: three instances of a component give three times the same argument. */
function distinct(ranges: readonly DeclaredRange[]): DeclaredRange[] {
  const seen = new Map<string, DeclaredRange>();
  for (const one of ranges) {
    const { version, first, last } = one.range;
    const key = `${version} ${first} ${last}`;
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}
