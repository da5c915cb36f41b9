import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { Agent, request as send } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectNoStack, expectUserError, runCli, smallDisk } from '../support/run-cli.ts';
import { type Cluster, START_MS, startCluster } from './cluster.ts';
import { collect, expectSameObjects, logsOf } from './collected.ts';
import { analyze } from './kubecase.ts';
import { kwokDocument } from './kwok.ts';
import { waitFor } from './processes.ts';
import { createProxiedAccount, startProxied } from './proxied.ts';
import { nodes } from './workload/nodes.ts';
import { apply } from './workloads.ts';

/** Limits of names: RFC 1123 labels have 63 bytes, names of pods 253. */
const LONG_NAMESPACE = 'n'.repeat(63);
const LONG_POD = `${'p'.repeat(126)}.${'q'.repeat(126)}`;
const LONG_CONTAINER = 'c'.repeat(63);

const LARGE_MAPS = 300;
/** As near to the limit of a ConfigMap, 1 MiB, as leaves room for its key. */
const MAP_BYTES = 1024 * 1024 - 64;
/** Held whole the list takes 900 MB, with the objects beside their text; piece by piece 310 MB, however long it is. */
const MAX_RSS_BYTES = 500 * 1024 * 1024;

const scratch = mkdtempSync(join(tmpdir(), 'kubecase-sizes-'));
let cluster: Cluster;

beforeAll(async () => {
  const logsFile = join(scratch, 'long.log');
  await writeFile(logsFile, `${new Date().toISOString()} stdout F one line\n`);
  const logs = { selector: { matchNamespaces: [LONG_NAMESPACE] }, logs: [{ logsFile }] };
  cluster = await startCluster([kwokDocument('ClusterLogs', { name: 'long' }, logs)]);
}, START_MS);

afterAll(async () => {
  await cluster?.stop();
  rmSync(scratch, { recursive: true, force: true });
}, 30_000);

describe('names as long as they may be', () => {
  it('are in the bundle and the report as they are', async () => {
    const metadata = { name: LONG_NAMESPACE };
    await apply(cluster.plane, [{ apiVersion: 'v1', kind: 'Namespace', metadata }]);
    const account = ['-n', LONG_NAMESPACE, 'get', 'serviceaccount', 'default'];
    await waitFor('the service account', async () => (await cluster.plane.kubectl(account)).code === 0);
    await apply(cluster.plane, [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: LONG_POD, namespace: LONG_NAMESPACE },
        spec: {
          nodeName: nodes()[0]?.metadata.name,
          containers: [{ name: LONG_CONTAINER, image: 'registry.example/long:1.0' }],
        },
      },
    ]);
    const ready = ['-n', LONG_NAMESPACE, 'wait', '--for=condition=Ready', '--timeout=60s', `pod/${LONG_POD}`];
    expect(await cluster.plane.kubectl(ready)).toMatchObject({ code: 0 });

    const result = await collect(cluster.dir, 'long', { kubeconfig: cluster.plane.kubeconfig });

    expect(result.run.code).toBe(0);
    const scope = { namespace: LONG_NAMESPACE, pod: LONG_POD, container: LONG_CONTAINER };
    const log = result.bundle.manifest.entries.find(
      (entry) => entry.artifact === 'logs' && 'pod' in entry.scope && entry.scope.pod === LONG_POD,
    );
    expect(log?.scope).toMatchObject(scope);
    expect(await result.bundle.text(log?.path ?? '')).toContain('one line');
    const pods = await result.bundle.items('resources:core/Pod');
    expect(pods.map(({ metadata }) => metadata.name)).toContain(LONG_POD);
    expect((await analyze(result.file, cluster.dir)).report.findings.length).toBeGreaterThan(0);
    expect(await runCli(['verify', result.file], { cwd: cluster.dir })).toMatchObject({ code: 0 });
  });
});

describe('a place that cannot hold the bundle', () => {
  it('that may not be written is one clear line', async () => {
    const cwd = join(cluster.dir, 'read-only');
    await mkdir(cwd);
    chmodSync(cwd, 0o555);
    // root may write anywhere unless it gives that right away; the kubeconfig stays its own.
    const through = process.getuid?.() === 0 ? ['setpriv', '--inh-caps=-all', '--bounding-set=-all'] : [];

    const run = await runCli(['collect', '--kubeconfig', cluster.plane.kubeconfig], { cwd, through });

    expectUserError(run, 2, /permission denied/);
    chmodSync(cwd, 0o755);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('that is full keeps what had been written under its partial name, to be analyzed', async () => {
    const cwd = join(cluster.dir, 'full');
    await mkdir(cwd);
    const args = ['collect', '--kubeconfig', cluster.plane.kubeconfig, '--output-file', 'b.tar.gz'];

    const run = await runCli(args, { cwd, through: smallDisk(64 * 1024) });

    expectNoStack(run);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toContain('no space left on the disk');
    expect(readdirSync(cwd)).toEqual(['b.tar.gz.partial']);
    const { report } = await analyze(join(cwd, 'b.tar.gz.partial'), cwd);
    expect(report.bundles[0]).toMatchObject({ layout: 'kubecase', complete: false });
  });
});

describe('a slow link', () => {
  it('takes about as long as its bytes need, and nothing is missing', async () => {
    await createProxiedAccount(cluster.plane);
    const whole = await collect(cluster.dir, 'fast', { kubeconfig: cluster.plane.kubeconfig });
    const link = { bytesPerSecond: 400_000, latencyMs: 50 };
    const proxy = await startProxied(cluster.plane, { link });
    const began = performance.now();

    const result = await collect(cluster.dir, 'slow', { kubeconfig: proxy.kubeconfigFile });

    const seconds = (performance.now() - began) / 1000;
    await proxy.close();
    expect(result.run.code).toBe(0);
    expect(seconds).toBeGreaterThan(proxy.bytes() / link.bytesPerSecond);
    expect(logsOf(result)).toEqual(logsOf(whole));
    await expectSameObjects(result, whole);
  });
});

describe('a list of 300 MB', () => {
  it('is in the bundle whole, and is never held whole', async () => {
    await createMaps();
    const peak = join(scratch, 'peak');
    const hook = `import { writeFileSync } from 'node:fs';
      process.on('exit', () => writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)));`;

    const result = await collect(cluster.dir, 'large', {
      kubeconfig: cluster.plane.kubeconfig,
      args: ['--only', 'kubernetes/resources'],
      nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(hook)}`],
    });

    expect(result.run.code).toBe(0);
    const entry = result.bundle.manifest.entries.find(({ path }) => path.includes('configmaps/large'));
    const { stdout } = await promisify(execFile)('grep', [
      '-o',
      '"name":"large-[0-9]*"',
      join(result.bundle.dir, entry?.path ?? ''),
    ]);
    expect(new Set(stdout.trim().split('\n')).size).toBe(LARGE_MAPS);
    expect(entry?.size).toBeGreaterThan(LARGE_MAPS * MAP_BYTES);
    // Kilobytes.
    expect(Number(readFileSync(peak, 'utf8')) * 1024).toBeLessThan(MAX_RSS_BYTES);
  }, 600_000);
});

/** ConfigMaps that make one page of 300 MB. */
async function createMaps(): Promise<void> {
  await apply(cluster.plane, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'large' } }]);
  const { dir, server } = cluster.plane;
  const [ca, cert, key] = await Promise.all(
    ['ca.crt', 'admin.crt', 'admin.key'].map((file) => readFile(join(dir, file))),
  );
  const agent = new Agent({ ca, cert, key, keepAlive: true, maxSockets: 4 });
  const post = (index: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const url = `${server}/api/v1/namespaces/large/configmaps`;
      const sent = send(url, { agent, method: 'POST', headers });
      sent.on('error', reject).on('response', (response) => {
        response.resume().on('end', () => resolve());
        if (response.statusCode !== 201) reject(new Error(`configmap ${index}: ${response.statusCode}`));
      });
      const line = `${index} of some text that is like that of others\n`;
      const text = line.repeat(Math.ceil(MAP_BYTES / line.length)).slice(0, MAP_BYTES);
      sent.end(JSON.stringify({ metadata: { name: `large-${index}` }, data: { text } }));
    });
  for (let index = 0; index < LARGE_MAPS; index += 4)
    await Promise.all([0, 1, 2, 3].map((more) => post(index + more)));
  agent.destroy();
}
