import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type KubeSession, kubeSession, NEVER } from '../../support/kube-session.ts';

let session: KubeSession;

afterEach(async () => session?.close());

describe('handshake', () => {
  it('gives the served chain and whether it verifies, and sends no request', async () => {
    session = await kubeSession({});

    const result = await session.kube.handshake({
      host: '127.0.0.1',
      port: session.server.port,
      signal: NEVER,
    });

    expect(result).toMatchObject({
      addresses: ['127.0.0.1'],
      failure: undefined,
      authorized: true,
      authorizationError: undefined,
      protocol: 'TLSv1.3',
    });
    expect(result.chain.map((pem) => new X509Certificate(pem).subject)).toEqual(['CN=fake']);
    expect(session.server.requests).toEqual([]);
  });

  it('says why a certificate does not verify and still gives the chain', async () => {
    session = await kubeSession({});

    const result = await session.kube.handshake({
      host: 'localhost',
      port: session.server.port,
      servername: 'kubernetes.example',
      signal: NEVER,
    });

    expect(result).toMatchObject({ failure: undefined, authorized: false });
    expect(result.authorizationError).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(result.chain).toHaveLength(1);
  });

  it('names the step that failed', async () => {
    session = await kubeSession({});
    const silent = createServer(() => {});
    const talking = createServer((socket) => socket.end('220 mail\r\n'));
    for (const server of [silent, talking])
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const portOf = (server: typeof silent) => (server.address() as { port: number }).port;
    const { kube } = session;
    const to = (host: string, port: number) => kube.handshake({ host, port, timeoutMs: 300, signal: NEVER });

    const results = [
      await to('no-such-host.invalid', 6443),
      await to('127.0.0.1', 1),
      await to('127.0.0.1', portOf(talking)),
      await to('127.0.0.1', portOf(silent)),
    ];

    expect(results.map((result) => [result.failure?.stage, result.failure?.kind])).toEqual([
      ['dns', 'dns'],
      ['tcp', 'refused'],
      ['tls', 'tls'],
      ['tls', 'timeout'],
    ]);
    expect(results.every((result) => result.chain.length === 0 && !result.authorized)).toBe(true);
    silent.close();
    talking.close();
  });
});
