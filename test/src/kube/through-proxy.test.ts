import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../../src/kube/connect.ts';
import type { Kube } from '../../../src/model/kube.ts';
import { type ConnectProxy, startConnectProxy } from '../../support/connect-proxy.ts';
import {
  type FakeApiServer,
  type FakeOptions,
  sendJson,
  startFakeApiServer,
} from '../../support/fake-api-server.ts';
import { failureOf, NEVER } from '../../support/kube-session.ts';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Behind {
  readonly server: FakeApiServer;
  readonly proxy: ConnectProxy;
  readonly kube: Kube;
}

async function behind(
  options: FakeOptions,
  { authorization, user = '' }: { authorization?: string; user?: string } = {},
): Promise<Behind> {
  const server = await startFakeApiServer(options);
  const proxy = await startConnectProxy(authorization === undefined ? {} : { authorization });
  closing.push(server.close, proxy.close);
  const address = proxy.url.replace('//', `//${user}`);
  const kubeconfig = server.kubeconfig({ cluster: { 'proxy-url': address } });
  const kube = await connect({ kubeconfig, signal: NEVER, env: {} });
  closing.push(kube.close);
  return { server, proxy, kube };
}

const VERSION: FakeOptions = {
  routes: {
    '/version': (_request, response) =>
      sendJson(response, { gitVersion: 'v1.36.3', major: '1', minor: '36' }),
  },
};

describe('a cluster behind a proxy', () => {
  it('is reached by CONNECT, with TLS to the API server inside', async () => {
    const { kube, proxy, server } = await behind(VERSION);

    expect(await kube.versionInfo(NEVER)).toMatchObject({ gitVersion: 'v1.36.3' });
    expect(proxy.asked).toEqual([`127.0.0.1:${server.port}`]);
  });

  it('is told the credentials of the proxy in its address', async () => {
    const authorization = `Basic ${Buffer.from('ops:p@ss').toString('base64')}`;
    const { kube } = await behind(VERSION, { authorization, user: 'ops:p%40ss@' });

    expect(await kube.versionInfo(NEVER)).toMatchObject({ gitVersion: 'v1.36.3' });
  });

  it('is out of reach when the proxy refuses; the message names the proxy, not its password', async () => {
    const { kube, proxy, server } = await behind(VERSION, { authorization: 'Basic x', user: 'ops:secret@' });

    const error = await failureOf(kube.versionInfo(NEVER));

    expect(error).toMatchObject({ name: 'KubeError', kind: 'unavailable' });
    expect(error.message).toBe(
      `proxy ${new URL(proxy.url).host}: HTTP 407 to CONNECT 127.0.0.1:${server.port}, it wants other credentials`,
    );
  });

  it('is out of reach when the proxy is', async () => {
    const { kube, proxy } = await behind(VERSION);
    await proxy.close();
    closing.splice(1, 1);

    const error = await failureOf(kube.versionInfo(NEVER));

    expect(error).toMatchObject({ kind: 'refused' });
    expect(error.message).toContain(`proxy ${new URL(proxy.url).host}: connection refused`);
  });

  it('takes port-forwards and handshakes the same way', async () => {
    const pod = createServer((_request, response) => response.end('in the pod'));
    await new Promise<void>((resolve) => pod.listen(0, '127.0.0.1', resolve));
    closing.push(() => pod.close());
    const { port } = pod.address() as AddressInfo;
    const { kube, proxy, server } = await behind({ ...VERSION, forwards: { 'kong/cp-0:8001': port } });
    const target = { namespace: 'kong', pod: 'cp-0', port: 8001, scheme: 'http', path: '/' } as const;

    const reply = await kube.podGet({ ...target, signal: NEVER });
    const handshake = await kube.handshake({ host: '127.0.0.1', port: server.port, signal: NEVER });

    expect(reply.body.toString()).toBe('in the pod');
    expect(handshake).toMatchObject({ failure: undefined, authorized: true });
    expect(proxy.asked).toHaveLength(2);
  });
});

describe('a server that puts requests off', () => {
  it('is asked again when it says so, GETs only', async () => {
    let asked = 0;
    const server = await startFakeApiServer({
      fallback: (request, response) => {
        asked++;
        if (request.method === 'GET' && asked >= 3) return sendJson(response, { status: {} });
        response.writeHead(429, { 'retry-after': '0' });
        response.end('too many requests');
      },
    });
    closing.push(server.close);
    const kube = await connect({ kubeconfig: server.kubeconfig(), signal: NEVER, env: {} });
    closing.push(kube.close);

    expect((await kube.get('/readyz', { signal: NEVER })).status).toBe(200);
    expect(asked).toBe(3);
    const error = await failureOf(kube.ownRules('shop', NEVER));
    expect(error).toMatchObject({ kind: 'throttled', status: 429 });
    expect(asked).toBe(4);
  });

  it('is given up after five attempts', async () => {
    let asked = 0;
    const server = await startFakeApiServer({
      fallback: (_request, response) => {
        asked++;
        response.writeHead(503, { 'retry-after': '0' });
        response.end();
      },
    });
    closing.push(server.close);
    const kube = await connect({ kubeconfig: server.kubeconfig(), signal: NEVER, env: {} });
    closing.push(kube.close);

    expect(await failureOf(kube.get('/readyz', { signal: NEVER }))).toMatchObject({ kind: 'unavailable' });
    expect(asked).toBe(5);
  });

  it('does not hold up an interrupted collection', async () => {
    const server = await startFakeApiServer({
      fallback: (_request, response) => {
        response.writeHead(429, { 'retry-after': '15' });
        response.end();
      },
    });
    closing.push(server.close);
    const kube = await connect({ kubeconfig: server.kubeconfig(), signal: NEVER, env: {} });
    closing.push(kube.close);
    const interrupt = new AbortController();
    const work = failureOf(kube.get('/readyz', { signal: interrupt.signal }));
    setTimeout(() => interrupt.abort(), 100);

    expect(await work).toMatchObject({ kind: 'aborted' });
  });
});
