import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, START_MS, startCluster } from './cluster.ts';
import { kubecase, PROGRAM, type UnpackedBundle, unpack } from './kubecase.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
}, START_MS);

afterAll(async () => {
  await cluster?.stop();
}, 30_000);

interface Collected {
  readonly code: number;
  readonly stderr: string;
  readonly file: string;
  readonly bundle: UnpackedBundle;
}

async function collect(name: string, ...args: string[]): Promise<Collected> {
  const file = join(cluster.dir, `${name}.tar.gz`);
  const command = ['collect', '--kubeconfig', cluster.plane.kubeconfig, '--output-file', file, ...args];
  const { code, stderr } = await kubecase(command, cluster.dir);
  return { code, stderr, file, bundle: await unpack(file, join(cluster.dir, name)) };
}

/** Creates a ConfigMap and then a ServiceAccount of the same number, over and over, until told to end. */
async function createPairs(prefix: string, until: () => boolean): Promise<number> {
  const { dir, server } = cluster.plane;
  const [ca, cert, key] = await Promise.all(
    ['ca.crt', 'admin.crt', 'admin.key'].map((file) => readFile(join(dir, file))),
  );
  const agent = new Agent({ ca, cert, key, keepAlive: true, maxSockets: 1 });
  const post = (plural: string, name: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const sent = request(`${server}/api/v1/namespaces/default/${plural}`, {
        agent,
        method: 'POST',
        headers,
      });
      sent.on('error', reject).on('response', (response) => {
        response.resume().on('end', () => resolve());
        if (response.statusCode !== 201) reject(new Error(`${plural} ${name}: ${response.statusCode}`));
      });
      sent.end(JSON.stringify({ metadata: { name } }));
    });
  let number = 0;
  for (; !until(); number++) {
    await post('configmaps', `${prefix}-${number}`);
    await post('serviceaccounts', `${prefix}-${number}`);
  }
  agent.destroy();
  return number;
}

/** Collects while objects are being created. */
async function collectDuringChange(name: string, ...args: string[]): Promise<Collected> {
  let ended = false;
  const changing = createPairs(name, () => ended);
  const collected = await collect(name, ...args, '--skip', 'kubernetes/logs').finally(() => {
    ended = true;
  });
  expect(await changing).toBeGreaterThan(10);
  return collected;
}

/** How many objects of this run the lists of a bundle hold. */
async function seen({ bundle }: Collected, prefix: string) {
  const count = async (artifact: string) =>
    (await bundle.items(artifact)).filter(({ metadata }) => metadata.name.startsWith(`${prefix}-`)).length;
  return {
    maps: await count('resources:core/ConfigMap'),
    accounts: await count('resources:core/ServiceAccount'),
  };
}

/** The newest version of any object in the lists of the first sample. */
async function newest({ bundle }: Collected): Promise<bigint> {
  let highest = 0n;
  for (const artifact of new Set(bundle.manifest.entries.map((entry) => entry.artifact))) {
    if (!artifact.startsWith('resources:')) continue;
    for (const { metadata } of await bundle.items(artifact)) {
      const { resourceVersion } = metadata as { resourceVersion?: string };
      const version = BigInt(resourceVersion || 0);
      if (version > highest) highest = version;
    }
  }
  return highest;
}

describe('a picture taken while objects are created', () => {
  it('is of one moment with --consistent: nothing younger is in any list', async () => {
    const consistent = await collectDuringChange('consistent', '--consistent');

    const { consistency } = consistent.bundle.manifest;
    expect(consistency).toMatchObject({ resourceVersion: expect.stringMatching(/^\d+$/), apart: [] });
    expect(consistency?.lists).toBeGreaterThan(50);
    expect(await newest(consistent)).toBeLessThanOrEqual(BigInt(consistency?.resourceVersion ?? 0));
    const { maps, accounts } = await seen(consistent, 'consistent');
    expect([0, 1]).toContain(maps - accounts);
    const inspected = await kubecase(['inspect', consistent.file], cluster.dir);
    expect(inspected.stdout).toContain(`all ${consistency?.lists} lists of one moment`);
    const text = await kubecase(['analyze', consistent.file, '-o', 'text'], cluster.dir);
    expect(text.stdout.replace(/\s+/g, ' ')).toContain(`all ${consistency?.lists} lists of one moment`);
  });

  it('is of many moments without: objects are in it that came after it was begun', async () => {
    const normal = await collectDuringChange('normal');

    expect(normal.bundle.manifest.consistency).toBeUndefined();
    const versions = await Promise.all(
      normal.bundle.manifest.entries
        .filter(({ artifact, sample }) => artifact.startsWith('resources:core/') && sample === 0)
        .map(
          async ({ path }) => JSON.parse(await normal.bundle.text(path)).metadata.resourceVersion as string,
        ),
    );
    expect(new Set(versions).size).toBeGreaterThan(3);
    const first = versions.map(BigInt).reduce((low, version) => (version < low ? version : low));
    expect(await newest(normal)).toBeGreaterThan(first);
  });
});

const FIRST_LOG = '"type":"entry","artifact":"logs"';

describe('a collection that SIGTERM ended', () => {
  /** Ends the collection once its lists are made and the first logs are stored. */
  async function interrupted(name: string, ...args: string[]): Promise<string> {
    const file = join(cluster.dir, `${name}.tar.gz`);
    const command = ['collect', '--kubeconfig', cluster.plane.kubeconfig, '--output-file', file];
    const child = spawn(process.execPath, [PROGRAM, ...command, '--progress', 'json', ...args], {
      env: { PATH: process.env.PATH, HOME: cluster.dir },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const isFirst = !told.includes(FIRST_LOG);
      told += text;
      // A second signal would end it at once.
      if (isFirst && told.includes(FIRST_LOG)) child.kill('SIGTERM');
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code, told.slice(-2000)).toBe(3);
    return file;
  }

  it('is finished by --resume: the same lists and logs as of one run, and nothing read twice', async () => {
    const first = await interrupted('first', '--consistent');
    const before = await unpack(first, join(cluster.dir, 'first'));
    expect(before.manifest.complete).toBe(false);
    const user = await cluster.plane.userKubeconfig({ name: 'resumer', groups: ['system:masters'] });

    const resumed = await collect('resumed', '--kubeconfig', user, '--consistent', '--resume', first);
    const whole = await collect('whole');

    expect(resumed.code).toBe(whole.code);
    expect(resumed.bundle.manifest.complete).toBe(true);
    const verified = await kubecase(['verify', resumed.file], cluster.dir);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok: /) });
    const paths = ({ bundle }: Pick<Collected, 'bundle'>) =>
      bundle.manifest.entries
        .map(({ path }) => path)
        .filter((path) => /^(?:resources|logs)\//.test(path))
        .sort();
    expect(paths(resumed)).toEqual(paths(whole));
    expect(resumed.bundle.manifest.consistency?.resourceVersion).toBe(
      before.manifest.consistency?.resourceVersion,
    );
    const kept = new Map(resumed.bundle.manifest.entries.map((entry) => [entry.path, entry]));
    const lists = before.manifest.entries.filter(({ path }) => path.startsWith('resources/'));
    expect(lists.length).toBeGreaterThan(50);
    for (const { path, sha256, observedAt } of lists)
      expect(kept.get(path)).toMatchObject({ sha256, observedAt });
    const asked = await cluster.auditedRequests('resumer');
    const again = asked.filter(
      ({ verb, requestURI, objectRef }) =>
        verb === 'list' &&
        /\?limit=500(?:$|&fieldSelector)/.test(requestURI) &&
        objectRef?.resource !== 'leases',
    );
    // Which cluster it is, and which groups an aggregated API serves.
    expect(again.map(({ objectRef }) => objectRef?.resource).sort()).toEqual(['apiservices', 'namespaces']);
    await promisify(execFile)('tar', ['tzf', resumed.file]);
  });
});
