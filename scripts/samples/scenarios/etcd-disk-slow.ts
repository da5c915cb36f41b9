import { faultScenario } from '../base-cluster.ts';
import { componentPod } from '../control-plane.ts';
import { etcdAnswers } from '../etcd-cluster.ts';
import { klog } from '../klog.ts';
import { ago, logOf, MINUTE } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { Scenario } from '../scenario.ts';

/** Backups began to be written to the disk of etcd so long before the collection. */
const BEGAN = 34 * MINUTE;
/** The controller-manager lost its lease for the last time. */
const LOST = 11 * MINUTE;
const POD = 'kube-controller-manager-cp-1';

/** Counts of a histogram by upper bound, cumulative: one sync in twenty takes over a second. */
const SYNCS: readonly (readonly [le: string, count: number])[] = [
  ['0.001', 812],
  ['0.002', 20_411],
  ['0.004', 118_032],
  ['0.008', 141_900],
  ['0.016', 148_204],
  ['0.032', 150_811],
  ['0.064', 151_390],
  ['0.128', 152_244],
  ['0.256', 153_018],
  ['0.512', 154_790],
  ['1.024', 158_733],
  ['2.048', 163_180],
  ['4.096', 166_021],
  ['8.192', 166_030],
  ['+Inf', 166_030],
];

/**
 * Backups are written to the disk etcd has its log on. Every write waits, the API server answers late, and
 * the controller-manager has twice not renewed its lease in time and begun anew.
 */
export function etcdDiskSlow(): Promise<Scenario> {
  const answers = etcdAnswers([
    {
      node: 'cp-1',
      metrics: [
        ...SYNCS.map(([le, count]) => `etcd_disk_wal_fsync_duration_seconds_bucket{le="${le}"} ${count}`),
        `etcd_disk_wal_fsync_duration_seconds_count ${SYNCS.at(-1)![1]}`,
        'etcd_server_slow_apply_total 4180',
        'etcd_server_heartbeat_send_failures_total 0',
      ],
    },
  ]);
  const manager = componentPod('kube-controller-manager', 'cp-1', {
    changed: LOST - 31,
    container: {
      restartCount: 2,
      state: { running: { startedAt: ago(LOST - 1) } },
      lastState: {
        terminated: {
          exitCode: 1,
          reason: 'Error',
          startedAt: ago(BEGAN - 640),
          finishedAt: ago(LOST),
        },
      },
    },
  });
  return faultScenario('etcd-disk-slow', {
    objects: [
      manager,
      fromKubelet(manager, {
        type: 'Normal',
        reason: 'Started',
        message: 'Container started',
        age: LOST - 1,
        first: BEGAN - 640,
        count: 2,
        container: 'kube-controller-manager',
      }),
    ],
    ...answers,
    logs: [
      ['kube-system/etcd-cp-1/etcd', etcdLog()],
      [`kube-system/${POD}/kube-controller-manager/previous`, lostLog()],
    ],
  });
}

function etcdLog(): string {
  return logOf(
    [BEGAN, 1720, 1300, 940, 665, 420, 230, 64, 12].flatMap((age, index) => [
      [
        age,
        `{"level":"warn","ts":"${ago(age)}","caller":"wal/wal.go:832","msg":"slow fdatasync","took":"${1.2 + (index % 4) * 0.6}s","expected-duration":"1s"}`,
      ] as const,
      [
        age - 1,
        `{"level":"warn","ts":"${ago(age - 1)}","caller":"txn/util.go:93","msg":"apply request took too long","took":"${1.4 + (index % 4) * 0.6}s","expected-duration":"100ms","prefix":"","request":"header:<ID:9263612 > txn:<compare:<target:MOD key:\\"/registry/leases/kube-system/kube-controller-manager\\" > >","response":"size:18"}`,
      ] as const,
    ]),
  );
}

function lostLog(): string {
  return logOf([
    [
      LOST + 5,
      `${klog('E', LOST + 5, 1)} leaderelection.go:436] "Error retrieving lease lock" err="Get \\"https://192.0.2.11:6443/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-controller-manager?timeout=5s\\": context deadline exceeded" lock="kube-system/kube-controller-manager"`,
    ],
    [
      LOST,
      `${klog('I', LOST, 1)} leaderelection.go:299] "Failed to renew lease" lock="kube-system/kube-controller-manager" err="context deadline exceeded"`,
    ],
    [LOST, `${klog('E', LOST, 1)} controllermanager.go:366] "leaderelection lost"`],
  ]);
}
