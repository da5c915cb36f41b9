import { describe, expect, it } from 'vitest';
import { events } from '../../../collectors/kubernetes/events.ts';
import { resources } from '../../../collectors/kubernetes/resources.ts';
import { openEarlier } from '../../../src/bundle/earlier.ts';
import type { Consistency } from '../../../src/bundle/manifest.ts';
import { KubeError } from '../../../src/model/kube.ts';
import { type CollectChanges, collectBundle } from '../../support/collect-bundle.ts';
import { apiResource, COMMON_KINDS, type FakeCluster, fakeKube, refused } from '../../support/fake-kube.ts';

const COLLECTORS = [resources, events];
const EXPIRED = new KubeError('gone', 'The resourceVersion for the provided list is too old. (HTTP 410)', {
  status: 410,
});

const KINDS = [
  ...COMMON_KINDS,
  apiResource('apiregistration.k8s.io', 'APIService', 'apiservices', { namespaced: false }),
  apiResource('shop.example.com', 'Widget', 'widgets'),
  apiResource('metrics.example.com', 'Figure', 'figures'),
];

const OBJECTS: FakeCluster['objects'] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'web-1' } },
  apiService('shop.example.com', undefined),
  apiService('metrics.example.com', { namespace: 'kube-system', name: 'figures' }),
];

function apiService(group: string, service: object | undefined) {
  const metadata = { name: `v1.${group}` };
  return { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata, spec: { group, service } };
}

/** A store whose version grows with each list of now. */
function growing(
  exceptions: (path: string, asked: string | undefined) => string | undefined = () => undefined,
) {
  const asked: string[] = [];
  let version = 100;
  const cluster: FakeCluster = {
    resources: KINDS,
    objects: OBJECTS,
    listVersion(path, wanted) {
      asked.push(`${path} ${wanted ?? 'now'}`);
      return exceptions(path, wanted) ?? wanted ?? String(++version);
    },
  };
  return { cluster, asked };
}

async function consistencyOf(cluster: FakeCluster, changes: CollectChanges = {}): Promise<Consistency> {
  const { manifest } = await collectBundle(fakeKube(cluster), COLLECTORS, { consistent: true, ...changes });
  return manifest.consistency as Consistency;
}

const reasons = ({ apart }: Consistency) =>
  Object.fromEntries(apart.map(({ artifact, reason }) => [artifact, reason]));

describe('a consistent picture', () => {
  it('pins one version for every kind of the store, and none for aggregated APIs', async () => {
    const { cluster, asked } = growing();

    const picture = await consistencyOf(cluster);

    expect(picture.resourceVersion).toMatch(/^\d+$/);
    const version = picture.resourceVersion;
    for (const path of ['pods', 'namespaces', 'secrets', 'events'])
      expect(asked).toContain(`/api/v1/${path} ${version}`);
    expect(asked).toContain(`/apis/shop.example.com/v1/widgets ${version}`);
    expect(asked).toContain('/apis/metrics.example.com/v1/figures now');
    // Leases have a collector of their own.
    expect(picture.lists).toBe(KINDS.length - 2);
    expect(reasons(picture)).toEqual({
      'resources:metrics.example.com/Figure': 'an aggregated API serves metrics.example.com',
    });
  });

  it('is not asked for by itself', async () => {
    const { cluster, asked } = growing();

    const { manifest } = await collectBundle(fakeKube(cluster), COLLECTORS);

    expect(manifest.consistency).toBeUndefined();
    expect(asked.every((one) => one.endsWith(' now'))).toBe(true);
  });

  it.each([
    ['compacted away', EXPIRED],
    [
      'ahead of an instance',
      new KubeError('timeout', 'Too large resource version (HTTP 504)', { status: 504 }),
    ],
    ['not understood', new KubeError('other', 'resourceVersionMatch: Forbidden (HTTP 422)', { status: 422 })],
  ])('lists a kind as it is when the version is %s, and says so', async (_what, error) => {
    const { cluster, asked } = growing((path, wanted) => {
      if (path === '/api/v1/pods' && wanted !== undefined) throw error;
      return undefined;
    });

    const picture = await consistencyOf(cluster);

    expect(asked.slice(-20)).toContain('/api/v1/pods now');
    expect(reasons(picture)['resources:core/Pod']).toBe(
      `it could not be had at that version: ${error.message}`,
    );
  });

  it('a list that fails for another reason is not tried twice', async () => {
    const { cluster, asked } = growing((path, wanted) => {
      if (path === '/api/v1/pods' && wanted !== undefined)
        throw new KubeError('unavailable', 'the connection broke');
      return undefined;
    });

    const picture = await consistencyOf(cluster);

    expect(asked).not.toContain('/api/v1/pods now');
    expect(reasons(picture)).not.toHaveProperty('resources:core/Pod');
  });

  it('believes what the server says, not what was asked for', async () => {
    const { cluster } = growing((path, wanted) =>
      path === '/api/v1/configmaps' && wanted !== undefined ? '999' : undefined,
    );

    expect(reasons(await consistencyOf(cluster))['resources:core/ConfigMap']).toBe(
      'the server answered with version 999',
    );
  });

  it('sees that events are kept in a store of their own', async () => {
    const { cluster, asked } = growing((path, wanted) =>
      path === '/api/v1/events' && wanted === undefined ? '7' : undefined,
    );

    const picture = await consistencyOf(cluster);

    expect(reasons(picture)['resources:core/Event']).toBe('events are kept in another store');
    expect(asked.filter((one) => one.startsWith('/api/v1/events ') && !one.endsWith('now'))).toEqual([]);
  });

  it('trusts the groups of Kubernetes itself only, when APIServices cannot be listed', async () => {
    const { cluster } = growing();
    const failures = {
      '/apis/apiregistration.k8s.io/v1/apiservices': refused('apiregistration.k8s.io', 'apiservices'),
    };

    const picture = await consistencyOf({ ...cluster, failures });

    expect(Object.keys(reasons(picture)).sort()).toEqual([
      'resources:metrics.example.com/Figure',
      'resources:shop.example.com/Widget',
    ]);
  });

  it('takes the version from the pods of a namespace when namespaces are refused', async () => {
    const { cluster, asked } = growing();
    const failures = { '/api/v1/namespaces': refused('', 'namespaces') };

    const picture = await consistencyOf({ ...cluster, failures }, { options: { namespaces: ['shop'] } });

    expect(asked).toContain('/api/v1/namespaces/shop/pods now');
    expect(asked).toContain(`/api/v1/namespaces/shop/secrets ${picture.resourceVersion}`);
  });

  it('says why when no version can be had, and lists everything all the same', async () => {
    const { cluster } = growing((path, wanted) => {
      if (path === '/api/v1/namespaces' && wanted === undefined) throw EXPIRED;
      return undefined;
    });

    const bundle = await collectBundle(fakeKube(cluster), [events], { consistent: true });

    expect(bundle.manifest.consistency).toEqual({
      reason: expect.stringContaining('the present version of the lists could not be read'),
      lists: 0,
      apart: [],
    });
    expect(bundle.row('resources:core/Event')).toMatchObject({ outcome: 'collected' });
  });
});

describe('a consistent picture that is resumed', () => {
  const failures = { '/api/v1/pods': new KubeError('unavailable', 'the connection broke') };

  async function twice(readable: boolean): Promise<{ first: Consistency; second: Consistency }> {
    const { cluster } = growing();
    const before = await collectBundle(fakeKube({ ...cluster, failures }), COLLECTORS, { consistent: true });
    const first = before.manifest.consistency as Consistency;
    const later = growing((_path, wanted) => {
      if (!readable && wanted === first.resourceVersion) throw EXPIRED;
      return wanted === undefined ? '500' : undefined;
    });
    const resume = await openEarlier(before.result.file);
    const second = await consistencyOf(later.cluster, { resume });
    await resume.close();
    return { first, second };
  }

  it('stays of its moment while the server still has it', async () => {
    const { first, second } = await twice(true);

    expect(second).toEqual({ ...first, lists: first.lists + 1 });
  });

  it('says which lists are older when the server has not', async () => {
    const { first, second } = await twice(false);

    expect(second.resourceVersion).toBe('500');
    expect(second.lists).toBe(1);
    expect(second.apart).toHaveLength(first.lists + first.apart.length);
    expect(reasons(second)['resources:core/Secret']).toMatch(
      /by the collection that was resumed, at another moment/,
    );
  });
});
