import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Route } from '../../support/fake-api-server.ts';
import { sendJson, sendStatus } from '../../support/fake-api-server.ts';
import { all, failureOf, type KubeSession, kubeSession, NEVER } from '../../support/kube-session.ts';

const PODS = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' };
const ITEM =
  '{"metadata":{"name":"a","namespace":"shop"},"spec":{"futureField":true,"big":9007199254740993}}';

let session: KubeSession;

afterEach(async () => session?.close());

async function serve(routes: Readonly<Record<string, Route>>): Promise<KubeSession> {
  session = await kubeSession({ routes });
  return session;
}

function listBody(items: readonly string[], metadata: object = { resourceVersion: '991' }): string {
  return `{"kind":"PodList","apiVersion":"v1","metadata":${JSON.stringify(metadata)},"items":[${items}]}`;
}

describe('list', () => {
  it('follows the continue token page by page and keeps the bytes of the items', async () => {
    const { kube, server } = await serve({
      '/api/v1/pods': (_request, response, url) => {
        const last = url.searchParams.get('continue') === 'next/1=';
        sendJson(response, listBody([ITEM], last ? { resourceVersion: '991' } : { continue: 'next/1=' }));
      },
    });

    const pages = await all(kube.list(PODS, { signal: NEVER }));

    expect(pages.map((page) => page.items.map((item) => item.text))).toEqual([[ITEM], [ITEM]]);
    expect(pages[1]).toMatchObject({
      apiVersion: 'v1',
      kind: 'Pod',
      resourceVersion: '991',
      inconsistent: false,
    });
    expect(pages[0]?.items[0]).toMatchObject({ name: 'a', namespace: 'shop' });
    expect(pages[0]?.observedAt).toEqual({
      time: '2026-11-20T05:15:50.000Z',
      source: 'server-date',
      errorSeconds: 1,
    });
    expect(server.requests).toEqual([
      'GET /api/v1/pods?limit=500',
      'GET /api/v1/pods?limit=500&continue=next%2F1%3D',
    ]);
  });

  it('asks for one namespace and the given selectors', async () => {
    const { kube, server } = await serve({
      '/apis/apps/v1/namespaces/shop/deployments': (_request, response) => sendJson(response, listBody([])),
    });
    const target = { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment' };

    const pages = await all(
      kube.list(target, {
        namespace: 'shop',
        labelSelector: 'a=b',
        fieldSelector: 'c=d',
        pageSize: 2,
        signal: NEVER,
      }),
    );

    expect(pages).toMatchObject([{ apiVersion: 'apps/v1', kind: 'Deployment', items: [] }]);
    expect(server.requests).toEqual([
      'GET /apis/apps/v1/namespaces/shop/deployments?limit=2&fieldSelector=c%3Dd&labelSelector=a%3Db',
    ]);
  });

  it('asks for exactly one version on the first page, which the token carries on', async () => {
    const { kube, server } = await serve({
      '/api/v1/pods': (_request, response, url) =>
        sendJson(response, listBody([ITEM], url.searchParams.has('continue') ? {} : { continue: 'next' })),
    });

    await all(kube.list(PODS, { resourceVersion: '4711', signal: NEVER }));

    expect(server.requests).toEqual([
      'GET /api/v1/pods?limit=500&resourceVersion=4711&resourceVersionMatch=Exact',
      'GET /api/v1/pods?limit=500&continue=next',
    ]);
  });

  it('goes on with the token of a 410 and says that the list is inconsistent from there on', async () => {
    const { kube } = await serve({
      '/api/v1/pods': (_request, response, url) => {
        const token = url.searchParams.get('continue');
        if (token === null) sendJson(response, listBody([ITEM], { continue: 'old' }));
        else if (token === 'old') {
          sendStatus(response, 410, {
            reason: 'Expired',
            message: 'too old',
            metadata: { continue: 'newer' },
          });
        } else sendJson(response, listBody([ITEM]));
      },
    });

    const pages = await all(kube.list(PODS, { signal: NEVER }));

    expect(pages.map((page) => page.inconsistent)).toEqual([false, true]);
  });

  it('ends with gone when a 410 offers no way on', async () => {
    const { kube } = await serve({
      '/api/v1/pods': (_request, response, url) => {
        if (url.searchParams.has('continue'))
          sendStatus(response, 410, { message: 'The snapshot is too old.' });
        else sendJson(response, listBody([ITEM], { continue: 'old' }));
      },
    });

    const error = await failureOf(all(kube.list(PODS, { signal: NEVER })));

    expect(error).toMatchObject({ name: 'KubeError', kind: 'gone', status: 410 });
    expect(error.message).toContain('The snapshot is too old.');
  });

  it('does not turn in circles when the server repeats a token', async () => {
    const { kube } = await serve({
      '/api/v1/pods': (_request, response) => sendJson(response, listBody([], { continue: 'same' })),
    });

    const error = await failureOf(all(kube.list(PODS, { signal: NEVER })));

    expect(error.kind).toBe('bad-reply');
  });

  it('names the rule that a 403 lacks', async () => {
    const { kube } = await serve({
      '/apis/apps/v1/deployments': (_request, response) =>
        sendStatus(response, 403, {
          reason: 'Forbidden',
          message: 'deployments.apps is forbidden: User "viewer"',
        }),
    });
    const target = { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment' };

    const error = await failureOf(all(kube.list(target, { signal: NEVER })));

    expect(error).toMatchObject({
      kind: 'forbidden',
      status: 403,
      rule: { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list'] },
    });
    expect(error.message).toContain('deployments.apps is forbidden: User "viewer" (HTTP 403)');
  });

  it('reads a gzip answer cut into single bytes', async () => {
    const { kube } = await serve({
      '/api/v1/pods': (request, response) => {
        expect(request.headers['accept-encoding']).toBe('gzip');
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        for (const byte of gzipSync(listBody([ITEM, ITEM]))) response.write(Buffer.of(byte));
        response.end();
      },
    });

    const pages = await all(kube.list(PODS, { signal: NEVER }));

    expect(pages.flatMap((page) => page.items.map((item) => item.text))).toEqual([ITEM, ITEM]);
  });

  it('hands a big page on in runs and holds none of it longer', async () => {
    const big = `{"data":"${'x'.repeat(1024 * 1024)}"}`;
    const { kube } = await serve({
      '/api/v1/pods': (_request, response) => sendJson(response, listBody(new Array(20).fill(big))),
    });

    const pages = await all(kube.list(PODS, { signal: NEVER }));

    expect(pages.length).toBeGreaterThan(1);
    expect(pages.map((page) => page.resourceVersion)).toEqual(pages.map(() => '991'));
    expect(pages.reduce((sum, page) => sum + page.items.length, 0)).toBe(20);
  });

  it('ends with timeout when a page trickles, however slowly the caller reads', async () => {
    const { kube } = await serve({
      '/api/v1/pods': (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"items":[');
        const timer = setInterval(() => response.write('{},'), 20);
        response.on('close', () => clearInterval(timer));
      },
    });

    const error = await failureOf(all(kube.list(PODS, { signal: NEVER, timeoutMs: 300 })));

    expect(error).toMatchObject({ kind: 'timeout' });
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+: no whole page of \/api\/v1\/pods within 0\.3 s$/);
  });

  it('ends with bad-reply when the answer is cut inside a whole HTTP message', async () => {
    const { kube } = await serve({
      '/api/v1/pods': (_request, response) => sendJson(response, listBody([ITEM]).slice(0, -20)),
    });

    const error = await failureOf(all(kube.list(PODS, { signal: NEVER })));

    expect(error.kind).toBe('bad-reply');
  });

  it('ends with unavailable when the connection breaks inside a page', async () => {
    const { kube } = await serve({
      '/api/v1/pods': (_request, response) => {
        response.writeHead(200, { 'content-length': '100000' });
        response.write(listBody([ITEM]).slice(0, 60), () => response.destroy());
      },
    });

    const error = await failureOf(all(kube.list(PODS, { signal: NEVER })));

    expect(error.kind).toBe('unavailable');
  });

  it('gives the objects that had come before the connection breaks', async () => {
    const second = ITEM.replace('"name":"', '"name":"second-');
    const whole = listBody([ITEM, second]);
    const { kube } = await serve({
      '/api/v1/pods': (_request, response) => {
        response.writeHead(200, { 'content-length': '100000' });
        const cut = whole.slice(0, whole.indexOf(second) + 20);
        response.write(cut, () => setTimeout(() => response.destroy(), 50));
      },
    });
    const pages = kube.list(PODS, { signal: NEVER })[Symbol.asyncIterator]();

    const first = await pages.next();
    const error = await failureOf(pages.next());

    expect(first.value?.items.map(({ text }: { text: string }) => text)).toEqual([ITEM]);
    expect(error.kind).toBe('unavailable');
  });

  it('ends with aborted when the caller gives up', async () => {
    const { kube } = await serve({ '/api/v1/pods': () => {} });
    const abort = new AbortController();

    const work = failureOf(all(kube.list(PODS, { signal: abort.signal })));
    setTimeout(() => abort.abort(), 50);

    expect((await work).kind).toBe('aborted');
  });
});
