import { describe, expect, it } from 'vitest';
import { createOwners, findingIdOf, fingerprintOf } from '../../../src/analyze/identity.ts';
import { addItem, createStore, type Item } from '../../../src/analyze/store.ts';
import { resourcesId } from '../../../src/model/artifact.ts';
import { groupOf, type ObjectRef } from '../../../src/model/subject.ts';
import { anyObject, type Built, controlledBy, pod } from '../../support/builders.ts';

function ownersOf(...objects: Built[]) {
  const store = createStore();
  for (const object of objects)
    addItem(store, resourcesId(groupOf(object.apiVersion), object.kind), 0, object as unknown as Item);
  return createOwners(store);
}

function ref(kind: string, name: string, group = ''): ObjectRef {
  return { group, kind, namespace: 'shop', name };
}

function owned(kind: string, name: string, owner: object, apiVersion = 'apps/v1'): Built {
  return anyObject(apiVersion, kind, name, 'shop', { metadata: owner as Record<string, unknown> });
}

function replicaPod(name: string, hash: string): Built {
  return pod(name, {
    metadata: { labels: { 'pod-template-hash': hash }, ...controlledBy('ReplicaSet', `web-${hash}`) },
  });
}

describe('the root owner', () => {
  it('is the end of the chain of controllers', () => {
    const owners = ownersOf(
      pod('web-5d4f9-abcde', { metadata: controlledBy('ReplicaSet', 'web-5d4f9') }),
      owned('ReplicaSet', 'web-5d4f9', controlledBy('Deployment', 'web')),
      anyObject('apps/v1', 'Deployment', 'web', 'shop'),
    );

    expect(owners.rootOf(ref('Pod', 'web-5d4f9-abcde'))).toEqual(ref('Deployment', 'web', 'apps'));
  });

  it('is the Deployment even when ReplicaSets were not collected, and the same after a rollout', () => {
    const owners = ownersOf(replicaPod('web-5d4f9-abcde', '5d4f9'), replicaPod('web-7c8d1-xyz12', '7c8d1'));

    expect(owners.rootOf(ref('Pod', 'web-5d4f9-abcde'))).toEqual(ref('Deployment', 'web', 'apps'));
    expect(owners.rootOf(ref('Pod', 'web-7c8d1-xyz12'))).toEqual(ref('Deployment', 'web', 'apps'));
  });

  it('of a ReplicaSet that no Deployment made is the ReplicaSet', () => {
    const owners = ownersOf(pod('web-abcde', { metadata: controlledBy('ReplicaSet', 'web') }));

    expect(owners.rootOf(ref('Pod', 'web-abcde'))).toEqual(ref('ReplicaSet', 'web', 'apps'));
  });

  it('is of any kind, also a custom one', () => {
    const owners = ownersOf(
      pod('db-0', { metadata: controlledBy('InstanceSet', 'db', 'workloads.example/v1') }),
      owned('InstanceSet', 'db', controlledBy('Cluster', 'main', 'apps.example/v1'), 'workloads.example/v1'),
    );

    expect(owners.rootOf(ref('Pod', 'db-0'))).toEqual(ref('Cluster', 'main', 'apps.example'));
  });

  it('of a mirror pod is the pod, not its node', () => {
    const owners = ownersOf(pod('etcd-cp-1', { metadata: controlledBy('Node', 'cp-1', 'v1') }));

    expect(owners.rootOf(ref('Pod', 'etcd-cp-1'))).toEqual(ref('Pod', 'etcd-cp-1'));
  });

  it('leaves uid and field aside, and ends in a circle of owners', () => {
    const owners = ownersOf(
      owned('A', 'a', controlledBy('B', 'b')),
      owned('B', 'b', controlledBy('A', 'a')),
      pod('web'),
    );

    expect(owners.rootOf({ ...ref('Pod', 'web'), uid: 'u', fieldPath: '/status' })).toEqual(
      ref('Pod', 'web'),
    );
    expect(owners.rootOf(ref('A', 'a', 'apps'))).toMatchObject({ group: 'apps' });
  });

  it('of something outside the cluster is that thing', () => {
    const registry = { external: 'registry', name: 'registry.example' } as const;

    expect(ownersOf().rootOf(registry)).toEqual(registry);
  });
});

describe('a fingerprint', () => {
  const web = ref('Deployment', 'web', 'apps');

  it('tells analyzer, message, owner and key apart', () => {
    const all = [
      fingerprintOf('a/b', 'm', web, ['app']),
      fingerprintOf('a/c', 'm', web, ['app']),
      fingerprintOf('a/b', 'n', web, ['app']),
      fingerprintOf('a/b', 'm', ref('Deployment', 'api', 'apps'), ['app']),
      fingerprintOf('a/b', 'm', web, ['proxy']),
    ];

    expect(new Set(all).size).toBe(all.length);
    expect(all[0]).toMatch(/^[0-9a-f]{16}$/);
  });

  it('does not know uids', () => {
    expect(fingerprintOf('a/b', 'm', { ...web, uid: '1' }, [])).toBe(fingerprintOf('a/b', 'm', web, []));
  });
});

describe('the id of a finding', () => {
  it('adds the exact subject, its field, and the occurrence', () => {
    const web = ref('Pod', 'web-1');
    const all = [
      findingIdOf('f', web, 0),
      findingIdOf('f', web, 1),
      findingIdOf('f', ref('Pod', 'web-2'), 0),
      findingIdOf('f', { ...web, fieldPath: '/status/containerStatuses/1' }, 0),
    ];

    expect(new Set(all).size).toBe(all.length);
  });
});
