import { type NodeItem, nodes, type PodItem, pods } from '../artifacts/resources.ts';
import type { daemonSets } from '../artifacts/workload-resources.ts';
import { defineDerived, type ItemOf, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { isTakenOut, readyCondition } from './node-readiness.ts';
import { isKeptAway, pinnedNode, unmatchedSelection } from './node-selection.ts';
import { hasEnded, isReady } from './pod-readiness.ts';

/** A DaemonSet with the fields kept of it. */
export type DaemonSetItem = ItemOf<typeof daemonSets>;

/** Where the pods of a DaemonSet are missing or not ready, nodes that cannot run any left out. */
export interface DaemonGaps {
  /** Pods on nodes that are up which are not ready. */
  notReady(set: DaemonSetItem): readonly { readonly pod: PodItem; readonly node: NodeItem | undefined }[];
  /** Nodes that are up, fit the template and have no pod of the set; undefined when nodes or pods were not all seen. */
  without(set: DaemonSetItem): readonly NodeItem[] | undefined;
}

/** Tolerations the DaemonSet controller gives its pods (pkg/controller/daemon/util): these taints keep none away. */
const TOLERATED = new Set([
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/disk-pressure',
  'node.kubernetes.io/memory-pressure',
  'node.kubernetes.io/pid-pressure',
  'node.kubernetes.io/unschedulable',
]);

/** Pods of DaemonSets by owner, against the nodes. */
export const daemonGaps = defineDerived({
  id: 'daemon-gaps',
  title: 'Gaps of DaemonSets',
  needs: { nodes: optional(nodes), pods: optional(pods) },
  derive({ nodes: nodeItems, pods: podItems }): DaemonGaps {
    const byOwner = new Map<string, PodItem[]>();
    for (const pod of podItems.items) {
      const owner = pod.metadata.ownerReferences?.find((one) => one.controller && one.kind === 'DaemonSet');
      if (owner) getOrCreate(byOwner, `${pod.metadata.namespace}/${owner.name}`, () => []).push(pod);
    }
    const byName = new Map(nodeItems.items.map((node) => [node.metadata.name, node]));
    const podsOf = ({ metadata }: DaemonSetItem): readonly PodItem[] =>
      byOwner.get(`${metadata.namespace}/${metadata.name}`) ?? [];
    const nodeOf = (pod: PodItem): NodeItem | undefined =>
      byName.get(pod.spec?.nodeName ?? pinnedNode(pod) ?? '');
    return {
      notReady: (set) =>
        podsOf(set)
          .filter((pod) => !isReady(pod) && !hasEnded(pod) && !pod.metadata.deletionTimestamp)
          .map((pod) => ({ pod, node: nodeOf(pod) }))
          .filter(({ node }) => node === undefined || isUp(node)),
      without(set) {
        const seen = podItems.coverage.covers(set.metadata.namespace) === true && nodeItems.coverage.complete;
        if (!seen) return undefined;
        const covered = new Set(podsOf(set).map((pod) => pod.spec?.nodeName ?? pinnedNode(pod)));
        // The selection of a template is read like that of a pod.
        const template = { metadata: {}, spec: set.spec?.template?.spec } as unknown as PodItem;
        return nodeItems.items.filter(
          (node) => !covered.has(node.metadata.name) && isUp(node) && isFor(template, node),
        );
      },
    };
  },
});

function isUp(node: NodeItem): boolean {
  return !isTakenOut(node) && readyCondition(node)?.condition.status === 'True';
}

function isFor(template: PodItem, node: NodeItem): boolean {
  if (unmatchedSelection(template, node).length > 0) return false;
  return !(node.spec?.taints ?? []).some((taint) => !TOLERATED.has(taint.key) && isKeptAway(template, taint));
}

/** Names of components every pod of a node depends on. */
const NETWORK =
  /(^|[-/])(kube-proxy|calico-node|cilium|kube-flannel|flannel|weave|aws-node|canal|antrea-agent|kube-router|ovnkube-node|azure-cns|multus|node-local-dns)([-:@]|$)/;
const STORAGE_REGISTRAR = /csi-node-driver-registrar|node-driver-registrar/;

/** Which of a node's foundations a DaemonSet is: its network, its storage, or none that is known. */
export function foundationOf({ metadata, spec }: DaemonSetItem): 'network' | 'storage' | undefined {
  const containers = spec?.template?.spec?.containers ?? [];
  if (NETWORK.test(metadata.name) || containers.some(({ name }) => NETWORK.test(name))) return 'network';
  const registers = containers.some(({ image = '', name }) => STORAGE_REGISTRAR.test(`${name} ${image}`));
  return registers ? 'storage' : undefined;
}
