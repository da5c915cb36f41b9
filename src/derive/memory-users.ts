import { type PodMetricsItem, podMetrics } from '../artifacts/resource-usage.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { subjectKey } from '../model/subject.ts';
import { objectGraph } from './object-graph.ts';
import { parseQuantity } from './quantity.ts';

/** What a pod used of memory in the last window. */
export interface MemoryUser {
  readonly item: PodMetricsItem;
  /** Bytes of all its containers. */
  readonly bytes: number;
}

/** The pods that use most memory, by node. */
export interface MemoryUsers {
  /** Most first, at most {@link MOST}; none where usage was not measured. */
  on(nodeKey: string): readonly MemoryUser[];
}

/** Pods named for a node. */
const MOST = 3;

/** Which pods of a node use most memory, as metrics-server measured it. */
export const memoryUsers = defineDerived({
  id: 'memory-users',
  title: 'Pods by memory used',
  needs: { usage: optional(podMetrics), graph: objectGraph },
  derive({ usage, graph }): MemoryUsers {
    const byNode = new Map<string, MemoryUser[]>();
    for (const item of usage.items) {
      const { namespace, name } = item.metadata;
      const node = graph.nodeOf(subjectKey({ group: '', kind: 'Pod', namespace, name }));
      const bytes = (item.containers ?? []).reduce(
        (sum, { usage: used }) => sum + (parseQuantity(used?.memory) ?? 0),
        0,
      );
      if (node === undefined || bytes === 0) continue;
      const users = getOrCreate(byNode, node, () => []);
      users.push({ item, bytes });
      users.sort((a, b) => b.bytes - a.bytes);
      users.length = Math.min(users.length, MOST);
    }
    return { on: (node) => byNode.get(node) ?? [] };
  },
});
