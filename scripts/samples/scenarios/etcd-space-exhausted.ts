import { faultScenario } from '../base-cluster.ts';
import { etcdAnswers } from '../etcd-cluster.ts';
import { klog } from '../klog.ts';
import { leases, NODES, node } from '../nodes.ts';
import { ago, condition, DAY, logOf, MINUTE } from '../object.ts';
import type { ApiObject, Scenario } from '../scenario.ts';

/** The database reached its quota so long before the collection; nothing was written since. */
const FULL = 9 * MINUTE;
const REFUSED = 'etcdserver: mvcc: database space exceeded';

/**
 * etcd has raised the alarm NOSPACE: reads are served and every write is refused, so that the cluster stands
 * still as it was nine minutes ago: no lease is renewed, no status written, no event recorded.
 */
export function etcdSpaceExhausted(): Promise<Scenario> {
  const answers = etcdAnswers([
    { node: 'cp-1', size: 2_147_495_936, inUse: 2_139_824_128, alarm: 'NOSPACE' },
  ]);
  // Managers that lose their lease end; that they do cannot be written into their pods either.
  const frozen = leases(FULL);
  return faultScenario('etcd-space-exhausted', {
    objects: [...frozen, ...NODES.map(lastReported)],
    later: frozen,
    ...answers,
    podReplies: {
      ...answers.podReplies,
      'kube-system/kube-controller-manager-cp-1:10257/healthz': {
        status: 500,
        body: '[-]leaderElection failed: reason withheld\nhealthz check failed\n',
      },
      'kube-system/kube-scheduler-cp-1:10259/healthz': {
        status: 500,
        body: '[-]leaderElection failed: reason withheld\nhealthz check failed\n',
      },
    },
    replies: {
      '/metrics': {
        body: [
          '# TYPE apiserver_storage_objects gauge',
          'apiserver_storage_objects{resource="events"} 412',
          'apiserver_storage_objects{resource="reports.scan.example"} 48211',
          'apiserver_storage_objects{resource="pods"} 16',
          '# TYPE apiserver_storage_size_bytes gauge',
          'apiserver_storage_size_bytes{storage_cluster_id="etcd-0"} 2.147495936e+09',
          '',
        ].join('\n'),
      },
    },
    logs: [
      ['kube-system/etcd-cp-1/etcd', etcdLog()],
      ['kube-system/kube-apiserver-cp-1/kube-apiserver', apiServerLog()],
      ['kube-system/kube-controller-manager-cp-1/kube-controller-manager', managerLog()],
      ['kube-system/kube-scheduler-cp-1/kube-scheduler', schedulerLog()],
    ],
  });
}

/** A node whose kubelet wrote its status for the last time just before. */
function lastReported(name: string): ApiObject {
  const ready = { reason: 'KubeletReady', message: 'kubelet is posting ready status' };
  const lastHeartbeatTime = ago(FULL + 75);
  return node(name, { conditions: [condition('Ready', 'True', 41 * DAY, { ...ready, lastHeartbeatTime })] });
}

function etcdLog(): string {
  const ts = (age: number) => ago(age).replace('Z', '.184020Z');
  return logOf([
    [
      FULL,
      `{"level":"warn","ts":"${ts(FULL)}","caller":"etcdserver/apply.go:753","msg":"alarm raised","alarm":"NOSPACE","from":"82040c9b8e6b4c33"}`,
    ],
    ...[FULL - 8, 250, 18].map(
      (age) =>
        [
          age,
          `{"level":"warn","ts":"${ts(age)}","caller":"etcdhttp/health.go:220","msg":"serving /health false due to an alarm","alarm":"memberID:9368506742490709939 alarm:NOSPACE "}`,
        ] as const,
    ),
  ]);
}

function apiServerLog(): string {
  return logOf(
    [FULL - 4, 360, 120, 6].map((age) => [
      age,
      `${klog('E', age, 1)} status.go:71] "Unhandled Error" err="apiserver received an error that is not an metav1.Status: rpctypes.EtcdError{code:0x8, desc:"${REFUSED}"}: ${REFUSED}"`,
    ]),
  );
}

function managerLog(): string {
  return logOf([
    [
      FULL - 12,
      `${klog('E', FULL - 12, 1)} leaderelection.go:448] "Failed to update lease optimistically, falling back to slow path" err="${REFUSED}" lock="kube-system/kube-controller-manager"`,
    ],
    [FULL - 14, `${klog('E', FULL - 14, 1)} controllermanager.go:366] "leaderelection lost"`],
    [
      14,
      `${klog('E', 14, 1)} leaderelection.go:454] "Error updating lease lock" err="${REFUSED}" lock="kube-system/kube-controller-manager"`,
    ],
  ]);
}

function schedulerLog(): string {
  return logOf([
    [FULL - 13, `${klog('E', FULL - 13, 1)} server.go:343] "Leaderelection lost"`],
    [
      11,
      `${klog('E', 11, 1)} leaderelection.go:454] "Error updating lease lock" err="${REFUSED}" lock="kube-system/kube-scheduler"`,
    ],
  ]);
}
