import { type NodeAnsibleFacts, nodeAnsibleFacts } from '../artifacts/node-ansible-facts.ts';
import { type DocumentItem, resourcesId } from '../model/artifact.ts';
import type { Scope } from '../model/scope.ts';
import { partJoinedNames } from './joined-log-names.ts';
import { type Item, itemsOf, type Store } from './store.ts';

/**
 * Gives scopes the names Kubernetes uses, where a tool named a log by its pod alone or a node by its address.
 * Hits, items and coverage rows hold the same scope, so all of them learn the name.
 */
export function joinNames(store: Store): void {
  nameContainers(store);
  partJoinedNames(store);
  nameNodes(store);
}

/** Where a pod has but one container, its log is that one's. */
function nameContainers(store: Store): void {
  const nameless = store.logs.map(({ scope }) => scope).filter(isNameless);
  if (nameless.length === 0) return;
  const only = new Map<string, string>();
  for (const { metadata, ...pod } of itemsOf(store, resourcesId('', 'Pod')) as PodShape[]) {
    const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
    const name = containers.length === 1 ? containers[0]?.name : undefined;
    if (name !== undefined) only.set(`${metadata.namespace}/${metadata.name}`, name);
  }
  for (const scope of nameless) scope.container = only.get(`${scope.namespace}/${scope.pod}`) ?? '';
}

/** An address is that of the Node that has it, or of the machine whose own facts tell its name. */
function nameNodes(store: Store): void {
  const scopes = new Set<Scope>(store.logs.map(({ scope }) => scope));
  for (const documents of store.documents.values()) for (const { scope } of documents) scopes.add(scope);
  for (const { scope } of store.rows) scopes.add(scope);
  const addressed = [...scopes].filter(isAddressed);
  if (addressed.length === 0) return;
  const names = namesOfAddresses(store);
  for (const scope of addressed) scope.node = names.get(scope.node) ?? scope.node;
}

function namesOfAddresses(store: Store): Map<string, string> {
  const nodes = itemsOf(store, resourcesId('', 'Node')) as NodeShape[];
  const known = new Set(nodes.map(({ metadata }) => metadata.name));
  const names = new Map<string, string>();
  const facts = (store.documents.get(nodeAnsibleFacts.id) ?? []) as DocumentItem<NodeAnsibleFacts>[];
  for (const { scope, value } of facts) {
    const { hostname } = value.system;
    if (scope.type !== 'node' || hostname === undefined) continue;
    if (known.size === 0 || known.has(hostname)) names.set(scope.node, hostname);
  }
  const shared = new Set<string>();
  const byNode = new Map<string, string>();
  for (const { metadata, status } of nodes) {
    for (const { address } of status?.addresses ?? []) {
      if (byNode.has(address)) shared.add(address);
      byNode.set(address, metadata.name);
    }
  }
  for (const [address, name] of byNode) if (!shared.has(address)) names.set(address, name);
  for (const name of known) names.delete(name);
  return names;
}

type Open<T> = { -readonly [K in keyof T]: T[K] };
type ContainerScope = Open<Extract<Scope, { type: 'container' }>>;
type NodeScope = Open<Extract<Scope, { type: 'node' | 'unit' }>>;

function isNameless(scope: Scope): scope is ContainerScope {
  return scope.type === 'container' && scope.container === '' && scope.namespace !== '';
}

function isAddressed(scope: Scope): scope is NodeScope {
  return (scope.type === 'node' || scope.type === 'unit') && /^(?:\d+\.){3}\d+$|:/.test(scope.node);
}

interface PodShape extends Item {
  readonly spec?: {
    readonly containers?: readonly { readonly name: string }[];
    readonly initContainers?: readonly { readonly name: string }[];
  };
}

interface NodeShape extends Item {
  readonly status?: { readonly addresses?: readonly { readonly address: string }[] };
}
