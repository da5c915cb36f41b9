import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { PodGetOptions } from '../../../src/model/pod-requests.ts';
import { createAuthority } from '../../cluster/pki.ts';
import { failureOf, type KubeSession, kubeSession, NEVER } from '../../support/kube-session.ts';

const KONG: PodGetOptions = {
  namespace: 'kong',
  pod: 'cp-0',
  port: 8001,
  scheme: 'http',
  path: '/clustering/status?x=1',
  signal: NEVER,
};

let session: KubeSession | undefined;
let pod: Server | undefined;

afterEach(async () => {
  await session?.close();
  pod?.close();
});

async function runPod(listener: RequestListener, tls?: { cert: string; key: string }): Promise<number> {
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  pod = server;
  return (server.address() as AddressInfo).port;
}

async function forward(target: number | 'refuse' | 'silent', options: Partial<PodGetOptions> = {}) {
  session = await kubeSession({ forwards: { 'kong/cp-0:8001': target } });
  return session.kube.podGet({ ...KONG, ...options });
}

describe('podGet', () => {
  it('gets an answer of the pod through the API server', async () => {
    const port = await runPod((request, response) => {
      response.setHeader('date', 'Fri, 20 Nov 2026 05:15:50 GMT');
      response.end(JSON.stringify({ url: request.url, token: request.headers['kong-admin-token'] }));
    });

    const reply = await forward(port, { headers: { 'Kong-Admin-Token': 'abc' } });

    expect(JSON.parse(reply.body.toString())).toEqual({ url: '/clustering/status?x=1', token: 'abc' });
    expect(reply).toMatchObject({ status: 200, truncated: false });
    expect(reply.observedAt).toMatchObject({ time: '2026-11-20T05:15:50.000Z', source: 'server-date' });
    expect(session?.server.requests).toEqual([
      'UPGRADE /api/v1/namespaces/kong/pods/cp-0/portforward?ports=8001',
    ]);
  });

  it('returns an error status of the pod as it is', async () => {
    const port = await runPod(
      (_request, response) => void response.writeHead(401).end('{"message":"Unauthorized"}'),
    );

    const reply = await forward(port);

    expect(reply).toMatchObject({ status: 401, body: Buffer.from('{"message":"Unauthorized"}') });
  });

  it('speaks TLS to a port that wants it, whatever its certificate says', async () => {
    const authority = await createAuthority('kong');
    const leaf = await authority.issue({ commonName: 'kong', names: ['kong.example'] });
    const port = await runPod((_request, response) => void response.end('secure'), {
      cert: leaf.certificate,
      key: leaf.key,
    });

    const reply = await forward(port, { scheme: 'https' });

    expect(reply.body.toString()).toBe('secure');
  });

  it('takes a large answer whole and cuts it only at the limit', async () => {
    const port = await runPod((_request, response) => void response.end('x'.repeat(3_000_000)));

    const whole = await forward(port);
    const cut = await session?.kube.podGet({ ...KONG, maxBytes: 1000 });

    expect(whole).toMatchObject({ truncated: false });
    expect(whole.body).toHaveLength(3_000_000);
    expect(cut).toMatchObject({ truncated: true });
    expect(cut?.body).toHaveLength(1000);
  });

  it('says that the port refuses', async () => {
    const error = await failureOf(forward('refuse'));

    expect(error).toMatchObject({ name: 'KubeError', kind: 'refused' });
    expect(error.message).toBe('port 8001 of pod kong/cp-0: connection refused in the pod');
  });

  it('names the rule when port-forward is forbidden', async () => {
    session = await kubeSession({});

    const error = await failureOf(session.kube.podGet(KONG));

    expect(error).toMatchObject({
      kind: 'forbidden',
      status: 403,
      rule: { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
    });
    expect(error.message).toContain('cannot create resource "pods/portforward"');
  });

  it('ends with timeout when the pod stays silent', async () => {
    const error = await failureOf(forward('silent', { timeoutMs: 200 }));

    expect(error.kind).toBe('timeout');
    expect(error.message).toContain('no answer to GET /clustering/status within 0.2 s');
  });

  it('ends with an error when the pod closes before it has answered', async () => {
    const port = await runPod((request) => void request.socket.destroy());

    const error = await failureOf(forward(port));

    expect(error).toMatchObject({ name: 'KubeError', kind: 'unavailable' });
  });

  it('ends with an error when the answer breaks off', async () => {
    const port = await runPod((request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half', () => setTimeout(() => request.socket.destroy(), 20));
    });

    const error = await failureOf(forward(port));

    expect(error).toMatchObject({ name: 'KubeError', kind: 'unavailable' });
  });

  it('ends with aborted when the caller gives up', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);

    const error = await failureOf(forward('silent', { signal: abort.signal }));

    expect(error.kind).toBe('aborted');
  });
});
