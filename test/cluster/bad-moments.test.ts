import { readFile } from 'node:fs/promises';
import { request as send } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { type Cluster, START_MS, startCluster } from './cluster.ts';
import { type Collected, collect, expectSameObjects, logsOf } from './collected.ts';
import { analyze, statuses, subjectsOf } from './kubecase.ts';
import { createProxiedAccount, type Proxied, startProxied } from './proxied.ts';

const OFF_SECONDS = 600;
const OTHER_CLOCK = join(import.meta.dirname, 'other-clock.mjs');

let cluster: Cluster;
let whole: Collected;
let proxy: Proxied | undefined;

beforeAll(async () => {
  cluster = await startCluster();
  await createProxiedAccount(cluster.plane);
  whole = await collect(cluster.dir, 'whole', { kubeconfig: cluster.plane.kubeconfig });
}, START_MS);

afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
});

afterAll(async () => {
  await cluster?.stop();
}, 30_000);

describe('clocks that are ten minutes apart', () => {
  /** Analyzers that accuse something, but for what the clocks themselves are blamed for. */
  function accusers(report: Report): string[] {
    const failed = Object.entries(statuses(report)).filter(([, status]) => status === 'fail');
    return failed.map(([id]) => id).filter((id) => id !== 'node/clock-off');
  }

  async function expectSameReport(result: Collected, apart: string): Promise<Report> {
    const [{ report }, straight] = [
      await analyze(result.file, cluster.dir),
      await analyze(whole.file, cluster.dir),
    ];
    expect(accusers(report), apart).toEqual(accusers(straight.report));
    for (const id of accusers(straight.report))
      expect(subjectsOf(report, id), `${apart}: ${id}`).toEqual(subjectsOf(straight.report, id));
    return report;
  }

  it.each([OFF_SECONDS, -OFF_SECONDS])(
    'here by %d s: ages go by the API server, the report says so and accuses nobody else',
    async (seconds) => {
      const result = await collect(cluster.dir, `here-${seconds}`, {
        kubeconfig: cluster.plane.kubeconfig,
        nodeArgs: ['--import', OTHER_CLOCK],
        env: { KUBECASE_TEST_CLOCK_SECONDS: String(seconds) },
      });

      await expectSameObjects(result, whole);
      const report = await expectSameReport(result, 'collector');
      const [told] = report.findings.filter(({ analyzerId }) => analyzerId === 'node/clock-off');
      expect(told).toMatchObject({ messageId: 'collectorOff', severity: 'info' });
    },
  );

  it.each([OFF_SECONDS, -OFF_SECONDS])(
    'at the API server by %d s: no leader and no node counts as gone',
    async (dateShiftSeconds) => {
      proxy = await startProxied(cluster.plane, { dateShiftSeconds });

      const result = await collect(cluster.dir, `there-${dateShiftSeconds}`, {
        kubeconfig: proxy.kubeconfigFile,
      });

      await expectSameObjects(result, whole);
      const { report } = await analyze(result.file, cluster.dir);
      expect(statuses(report)['control-plane/leader-lease-stale']).toBe('pass');
      expect(subjectsOf(report, 'node/lease-stale')).toEqual([]);
    },
  );

  it('of a leader that renews its lease by such a clock: it is alive', async () => {
    await cluster.plane.stopDaemon('kube-scheduler');
    const renewing = renewLease('kube-scheduler', -OFF_SECONDS);
    try {
      const result = await collect(cluster.dir, 'renewed', { kubeconfig: cluster.plane.kubeconfig });

      const { report } = await analyze(result.file, cluster.dir);
      expect(subjectsOf(report, 'control-plane/leader-lease-stale')).toEqual([]);
      expect(statuses(report)['control-plane/leader-lease-stale']).toBe('pass');
    } finally {
      await renewing.stop();
    }
  });

  it('of a leader that renews it no more: it is gone', async () => {
    const result = await collect(cluster.dir, 'not-renewed', { kubeconfig: cluster.plane.kubeconfig });

    const { report } = await analyze(result.file, cluster.dir);
    expect(subjectsOf(report, 'control-plane/leader-lease-stale')).toEqual(['kube-system/kube-scheduler']);
    await cluster.plane.startAgain('kube-scheduler');
  });
});

describe('a pod that goes between list and log', () => {
  it('costs its own logs, which are said not to be there', async () => {
    const [gone = '', left = ''] = cluster.pods.web;
    let deleted: Promise<unknown> | undefined;
    const remove = async (): Promise<void> => {
      const args = ['-n', 'shop', 'delete', 'pod', gone, '--grace-period=0', '--force', '--wait=true'];
      deleted ??= cluster.plane.kubectl(args);
      await deleted;
    };
    proxy = await startProxied(cluster.plane, {
      rules: [{ path: new RegExp(`/pods/${gone}/log`), before: remove }],
    });

    const result = await collect(cluster.dir, 'deleted', { kubeconfig: proxy.kubeconfigFile });

    expect(result.run.code).toBe(0);
    const rows = result.missed('logs').filter(({ scope }) => 'pod' in scope && scope.pod === gone);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['not-found', 'not-found']);
    expect(rows[0]?.reason).toContain(gone);
    const others = (result: Collected): string[] =>
      logsOf(result).filter((path) => !path.startsWith('logs/shop/') || path.includes(left));
    expect(others(result)).toEqual(others(whole));
  });
});

describe('an API server that restarts during the collection', () => {
  it('leaves what had been read, and --resume adds the rest', async () => {
    let restarted: Promise<void> | undefined;
    const restart = async (): Promise<void> => {
      restarted ??= cluster.plane.stopDaemon('kube-apiserver').then(async () => {
        await cluster.plane.startAgain('kube-apiserver');
      });
      await restarted;
    };
    proxy = await startProxied(cluster.plane, {
      rules: [{ path: /\/apis\/networking.*limit=/, before: restart, times: 1 }],
    });

    const result = await collect(cluster.dir, 'restarted', { kubeconfig: proxy.kubeconfigFile });

    expect(proxy.faults()).toBe(1);
    expect(result.run.code).toBe(3);
    expect(result.rows.filter(({ outcome }) => outcome === 'collected').length).toBeGreaterThan(10);
    const failed = result.rows.filter(({ outcome }) => ['error', 'partial', 'timed-out'].includes(outcome));
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.every(({ reason }) => Boolean(reason))).toBe(true);
    await waitUntilServed();
    const again = await collect(cluster.dir, 'resumed', {
      kubeconfig: proxy.kubeconfigFile,
      args: ['--resume', result.file],
    });
    expect(again.lost()).toEqual([]);
    expect(again.run.code).toBe(0);
  });
});

async function waitUntilServed(): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if ((await cluster.plane.kubectl(['get', '--raw', '/readyz'])).code === 0) return;
    await delay(200);
  }
  throw new Error('the API server does not come back');
}

/** Renews a lease every 2 s, as its holder does, by a clock that is off. */
function renewLease(name: string, offSeconds: number): { stop(): Promise<void> } {
  const { dir, server } = cluster.plane;
  let running = true;
  const patch = async (): Promise<void> => {
    const [ca, cert, key] = await Promise.all(
      ['ca.crt', 'admin.crt', 'admin.key'].map((file) => readFile(join(dir, file))),
    );
    const path = `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${name}`;
    const headers = { 'content-type': 'application/merge-patch+json' };
    const renewTime = new Date(Date.now() + offSeconds * 1000).toISOString().replace('Z', '000Z');
    await new Promise<void>((resolve, reject) => {
      const sent = send(`${server}${path}`, { ca, cert, key, method: 'PATCH', headers });
      sent.on('error', reject).on('response', (response) => void response.resume().on('end', resolve));
      sent.end(JSON.stringify({ spec: { renewTime } }));
    });
  };
  const loop = (async () => {
    while (running) {
      await patch();
      await delay(2000);
    }
  })();
  return {
    async stop() {
      running = false;
      await loop;
    },
  };
}
