import { faultScenario } from '../base-cluster.ts';
import { changed, withConditions } from '../change.ts';
import { klog } from '../klog.ts';
import { eventsOfLostWorker, LOST, lostTaints, podsOfLostWorker, SUBSTITUTE_LOGS } from '../lost-pods.ts';
import type { JournalLine } from '../node-archive.ts';
import { NODES, node } from '../nodes.ts';
import {
  ago,
  condition,
  DAY,
  eventAbout,
  type LogEntry,
  logOf,
  MINUTE,
  objectOf,
  type Parts,
  uidOf,
} from '../object.ts';
import type { ApiObject, Scenario } from '../scenario.ts';
import { daemonSet, NODE_ADDRESSES, podsIn } from '../workloads.ts';

/** Somebody emptied /etc/cni/net.d of the worker so long before the collection. */
const EMPTIED = 14 * MINUTE;
const NOT_READY =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

/**
 * A hardening script removed the configuration of the network plugin from one worker; the agent of Flannel
 * writes it only when its pod starts, and runs on.
 */
export function networkPluginNotReady(): Promise<Scenario> {
  const worker = node(LOST, {
    conditions: [
      condition('Ready', 'False', EMPTIED, {
        reason: 'KubeletNotReady',
        message: NOT_READY,
        lastHeartbeatTime: ago(4),
      }),
    ],
    taints: lostTaints('not-ready', EMPTIED),
  });
  const pods = podsOfLostWorker(EMPTIED, 'not-ready').map(ended);
  const agents = flannel();
  return faultScenario('network-plugin-not-ready', {
    objects: [
      worker,
      ...pods,
      objectOf({ kind: 'Namespace', name: 'kube-flannel' }, { status: { phase: 'Active' } }),
      ...agents,
      ...eventsOfLostWorker(worker, pods, { since: EMPTIED, loss: 'not-ready' }),
      ...pods.filter(isEnding).map(notKilled),
    ],
    logs: [
      ...SUBSTITUTE_LOGS,
      ...podsIn(agents).map(
        ({ metadata }): LogEntry => [
          `kube-flannel/${metadata.name}/kube-flannel`,
          logOf([[41 * DAY, 'I0121 09:30:00.184020       1 main.go:485] Running backend.']]),
        ],
      ),
    ],
    archives: [
      {
        node: LOST,
        documents: {
          'node-network': [
            '==> resolv.conf <==',
            'nameserver 10.0.0.53',
            '==> ip-route <==',
            'default via 192.0.2.1 dev eth0 proto static',
            '10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink',
            '192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.22',
            '==> cni-files <==',
            '',
          ].join('\n'),
        },
        logs: { kubelet: kubeletLog(), containerd: containerdLog() },
      },
    ],
  });
}

function isEnding({ kind, metadata }: ApiObject): boolean {
  return kind === 'Pod' && metadata.deletionTimestamp !== undefined;
}

/** A pod to be deleted whose containers have ended, and whose sandbox cannot. */
function ended(object: ApiObject): ApiObject {
  if (!isEnding(object)) return object;
  const [own] = (object.status as { containerStatuses: Parts[] }).containerStatuses;
  const since = EMPTIED - 5 * MINUTE - 2;
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: ago(9 * DAY), finishedAt: ago(since) };
  const pod = changed(object, {
    status: { containerStatuses: [{ ...own, ready: false, started: false, state: { terminated } }] },
  });
  const reason = { reason: 'PodCompleted' };
  return withConditions(
    pod,
    condition('ContainersReady', 'False', since, reason),
    condition('Ready', 'False', since, reason),
  );
}

function notKilled(pod: ApiObject): ApiObject {
  const sandbox = uidOf('Sandbox', pod.metadata.namespace, pod.metadata.name).replaceAll('-', '').repeat(2);
  return eventAbout(pod, {
    type: 'Warning',
    reason: 'FailedKillPod',
    message: `error killing pod: failed to "KillPodSandbox" for "${pod.metadata.uid}" with KillPodSandboxError: "rpc error: code = Unknown desc = failed to destroy network for sandbox \\"${sandbox}\\": cni plugin not initialized"`,
    age: 11,
    first: EMPTIED - 5 * MINUTE - 3,
    count: 44,
    source: { component: 'kubelet', host: LOST },
  });
}

/** Flannel as its manifest has it: a pod on each node, in the network of the host. */
function flannel() {
  const suffixes: Readonly<Record<string, string>> = {
    'cp-1': '8qk2c',
    'worker-1': 'wd4zn',
    'worker-2': 'p7h5x',
  };
  return daemonSet({
    namespace: 'kube-flannel',
    name: 'kube-flannel-ds',
    hash: '',
    labels: { app: 'flannel', tier: 'node' },
    container: { name: 'kube-flannel', image: 'ghcr.io/flannel-io/flannel:v0.27.4' },
    spec: { hostNetwork: true, tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }] },
    replicas: NODES.map((on) => ({ suffix: suffixes[on]!, node: on, ip: NODE_ADDRESSES[on]! })),
  });
}

function kubeletLog(): JournalLine[] {
  return [EMPTIED, 600, 180, 120, 60, 5].map((age) => [
    age,
    'kubelet[1043]',
    `${klog('E', age)} kubelet.go:3117] "Container runtime network not ready" networkReady="NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"`,
  ]);
}

function containerdLog(): JournalLine[] {
  const file = '/etc/cni/net.d/10-flannel.conflist';
  return [
    [
      EMPTIED + 2,
      'containerd[811]',
      `time="${ago(EMPTIED + 2)}" level=error msg="failed to reload cni configuration after receiving fs change event(REMOVE \\"${file}\\")" error="cni config load failed: no network config found in /etc/cni/net.d: cni plugin not initialized: failed to load cni config"`,
    ],
  ];
}
