import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../src/kube/connect.ts';
import { createAuthority } from '../../cluster/pki.ts';
import {
  type FakeApiServer,
  sendJson,
  sendStatus,
  startFakeApiServer,
} from '../../support/fake-api-server.ts';
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

describe('connect: impersonation', () => {
  it('acts as the user, groups, uid and extra fields of the kubeconfig', async () => {
    const seen: IncomingHttpHeaders[] = [];
    server = await startFakeApiServer({
      fallback: (request, response) => {
        seen.push(request.headers);
        sendJson(response, { gitVersion: 'v1.36.3' });
      },
    });
    const user = {
      as: 'dev',
      'as-groups': ['team-a', 'team-b'],
      'as-uid': '42',
      'as-user-extra': { 'example.org/Scope': ['read', 'list'] },
    };
    const kube = await connect({ kubeconfig: server.kubeconfig({ user }), signal: NEVER, env: {} });

    await kube.versionInfo(NEVER);
    await kube.close();

    expect(seen[0]).toMatchObject({
      'impersonate-user': 'dev',
      'impersonate-group': 'team-a, team-b',
      'impersonate-uid': '42',
      'impersonate-extra-example.org%2fscope': 'read, list',
    });
  });
});

describe('connect: credentials', () => {
  it('refuses credentials it cannot read, in one line', async () => {
    const noKey = kubeconfigOf({ context: 'a', user: { 'client-key': 'missing.pem' } });
    const noPlugin = kubeconfigOf({ context: 'a', user: { exec: { command: 'kubecase-no-such-plugin' } } });
    const failing = kubeconfigOf({
      context: 'a',
      user: { exec: { command: 'sh', args: ['-c', 'echo "not logged in" >&2; exit 1'] } },
    });

    const errors = [];
    for (const [i, content] of [noKey, noPlugin, failing].entries()) {
      const kubeconfig = folder.write(`credentials-${i}`, content);
      errors.push(await failureOf(connect({ kubeconfig, signal: NEVER, env: {} })));
    }

    expect(errors.map((error) => error.name)).toEqual(['UserError', 'UserError', 'UserError']);
    expect(errors.map((error) => error.message)).toEqual([
      `credentials of the kubeconfig cannot be read: ${join(folder.path, 'missing.pem')} (ENOENT)`,
      'credential plugin kubecase-no-such-plugin failed: it is not installed or not in $PATH',
      'credential plugin sh failed: not logged in',
    ]);
  });

  it('shows certificates and names only', async () => {
    const authority = await createAuthority('ca');
    const client = await authority.issue({ commonName: 'admin' });
    const certFile = folder.write('client.pem', `${client.key}\n${client.certificate}`);
    const file = folder.write(
      'public',
      kubeconfigOf({
        context: 'a',
        cluster: { 'certificate-authority-data': Buffer.from(authority.certificate).toString('base64') },
        user: { 'client-certificate': certFile, 'client-key': certFile, password: 'p', username: 'u' },
      }),
    );

    const kube = await connect({ kubeconfig: file, signal: NEVER, env: {} });

    expect(kube.publicCredentials).toMatchObject({
      clusterName: 'c',
      userName: 'user-of-a',
      insecure: false,
    });
    expect(kube.publicCredentials.serverCa?.trim()).toBe(authority.certificate.trim());
    expect(kube.publicCredentials.clientCertificate?.trim()).toBe(client.certificate.trim());
    expect(JSON.stringify(kube)).not.toContain('PRIVATE KEY');
  });

  it('sends token, basic auth or client certificate', async () => {
    const seen: (string | undefined)[] = [];
    server = await startFakeApiServer({
      fallback: (request, response) => {
        seen.push(request.headers.authorization);
        sendJson(response, '{}');
      },
    });
    const users = [
      { token: 't1' },
      { token: undefined, username: 'u', password: 'p' },
      { tokenFile: folder.write('tok', 't2\n') },
    ];

    for (const user of users) {
      const kube = await connect({ kubeconfig: server.kubeconfig({ user }), signal: NEVER, env: {} });
      await kube.get('/', { signal: NEVER });
      await kube.close();
    }

    expect(seen).toEqual(['Bearer t1', `Basic ${Buffer.from('u:p').toString('base64')}`, 'Bearer t2']);
  });

  it('reads the credentials again after a 401 and tries once more', async () => {
    server = await startFakeApiServer({
      fallback: (request, response) => {
        if (request.headers.authorization === 'Bearer rotated') sendJson(response, '{}');
        else sendStatus(response, 401, { reason: 'Unauthorized', message: 'Unauthorized' });
      },
    });
    const tokenFile = folder.write('token', 'stale');
    const kube = await connect({
      kubeconfig: server.kubeconfig({ user: { tokenFile } }),
      signal: NEVER,
      env: {},
    });
    writeFileSync(tokenFile, 'rotated');

    const replies = await Promise.all([kube.get('/a', { signal: NEVER }), kube.get('/b', { signal: NEVER })]);

    expect(replies.map((reply) => reply.status)).toEqual([200, 200]);
    await kube.close();
  });

  it('gives up on a 401 when the credentials are still the same, and does not read them for each request', async () => {
    server = await startFakeApiServer({
      fallback: (_request, response) => sendStatus(response, 401, { message: 'Unauthorized' }),
    });
    const counter = folder.write('counter', '');
    const script = `echo run >> '${counter}'; echo '{"status":{"token":"same"}}'`;
    const user = { token: undefined, exec: { command: 'sh', args: ['-c', script] } };
    const kube = await connect({ kubeconfig: server.kubeconfig({ user }), signal: NEVER, env: {} });

    const errors = [];
    for (let i = 0; i < 3; i++) errors.push(await failureOf(kube.get('/version', { signal: NEVER })));

    expect(errors.map((error) => error.kind)).toEqual(['unauthorized', 'unauthorized', 'unauthorized']);
    expect(errors[0]?.message).toContain('does not accept the credentials');
    expect(server.requests).toHaveLength(3);
    expect(readFileSync(counter, 'utf8')).toBe('run\nrun\n');
    await kube.close();
  });
});
