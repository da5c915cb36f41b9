import { nodes, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { podRequests } from './pod-requests.ts';
import { parseQuantity } from './quantity.ts';

/** What nodes can offer to pods. Amounts in base units. */
export interface NodeRoom {
  /** What the node offers of a resource in all; 0 where it names none. */
  allocatable(node: string, resource: string): number;
  /** What no pod has asked for yet; undefined when not all pods were seen. May be negative. */
  free(node: string, resource: string): number | undefined;
}

/** Allocatable amounts of each node, less the requests of the pods bound to it. */
export const nodeRoom = defineDerived({
  id: 'node-room',
  title: 'Room on nodes',
  needs: { nodes: optional(nodes), pods: optional(pods) },
  derive({ nodes: nodeCollection, pods: podCollection }): NodeRoom {
    const offered = new Map(
      nodeCollection.items.map((node) => [node.metadata.name, node.status?.allocatable]),
    );
    const used = new Map<string, Map<string, number>>();
    for (const pod of podCollection.items) {
      const { nodeName } = pod.spec ?? {};
      const phase = pod.status?.phase;
      if (!nodeName || phase === 'Succeeded' || phase === 'Failed') continue;
      const sum = getOrCreate(used, nodeName, () => new Map<string, number>());
      for (const [resource, amount] of podRequests(pod)) sum.set(resource, (sum.get(resource) ?? 0) + amount);
    }
    const { complete } = podCollection.coverage;
    function allocatable(node: string, resource: string): number {
      return parseQuantity(offered.get(node)?.[resource]) ?? 0;
    }
    return {
      allocatable,
      free: (node, resource) =>
        complete ? allocatable(node, resource) - (used.get(node)?.get(resource) ?? 0) : undefined,
    };
  },
});
