import { describe, expect, it } from 'vitest';
import { events } from '../../../collectors/kubernetes/events.ts';
import { resources } from '../../../collectors/kubernetes/resources.ts';
import { KubeError } from '../../../src/model/kube.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { apiResource, COMMON_KINDS, type FakeObject, fakeKube, refused } from '../../support/fake-kube.ts';

const COLLECTORS = [events, resources];

function namespace(name: string): FakeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, uid: `uid-${name}` } };
}

function pod(inNamespace: string, name: string): FakeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: inNamespace, name },
    spec: { containers: [] },
  };
}

const OBJECTS = [
  namespace('kube-system'),
  namespace('shop'),
  pod('kube-system', 'dns-1'),
  pod('shop', 'web-1'),
  pod('shop', 'web-2'),
  { apiVersion: 'v1', kind: 'Event', metadata: { namespace: 'shop', name: 'web-1.1' }, reason: 'BackOff' },
];

describe('runCollect', () => {
  it('writes each kind once, one entry for each namespace, with a row that covers the cluster', async () => {
    const kube = fakeKube({ objects: OBJECTS });

    const bundle = await collectBundle(kube, COLLECTORS);

    expect(bundle.json('resources/core/pods/shop.json')).toMatchObject({
      kind: 'PodList',
      items: [
        { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'web-1' } },
        { metadata: { name: 'web-2' } },
      ],
    });
    expect(bundle.json('resources/core/pods/kube-system.json')).toMatchObject({
      items: [{ metadata: { name: 'dns-1' } }],
    });
    expect(bundle.row('resources:core/Pod')).toMatchObject({
      outcome: 'collected',
      collector: 'kubernetes/resources',
    });
    expect(bundle.row('resources:core/Event')).toMatchObject({ collector: 'kubernetes/events' });
    expect(kube.requests.filter((path) => path === '/api/v1/pods')).toHaveLength(1);
    expect(bundle.result).toMatchObject({ complete: true, reachable: true });
    expect(kube.closed()).toBe(true);
  });

  it('labels the bundle with context, server, version and the uid of kube-system', async () => {
    const bundle = await collectBundle(fakeKube({ objects: OBJECTS }), COLLECTORS);

    expect(bundle.json('metadata.json')).toMatchObject({
      format: 'kubecase-bundle',
      cluster: { context: 'test', server: 'cluster.test:6443', id: 'uid-kube-system', version: 'v1.36.2' },
    });
  });

  it('keeps a list of no objects as an empty entry, so that absence has evidence', async () => {
    const bundle = await collectBundle(fakeKube({ objects: [] }), COLLECTORS);

    expect(bundle.json('resources/core/pods/_cluster.json')).toMatchObject({ kind: 'PodList', items: [] });
    expect(bundle.row('resources:core/Pod')?.outcome).toBe('collected');
  });

  it('splits a namespace that comes back later in the list into an entry that does not claim to be whole', async () => {
    const objects = [pod('a', 'one'), pod('b', 'two'), pod('a', 'three')];

    const bundle = await collectBundle(fakeKube({ objects }), COLLECTORS);

    expect(bundle.json('resources/core/pods/a.json')).toMatchObject({
      items: [{ metadata: { name: 'one' } }],
    });
    expect(bundle.json('resources/core/pods/_cluster.json')).toMatchObject({
      items: [{ metadata: { name: 'three', namespace: 'a' } }],
    });
    const entry = bundle.manifest.entries.find(({ path }) => path === 'resources/core/pods/_cluster.json');
    expect(entry?.whole).not.toBe(true);
  });

  it('reads a namespace whose objects lie on several pages into one entry', async () => {
    const objects = [pod('a', '1'), pod('a', '2'), pod('a', '3'), pod('b', '4')];

    const bundle = await collectBundle(fakeKube({ objects, pageSize: 2 }), COLLECTORS);

    const entry = bundle.manifest.entries.find(({ path }) => path === 'resources/core/pods/a.json');
    expect(entry).toMatchObject({ items: 3, whole: true });
    expect(bundle.json('resources/core/pods/b.json')).toMatchObject({ items: [{ metadata: { name: '4' } }] });
  });

  describe('when the whole cluster is refused', () => {
    const failures = { '/api/v1/pods': refused('', 'pods') };

    it('lists the namespaces it knows, and only those that are refused get a row with the missing rule', async () => {
      const kube = fakeKube({
        objects: OBJECTS,
        failures: { ...failures, '/api/v1/namespaces/kube-system/pods': refused('', 'pods') },
      });

      const bundle = await collectBundle(kube, COLLECTORS);

      expect(bundle.row('resources:core/Pod', 'namespace/shop')?.outcome).toBe('collected');
      expect(bundle.row('resources:core/Pod', 'namespace/kube-system')).toMatchObject({
        outcome: 'forbidden',
        fix: { rule: { resources: ['pods'], verbs: ['list'] }, namespace: 'kube-system' },
      });
      expect(bundle.row('resources:core/Pod')).toBeUndefined();
      expect(bundle.json('resources/core/pods/shop.json')).toMatchObject({ items: [{}, {}] });
    });

    it('tries the namespace of the kubeconfig when namespaces are refused too, and says the rest is unseen', async () => {
      const kube = fakeKube({
        objects: OBJECTS,
        namespace: 'shop',
        failures: { ...failures, '/api/v1/namespaces': refused('', 'namespaces') },
      });

      const bundle = await collectBundle(kube, COLLECTORS);

      expect(bundle.row('resources:core/Pod', 'namespace/shop')?.outcome).toBe('collected');
      expect(bundle.row('resources:core/Pod')).toMatchObject({
        outcome: 'forbidden',
        fix: { rule: { resources: ['pods'] } },
      });
      expect(bundle.row('resources:core/Pod')?.reason).toContain('only shop could be tried');
      expect(bundle.row('resources:core/Namespace')?.outcome).toBe('forbidden');
    });
  });

  it('lists only the namespaces asked for and says so for the others', async () => {
    const kube = fakeKube({ objects: OBJECTS });

    const bundle = await collectBundle(kube, COLLECTORS, { options: { namespaces: ['shop'] } });

    expect(kube.requests).not.toContain('/api/v1/pods');
    expect(bundle.row('resources:core/Pod', 'namespace/shop')?.outcome).toBe('collected');
    expect(bundle.row('resources:core/Pod')).toMatchObject({ outcome: 'skipped' });
    expect(bundle.entries.has('resources/core/pods/kube-system.json')).toBe(false);
  });

  it('goes on when one kind fails, and keeps what a list gave before it broke', async () => {
    const kube = fakeKube({
      objects: [
        ...OBJECTS,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'c' } },
      ],
      pageSize: 1,
      failures: { '/api/v1/secrets': new KubeError('timeout', 'cluster.test: no answer in time') },
      brokenLists: { '/api/v1/pods': new KubeError('unavailable', 'cluster.test: the connection was reset') },
    });

    const bundle = await collectBundle(kube, COLLECTORS);

    expect(bundle.row('resources:core/Secret')).toMatchObject({ outcome: 'timed-out' });
    expect(bundle.row('resources:core/Pod')).toMatchObject({
      outcome: 'partial',
      reason: 'cluster.test: the connection was reset; 1 objects had been read before',
    });
    expect(bundle.json('resources/core/pods/kube-system.json')).toMatchObject({ items: [{}] });
    expect(bundle.row('resources:core/ConfigMap')?.outcome).toBe('collected');
    expect(bundle.result.collectors).toContainEqual(
      expect.objectContaining({ id: 'kubernetes/resources', outcome: 'partial' }),
    );
    expect(bundle.result.complete).toBe(true);
  });

  it('gives the group of a dead aggregated API an error row', async () => {
    const discoveryFailures = [{ groupVersion: 'things.test/v1', reason: 'service unavailable (HTTP 503)' }];

    const bundle = await collectBundle(fakeKube({ discoveryFailures }), COLLECTORS);

    expect(bundle.row('resources:things.test/*')).toMatchObject({
      outcome: 'error',
      reason: 'things.test/v1 could not be discovered: service unavailable (HTTP 503)',
    });
  });

  it('lists custom resources, passes over kinds that cannot be listed, and says which it leaves out', async () => {
    const kube = fakeKube({
      resources: [
        ...COMMON_KINDS,
        apiResource('events.k8s.io', 'Event', 'events'),
        apiResource('authorization.k8s.io', 'SubjectAccessReview', 'subjectaccessreviews', {
          verbs: ['create'],
        }),
        apiResource('example.test', 'Widget', 'widgets', { version: 'v1beta1' }),
      ],
      objects: [
        { apiVersion: 'example.test/v1beta1', kind: 'Widget', metadata: { namespace: 'shop', name: 'w' } },
      ],
    });

    const bundle = await collectBundle(kube, COLLECTORS);

    expect(bundle.json('resources/example.test/widgets/shop.json')).toMatchObject({
      kind: 'WidgetList',
      apiVersion: 'example.test/v1beta1',
      items: [{ metadata: { name: 'w' } }],
    });
    expect(bundle.row('resources:authorization.k8s.io/SubjectAccessReview')).toBeUndefined();
    expect(bundle.row('resources:events.k8s.io/Event')).toMatchObject({
      outcome: 'skipped',
      reason: 'the same objects as the events of the core group',
    });
  });

  it('refuses an id that names no collector before it connects', async () => {
    const kube = fakeKube();

    const collected = collectBundle(kube, COLLECTORS, { only: ['kong/*'] });

    await expect(collected).rejects.toMatchObject({ code: 'unknown-collector', exitCode: 2 });
    expect(kube.requests).toEqual([]);
  });

  it('records collectors that were left out as skipped', async () => {
    const bundle = await collectBundle(fakeKube({ objects: OBJECTS }), COLLECTORS, {
      skip: ['kubernetes/events'],
    });

    expect(bundle.manifest.collectors).toContainEqual({
      id: 'kubernetes/events',
      outcome: 'skipped',
      reason: 'left out with `--skip`',
    });
    expect(bundle.row('resources:core/Event')).toMatchObject({ outcome: 'skipped' });
    expect(bundle.entries.has('resources/core/events/shop.json')).toBe(false);
  });
});
