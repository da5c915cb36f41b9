import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KUBERNETES_VERSION } from './binaries.ts';
import { type Cluster, START_MS, startCluster } from './cluster.ts';
import { kubecase, PROGRAM, type UnpackedBundle, unpack } from './kubecase.ts';
import { listableKinds, nameOf } from './kubectl-lists.ts';
import { waitFor } from './processes.ts';

let cluster: Cluster;
let kubeconfig: string;
let server: ChildProcess;
let original: UnpackedBundle;

beforeAll(async () => {
  cluster = await startCluster();
  const file = join(cluster.dir, 'all.tar.gz');
  const { kubeconfig: admin } = cluster.plane;
  await kubecase(['collect', '--kubeconfig', admin, '--output-file', file], cluster.dir);
  original = await unpack(file, join(cluster.dir, 'all'));
  kubeconfig = join(cluster.dir, 'served.kubeconfig');
  server = spawn(process.execPath, [PROGRAM, 'serve', file, '--kubeconfig-file', kubeconfig], {
    cwd: cluster.dir,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exists = (): Promise<boolean> =>
    access(kubeconfig).then(
      () => true,
      () => false,
    );
  await waitFor('the kubeconfig of serve', exists, { seconds: 30 });
  await waitFor('the first answer of serve', async () => (await served('get', 'namespaces')).code === 0, {
    seconds: 30,
  });
}, START_MS);

afterAll(async () => {
  server?.kill();
  await cluster?.stop();
}, 30_000);

function served(...args: string[]): ReturnType<Cluster['plane']['kubectl']> {
  return cluster.plane.kubectl(['--kubeconfig', kubeconfig, ...args]);
}

describe('real kubectl on a served bundle', () => {
  it.each([
    ['pods', ['get', 'pods', '-A', '-o', 'name']],
    ['pods by label', ['get', 'pods', '-A', '-l', 'app=web', '-o', 'name']],
    ['nodes', ['get', 'nodes', '-o', 'name']],
    ['custom resources', ['get', 'widgets', '-A', '-o', 'name']],
    ['one deployment', ['-n', 'shop', 'get', 'deployment', 'web', '-o', 'jsonpath={.spec}']],
  ])('shows %s as on the cluster', async (_, args) => {
    const real = await cluster.plane.kubectl(args);

    expect(await served(...args)).toEqual(real);
  });

  it('prints logs as on the cluster', async () => {
    const args = ['-n', 'broken', 'logs', cluster.pods.crasher, '--previous'];

    expect((await served(...args)).stdout).toBe((await cluster.plane.kubectl(args)).stdout);
  });

  it('refuses to change anything', async () => {
    const { code } = await served('-n', 'shop', 'delete', 'deployment', 'web');

    expect(code).not.toBe(0);
  });
});

describe('kubectl 1.20 on a served bundle', () => {
  async function old(config: string, args: readonly string[]): Promise<string> {
    const env = { KUBECONFIG: config, HOME: cluster.dir };
    const { stdout } = await promisify(execFile)(cluster.binaries.oldKubectl, [...args], { env });
    return stdout;
  }

  it('is the version it is taken for', async () => {
    const version = JSON.parse(await old(kubeconfig, ['version', '-o', 'json']));

    expect(version.clientVersion.gitVersion).toBe('v1.20.15');
    expect(version.serverVersion.gitVersion).toBe(KUBERNETES_VERSION);
  });

  it.each([
    ['pods', ['get', 'pods', '-A', '-o', 'name']],
    ['pods by label, as JSON', ['get', 'pods', '-A', '-l', 'app=web', '-o', 'jsonpath={.items[*].spec}']],
    ['a table of deployments', ['get', 'deployments', '-A', '-L', 'app', '--no-headers']],
    ['nodes', ['get', 'nodes', '-o', 'name']],
    ['custom resources', ['get', 'widgets', '-A', '-o', 'name']],
    ['kinds', ['api-resources', '-o', 'name', '--verbs=list']],
  ])('shows %s as on the cluster', async (_, args) => {
    const real = await old(cluster.plane.kubeconfig, args);

    expect(real).not.toBe('');
    const sorted = (text: string): string[] => text.split('\n').sort();
    expect(sorted(await old(kubeconfig, args))).toEqual(sorted(real));
  });

  it('prints logs as on the cluster', async () => {
    const args = ['-n', 'broken', 'logs', cluster.pods.crasher, '--previous'];

    expect(await old(kubeconfig, args)).toBe(await old(cluster.plane.kubeconfig, args));
  });
});

describe('collect of a served bundle', () => {
  it('returns the same resources and logs', async () => {
    const file = join(cluster.dir, 'again.tar.gz');
    await kubecase(['collect', '--kubeconfig', kubeconfig, '--output-file', file], cluster.dir);
    const again = await unpack(file, join(cluster.dir, 'again'));

    for (const { artifact } of await listableKinds(cluster.plane)) {
      const expected = await original.items(artifact);
      expect((await again.items(artifact)).map(nameOf), artifact).toEqual(expected.map(nameOf));
    }
    const logs = original.manifest.entries.filter((entry) => entry.artifact === 'logs');
    for (const { path } of logs) expect(await again.text(path), path).toBe(await original.text(path));
    expect(logs.length).toBeGreaterThan(5);
  });
});
