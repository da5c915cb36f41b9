import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { type Cluster, START_MS, startCluster } from './cluster.ts';
import type { CommandResult } from './control-plane.ts';
import { analyze, kubecase, statuses, subjectsOf, type UnpackedBundle, unpack } from './kubecase.ts';
import { ORPHAN_SERVICE, SHOP_NAMESPACE, SHOP_VIEWER } from './workload/shop.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
}, START_MS);

afterAll(async () => {
  await cluster?.stop();
}, 30_000);

interface Collected {
  readonly run: CommandResult;
  readonly bundle: UnpackedBundle;
  readonly report: Report;
}

async function collectAs(kubeconfig: string, name: string, ...args: string[]): Promise<Collected> {
  const file = join(cluster.dir, `${name}.tar.gz`);
  const command = ['collect', '--kubeconfig', kubeconfig, '--output-file', file, ...args];
  const run = await kubecase(command, cluster.dir);
  const bundle = await unpack(file, join(cluster.dir, name));
  return { run, bundle, report: (await analyze(file, cluster.dir)).report };
}

describe('collect with rights to one namespace of many', () => {
  let limited: Collected;

  beforeAll(async () => {
    const kubeconfig = await cluster.plane.userKubeconfig({ name: SHOP_VIEWER });
    limited = await collectAs(kubeconfig, 'viewer', '-n', SHOP_NAMESPACE);
  }, 60_000);

  it('writes a bundle with what it may see and ends with 3', async () => {
    expect(limited.run.code).toBe(3);
    expect(limited.run.stderr).not.toMatch(/^\s+at /m);
    const pods = await limited.bundle.items('resources:core/Pod');
    expect(pods.map((pod) => pod.metadata.name).sort()).toEqual(cluster.pods.web);
  });

  it('records what was refused and which rule would allow it', () => {
    const row = limited.bundle.manifest.coverage.find(
      ({ artifact, outcome }) => artifact === 'resources:core/Secret' && outcome === 'forbidden',
    );

    expect(row?.reason).toBeTruthy();
    expect(row?.fix?.rule?.resources).toContain('secrets');
  });

  it('accuses nothing outside the namespace', () => {
    const elsewhere = limited.report.findings.filter(
      ({ subject }) => 'kind' in subject && subject.namespace !== undefined && subject.namespace !== 'shop',
    );

    expect(elsewhere).toEqual([]);
    expect(subjectsOf(limited.report, 'node/not-ready')).toEqual([]);
  });

  it('still finds what is broken within it', () => {
    expect(subjectsOf(limited.report, 'network/service-without-endpoints')).toEqual([
      `shop/${ORPHAN_SERVICE}`,
    ]);
  });

  it.each([
    'workload/crash-loop',
    'workload/image-pull-failed',
    'workload/pod-unschedulable',
    'node/not-ready',
    'control-plane/leader-lease-stale',
    'certificate/expired',
    'kong/data-plane-not-connected',
  ])('does not pass %s, which it could not see whole', (id) => {
    expect(['unknown', 'not-applicable']).toContain(statuses(limited.report)[id]);
  });
});

describe('collect without any right', () => {
  it('writes a labelled bundle, passes nothing and ends with 3', async () => {
    const kubeconfig = await cluster.plane.userKubeconfig({ name: 'nobody' });

    const { run, bundle, report } = await collectAs(kubeconfig, 'nobody');

    expect(run.code).toBe(3);
    expect(await bundle.items('resources:core/Pod')).toEqual([]);
    const refused = report.collection.rows.filter((row) => row.outcome === 'forbidden');
    expect(refused.map((row) => row.artifact)).toContain('resources:core/Pod');
    const passed = Object.entries(statuses(report)).filter(([, status]) => status === 'pass');
    expect(passed.map(([id]) => id)).not.toContain('workload/crash-loop');
    expect(passed.map(([id]) => id)).not.toContain('certificate/expired');
  });
});

describe('collect when the API server is gone', () => {
  it('writes a labelled bundle whose report names that cause', async () => {
    await cluster.plane.stopDaemon('kube-apiserver');

    const { run, report } = await collectAs(cluster.plane.kubeconfig, 'gone');

    expect(run.code).toBe(3);
    expect(run.stderr).not.toMatch(/^\s+at /m);
    expect(report.diagnosis.causes[0]?.analyzerId).toBe('control-plane/api-server-unreachable');
  });
});
