import { faultScenario } from '../base-cluster.ts';
import { crashLoop } from '../container-states.ts';
import { componentPod } from '../control-plane.ts';
import { answers, HA_NODES, identities, instances, servers } from '../high-availability.ts';
import { klog } from '../klog.ts';
import { leases } from '../nodes.ts';
import { logOf, MINUTE } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { Scenario } from '../scenario.ts';

/** A certificate file of the second API server was removed, and the server restarted, so long before the collection. */
const ENDED = 22 * MINUTE;
const POD = 'kube-apiserver-cp-2';

/**
 * One of three API servers behind a balancer ends at each start. The cluster works; every third connection
 * through the balancer is refused, and controller-manager and scheduler of that node wait for their own.
 */
export async function apiServerInstanceDown(): Promise<Scenario> {
  const server = componentPod('kube-apiserver', 'cp-2', {
    ready: false,
    changed: ENDED,
    flags: ['--advertise-address=192.0.2.12', '--tls-cert-file=/etc/kubernetes/pki/apiserver.crt'],
    container: crashLoop({
      namespace: 'kube-system',
      pod: POD,
      container: 'kube-apiserver',
      exitCode: 1,
      reason: 'Error',
      restarts: 9,
      began: 163,
      ended: 162,
    }),
  });
  const log = logOf([
    [
      162,
      `${klog('E', 162, 1)} run.go:72] "command failed" err="open /etc/kubernetes/pki/apiserver.crt: no such file or directory"`,
    ],
  ]);
  const waiting = (component: string, file: string) =>
    [
      `kube-system/${component}-cp-2/${component}`,
      logOf(
        [ENDED - 5, 600, 31, 4].map((age) => [
          age,
          `${klog('E', age, 1)} ${file}] "Error retrieving lease lock" err="Get \\"https://192.0.2.12:6443/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${component}?timeout=5s\\": dial tcp 192.0.2.12:6443: connect: connection refused" lock="kube-system/${component}"`,
        ]),
      ),
    ] as const;
  return faultScenario('api-server-instance-down', {
    nodes: HA_NODES,
    ...(await servers()),
    objects: [
      server,
      fromKubelet(server, {
        reason: 'BackOff',
        message: `Back-off restarting failed container kube-apiserver in pod ${POD}_kube-system(3d5a0c1b9f7e4286a1c0d2e4f6a8b0c2)`,
        age: 13,
        first: ENDED - 20,
        count: 97,
        container: 'kube-apiserver',
      }),
      ...instances('cp-2', ENDED, 4),
    ],
    later: [...leases(-23, HA_NODES), ...identities('cp-2', ENDED, -18)],
    ...answers(),
    logs: [
      [`kube-system/${POD}/kube-apiserver`, log],
      [`kube-system/${POD}/kube-apiserver/previous`, log],
      waiting('kube-controller-manager', 'leaderelection.go:436'),
      waiting('kube-scheduler', 'leaderelection.go:436'),
    ],
  });
}
