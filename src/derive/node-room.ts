import { nodes, type PodItem, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { type Amounts, podRequests } from './pod-requests.ts';
import { parseQuantity } from './quantity.ts';

/** What nodes can offer to pods. Amounts in base units. */
export interface NodeRoom {
  /** What the node offers of a resource in all; 0 where it names none. */
  allocatable(node: string, resource: string): number;
  /** What no pod has asked for yet; undefined when not all pods were seen. May be negative. */
  free(node: string, resource: string): number | undefined;
  /** The pod on this node that holds a host port, written as `8080/TCP`. */
  portHolder(node: string, port: string): ObjectRef | undefined;
}

/** Allocatable amounts of each node, less the requests of the pods bound to it, and the host ports taken. */
export const nodeRoom = defineDerived({
  id: 'node-room',
  title: 'Room on nodes',
  needs: { nodes: optional(nodes), pods: optional(pods) },
  derive({ nodes: nodeCollection, pods: podCollection }): NodeRoom {
    const offered = new Map(
      nodeCollection.items.map((node) => [node.metadata.name, amountsOf(node.status?.allocatable)]),
    );
    const used = new Map<string, Map<string, number>>();
    const ports = new Map<string, PodItem>();
    for (const pod of podCollection.items) {
      const { nodeName } = pod.spec ?? {};
      const phase = pod.status?.phase;
      if (!nodeName || phase === 'Succeeded' || phase === 'Failed') continue;
      const sum = getOrCreate(used, nodeName, () => new Map<string, number>());
      for (const [resource, amount] of podRequests(pod)) sum.set(resource, (sum.get(resource) ?? 0) + amount);
      for (const port of hostPorts(pod)) ports.set(`${nodeName} ${port}`, pod);
    }
    const { complete } = podCollection.coverage;
    function allocatable(node: string, resource: string): number {
      return offered.get(node)?.get(resource) ?? 0;
    }
    return {
      allocatable,
      free: (node, resource) =>
        complete ? allocatable(node, resource) - (used.get(node)?.get(resource) ?? 0) : undefined,
      portHolder(node, port) {
        const holder = ports.get(`${node} ${port}`);
        return holder && subjectOf(holder);
      },
    };
  },
});

function amountsOf(quantities: Readonly<Record<string, string>> | undefined): Amounts {
  return new Map(
    Object.entries(quantities ?? {}).map(([resource, text]) => [resource, parseQuantity(text) ?? 0]),
  );
}

/** The ports of its node a pod asks for, as `8080/TCP`. */
export function hostPorts(pod: PodItem): string[] {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const found = containers
    .flatMap((container) => container.ports ?? [])
    .filter((one) => one.hostPort)
    .map((one) => `${one.hostPort}/${one.protocol ?? 'TCP'}`);
  return [...new Set(found)];
}
