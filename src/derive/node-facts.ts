import { type NodeItem, nodes, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { Value } from '../model/message.ts';
import { subjectOf } from '../model/subject.ts';
import { KUBELET_CONDITIONS } from './node-conditions.ts';

/** Nodes as they describe themselves, with the pods bound to each. */
export const nodeFacts = defineDerived({
  id: 'node-facts',
  title: 'Nodes',
  needs: { nodes: optional(nodes), pods: optional(pods) },
  derive({ nodes: collection, pods: podCollection }): readonly (readonly Value[])[] {
    const bound = new Map<string, number>();
    for (const pod of podCollection.items) {
      const name = pod.spec?.nodeName;
      if (name) bound.set(name, getOrCreate(bound, name, () => 0) + 1);
    }
    const known = podCollection.coverage.complete;
    return collection.items.map((node) => nodeRow(node, known ? (bound.get(node.metadata.name) ?? 0) : null));
  },
  table: (rows) => ({
    id: 'nodes',
    title: 'Nodes',
    columns: [
      { id: 'node', title: 'Node', tag: 'object' },
      { id: 'roles', title: 'Roles', tag: 'text' },
      { id: 'ready', title: 'Ready', tag: 'text' },
      { id: 'schedulable', title: 'Schedulable', tag: 'text' },
      { id: 'kubelet', title: 'Kubelet', tag: 'text' },
      { id: 'runtime', title: 'Runtime', tag: 'text' },
      { id: 'os', title: 'OS', tag: 'text' },
      { id: 'cpu', title: 'CPU', tag: 'quantity' },
      { id: 'memory', title: 'Memory', tag: 'quantity' },
      { id: 'pods', title: 'Pods', tag: 'count' },
      { id: 'conditions', title: 'Other conditions', tag: 'text' },
    ],
    rows,
  }),
});

const ROLE_LABEL = 'node-role.kubernetes.io/';

function nodeRow(node: NodeItem, podCount: number | null): Value[] {
  const { status, spec } = node;
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
  const roles = Object.keys(node.metadata.labels ?? {})
    .filter((label) => label.startsWith(ROLE_LABEL))
    .map((label) => label.slice(ROLE_LABEL.length));
  return [
    subjectOf(node),
    roles.sort(),
    ready?.status ?? null,
    spec?.unschedulable ? 'cordoned' : 'yes',
    status?.nodeInfo?.kubeletVersion ?? null,
    status?.nodeInfo?.containerRuntimeVersion ?? null,
    status?.nodeInfo?.osImage ?? null,
    status?.allocatable?.cpu ?? null,
    status?.allocatable?.memory ?? null,
    podCount,
    foreignConditions(node),
  ];
}

/** Conditions agents add, whether anybody here knows their meaning or not. */
function foreignConditions({ status }: NodeItem): string[] {
  return (status?.conditions ?? [])
    .filter(({ type }) => !KUBELET_CONDITIONS.includes(type))
    .map((condition) => `${condition.type}=${condition.status}`)
    .sort();
}
