import { beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { backdate } from './backdate.ts';
import { clusterFaults, SILENT_NODE } from './faults/control-plane.ts';
import { describeFaults, expectCause, expectHealthy } from './faults/describe-faults.ts';
import type { ExpectedCause, FaultCluster } from './faults/fault.ts';
import { READY_NODES } from './faults/healthy.ts';
import { APP, object, workload } from './faults/objects.ts';
import { AGE_SECONDS, clusterOf, collectAndAnalyze } from './faults/staged.ts';
import { causesOf } from './faults/verdict.ts';
import { waitFor } from './processes.ts';

// A leader that is gone is known by a lease that ran out, a node by a silence: both are shorter here.
const ELECTION = [
  '--leader-elect-lease-duration=4s',
  '--leader-elect-renew-deadline=3s',
  '--leader-elect-retry-period=1s',
];
const { staged } = describeFaults('what is wrong with the cluster itself', clusterFaults, {
  controllerManagerFlags: [...ELECTION, '--node-monitor-grace-period=10s', '--node-monitor-period=1s'],
  schedulerFlags: ELECTION,
  nodeLeaseSeconds: 8,
});

/** A Deployment made after a component was stopped, and what its namespace's first cause is then. */
interface Stop {
  readonly component: 'kube-scheduler' | 'kube-controller-manager';
  readonly namespace: string;
  readonly expected: ExpectedCause;
  /** What the component that runs on makes of the Deployment. */
  readonly left: string;
}

const STOPS: readonly Stop[] = [
  {
    component: 'kube-scheduler',
    namespace: 'without-scheduler',
    expected: {
      analyzer: 'control-plane/leader-lease-stale',
      message: 'schedulerGone',
      subject: 'Lease kube-system/kube-scheduler',
    },
    left: 'pods',
  },
  {
    component: 'kube-controller-manager',
    namespace: 'without-controllers',
    expected: {
      analyzer: 'control-plane/leader-lease-stale',
      message: 'controllersGone',
      subject: 'Lease kube-system/kube-controller-manager',
    },
    left: 'deployments',
  },
];

describe.each(STOPS)('$component, stopped', ({ component, namespace, expected, left }) => {
  let report: Report;

  beforeAll(async () => {
    const { plane } = staged();
    const cluster = clusterOf(plane);
    await endFaults(cluster);
    await cluster.apply([object('v1', 'Namespace', { name: namespace })]);
    const account = ['-n', namespace, 'get', 'serviceaccount', 'default'];
    await waitFor('the service account', async () => (await cluster.kubectl(account)).code === 0);
    await plane.stopDaemon(component);
    await cluster.apply([workload(namespace, 'Deployment')]);
    const exists = ['-n', namespace, 'get', left, '-o', 'name'];
    await waitFor(left, async () => (await cluster.kubectl(exists)).stdout.trim() !== '');
    const paths = [`pods/${namespace}`, `deployments/${namespace}`, `replicasets/${namespace}`];
    for (const path of paths) await cluster.backdate(path);
    await backdate(plane.etcd, AGE_SECONDS, [`/registry/leases/kube-system/`]);
    ({ report } = await collectAndAnalyze(plane, component));
    await plane.startAgain(component);
    const ready = [
      '-n',
      namespace,
      'wait',
      '--for=condition=Available',
      `deployment/${APP}`,
      '--timeout=60s',
    ];
    expect(await cluster.kubectl(ready)).toMatchObject({ code: 0 });
  }, 120_000);

  it('is the first cause of all', () => {
    expect(report.diagnosis.causes[0]).toMatchObject({
      analyzerId: expected.analyzer,
      messageId: expected.message,
    });
  });

  it('explains the Deployment nobody works on', () => {
    expectCause(report, { name: namespace, objects: [], expect: expected });
  });

  it('leaves what ran before alone', () => {
    expectHealthy(report);
  });
});

/** Ends the faults of the collection before, so that what is stopped next is all that is wrong. */
async function endFaults({ kubectl }: FaultCluster): Promise<void> {
  await kubectl(['delete', 'apiservice', 'v1.fault.example.com', '--ignore-not-found']);
  await kubectl(['-n', 'node-silent', 'delete', 'deployment', APP, '--ignore-not-found', '--wait=false']);
  await kubectl(['delete', 'node', SILENT_NODE, '--ignore-not-found']);
  // Nothing confirms that containers of a lost node have ended.
  const pods = ['-n', 'node-silent', 'delete', 'pods', '--all', '--force', '--grace-period=0'];
  const left = ['-n', 'node-silent', 'get', 'pods', '-o', 'name'];
  const gone = async (): Promise<boolean> => {
    await kubectl(pods);
    return (await kubectl(left)).stdout.trim() === '';
  };
  await waitFor('the end of the pods of the lost node', gone);
}

describe('every kubelet, fallen silent', () => {
  let report: Report;

  beforeAll(async () => {
    const { plane } = staged();
    await plane.stopDaemon('kwok');
    const states = 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}';
    await waitFor('silent nodes', async () => {
      const { stdout } = await plane.kubectl(['get', 'nodes', '-o', states]);
      return stdout.split(' ').every((status) => status === 'Unknown');
    });
    const paths = ['minions', 'pods', 'leases/kube-node-lease'].map((path) => `/registry/${path}/`);
    await backdate(plane.etcd, AGE_SECONDS, paths);
    ({ report } = await collectAndAnalyze(plane, 'silent'));
  }, 120_000);

  it('is one cause of all nodes', () => {
    const [first] = report.diagnosis.causes;

    expect(first).toMatchObject({ analyzerId: 'node/not-ready', messageId: 'everyKubeletSilent' });
    expect(first?.subjects.map(({ name }) => name)).toEqual(expect.arrayContaining([...READY_NODES]));
  });

  it('explains the pods that count as not ready', () => {
    expect(causesOf(report, { name: 'healthy-web', objects: [] })).toMatchObject([
      { analyzer: 'node/not-ready', message: 'everyKubeletSilent' },
    ]);
  });
});
