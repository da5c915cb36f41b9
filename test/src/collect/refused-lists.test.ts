import { describe, expect, it } from 'vitest';
import { logs } from '../../../collectors/kubernetes/logs.ts';
import { resources } from '../../../collectors/kubernetes/resources.ts';
import type { ProgressEvent } from '../../../src/collect/progress.ts';
import type { PolicyRule } from '../../../src/model/coverage.ts';
import { KubeError, type OwnRules } from '../../../src/model/kube.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { type FakeCluster, fakeKube } from '../../support/fake-kube.ts';

const NAMES = ['kong', 'shop', 'tools'];
const OBJECTS = [
  ...NAMES.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  ...NAMES.map((namespace) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name: 'settings' },
  })),
];
const NAMESPACES: PolicyRule = { apiGroups: [''], resources: ['namespaces'], verbs: ['list'] };
const MAPS: PolicyRule = { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] };

/** Config maps may be listed in some namespaces, namespaces in the cluster if said. */
function rulesFor(allowed: readonly string[], everywhere: readonly PolicyRule[]) {
  return (namespace: string): OwnRules => ({
    rules: [...everywhere, ...(allowed.includes(namespace) ? [MAPS] : [])],
    complete: true,
  });
}

function cluster(allowed: readonly string[], more: Partial<FakeCluster> = {}) {
  return fakeKube({ objects: OBJECTS, ownRules: rulesFor(allowed, [NAMESPACES]), ...more });
}

const isMapList = (path: string) => path.split('?')[0]!.endsWith('/configmaps');
const MAPS_ID = 'resources:core/ConfigMap';

describe('lists the API server says it would refuse', () => {
  it('are not tried: only the namespaces that allow it are', async () => {
    const kube = cluster(['shop']);

    const bundle = await collectBundle(kube, [resources]);

    expect(kube.requests.filter(isMapList).map((path) => path.split('?')[0])).toEqual([
      '/api/v1/namespaces/shop/configmaps',
    ]);
    expect(bundle.row(MAPS_ID, 'namespace/shop')).toMatchObject({ outcome: 'collected' });
    expect(bundle.row(MAPS_ID)).toMatchObject({
      outcome: 'forbidden',
      reason:
        'the API server says that this user may not list configmaps in the whole cluster: not tried; only in shop',
      fix: { rule: MAPS },
    });
    expect(bundle.row(MAPS_ID, 'namespace/kong')).toBeUndefined();
  });

  it('leave no gap when every namespace allows them', async () => {
    const bundle = await collectBundle(cluster(NAMES), [resources]);

    expect(bundle.row(MAPS_ID)).toBeUndefined();
    for (const name of NAMES)
      expect(bundle.row(MAPS_ID, `namespace/${name}`)).toMatchObject({ outcome: 'collected' });
  });

  it('leave one row when no namespace allows them, and make no request', async () => {
    const kube = cluster([]);

    const bundle = await collectBundle(kube, [resources]);

    expect(kube.requests.filter(isMapList)).toEqual([]);
    expect(bundle.result.rows.filter(({ artifact }) => artifact === MAPS_ID)).toMatchObject([
      { outcome: 'forbidden', reason: expect.stringMatching(/; nor in any namespace$/) },
    ]);
  });

  it('are not tried in namespaces that were asked for either', async () => {
    const kube = cluster(['shop']);

    const bundle = await collectBundle(kube, [resources], { options: { namespaces: ['shop', 'kong'] } });

    expect(kube.requests.filter(isMapList)).toHaveLength(1);
    expect(bundle.row(MAPS_ID, 'namespace/kong')).toMatchObject({
      outcome: 'forbidden',
      fix: { rule: MAPS, namespace: 'kong' },
    });
  });

  it('are tried where the rules are not all', async () => {
    const kube = cluster([], {
      ownRules: () => ({ rules: [], complete: false }),
      failures: {
        '/api/v1/configmaps': new KubeError('forbidden', 'configmaps is forbidden', {
          status: 403,
          rule: MAPS,
        }),
      },
    });

    await collectBundle(kube, [resources]);

    expect(kube.requests.filter(isMapList)).toHaveLength(1 + NAMES.length);
  });

  it('are told before anything is read, with what they are for', async () => {
    const events: ProgressEvent[] = [];

    await collectBundle(cluster(['shop']), [resources, logs], { onProgress: (event) => events.push(event) });

    const told = events.flatMap((event) => (event.type === 'missing' ? [event.right] : []));
    expect(told).toContainEqual({
      group: '',
      resource: 'pods/log',
      verbs: ['get'],
      whys: ['reads container logs'],
    });
    expect(told.map(({ resource }) => resource)).not.toContain('namespaces');
    const firstList = events.findIndex(({ type }) => type === 'list');
    expect(events.findLastIndex(({ type }) => type === 'missing')).toBeLessThan(firstList);
  });
});
