import { describe, expect, it } from 'vitest';
import { joinNames } from '../../../src/analyze/join-names.ts';
import { addItem, createStore, type Item, type LogSection } from '../../../src/analyze/store.ts';
import { nodeAnsibleFacts } from '../../../src/artifacts/node-ansible-facts.ts';
import { type Scope, scopeKey } from '../../../src/model/scope.ts';

function storeWith(...scopes: Scope[]) {
  const store = createStore();
  for (const scope of scopes)
    store.logs.push({ path: 'a.log', scope, lines: 1, bytes: 1, matches: new Map() } as LogSection);
  return store;
}

function nodeItem(name: string, ...addresses: string[]): Item {
  const status = { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, status } as unknown as Item;
}

function podItem(name: string, ...containers: string[]): Item {
  const spec = { containers: containers.map((one) => ({ name: one })) };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name }, spec } as unknown as Item;
}

function keys(store: ReturnType<typeof createStore>): string[] {
  return store.logs.map(({ scope }) => scopeKey(scope));
}

describe('names of scopes', () => {
  it('a log named by its pod is of the only container of the pod', () => {
    const log = (pod: string): Scope => ({ type: 'container', namespace: 'shop', pod, container: '' });
    const store = storeWith(log('one'), log('two'), log('none'));
    addItem(store, 'resources:core/Pod', 0, podItem('one', 'app'));
    addItem(store, 'resources:core/Pod', 0, podItem('two', 'app', 'sidecar'));

    joinNames(store);

    expect(keys(store)).toEqual(['container/shop/one/app', 'container/shop/two/', 'container/shop/none/']);
  });

  it('an address is the Node that has it, unless two have it', () => {
    const unit = (node: string): Scope => ({ type: 'unit', node, unit: 'kubelet' });
    const store = storeWith(unit('10.0.0.1'), unit('10.0.0.2'), unit('10.0.0.9'), unit('cp-1'));
    const row = { artifact: 'logs', scope: store.logs[0]!.scope, outcome: 'collected' } as const;
    store.rows.push(row);
    for (const item of [nodeItem('cp-1', '10.0.0.1'), nodeItem('a', '10.0.0.2'), nodeItem('b', '10.0.0.2')])
      addItem(store, 'resources:core/Node', 0, item);

    joinNames(store);

    expect(keys(store)).toEqual([
      'unit/cp-1/kubelet',
      'unit/10.0.0.2/kubelet',
      'unit/10.0.0.9/kubelet',
      'unit/cp-1/kubelet',
    ]);
    expect(scopeKey(row.scope)).toBe('unit/cp-1/kubelet');
  });

  it.each([
    ['where no Node is in the bundle', [], 'host-1'],
    ['where it is a Node', [nodeItem('host-1')], 'host-1'],
    ['never where the nodes are others', [nodeItem('cp-1')], '10.0.0.1'],
  ])('an address is the machine whose facts tell its name, %s', (_name, nodes, expected) => {
    const scope: Scope = { type: 'node', node: '10.0.0.1' };
    const store = storeWith();
    const value = { system: { hostname: 'host-1' }, filesystems: [] };
    store.documents.set(nodeAnsibleFacts.id, [{ value, scope } as never]);
    for (const item of nodes) addItem(store, 'resources:core/Node', 0, item);

    joinNames(store);

    expect(scope.node).toBe(expected);
  });
});
