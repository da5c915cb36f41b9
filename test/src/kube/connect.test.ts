import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../src/kube/connect.ts';
import { createAuthority } from '../../cluster/pki.ts';
import { type FakeApiServer, sendJson, startFakeApiServer } from '../../support/fake-api-server.ts';
import { failureOf, NEVER } from '../../support/kube-session.ts';
import { kubeconfigOf, type ScratchFolder, scratchFolder } from '../../support/kubeconfig-file.ts';

let folder: ScratchFolder;
let server: FakeApiServer | undefined;

beforeAll(() => {
  folder = scratchFolder();
});

afterAll(() => folder.remove());

afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('connect: when the API server cannot be reached', () => {
  it('tells nothing listening from an unknown host', async () => {
    const port = await freePort();
    const refused = folder.write(
      'refused',
      kubeconfigOf({ context: 'a', server: `https://127.0.0.1:${port}` }),
    );
    const unknown = folder.write(
      'unknown',
      kubeconfigOf({ context: 'a', server: 'https://no-such-host.invalid' }),
    );

    const errors = [];
    for (const kubeconfig of [refused, unknown]) {
      const kube = await connect({ kubeconfig, signal: NEVER, env: {} });
      errors.push(await failureOf(kube.versionInfo(NEVER)));
      await kube.close();
    }

    expect(errors[0]).toMatchObject({ name: 'KubeError', kind: 'refused' });
    expect(errors[0]?.message).toBe(`127.0.0.1:${port}: connection refused (ECONNREFUSED)`);
    expect(errors[1]?.kind).toBe('dns');
    expect(errors[1]?.message).toMatch(/^no-such-host\.invalid:443: /);
  });

  it('refuses a certificate of an unknown authority and says so', async () => {
    server = await startFakeApiServer();
    const other = await createAuthority('other');
    const ca = Buffer.from(other.certificate).toString('base64');
    const kubeconfig = server.kubeconfig({ cluster: { 'certificate-authority-data': ca } });
    const kube = await connect({ kubeconfig, signal: NEVER, env: {} });

    const error = await failureOf(kube.versionInfo(NEVER));

    expect(error.kind).toBe('tls');
    expect(error.message).toMatch(
      /TLS failed: .*(UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)/,
    );
    expect(server.requests).toEqual([]);
    await kube.close();
  });

  it('refuses a certificate issued for another name unless tls-server-name says it', async () => {
    server = await startFakeApiServer({ fallback: (_request, response) => sendJson(response, '{}') });
    const wrong = server.kubeconfig({ cluster: { 'tls-server-name': 'kubernetes.default.svc' } });
    const right = server.kubeconfig({ cluster: { 'tls-server-name': 'localhost' } });
    const insecure = server.kubeconfig({
      cluster: { 'insecure-skip-tls-verify': true, 'certificate-authority-data': undefined },
    });

    const refused = await connect({ kubeconfig: wrong, signal: NEVER, env: {} });
    const error = await failureOf(refused.get('/', { signal: NEVER }));
    const statuses = [];
    for (const kubeconfig of [right, insecure]) {
      const kube = await connect({ kubeconfig, signal: NEVER, env: {} });
      statuses.push((await kube.get('/', { signal: NEVER })).status);
      await kube.close();
    }

    expect(error).toMatchObject({ kind: 'tls' });
    expect(error.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(statuses).toEqual([200, 200]);
    await refused.close();
  });

  it('names a certificate authority in the kubeconfig that is no certificate', async () => {
    server = await startFakeApiServer();
    const ca = Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n').toString(
      'base64',
    );
    const kubeconfig = server.kubeconfig({ cluster: { 'certificate-authority-data': ca } });
    const kube = await connect({ kubeconfig, signal: NEVER, env: {} });

    const error = await failureOf(kube.versionInfo(NEVER));

    expect(error).toMatchObject({ name: 'KubeError', kind: 'tls' });
    await kube.close();
  });

  it('tells a server that speaks something else', async () => {
    const other = createServer((socket) => socket.end('220 mail ESMTP\r\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const port = (other.address() as { port: number }).port;
    const urls = [`https://127.0.0.1:${port}`, `http://127.0.0.1:${port}`];

    const kinds = [];
    for (const [i, url] of urls.entries()) {
      const kubeconfig = folder.write(`other-${i}`, kubeconfigOf({ context: 'a', server: url }));
      const kube = await connect({ kubeconfig, signal: NEVER, env: {} });
      kinds.push((await failureOf(kube.versionInfo(NEVER))).kind);
      await kube.close();
    }
    other.close();

    expect(kinds).toEqual(['tls', 'bad-reply']);
  });

  it('talks to a plain server on this machine and keeps a path of the server address', async () => {
    server = await startFakeApiServer({
      plain: true,
      routes: {
        '/k8s/clusters/c-1/version': (_request, response) => sendJson(response, '{"gitVersion":"v1.36.0"}'),
      },
    });
    const kubeconfig = server.kubeconfig({ cluster: { server: `${server.url}/k8s/clusters/c-1/` } });
    const kube = await connect({ kubeconfig, signal: NEVER, env: {} });

    expect(await kube.versionInfo(NEVER)).toMatchObject({ gitVersion: 'v1.36.0' });
    expect(kube.server).toBe(`${server.url}/k8s/clusters/c-1`);
    await kube.close();
  });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const port = (probe.address() as { port: number }).port;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
