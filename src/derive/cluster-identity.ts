import { apiServerVersion } from '../artifacts/api-server-version.ts';
import { configMaps, type NodeItem, namespaces, nodes, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';

/** Who made the distribution, as far as the objects show it. */
export type Flavour = 'kubeadm' | 'eks' | 'gke' | 'aks' | 'k3s' | 'rke2' | 'openshift';

/** What is known of the cluster as a whole; every field may be unknown. */
export interface ClusterIdentity {
  /** uid of the namespace kube-system. */
  readonly id?: string;
  /** gitVersion of the API server, else of the newest kubelet. */
  readonly version?: string;
  readonly flavour?: Flavour;
  readonly nodes?: number;
}

/** Version suffixes and node labels of distributions (facts: control-plane-and-nodes.md §7.8). */
const VERSION_MARKS: readonly (readonly [RegExp, Flavour])[] = [
  [/-eks-/, 'eks'],
  [/-gke\./, 'gke'],
  [/\+k3s/, 'k3s'],
  [/\+rke2/, 'rke2'],
];
const LABEL_MARKS: readonly (readonly [string, Flavour])[] = [
  ['node.openshift.io/os_id', 'openshift'],
  ['kubernetes.azure.com/cluster', 'aks'],
  ['eks.amazonaws.com/nodegroup', 'eks'],
  ['cloud.google.com/gke-nodepool', 'gke'],
];

/** The cluster's id, version, flavour and size. */
export const clusterIdentity = defineDerived({
  id: 'cluster-identity',
  title: 'Cluster',
  needs: {
    version: optional(apiServerVersion),
    namespaces: optional(namespaces),
    nodes: optional(nodes),
    pods: optional(pods),
    configMaps: optional(configMaps),
  },
  derive(inputs): ClusterIdentity {
    const kubeSystem = inputs.namespaces.items.find((item) => item.metadata.name === 'kube-system');
    const version = inputs.version.items[0]?.value.gitVersion ?? newestKubelet(inputs.nodes.items);
    const kubeadm =
      inputs.configMaps.items.some(
        (item) => item.metadata.namespace === 'kube-system' && item.metadata.name === 'kubeadm-config',
      ) ||
      inputs.pods.items.some(
        (pod) => pod.metadata.namespace === 'kube-system' && pod.metadata.labels?.tier === 'control-plane',
      );
    const flavour = flavourOf(version, inputs.nodes.items) ?? (kubeadm ? 'kubeadm' : undefined);
    return {
      ...(kubeSystem?.metadata.uid === undefined ? {} : { id: kubeSystem.metadata.uid }),
      ...(version === undefined ? {} : { version }),
      ...(flavour === undefined ? {} : { flavour }),
      ...(inputs.nodes.coverage.complete ? { nodes: inputs.nodes.items.length } : {}),
    };
  },
});

function flavourOf(version: string | undefined, items: readonly NodeItem[]): Flavour | undefined {
  const byVersion = VERSION_MARKS.find(([mark]) => version !== undefined && mark.test(version));
  if (byVersion) return byVersion[1];
  return LABEL_MARKS.find(([label]) =>
    items.some((node) => node.metadata.labels?.[label] !== undefined),
  )?.[1];
}

function newestKubelet(items: readonly NodeItem[]): string | undefined {
  const versions = items
    .map((node) => node.status?.nodeInfo?.kubeletVersion)
    .filter((one) => one !== undefined);
  return versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}
