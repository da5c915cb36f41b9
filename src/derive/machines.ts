import { nodeAnsibleFacts } from '../artifacts/node-ansible-facts.ts';
import { nodeSystem } from '../artifacts/node-system.ts';
import { leases, type NodeItem, nodes, pods } from '../artifacts/resources.ts';
import { type DocumentItem, type Documents, defineDerived, optional } from '../model/artifact.ts';
import { type Gap, isShortfall } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type Subject, subjectOf } from '../model/subject.ts';
import { type NodeState, nodeState } from './node-readiness.ts';

/** Stands for every node where not one of them could be looked into. */
export const ALL_NODES: Subject = { external: 'machine', name: 'all nodes' };

/**
 * How a machine is: as its Node, `alone` when nothing of the API is in the bundle or the machine is no Node, so
 * that its files are all there is, and `unseen` when its Node may exist but is not in the bundle.
 */
export type MachineState = NodeState | 'alone' | 'unseen';

/** Joins machines, as files and logs name them, with the nodes of the cluster. */
export interface Machines {
  /** The Node a file's or log's machine is, by its name, an address, or the host name its own files tell. */
  nodeOf(name: string): NodeItem | undefined;
  /** That Node, or the machine itself when the cluster's nodes are seen and it is none of them. */
  subjectOf(name: string): Subject;
  stateOf(name: string): MachineState;
  /** The nodes of the cluster, as far as they were seen. */
  readonly nodes: readonly NodeItem[];
  /** Whether the cluster may have nodes that are not in the bundle. */
  readonly othersUnseen: boolean;
}

/** Names of machines; tools name node archives by node, by host name or by address. */
export const machines = defineDerived({
  id: 'machines',
  title: 'Machines and nodes',
  needs: {
    nodes: optional(nodes),
    pods: optional(pods),
    leases: optional(leases),
    systems: optional(nodeSystem),
    facts: optional(nodeAnsibleFacts),
  },
  derive({ nodes: collection, pods: podList, leases: leaseList, systems, facts }): Machines {
    const byName = new Map<string, NodeItem>();
    for (const node of collection.items) {
      for (const name of namesOf(node)) getOrCreate(byName, name, () => node);
    }
    const told = new Map<string, string>();
    for (const { scope, value } of systems.items) tell(told, scope, value.hostname);
    for (const { scope, value } of facts.items) tell(told, scope, value.system.hostname ?? value.address);
    const allSeen = collection.coverage.complete;
    const anySeen = [collection, podList, leaseList].some(({ items }) => items.length > 0);
    const nodeOf = (name: string): NodeItem | undefined =>
      byName.get(name) ?? byName.get(told.get(name) ?? '');
    return {
      nodeOf,
      subjectOf(name) {
        const node = nodeOf(name);
        if (node) return subjectOf(node);
        const own = isAddress(name) ? told.get(name) : name;
        const mayBeNode = own !== undefined && (!allSeen || collection.items.length === 0);
        return mayBeNode ? { group: '', kind: 'Node', name: own } : { external: 'machine', name };
      },
      stateOf(name) {
        const node = nodeOf(name);
        if (node) return nodeState(node);
        return allSeen || !anySeen ? 'alone' : 'unseen';
      },
      nodes: collection.items,
      othersUnseen: anySeen && !allSeen,
    };
  },
});

/** One machine with what was read of it. */
export interface SeenMachine<T> {
  /** As its files name it. */
  readonly name: string;
  readonly subject: Subject;
  readonly node: NodeItem | undefined;
  readonly state: MachineState;
  /** Never empty: several files of one machine may hold documents of one kind. */
  readonly documents: readonly [DocumentItem<T>, ...DocumentItem<T>[]];
}

/** The machines a kind of document was read of. */
export function machinesWith<T>(documents: Documents<T>, known: Machines): SeenMachine<T>[] {
  const byName = new Map<string, [DocumentItem<T>, ...DocumentItem<T>[]]>();
  for (const item of documents.items) {
    if (item.scope.type !== 'node') continue;
    const present = byName.get(item.scope.node);
    if (present) present.push(item);
    else byName.set(item.scope.node, [item]);
  }
  return [...byName].map(([name, items]) => ({
    name,
    subject: known.subjectOf(name),
    node: known.nodeOf(name),
    state: known.stateOf(name),
    documents: items,
  }));
}

/**
 * The nodes none of these names is of; `ALL_NODES` alone when there is no name at all, and also where the cluster
 * may have nodes that are not in the bundle.
 */
export function machinesWithout(names: readonly string[], known: Machines): Subject[] {
  if (names.length === 0) return [ALL_NODES];
  const seen = new Set(names.map((name) => known.nodeOf(name)));
  const rest = known.nodes.filter((node) => !seen.has(node)).map((node): Subject => subjectOf(node));
  return known.othersUnseen ? [...rest, ALL_NODES] : rest;
}

/**
 * Why documents of a kind that were to be read are missing; undefined when none is, or nobody asked for them.
 * What they might have said, for or against, is not known then.
 */
export function lostDocuments({ rows }: Documents<unknown>): Gap | undefined {
  const row = rows.find(isShortfall);
  if (!row || row.outcome === 'collected') return undefined;
  const { artifact, scope, outcome, reason = outcome } = row;
  return { artifact, scope, outcome, reason };
}

/** Whether a machine's node is ready decides, and its Node is not in the bundle. */
export function unseenNode(name: string): Gap {
  const scope = { type: 'node', node: name } as const;
  return { artifact: nodes.id, scope, outcome: 'skipped', reason: 'its Node is not in the bundle' };
}

function namesOf(node: NodeItem): string[] {
  const addresses = (node.status?.addresses ?? []).map(({ address }) => address);
  const hostname = node.metadata.labels?.['kubernetes.io/hostname'];
  return [node.metadata.name, ...(hostname === undefined ? [] : [hostname]), ...addresses];
}

function tell(told: Map<string, string>, scope: object, name: string | undefined): void {
  if ('node' in scope && typeof scope.node === 'string' && name !== undefined) told.set(scope.node, name);
}

function isAddress(name: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(name) || name.includes(':');
}
