import { describe, expect, it } from 'vitest';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { collected, type Got, kindOf, list, namespace, serve } from './served-bundle.ts';

const POD = 'resources:core/Pod';

function pod(ns: string, name: string, more: object = {}) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: ns }, ...more };
}

function labelled(ns: string, name: string, labels: Record<string, string>) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: ns, labels } };
}

function names({ json }: Got): string[] {
  return json.items.map((item: { metadata: { namespace?: string; name: string } }) =>
    item.metadata.namespace === undefined
      ? item.metadata.name
      : `${item.metadata.namespace}/${item.metadata.name}`,
  );
}

const TWO_NAMESPACES = {
  entries: [
    list(kindOf('Pod'), namespace('kong'), [pod('kong', 'dp-1'), pod('kong', 'dp-2')]),
    list(kindOf('Pod'), namespace('shop'), [
      pod('shop', 'web-1'),
      pod('shop', 'web-2'),
      pod('shop', 'web-3'),
    ]),
  ],
  coverage: [collected(POD)],
};

describe('LIST', () => {
  it('gives the objects of all namespaces or of one, in the order of the cluster', async () => {
    const { get } = await serve(TWO_NAMESPACES);

    const all = await get('/api/v1/pods');
    const shop = await get('/api/v1/namespaces/shop/pods');

    expect(names(all)).toEqual(['kong/dp-1', 'kong/dp-2', 'shop/web-1', 'shop/web-2', 'shop/web-3']);
    expect(names(shop)).toEqual(['shop/web-1', 'shop/web-2', 'shop/web-3']);
    expect(all.json).toMatchObject({
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '991' },
    });
  });

  it('gives the text of an object as the bundle holds it', async () => {
    const text =
      '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"n","namespace":"shop"},"big":12345678901234567890}';
    const items = [[{ bytes: Buffer.from(text) }]];
    const { get } = await serve({
      entries: [list(kindOf('Pod'), namespace('shop'), [], { items })],
      coverage: [collected(POD)],
    });

    expect((await get('/api/v1/pods')).text).toContain(`[${text}]`);
    expect((await get('/api/v1/namespaces/shop/pods/n')).text).toBe(`${text}\n`);
  });

  it('gives an empty list where the cluster had no objects', async () => {
    const { get } = await serve(TWO_NAMESPACES);

    const { status, json } = await get('/api/v1/namespaces/quiet/pods');

    expect({ status, items: json.items }).toEqual({ status: 200, items: [] });
  });

  it('gives pages that together are the whole list', async () => {
    const { get } = await serve(TWO_NAMESPACES);
    const seen: string[] = [];
    const remaining: (number | undefined)[] = [];

    let token = '';
    do {
      const page = await get(`/api/v1/pods?limit=2&continue=${token}`);
      seen.push(...names(page));
      remaining.push(page.json.metadata.remainingItemCount);
      token = page.json.metadata.continue ?? '';
    } while (token !== '');

    expect(seen).toEqual(['kong/dp-1', 'kong/dp-2', 'shop/web-1', 'shop/web-2', 'shop/web-3']);
    expect(remaining).toEqual([3, 1, undefined]);
  });

  it('gives the same page again for the same token', async () => {
    const { get } = await serve(TWO_NAMESPACES);
    const first = await get('/api/v1/pods?limit=2');
    const path = `/api/v1/pods?limit=2&continue=${first.json.metadata.continue}`;

    const [once, again] = [await get(path), await get(path)];

    expect(names(once)).toEqual(['shop/web-1', 'shop/web-2']);
    expect(again.text).toBe(once.text);
  });

  it.each(['x', Buffer.from('{"list":-1,"skip":0}').toString('base64url')])(
    'refuses the token %s',
    async (token) => {
      const { get } = await serve(TWO_NAMESPACES);

      expect((await get(`/api/v1/pods?limit=2&continue=${token}`)).status).toBe(400);
    },
  );

  it('shows the first sample of a list that was taken twice', async () => {
    const { get } = await serve({
      entries: [
        list(kindOf('Pod'), namespace('shop'), [pod('shop', 'first')]),
        list(kindOf('Pod'), namespace('shop'), [pod('shop', 'second')], { sample: 1 }),
      ],
      coverage: [collected(POD), { ...collected(POD), sample: 1 }],
    });

    expect(names(await get('/api/v1/pods'))).toEqual(['shop/first']);
  });

  it('finds objects of a namespace in a list that came out of order', async () => {
    const { get } = await serve({
      entries: [list(kindOf('Pod'), CLUSTER_SCOPE, [pod('b', 'one'), pod('a', 'two'), pod('b', 'three')])],
      coverage: [collected(POD)],
    });

    expect(names(await get('/api/v1/namespaces/b/pods'))).toEqual(['b/one', 'b/three']);
  });

  it('selects by labels and by fields', async () => {
    const { get } = await serve({
      entries: [
        list(kindOf('Pod'), namespace('shop'), [
          { ...labelled('shop', 'a', { app: 'web', tier: 'front' }), spec: { nodeName: 'n1' } },
          { ...labelled('shop', 'b', { app: 'web' }), spec: { nodeName: 'n2' } },
          { ...labelled('shop', 'c', { app: 'db' }), spec: { nodeName: 'n1' } },
        ]),
      ],
      coverage: [collected(POD)],
    });
    const select = async (query: Record<string, string>) =>
      names(await get(`/api/v1/pods?${new URLSearchParams({ ...query, limit: '1' })}`));

    expect(await select({ labelSelector: 'app=web' })).toEqual(['shop/a', 'shop/b']);
    expect(await select({ labelSelector: 'app in (db,web),!tier' })).toEqual(['shop/b', 'shop/c']);
    expect(await select({ fieldSelector: 'spec.nodeName=n1,metadata.name!=c' })).toEqual(['shop/a']);
    expect((await get('/api/v1/pods?fieldSelector=spec.image%3Dx')).status).toBe(400);
    expect((await get('/api/v1/pods?labelSelector=a%3D%3D%3Db')).status).toBe(400);
  });

  it('does not serve watches', async () => {
    const { get } = await serve(TWO_NAMESPACES);

    expect((await get('/api/v1/pods?watch=true')).status).toBe(405);
  });
});

describe('what was not collected', () => {
  const refusal = {
    artifact: 'resources:core/Secret',
    scope: CLUSTER_SCOPE,
    outcome: 'forbidden',
    reason: 'secrets is forbidden: User "mia" cannot list resource "secrets"',
  } as const;

  it('is refused with the reason and never shown as an empty list', async () => {
    const { get } = await serve({ coverage: [refusal] });

    for (const path of [
      '/api/v1/secrets',
      '/api/v1/namespaces/shop/secrets',
      '/api/v1/namespaces/shop/secrets/x',
    ]) {
      const { status, json } = await get(path);
      expect(status, path).toBe(403);
      expect(json, path).toMatchObject({ kind: 'Status', reason: 'Forbidden' });
      expect(json.message, path).toContain('User "mia" cannot list resource "secrets"');
    }
  });

  it('is told from what was collected, namespace by namespace', async () => {
    const { get } = await serve({
      entries: [list(kindOf('Pod'), namespace('shop'), [pod('shop', 'web')])],
      coverage: [collected(POD, namespace('shop')), { ...refusal, artifact: POD, scope: namespace('kong') }],
    });

    expect((await get('/api/v1/namespaces/shop/pods')).status).toBe(200);
    expect((await get('/api/v1/namespaces/kong/pods')).status).toBe(403);
    expect((await get('/api/v1/namespaces/other/pods')).status).toBe(403);
    const all = await get('/api/v1/pods');
    expect(all.status).toBe(403);
    expect(all.json.message).toContain('collected in shop');
  });

  it('is nothing when every namespace was listed by itself', async () => {
    const { get } = await serve({
      entries: [list(kindOf('Pod'), namespace('shop'), [pod('shop', 'web')])],
      coverage: [collected(POD, namespace('shop')), collected(POD, namespace('kong'))],
    });

    expect(names(await get('/api/v1/pods'))).toEqual(['shop/web']);
  });

  it.each([
    ['timed-out', 504],
    ['error', 503],
    ['not-found', 404],
    ['skipped', 403],
  ] as const)('answers %s with %i', async (outcome, status) => {
    const { get } = await serve({ coverage: [{ ...refusal, outcome }] });

    expect((await get('/api/v1/secrets')).status).toBe(status);
  });

  it('is announced beside what there is of a list that broke off', async () => {
    const { get } = await serve({
      entries: [list(kindOf('Pod'), namespace('shop'), [pod('shop', 'web')], { whole: false })],
      coverage: [
        { artifact: POD, scope: CLUSTER_SCOPE, outcome: 'partial', reason: 'the connection was reset' },
      ],
    });

    const { status, headers, json } = await get('/api/v1/pods');
    const absent = await get('/api/v1/namespaces/shop/pods/other');

    expect({ status, items: json.items.length }).toEqual({ status: 200, items: 1 });
    expect(headers.warning).toBe('299 - "pods were collected only in part: the connection was reset"');
    expect(absent.status).toBe(503);
  });

  it('is a kind that cannot be listed at all', async () => {
    const { get } = await serve({});

    expect((await get('/apis/authorization.k8s.io/v1/subjectaccessreviews')).status).toBe(405);
  });
});

describe('GET of one object', () => {
  it('finds it, or says that it was not there', async () => {
    const { get } = await serve(TWO_NAMESPACES);

    const found = await get('/api/v1/namespaces/shop/pods/web-2');
    const absent = await get('/api/v1/namespaces/kong/pods/web-2');

    expect(found.json).toEqual(pod('shop', 'web-2'));
    expect(absent.status).toBe(404);
    expect(absent.json).toMatchObject({
      message: 'pods "web-2" not found',
      reason: 'NotFound',
      details: { name: 'web-2', kind: 'pods' },
    });
  });

  it('shows an object that is there although its kind was not collected whole', async () => {
    const { get } = await serve({ ...TWO_NAMESPACES, coverage: [] });

    expect((await get('/api/v1/namespaces/shop/pods/web-2')).status).toBe(200);
    expect((await get('/api/v1/namespaces/shop/pods/web-9')).status).toBe(403);
  });
});
