import type { AddressInfo, Server } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { PodHandshakeOptions } from '../../../src/model/pod-requests.ts';
import { createAuthority } from '../../cluster/pki.ts';
import { failureOf, type KubeSession, kubeSession, NEVER } from '../../support/kube-session.ts';

const HOOK: PodHandshakeOptions = { namespace: 'shop', pod: 'hook-0', port: 8443, signal: NEVER };

let session: KubeSession | undefined;
let pod: Server | undefined;

afterEach(async () => {
  await session?.close();
  pod?.close();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  pod = server;
  return (server.address() as AddressInfo).port;
}

async function serve(options: TlsOptions): Promise<{ port: number; leaf: string; names: unknown[] }> {
  const authority = await createAuthority('shop-ca');
  const leaf = await authority.issue({ commonName: 'hook', names: ['hook.shop.svc'] });
  const names: unknown[] = [];
  const SNICallback: TlsOptions['SNICallback'] = (name, done) => {
    names.push(name);
    done(null);
  };
  const server = createTlsServer({ cert: leaf.certificate, key: leaf.key, SNICallback, ...options });
  return { port: await listen(server), leaf: leaf.certificate, names };
}

async function shake(target: number | 'refuse' | 'silent', options: Partial<PodHandshakeOptions> = {}) {
  session = await kubeSession({ forwards: { 'shop/hook-0:8443': target } });
  return session.kube.podHandshake({ ...HOOK, ...options });
}

const bare = (pem: string | undefined) => pem?.replace(/\s+/g, '');

describe('podHandshake', () => {
  it('gives the certificate a port serves, though nobody we know signed it', async () => {
    const { port, leaf, names } = await serve({});

    const shown = await shake(port, { servername: 'hook.shop.svc' });

    expect(shown.chain.map(bare)).toEqual([bare(leaf)]);
    expect(shown.protocol).toBe('TLSv1.3');
    expect(names).toEqual(['hook.shop.svc']);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('reads it also where %s asks for ours', async (version) => {
    const { port, leaf } = await serve({ requestCert: true, rejectUnauthorized: true, maxVersion: version });

    const shown = await shake(port);

    expect(shown.chain.map(bare)).toEqual([bare(leaf)]);
  });

  it('says that the port refuses', async () => {
    const error = await failureOf(shake('refuse'));

    expect(error).toMatchObject({ kind: 'refused' });
    expect(error.message).toBe('port 8443 of pod shop/hook-0: connection refused in the pod');
  });

  it('ends with an error where the port speaks no TLS', async () => {
    const port = await listen(
      createTcpServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );

    const error = await failureOf(shake(port));

    expect(error).toMatchObject({ name: 'KubeError', kind: 'tls' });
    expect(error.message).toContain('port 8443 of pod shop/hook-0');
  });

  it('ends with timeout when the port stays silent, and with aborted when the caller gives up', async () => {
    const late = await failureOf(shake('silent', { timeoutMs: 200 }));
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const given = await failureOf(
      session?.kube.podHandshake({ ...HOOK, signal: abort.signal }) ?? Promise.resolve(),
    );

    expect(late).toMatchObject({ kind: 'timeout' });
    expect(late.message).toContain('no TLS handshake within 0.2 s');
    expect(given.kind).toBe('aborted');
  });

  it('names the rule when port-forward is forbidden', async () => {
    session = await kubeSession({});

    const error = await failureOf(session.kube.podHandshake(HOOK));

    expect(error).toMatchObject({ kind: 'forbidden', rule: { resources: ['pods/portforward'] } });
  });
});
