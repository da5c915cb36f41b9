import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { FakeOptions } from '../../support/fake-api-server.ts';
import { sendJson, sendStatus } from '../../support/fake-api-server.ts';
import { failureOf, type KubeSession, kubeSession, NEVER } from '../../support/kube-session.ts';

let session: KubeSession;

afterEach(async () => session?.close());

async function serve(options: FakeOptions): Promise<KubeSession> {
  session = await kubeSession(options);
  return session;
}

describe('get', () => {
  it('gives body, lower-case headers and the clocks of both sides', async () => {
    const { kube } = await serve({
      routes: {
        '/livez': (_request, response) => response.setHeader('X-A', ['1', '2']) && sendJson(response, 'ok'),
      },
    });

    const reply = await kube.get('/livez?verbose', { signal: NEVER });

    expect(reply).toMatchObject({ status: 200, body: Buffer.from('ok'), truncated: false });
    expect(reply.headers['x-a']).toBe('1, 2');
    expect(reply.observedAt.source).toBe('server-date');
    expect(Date.parse(reply.receivedAt)).toBeGreaterThanOrEqual(Date.parse(reply.sentAt));
  });

  it('uses one TCP connection for fifty requests in a row, some of them refused', async () => {
    const { kube, server } = await serve({
      routes: {
        '/version': (request, response) => {
          if (server.requests.length % 5 === 0) sendStatus(response, 403, { message: 'no' });
          else {
            response.writeHead(200, { 'content-encoding': 'gzip' });
            response.end(gzipSync(`"${request.url}"`));
          }
        },
      },
    });

    for (let i = 0; i < 50; i++)
      await kube.get('/version', { signal: NEVER, allowStatus: [] }).catch(() => {});

    expect(server.requests).toHaveLength(50);
    expect(server.connections()).toBe(1);
  });

  it('opens no more than eight connections for many requests at once', async () => {
    const { kube, server } = await serve({
      routes: { '/version': (_request, response) => sendJson(response, '{}') },
    });

    await Promise.all(Array.from({ length: 40 }, () => kube.get('/version', { signal: NEVER })));

    expect(server.connections()).toBeLessThanOrEqual(8);
  });

  it('cuts a body at the limit and says so', async () => {
    const { kube } = await serve({
      routes: { '/metrics': (_request, response) => sendJson(response, 'x'.repeat(200_000)) },
    });

    const reply = await kube.get('/metrics', { signal: NEVER, maxBytes: 1000 });

    expect(reply.truncated).toBe(true);
    expect(reply.body).toHaveLength(1000);
  });

  it('returns an error status that was asked for and throws the others with the words of the server', async () => {
    const { kube } = await serve({
      routes: { '/readyz': (_request, response) => sendJson(response, '[-]etcd failed', 500) },
    });

    const reply = await kube.get('/readyz?verbose', { signal: NEVER, allowStatus: [500] });
    const error = await failureOf(kube.get('/readyz?verbose', { signal: NEVER }));

    expect(reply).toMatchObject({ status: 500, body: Buffer.from('[-]etcd failed') });
    expect(error).toMatchObject({ kind: 'other', status: 500 });
    expect(error.message).toMatch(/: GET \/readyz fails: \[-\]etcd failed \(HTTP 500\)$/);
  });

  it('names each kind of refusal', async () => {
    const { kube } = await serve({
      fallback: (_request, response, url) => {
        response.writeHead(Number(url.pathname.slice(1)), { 'retry-after': '0' });
        response.end('service unavailable\n');
      },
    });
    const expected = {
      404: 'not-found',
      429: 'throttled',
      502: 'unavailable',
      503: 'unavailable',
      504: 'timeout',
    };

    for (const [status, kind] of Object.entries(expected)) {
      const error = await failureOf(kube.get(`/${status}`, { signal: NEVER }));
      expect(error, status).toMatchObject({ kind, status: Number(status), rule: undefined });
    }
  });

  it('names the path a user may not get', async () => {
    const { kube } = await serve({
      fallback: (_request, response) =>
        sendStatus(response, 403, { message: 'forbidden: cannot get path "/metrics"' }),
    });

    const error = await failureOf(kube.get('/metrics?x=1', { signal: NEVER }));

    expect(error.rule).toEqual({ nonResourceURLs: ['/metrics'], verbs: ['get'] });
  });

  it('does not take the page of a proxy for an answer of Kubernetes', async () => {
    const { kube } = await serve({
      fallback: (_request, response) => {
        response.writeHead(403, { 'content-type': 'text/html' });
        response.end('<html><h1>Blocked</h1></html>');
      },
    });

    const error = await failureOf(kube.get('/version', { signal: NEVER }));

    expect(error.rule).toBeUndefined();
    expect(error.message).toContain('something in between answers');
  });

  it('does not follow a redirect with the credentials', async () => {
    const { kube, server } = await serve({
      fallback: (_request, response) => {
        response.writeHead(302, { location: '/login' });
        response.end();
      },
    });

    const error = await failureOf(kube.get('/version', { signal: NEVER }));

    expect(error.kind).toBe('bad-reply');
    expect(server.requests).toHaveLength(1);
  });

  it('ends with timeout when no answer comes', async () => {
    const { kube } = await serve({ fallback: () => {} });

    const error = await failureOf(kube.get('/version', { signal: NEVER, timeoutMs: 100 }));

    expect(error.kind).toBe('timeout');
    expect(error.message).toMatch(/no answer to GET \/version within 0\.1 s/);
  });

  it('ends with aborted when the connections are closed under it', async () => {
    const { kube } = await serve({ fallback: () => {} });

    const work = failureOf(kube.get('/version', { signal: NEVER }));
    setTimeout(() => kube.close(), 50);

    expect((await work).kind).toBe('aborted');
  });

  it('refuses a compressed answer that is damaged', async () => {
    const { kube } = await serve({
      fallback: (_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end('not gzip at all');
      },
    });

    const error = await failureOf(kube.get('/version', { signal: NEVER }));

    expect(error.kind).toBe('bad-reply');
  });
});

describe('versionInfo', () => {
  it('reads the version with whatever else the server sends', async () => {
    const { kube } = await serve({
      routes: {
        '/version': (_request, response) =>
          sendJson(response, { major: '1', minor: '36+', gitVersion: 'v1.36.2', emulationMajor: '1' }),
      },
    });

    expect(await kube.versionInfo(NEVER)).toEqual({
      major: '1',
      minor: '36+',
      gitVersion: 'v1.36.2',
      emulationMajor: '1',
    });
  });

  it('does not take any JSON for Kubernetes', async () => {
    const { kube } = await serve({
      routes: { '/version': (_request, response) => sendJson(response, '[]') },
    });

    expect((await failureOf(kube.versionInfo(NEVER))).kind).toBe('bad-reply');
  });
});
