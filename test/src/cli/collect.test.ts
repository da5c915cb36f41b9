import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { callCli } from '../../support/call-cli.ts';
import { type FakeApiServer, sendStatus, startFakeApiServer } from '../../support/fake-api-server.ts';
import { kubeconfigOf } from '../../support/kubeconfig-file.ts';
import { expectNoStack, expectUserError, runCli, smallDisk } from '../../support/run-cli.ts';
import { startServedCluster } from '../../support/served-cluster.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';

/** Served today, its leaders look gone for months: `collect` would look at their leases again 17 s later. */
const LEADERLESS = { leaders: false };

let server: FakeApiServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function served(): Promise<FakeApiServer> {
  server = await startServedCluster(await troubledCluster(['other', 'shop'], LEADERLESS));
  return server;
}

function kubeconfig(content: unknown): string {
  const file = join(temporaryFolder(), 'config');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

async function analyzed(file: string) {
  const { stdout, code } = await callCli('analyze', file, '-o', 'json');
  return { code, report: JSON.parse(stdout) };
}

describe('collect', () => {
  it('writes a bundle named after context and time into the current directory, and prints its path', async () => {
    const { kubeconfig } = await served();
    const cwd = temporaryFolder();

    const result = await runCli(['collect', '--kubeconfig', kubeconfig()], { cwd });

    expect(result.stdout).toMatch(/^kubecase-test-\d{4}-\d\d-\d\dT\d{6}Z\.tar\.gz\n$/);
    expect(readdirSync(cwd)).toEqual([result.stdout.trim()]);
    expect(result.stderr).toMatch(/^Collecting from https:/);
    expect(result.stderr).not.toContain('\u001b');
    expect(result.stderr).not.toContain('\r');
    expectNoStack(result);
    expect(await callCli('verify', join(cwd, result.stdout.trim()))).toMatchObject({ code: 0 });
  });

  it('exits 3 when something was refused, and says what', async () => {
    server = await startServedCluster(await troubledCluster(['shop'], LEADERLESS), {
      '/api/v1/secrets': (_request, response) =>
        sendStatus(response, 403, {
          reason: 'Forbidden',
          message: 'secrets is forbidden: User "mia" cannot list',
        }),
      '/api/v1/namespaces/shop/secrets': (_request, response) =>
        sendStatus(response, 403, {
          reason: 'Forbidden',
          message: 'secrets is forbidden: User "mia" cannot list',
        }),
    });
    const file = join(temporaryFolder(), 'b.tar.gz');

    const result = await callCli('collect', '--kubeconfig', server.kubeconfig(), '--output-file', file);

    expect(result).toMatchObject({ code: 3, stdout: `${file}\n` });
    expect(result.stderr).toMatch(/core\/Secret .*forbidden/);
  });

  it('exits 0 when what is not there was not asked for', async () => {
    const { kubeconfig } = await served();
    const file = join(temporaryFolder(), 'b.tar.gz');
    const only = ['--only', 'kubernetes/events', '--output-file', file];

    const result = await callCli('collect', '--kubeconfig', kubeconfig(), ...only);

    expect(result).toMatchObject({ code: 0, stdout: `${file}\n` });
  });
});

describe('a kubeconfig that cannot be used', () => {
  const NONE = Buffer.from('none').toString('base64');
  const reachable = { context: 'prod', server: 'https://127.0.0.1:1' };

  it.each([
    ['is missing', () => join(temporaryFolder(), 'none'), /does not exist/],
    ['is a folder', () => temporaryFolder(), /folder|directory|read/],
    ['is empty', () => kubeconfig(''), /no kubeconfig found/],
    ['is text', () => kubeconfig('hello'), /kubeconfig/],
    ['is broken YAML', () => kubeconfig('clusters: [}\n'), /YAML|parse|kubeconfig/],
    ['is a list', () => kubeconfig([1, 2]), /kubeconfig/],
    ['has no contexts', () => kubeconfig({ apiVersion: 'v1', kind: 'Config' }), /context/],
    [
      'has another current context',
      () => kubeconfig(kubeconfigOf({ ...reachable, current: 'gone' })),
      /gone/,
    ],
    ['has no server', () => kubeconfig(kubeconfigOf({ context: 'prod', server: '' })), /server/],
    [
      'has a server that is no address',
      () => kubeconfig(kubeconfigOf({ context: 'prod', server: '::' })),
      /server/,
    ],
    [
      'names a file that is missing',
      () => kubeconfig(kubeconfigOf({ ...reachable, user: { 'client-certificate': '/none/client.crt' } })),
      /client\.crt/,
    ],
    [
      'holds a certificate authority that is none',
      () => kubeconfig(kubeconfigOf({ ...reachable, cluster: { 'certificate-authority-data': NONE } })),
      /certificate authority of cluster c/,
    ],
    [
      'holds a client certificate that is none',
      () =>
        kubeconfig(
          kubeconfigOf({ ...reachable, user: { 'client-certificate-data': NONE, 'client-key-data': NONE } }),
        ),
      /client certificate and key of user user-of-prod/,
    ],
  ])('is one clear line and no bundle: it %s', async (_name, make, words) => {
    const folder = temporaryFolder();

    const result = await callCli(
      'collect',
      '--kubeconfig',
      make(),
      '--output-file',
      join(folder, 'b.tar.gz'),
    );

    expectUserError(result, 2, words);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is one clear line when there is none at all', async () => {
    const cwd = temporaryFolder();

    const result = await runCli(['collect'], { cwd, env: { HOME: cwd } });

    expectUserError(result, 2, /kubeconfig/);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('is one clear line when the context is unknown, and names those that are known', async () => {
    const file = kubeconfig(kubeconfigOf(reachable));

    expectUserError(
      await callCli('collect', '--kubeconfig', file, '--context', 'nope'),
      2,
      /nope[\s\S]*prod/,
    );
  });
});

describe('an API server out of reach', () => {
  /** A port of this machine nothing listens on. */
  async function closedPort(): Promise<number> {
    const { port, close } = await startFakeApiServer({ plain: true });
    await close();
    return port;
  }

  it('still gives a labelled bundle, and analyze names the cause: refused', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const config = kubeconfig(
      kubeconfigOf({ context: 'prod', server: `https://127.0.0.1:${await closedPort()}` }),
    );

    const result = await callCli('collect', '--kubeconfig', config, '--output-file', file);

    expect(result).toMatchObject({ code: 3, stdout: `${file}\n` });
    expect(result.stderr).toMatch(/^The API server gave no answer: .*connection refused.*\n.*analyze.*\n$/);
    expectNoStack(result);
    const { code, report } = await analyzed(file);
    expect(code).toBe(3);
    expect(report.diagnosis.causes[0]).toMatchObject({
      analyzerId: 'control-plane/api-server-unreachable',
      messageId: 'refused',
    });
  });

  it.each([
    ['certificateNotAccepted', { cluster: { 'certificate-authority-data': undefined } }],
    ['credentialsRejected', {}],
  ])('is named by analyze: %s', async (messageId, overrides) => {
    server = await startFakeApiServer({
      fallback: (_request, response) =>
        sendStatus(response, 401, { reason: 'Unauthorized', message: 'Unauthorized' }),
    });
    const file = join(temporaryFolder(), 'b.tar.gz');

    const result = await callCli(
      'collect',
      '--kubeconfig',
      server.kubeconfig(overrides),
      '--output-file',
      file,
    );

    expect(result).toMatchObject({ code: 3, stdout: `${file}\n` });
    const { report } = await analyzed(file);
    expect(report.diagnosis.causes.map((cause: { messageId: string }) => cause.messageId)).toContain(
      messageId,
    );
  });

  it('is a plain HTTP server of something else', async () => {
    server = await startFakeApiServer({
      plain: true,
      fallback: (_request, response) =>
        void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    });
    const file = join(temporaryFolder(), 'b.tar.gz');

    const result = await callCli('collect', '--kubeconfig', server.kubeconfig(), '--output-file', file);

    expect(result).toMatchObject({ code: 3, stdout: `${file}\n` });
    expectNoStack(result);
    expect((await analyzed(file)).report.bundles[0]).toMatchObject({ complete: false });
  });
});

describe('a bundle that cannot be written', () => {
  it.each([
    ['its folder is missing', (folder: string) => join(folder, 'none', 'b.tar.gz'), /folder does not exist/],
    ['a folder has its name', (folder: string) => folder, /is a folder/],
    ['it is a device', () => '/dev/full', /not a regular file/],
  ])('is one clear line: %s', async (_name, target, words) => {
    const { kubeconfig } = await served();

    const output = target(temporaryFolder());
    const result = await callCli('collect', '--kubeconfig', kubeconfig(), '--output-file', output);

    expectUserError(result, 2, words);
  });

  it('is one clear line when its folder may not be written', async () => {
    const { kubeconfig } = await served();
    const cwd = temporaryFolder();
    chmodSync(cwd, 0o555);
    // root may write anywhere unless it gives that right away; setpriv is part of util-linux.
    const through = process.getuid?.() === 0 ? ['setpriv', '--inh-caps=-all', '--bounding-set=-all'] : [];

    const result = await runCli(['collect', '--kubeconfig', kubeconfig()], { cwd, through });

    expectUserError(result, 2, /permission denied/);
    chmodSync(cwd, 0o755);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('keeps its partial name when the disk is full, and can be analyzed as far as it goes', async () => {
    const { kubeconfig } = await served();
    const cwd = temporaryFolder();
    const args = ['collect', '--kubeconfig', kubeconfig(), '--output-file', 'b.tar.gz'];

    const result = await runCli(args, { cwd, through: smallDisk(1024) });

    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toMatch(
      /kubecase: b\.tar\.gz: cannot be written: no space left on the disk\n {2}.*\.partial/,
    );
    expectNoStack(result);
    expect(readdirSync(cwd)).toEqual(['b.tar.gz.partial']);
    expect(readFileSync(join(cwd, 'b.tar.gz.partial')).length).toBeLessThanOrEqual(1024);
    const { code, report } = await analyzed(join(cwd, 'b.tar.gz.partial'));
    expect(code).toBe(3);
    expect(report.bundles[0]).toMatchObject({ layout: 'kubecase', complete: false });
  });
});

it('the bundle is a plain tar.gz whose texts hold no data of Secrets', async () => {
  const { kubeconfig } = await served();
  const file = join(temporaryFolder(), 'b.tar.gz');

  await callCli('collect', '--kubeconfig', kubeconfig(), '--output-file', file);

  const tar = gunzipSync(readFileSync(file)).toString('latin1');
  expect(tar).toContain('resources/core/secrets/shop.json');
  expect(tar).toContain('"tls.crt"');
  expect(tar).not.toContain(Buffer.from('none').toString('base64'));
});
