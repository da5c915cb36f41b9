import { copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ageKeys } from '../../support/age-keys.ts';
import { callCli } from '../../support/call-cli.ts';
import type { FakeApiServer, Route } from '../../support/fake-api-server.ts';
import { type CliResult, expectUserError, startCli } from '../../support/run-cli.ts';
import { startServedCluster } from '../../support/served-cluster.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { manifestOf, readAll, temporaryFolder, writeSmallBundle } from '../bundle/bundle-fixture.ts';

const LOG = '/api/v1/namespaces/shop/pods/crash-1/log';
const LOG_TEXT = '2026-03-01T11:59:00Z still running\n';

let server: FakeApiServer;
let folder: string;
/** Whether the log of one pod never ends. */
let hangs: boolean;
let reached: () => void;
let atLog: Promise<void>;

beforeEach(async () => {
  folder = temporaryFolder();
  hangs = true;
  atLog = new Promise((resolve) => {
    reached = resolve;
  });
  const log: Route = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).write(LOG_TEXT);
    if (!hangs) response.end();
    reached();
  };
  server = await startServedCluster(await troubledCluster(['shop'], { leaders: false }), { [LOG]: log });
});

afterEach(() => server.close());

function collectArgs(target: string, ...more: readonly string[]): string[] {
  return ['collect', '--kubeconfig', server.kubeconfig(), '--output-file', join(folder, target), ...more];
}

/** Interrupts a collection inside a log. */
async function interrupted(target: string, ...more: readonly string[]): Promise<string> {
  const { child, ended } = startCli(collectArgs(target, ...more), { cwd: folder });
  await Promise.race([atLog, ended]);
  child.kill('SIGTERM');
  const { stdout } = await ended;
  hangs = false;
  return stdout.trim();
}

async function collect(target: string, ...more: readonly string[]): Promise<CliResult> {
  return callCli(...collectArgs(target, ...more));
}

function resume(bundle: string, ...more: readonly string[]): Promise<CliResult> {
  return collect('resumed.tar.gz', '--resume', bundle, ...more);
}

describe('collect --resume', () => {
  it('finishes what SIGTERM ended: the result is what one run would have written', async () => {
    const bundle = await interrupted('first.tar.gz');
    const asked = server.requests.length;

    const { code, stderr, stdout } = await resume(bundle);

    expect(stderr).toMatch(
      /Taken over from the bundle begun at \S+: \d+ entries, \d+ KiB; the rest is read now/,
    );
    const lists = server.requests.slice(asked).filter((path) => path.includes('limit=500'));
    // The leases are sampled twice; the second time had not come.
    expect(lists.filter((path) => !/fieldSelector|labelSelector/.test(path))).toEqual([
      'GET /apis/coordination.k8s.io/v1/leases?limit=500',
    ]);
    const whole = await collect('whole.tar.gz');
    expect(code).toBe(whole.code);
    const [ours, theirs] = [await readAll(stdout.trim()), await readAll(whole.stdout.trim())];
    expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
    expect(ours.get('logs/shop/crash-1/app.log')).toBe(theirs.get('logs/shop/crash-1/app.log'));
    expect((await callCli('verify', stdout.trim())).stdout).toMatch(/^ok: \d+ entries\n$/);
    expect(readFileSync(bundle).length).toBeGreaterThan(0);
  });

  it('opens an encrypted bundle with its key, and leaves nothing of it in plain text', async () => {
    const { recipient, keyFile } = await ageKeys(folder);
    const bundle = await interrupted('first.tar.gz', '--encrypt', recipient);

    expectUserError(await resume(bundle), 2, /first\.tar\.gz\.age: is encrypted\n {2}.*with -i key\.txt/);
    const { stdout } = await resume(bundle, '-i', keyFile, '--encrypt', recipient);

    expect(stdout).toBe(`${join(folder, 'resumed.tar.gz')}.age\n`);
    expect(readdirSync(folder).sort()).toEqual(['first.tar.gz.age', 'key.txt', 'resumed.tar.gz.age']);
    expect((await callCli('verify', stdout.trim(), '-i', keyFile)).stdout).toMatch(/^ok: /);
  });

  it('wants the key file the secrets were marked with', async () => {
    const key = join(folder, 'own.key');
    const bundle = await interrupted('first.tar.gz', '--key-file', key);

    expectUserError(await resume(bundle), 2, /marks equal secrets by another key\n {2}Give the --key-file/);
    const other = await resume(bundle, '--key-file', join(folder, 'other.key'));
    expect(other).toMatchObject({ code: 2, stdout: '' });
    const { stderr, stdout } = await resume(bundle, '--key-file', key);

    expect(stderr).toContain('Taken over from the bundle');
    const marks = [...(await readAll(stdout.trim())).values()].join('').match(/\[REDACTED:[\w-]+\]/g) ?? [];
    expect(marks.filter((mark) => !/-[0-9a-f]{10}\]$/.test(mark))).toEqual([]);
  });

  it('reads everything again when the rules are others, and says why', async () => {
    const bundle = await interrupted('first.tar.gz');
    const rules = join(folder, 'rules.yaml');
    writeFileSync(rules, 'version: 1\npaths: [{kind: Node, path: status.nodeInfo.kubeletVersion}]\n');

    const { stderr, stdout } = await resume(bundle, '--redact-rules', rules);

    expect(stderr).toMatch(/Nothing is taken over .*: it was redacted by other rules \(`--redact-rules`\)/);
    expect((await manifestOf(stdout.trim())).redactions['own-rule']).toBeGreaterThan(0);
  });
});

describe('a bundle of a killed process', () => {
  it('is read again whole, which is said, since it has no record', async () => {
    const bundle = await interrupted('first.tar.gz');
    const cut = join(folder, 'cut.tar.gz.partial');
    copyFileSync(bundle, cut);
    truncateSync(cut, readFileSync(bundle).length - 60);

    const { code, stderr, stdout } = await resume(cut);

    expect(stderr).toMatch(
      /Nothing is taken over of the bundle begun at \S+: it ends before its record, so nothing/,
    );
    expect((await readAll(stdout.trim())).get('logs/shop/crash-1/app.log')).toBe(LOG_TEXT);
    expect((await callCli('verify', stdout.trim())).stdout).toMatch(/^ok: \d+ entries\n$/);
    expect(code).toBe((await collect('whole.tar.gz')).code);
  });
});

describe('what cannot be resumed ends with one clear line', () => {
  it('a bundle in which something was changed', async () => {
    const bundle = await interrupted('first.tar.gz');
    const bytes = readFileSync(bundle);
    bytes[600] = bytes[600]! ^ 0xff;
    writeFileSync(bundle, bytes);

    expectUserError(await resume(bundle), 2, /first\.tar\.gz: cannot be resumed: /);
  });

  it.each([
    [
      'no bundle',
      async () => join(import.meta.dirname, 'resume.test.ts'),
      /resume\.test\.ts: is neither gzip/,
    ],
    ['a folder', async () => folder, /cannot be resumed: is not a file/],
    ['nothing', async () => join(folder, 'none.tar.gz'), /none\.tar\.gz: no such file/],
    ['another cluster', async () => writeSmallBundle(folder), /is of another cluster/],
  ])('%s', async (_what, input, words) => {
    hangs = false;
    expectUserError(await resume(await input()), 2, words);
  });

  it('the file that is to be written', async () => {
    const bundle = await interrupted('resumed.tar.gz');

    expectUserError(await resume(bundle), 2, /resumed\.tar\.gz: is the bundle that is read/);
    copyFileSync(bundle, `${bundle}.partial`);
    expectUserError(await resume(`${bundle}.partial`), 2, /is the bundle that is read/);
    expect((await callCli('verify', bundle)).stdout).toMatch(/^ok: /);
  });
});
