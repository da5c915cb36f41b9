import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { backdate } from './backdate.ts';
import { type Cluster, START_MS, startCluster } from './cluster.ts';
import { type Collected, collect, expectSameObjects, logsOf } from './collected.ts';
import type { FaultProxyOptions } from './fault-proxy.ts';
import { analyze, statuses } from './kubecase.ts';
import { nameOf } from './kubectl-lists.ts';
import { createProxiedAccount, type Proxied, proxiedToken, startProxied } from './proxied.ts';
import { AGE_SECONDS, apply } from './workloads.ts';

/** A page of the cluster-wide list of a kind. */
const LIST = (plural: string): RegExp => new RegExp(`/${plural}\\?limit=`);

let cluster: Cluster;
let whole: Collected;
let proxy: Proxied | undefined;

beforeAll(async () => {
  cluster = await startCluster();
  await createProxiedAccount(cluster.plane);
  whole = await collectThrough('whole', {});
  expect(whole.run.code).toBe(0);
}, START_MS);

afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
});

afterAll(async () => {
  await cluster?.stop();
}, 30_000);

async function collectThrough(
  name: string,
  options: Omit<FaultProxyOptions, 'server' | 'ca'>,
  ...args: string[]
): Promise<Collected> {
  proxy = await startProxied(cluster.plane, options);
  return collect(cluster.dir, name, { kubeconfig: proxy.kubeconfigFile, args });
}

describe('a connection that breaks', () => {
  it('in the middle of a LIST leaves what had come of it, labelled, and every other kind', async () => {
    const result = await collectThrough('reset-list', {
      rules: [{ path: LIST('configmaps'), cut: { after: 3000, how: 'reset' } }],
    });

    expect(result.run.code).toBe(3);
    const [row] = result.missed('resources:core/ConfigMap');
    expect(row?.outcome).toBe('partial');
    expect(row?.reason).toMatch(/the connection was reset.*; \d+ objects had been read before/);
    const maps = await result.bundle.items('resources:core/ConfigMap');
    const all = (await whole.bundle.items('resources:core/ConfigMap')).map(nameOf);
    expect(maps.length).toBeGreaterThan(0);
    expect(all).toEqual(expect.arrayContaining(maps.map(nameOf)));
    await expectSameObjects(result, whole, 'resources:core/ConfigMap');
    expect(logsOf(result)).toEqual(logsOf(whole));
  });

  it('in the middle of a log keeps the lines before, labelled, and every other log', async () => {
    const web = `logs/shop/${cluster.pods.web[0]}/web.log`;
    const result = await collectThrough('reset-log', {
      rules: [
        {
          path: new RegExp(`/${cluster.pods.web[0]}/log\\?container=web`),
          cut: { after: 2000, how: 'close' },
        },
      ],
    });

    expect(result.run.code).toBe(3);
    const [row] = result.missed('logs').filter(({ outcome }) => outcome === 'partial');
    expect(row?.reason).toMatch(/closed the connection before its answer was whole.*; the log ends there/);
    const kept = await result.bundle.text(web);
    expect(kept.length).toBeGreaterThan(1000);
    expect((await whole.bundle.text(web)).startsWith(kept.slice(0, 1000))).toBe(true);
    expect(logsOf(result)).toEqual(logsOf(whole));
  });
});

describe('an answer that does not end', () => {
  it('of a log is cut when the time of its collector is over, with what had come of it', async () => {
    const line = '2026-01-01T00:00:00.000000000Z still here\n';
    const path = new RegExp(`/${cluster.pods.web[0]}/log\\?container=web`);
    const began = performance.now();

    const result = await collectThrough(
      'endless-log',
      { rules: [{ path, endless: line }] },
      '--collector-timeout',
      '10s',
    );

    expect(performance.now() - began).toBeLessThan(60_000);
    expect(result.run.code).toBe(3);
    const log = await result.bundle.text(`logs/shop/${cluster.pods.web[0]}/web.log`);
    expect(log).toContain('listening on :8080');
    expect(log).toContain('still here');
    expect(logsOf(result)).toEqual(logsOf(whole));
    await expectSameObjects(result, whole);
  });

  it('of a command in a container is given up after its time, and the others are run', async () => {
    const result = await collectThrough(
      'silent-exec',
      { rules: [{ path: /\/exec\?/, silent: true, times: 1 }] },
      '--exec',
      '--only',
      'kong/data-plane',
    );

    expect(proxy?.faults()).toBe(1);
    const texts = await Promise.all(
      result.bundle.manifest.entries
        .filter(({ artifact }) => /probe/.test(artifact))
        .map(({ path }) => result.bundle.text(path)),
    );
    expect(texts.join('\n')).toMatch(/did not end within \d+ s/);
    // The simulated containers run it on this machine, which has no Kong.
    expect(texts.join('\n')).toMatch(/du -sk \/usr\/local\/kong: exit status/);
  });
});

describe('credentials that stop being valid', () => {
  /** After some requests the first token is refused; the second never is. */
  async function collectWithExpiry(
    name: string,
    userOf: (first: string, second: string) => Promise<object>,
    before?: () => Promise<void>,
  ): Promise<Collected> {
    const [first, second] = [await proxiedToken(cluster.plane), await proxiedToken(cluster.plane, 7200)];
    const body = JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Unauthorized', code: 401 });
    const rules = [{ path: /./, token: first, after: 30, status: 401, body, before }];
    proxy = await startProxied(cluster.plane, { rules }, await userOf(first, second));
    return collect(cluster.dir, name, { kubeconfig: proxy.kubeconfigFile });
  }

  it('are asked for again of the credential plugin, and nothing is missing', async () => {
    const result = await collectWithExpiry('plugin', async (first, second) => {
      // The first call gives the token that expires, each later one the other.
      const script = join(cluster.dir, 'plugin.sh');
      const reply = (token: string): string =>
        JSON.stringify({
          apiVersion: 'client.authentication.k8s.io/v1',
          kind: 'ExecCredential',
          status: { token },
        });
      const lines = [
        '#!/bin/sh',
        `if [ -e '${script}.used' ]; then echo '${reply(second)}'; exit; fi`,
        `: >'${script}.used'; echo '${reply(first)}'`,
      ];
      await writeFile(script, `${lines.join('\n')}\n`, { mode: 0o755 });
      const apiVersion = 'client.authentication.k8s.io/v1';
      return { exec: { apiVersion, command: script, interactiveMode: 'Never' } };
    });

    expect(proxy?.faults()).toBeGreaterThan(0);
    expect(result.run.code).toBe(0);
    await expectSameObjects(result, whole);
    expect(logsOf(result)).toEqual(logsOf(whole));
  });

  it('are read again from their file, and nothing is missing', async () => {
    const tokenFile = join(cluster.dir, 'token');
    let renew = async (): Promise<void> => {};
    const userOf = async (first: string, second: string): Promise<object> => {
      await writeFile(tokenFile, first);
      renew = () => writeFile(tokenFile, second);
      return { tokenFile };
    };

    // Whoever keeps the file is done before the server refuses the old token.
    const result = await collectWithExpiry('token-file', userOf, () => renew());

    expect(proxy?.faults()).toBeGreaterThan(0);
    expect(result.run.code).toBe(0);
    await expectSameObjects(result, whole);
  });

  it('and cannot be renewed leave what had been read, and say so', async () => {
    const result = await collectWithExpiry('expired', async (first) => ({ token: first }));

    expect(result.run.code).toBe(3);
    expect(result.rows.filter(({ outcome }) => outcome === 'collected').length).toBeGreaterThan(10);
    expect(result.rows.some(({ reason }) => /Unauthorized|401/.test(reason ?? ''))).toBe(true);
  });
});

describe('a busy API server', () => {
  it('that puts off every list once or twice is waited for, and nothing is missing', async () => {
    const rule = { path: /\?limit=/, times: 6, status: 429, headers: { 'retry-after': '1' } };

    const result = await collectThrough('storm', { rules: [rule] });

    expect(proxy?.faults()).toBe(6);
    expect(result.run.code).toBe(0);
    await expectSameObjects(result, whole);
  });

  it('that never answers for one kind costs that kind only', async () => {
    const rule = { path: LIST('configmaps'), status: 429, headers: { 'retry-after': '1' } };

    const result = await collectThrough('throttled', { rules: [rule] });

    expect(result.run.code).toBe(3);
    expect(result.missed('resources:core/ConfigMap')).toMatchObject([{ outcome: 'error' }]);
    expect(proxy?.faults()).toBeLessThanOrEqual(10);
    await expectSameObjects(result, whole, 'resources:core/ConfigMap');
  });
});

describe('an API behind the API server that is down', () => {
  it('is one gap with its reason: the API server says 503 in plain text', async () => {
    await apply(cluster.plane, [
      {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1.down.example.com' },
        spec: {
          group: 'down.example.com',
          version: 'v1',
          groupPriorityMinimum: 100,
          versionPriority: 100,
          insecureSkipTLSVerify: true,
          service: { name: 'absent', namespace: 'shop' },
        },
      },
    ]);

    // Analyzers give what has just come some time.
    await backdate(cluster.plane.etcd, AGE_SECONDS, ['/registry/apiregistration.k8s.io/apiservices/']);
    const result = await collectThrough('down', {});
    await cluster.plane.kubectl(['delete', 'apiservice', 'v1.down.example.com']);

    expect(result.rows.map(({ reason }) => reason ?? '').join('\n')).toMatch(
      /down\.example\.com|aggregated API/,
    );
    const { report } = await analyze(result.file, cluster.dir);
    expect(statuses(report)['kubernetes/api-group-unavailable']).toBe('fail');
    await expectSameObjects(result, whole, 'resources:apiregistration.k8s.io/APIService');
  });

  it('and is still told of by discovery costs its kinds only', async () => {
    const rule = {
      path: LIST('widgets'),
      status: 503,
      headers: { 'content-type': 'text/plain' },
      body: 'service unavailable\n',
    };

    const result = await collectThrough('unavailable', { rules: [rule] });

    expect(result.run.code).toBe(3);
    const [row] = result.missed('resources:shop.example.com/Widget');
    expect(row).toMatchObject({ outcome: 'error', reason: expect.stringContaining('service unavailable') });
    await expectSameObjects(result, whole, 'resources:shop.example.com/Widget');
  });
});
