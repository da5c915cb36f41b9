import { faultScenario } from '../base-cluster.ts';
import { crashLoop } from '../container-states.ts';
import { componentPod } from '../control-plane.ts';
import { answers, HA_NODES, identities, instances, servers } from '../high-availability.ts';
import { klog } from '../klog.ts';
import { leases } from '../nodes.ts';
import { ago, logOf, MINUTE } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { Scenario } from '../scenario.ts';

/** The write-ahead log of the third member was damaged so long before the collection. */
const BROKEN = 47 * MINUTE;

/**
 * One of three etcd members cannot read its write-ahead log after its machine lost power. Two members have
 * quorum; the API server beside the third asks only its own member, and so fails with it.
 */
export async function etcdMemberDown(): Promise<Scenario> {
  const etcd = componentPod('etcd', 'cp-3', {
    ready: false,
    changed: BROKEN,
    container: failing('etcd', { exitCode: 2, restarts: 14, ended: 187 }),
  });
  const server = componentPod('kube-apiserver', 'cp-3', {
    ready: false,
    changed: BROKEN - 40,
    flags: ['--advertise-address=192.0.2.13', '--etcd-servers=https://127.0.0.1:2379'],
    container: failing('kube-apiserver', { exitCode: 1, restarts: 12, ended: 96 }),
  });
  const backOff = (pod: typeof etcd, container: string, count: number) =>
    fromKubelet(pod, {
      reason: 'BackOff',
      message: `Back-off restarting failed container ${container} in pod ${container}-cp-3_kube-system(3d5a0c1b9f7e4286a1c0d2e4f6a8b0c2)`,
      age: 10,
      first: BROKEN - 30,
      count,
      container,
    });
  return faultScenario('etcd-member-down', {
    nodes: HA_NODES,
    ...(await servers()),
    objects: [
      etcd,
      server,
      backOff(etcd, 'etcd', 204),
      backOff(server, 'kube-apiserver', 166),
      ...instances('cp-3', BROKEN, 4),
    ],
    later: [...leases(-23, HA_NODES), ...identities('cp-3', BROKEN, -18)],
    ...answers([{ node: 'cp-3', down: true }]),
    logs: [
      ...withPrevious('etcd', brokenLog()),
      ...withPrevious('kube-apiserver', unreachedLog()),
      ...['cp-1', 'cp-2'].map((name) => [`kube-system/etcd-${name}/etcd`, peerLog()] as const),
    ],
  });
}

function withPrevious(container: string, log: string) {
  const key = `kube-system/${container}-cp-3/${container}`;
  return [
    [key, log],
    [`${key}/previous`, log],
  ] as const;
}

function failing(container: string, end: { exitCode: number; restarts: number; ended: number }) {
  const pod = `${container}-cp-3`;
  return crashLoop({
    ...end,
    namespace: 'kube-system',
    pod,
    container,
    reason: 'Error',
    began: end.ended + 20,
  });
}

function brokenLog(): string {
  return logOf([
    [
      188,
      `{"level":"info","ts":"${ago(188)}","caller":"embed/etcd.go:138","msg":"configuring peer listeners","listen-peer-urls":["https://192.0.2.13:2380"]}`,
    ],
    [
      187,
      `{"level":"fatal","ts":"${ago(187)}","caller":"storage/util.go:98","msg":"failed to read WAL, cannot be repaired","error":"wal: crc mismatch: in file '0000000000000007-0000000000031a4f.wal' at position: 41210008"}`,
    ],
  ]);
}

function unreachedLog(): string {
  return logOf([
    [
      104,
      `${klog('W', 104, 1)} logging.go:55] [core] [Channel #1 SubChannel #3]grpc: addrConn.createTransport failed to connect to {Addr: "127.0.0.1:2379", ServerName: "127.0.0.1:2379", BalancerAttributes: {"<%!p(pickfirstleaf.managedByPickfirstKeyType={})>": "<%!p(bool=true)>" }}. Err: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"`,
    ],
    [
      96,
      `${klog('F', 96, 1)} instance.go:226] Error creating leases: error creating storage factory: context deadline exceeded`,
    ],
  ]);
}

function peerLog(): string {
  return logOf(
    [BROKEN - 10, 1200, 300, 35, 5].map((age) => [
      age,
      `{"level":"warn","ts":"${ago(age)}","caller":"rafthttp/probing_status.go:68","msg":"prober detected unhealthy status","round-tripper-name":"ROUND_TRIPPER_RAFT_MESSAGE","remote-peer-id":"d8812d7cd4d463e","rtt":"0s","error":"dial tcp 192.0.2.13:2380: connect: connection refused"}`,
    ]),
  );
}
