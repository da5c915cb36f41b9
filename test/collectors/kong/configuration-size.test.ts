import { describe, expect, it } from 'vitest';
import { configurationSize } from '../../../collectors/kong/configuration-size.ts';
import { kongPlaneEntities } from '../../../src/artifacts/kong-plane-entities.ts';
import { controlledBy } from '../../support/builders.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { type FakeCluster, type FakeObject, fakeKube } from '../../support/fake-kube.ts';
import { controlPlane, dataPlane } from '../../support/kong.ts';

const PATH = 'documents/kong-plane-entities/_object/Pod/kong/kong-cp-0.json';
const KINDS = ['services', 'routes', 'consumers', 'plugins', 'upstreams', 'snis', 'ca_certificates'];

function plane(name = 'kong-cp-0'): FakeObject {
  return controlPlane(name, { metadata: controlledBy('ReplicaSet', 'kong-cp-7c9d') }) as FakeObject;
}

function replies(changes: FakeCluster['podReplies'] = {}, name = 'kong-cp-0'): FakeCluster['podReplies'] {
  const empty = Object.fromEntries(
    KINDS.map((kind) => [`kong/${name}:8001/${kind}`, JSON.stringify({ data: [], next: null })]),
  );
  return { ...empty, ...changes };
}

function parsed(text: string | undefined) {
  return kongPlaneEntities.parse(Buffer.from(text ?? ''));
}

describe('kong/configuration-size', () => {
  it('counts entities and stores none of them', async () => {
    const consumers = JSON.stringify({ data: [{ username: 'CANARY' }, { username: 'b' }], next: null });
    const kube = fakeKube({
      objects: [plane(), dataPlane() as FakeObject],
      podReplies: replies({ 'kong/kong-cp-0:8001/consumers': consumers }),
    });

    const bundle = await collectBundle(kube, [configurationSize]);

    const text = bundle.entries.get(PATH);
    expect(text).not.toContain('CANARY');
    expect(parsed(text)).toMatchObject({ entities: 2, whole: true, errors: [] });
    expect(parsed(text).counts.find(({ entity }) => entity === 'consumers')).toEqual({
      entity: 'consumers',
      count: 2,
      bytes: consumers.length,
      whole: true,
    });
    expect(kube.podRequests.some(({ path }) => path.startsWith('/certificates'))).toBe(false);
  });

  it('follows pages to a limit, and says that there are more', async () => {
    const endless = JSON.stringify({ data: [{}, {}], next: '/routes?offset=x' });
    const kube = fakeKube({
      objects: [plane()],
      podReplies: replies({ 'kong/kong-cp-0:8001/routes': endless }),
    });

    const bundle = await collectBundle(kube, [configurationSize]);

    const routes = parsed(bundle.entries.get(PATH)).counts.find(({ entity }) => entity === 'routes');
    expect(routes).toMatchObject({ count: 200, whole: false });
  });

  it('follows no page that leads elsewhere', async () => {
    const astray = JSON.stringify({ data: [{}], next: 'http://elsewhere.example/routes' });
    const kube = fakeKube({
      objects: [plane()],
      podReplies: replies({ 'kong/kong-cp-0:8001/routes': astray }),
    });

    await collectBundle(kube, [configurationSize]);

    expect(kube.podRequests.filter(({ path }) => path.startsWith('/routes'))).toHaveLength(1);
  });

  it('asks one of several replicas, and the next when the first does not answer', async () => {
    const both = fakeKube({
      objects: [plane(), plane('kong-cp-1')],
      podReplies: { ...replies(), ...replies({}, 'kong-cp-1') },
    });
    const second = fakeKube({ objects: [plane(), plane('kong-cp-1')], podReplies: replies({}, 'kong-cp-1') });

    await collectBundle(both, [configurationSize]);
    await collectBundle(second, [configurationSize]);

    expect(new Set(both.podRequests.map(({ pod }) => pod))).toEqual(new Set(['kong-cp-0']));
    expect(new Set(second.podRequests.map(({ pod }) => pod))).toEqual(new Set(['kong-cp-0', 'kong-cp-1']));
  });

  it('records what could not be counted', async () => {
    const kube = fakeKube({
      objects: [plane()],
      podReplies: replies({ 'kong/kong-cp-0:8001/plugins': { status: 500, body: '{}' } }),
    });

    const bundle = await collectBundle(kube, [configurationSize]);

    expect(bundle.row('kong-plane-entities', 'Pod/kong/kong-cp-0')).toMatchObject({ outcome: 'partial' });
    expect(parsed(bundle.entries.get(PATH))).toMatchObject({ whole: false });
  });

  it.each([
    [401, 'forbidden'],
    [404, 'error'],
  ])('records HTTP %d as %s', async (status, outcome) => {
    const refused = Object.fromEntries(
      KINDS.map((kind) => [`kong/kong-cp-0:8001/${kind}`, { status, body: '{}' }]),
    );

    const bundle = await collectBundle(fakeKube({ objects: [plane()], podReplies: refused }), [
      configurationSize,
    ]);

    expect(bundle.row('kong-plane-entities', 'Pod/kong/kong-cp-0')?.outcome).toBe(outcome);
  });

  it('opens no connection with --no-port-forward', async () => {
    const kube = fakeKube({ objects: [plane()] });

    const bundle = await collectBundle(kube, [configurationSize], { options: { portForward: false } });

    expect(kube.podRequests).toEqual([]);
    expect(bundle.row('kong-plane-entities', 'Pod/kong/kong-cp-0')).toMatchObject({ outcome: 'skipped' });
  });
});
