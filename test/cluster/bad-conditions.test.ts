import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.ts';
import { type Cluster, START_MS, startCluster } from './cluster.ts';
import { kubecase, unpack } from './kubecase.ts';

let cluster: Cluster;
let proxy: ConnectProxy;

beforeAll(async () => {
  cluster = await startCluster();
  proxy = await startConnectProxy();
}, START_MS);

afterAll(async () => {
  await proxy?.close();
  await cluster?.stop();
}, 30_000);

/** The administrator's kubeconfig with other fields of its cluster. */
async function kubeconfigWith(name: string, fields: object): Promise<string> {
  const config = JSON.parse(await readFile(cluster.plane.kubeconfig, 'utf8'));
  Object.assign(config.clusters[0].cluster, fields);
  const file = join(cluster.dir, `${name}.kubeconfig`);
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

async function collect(name: string, kubeconfig: string, ...args: string[]) {
  const file = join(cluster.dir, `${name}.tar.gz`);
  const run = await kubecase(
    ['collect', '--kubeconfig', kubeconfig, '--output-file', file, ...args],
    cluster.dir,
  );
  return { run, file, bundle: await unpack(file, join(cluster.dir, name)) };
}

describe('a cluster behind an HTTP proxy', () => {
  it('is collected through it, port-forwards included', async () => {
    const kubeconfig = await kubeconfigWith('proxied', { 'proxy-url': proxy.url });
    const direct = await collect('direct', cluster.plane.kubeconfig);

    const { run, bundle } = await collect('proxied', kubeconfig);

    expect(run.code).toBe(direct.run.code);
    expect(new Set(proxy.asked)).toContain(new URL(cluster.plane.server).host);
    expect(proxy.asked.length).toBeGreaterThan(1);
    const outcomes = (rows: typeof bundle.manifest.coverage, artifact: string) =>
      rows.filter((row) => row.artifact === artifact).map(({ outcome }) => outcome);
    for (const artifact of ['resources:core/Pod', 'kong-clustering-status', 'api-server-reachability']) {
      const expected = outcomes(direct.bundle.manifest.coverage, artifact);
      expect(expected, artifact).toContain('collected');
      expect(outcomes(bundle.manifest.coverage, artifact), artifact).toEqual(expected);
    }
  });

  it('is out of reach when the proxy is gone, and the bundle says so', async () => {
    const kubeconfig = await kubeconfigWith('no-proxy', { 'proxy-url': 'http://127.0.0.1:1' });

    const { run, bundle } = await collect('no-proxy', kubeconfig);

    expect(run.code).toBe(3);
    expect(run.stderr).toContain('proxy 127.0.0.1:1: connection refused');
    expect(bundle.manifest.complete).toBe(false);
  });
});

describe('a bounded collection', () => {
  it('ends in time with a valid bundle that says what is missing', async () => {
    const began = performance.now();

    const { run, file, bundle } = await collect('brief', cluster.plane.kubeconfig, '--timeout', '1s');

    expect(performance.now() - began).toBeLessThan(15_000);
    expect(await kubecase(['verify', file], cluster.dir)).toMatchObject({ stderr: '' });
    // A fast machine may be through before the second is over.
    if (!bundle.manifest.complete) {
      expect(run.code).toBe(3);
      expect(bundle.manifest.incompleteReason).toContain('--timeout');
    }
  });

  it('stays below its size, kinds first', async () => {
    const limit = 160 * 1024;

    const { run, bundle } = await collect('small', cluster.plane.kubeconfig, '--max-size', String(limit));

    expect(run.code).toBe(3);
    const size = (await readFile(join(cluster.dir, 'small.tar.gz'))).length;
    expect(size).toBeLessThanOrEqual(limit * 1.1);
    const cut = bundle.manifest.coverage.filter(({ fix }) => fix?.flag === '--max-size');
    expect(cut.length).toBeGreaterThan(0);
    expect(cut.every(({ reason }) => Boolean(reason))).toBe(true);
  });

  it('reads counters twice when asked to, other things once', async () => {
    const args = ['--sample', '2', '--interval', '1s', '--only', 'control-plane/*,kubernetes/resources'];

    const { bundle } = await collect('twice', cluster.plane.kubeconfig, ...args);

    const second = bundle.manifest.entries.filter(({ sample }) => sample === 1);
    const kinds = new Set(second.map(({ artifact }) => artifact));
    expect(kinds).toContain('api-server-metrics');
    kinds.delete('resources:coordination.k8s.io/Lease');
    expect([...kinds].every((artifact) => artifact.endsWith('-metrics'))).toBe(true);
    const total = async (sample: number): Promise<number> => {
      const entry = bundle.manifest.entries.find(
        (one) => one.artifact === 'api-server-metrics' && one.sample === sample,
      );
      const lines = (await bundle.text(entry?.path ?? '')).split('\n');
      const values = lines.filter((line) => line.startsWith('apiserver_request_total{'));
      return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    };
    expect(await total(1)).toBeGreaterThan(await total(0));
  });

  it('tells what it does as JSON, one object per line', async () => {
    const { run } = await collect('told', cluster.plane.kubeconfig, '--progress', 'json');

    const events = run.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; time: string });
    expect(events[0]?.type).toBe('connected');
    expect(events.at(-1)).toMatchObject({ type: 'result', complete: true });
    expect(events.every(({ time }) => !Number.isNaN(Date.parse(time)))).toBe(true);
  });
});

describe('a dry run', () => {
  it('names every list the collection makes, and makes none', async () => {
    const kubeconfig = await cluster.plane.userKubeconfig({ name: 'dry', groups: ['system:masters'] });

    const { stdout, code } = await kubecase(
      ['collect', '--dry-run', '--kubeconfig', kubeconfig],
      cluster.dir,
    );

    expect(code).toBe(0);
    const requests = await cluster.auditedRequests('dry');
    expect([...new Set(requests.map(({ requestURI }) => requestURI.split('?')[0]))].sort()).toEqual([
      '/api',
      '/apis',
    ]);
    await collect('wet', kubeconfig);
    const lists = (await cluster.auditedRequests('dry')).filter(({ verb }) => verb === 'list');
    const told = new Set(stdout.split('\n').map((line) => line.split(/[ ?]/)[1]));
    expect(lists.map(({ requestURI }) => requestURI.split('?')[0]).filter((path) => !told.has(path))).toEqual(
      [],
    );
  });
});
