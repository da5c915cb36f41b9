import type { SampleReply } from './scenario.ts';

const ETCD_METRICS = [
  '# TYPE etcd_server_has_leader gauge',
  'etcd_server_has_leader 1',
  '# TYPE etcd_server_is_leader gauge',
  'etcd_server_is_leader 1',
  '# TYPE etcd_server_leader_changes_seen_total counter',
  'etcd_server_leader_changes_seen_total 1',
  '# TYPE etcd_server_proposals_pending gauge',
  'etcd_server_proposals_pending 0',
  '# TYPE etcd_mvcc_db_total_size_in_bytes gauge',
  'etcd_mvcc_db_total_size_in_bytes 1.978368e+07',
  '# TYPE etcd_mvcc_db_total_size_in_use_in_bytes gauge',
  'etcd_mvcc_db_total_size_in_use_in_bytes 1.6072704e+07',
  '# TYPE etcd_server_quota_backend_bytes gauge',
  'etcd_server_quota_backend_bytes 2.147483648e+09',
  '',
].join('\n');

const MEMBER = 9368506742490709939n;

/** What etcd of one member says through `etcdctl` and its metrics port, by path; 64-bit ids as text. */
function etcdReplies(node: string): Record<string, SampleReply> {
  const pod = `kube-system/etcd-${node}:2381`;
  const checks = ['data_corruption', 'serializable_read', 'linearizable_read'].map(
    (name) => `[+]${name} ok\n`,
  );
  return {
    [`${pod}/health`]: { body: '{"health":"true","reason":""}' },
    [`${pod}/readyz`]: { body: `${checks.join('')}ok\n` },
    [`${pod}/livez`]: { body: '[+]serializable_read ok\nok\n' },
    [`${pod}/version`]: { body: '{"etcdserver":"3.6.5","etcdcluster":"3.6.0","storage":"3.6.0"}' },
    [`${pod}/metrics`]: { body: ETCD_METRICS },
  };
}

/** What etcd, controller-manager and scheduler of a control plane node answer when all is well. */
export function componentReplies(node: string): Record<string, SampleReply> {
  const manager = `kube-system/kube-controller-manager-${node}:10257`;
  const scheduler = `kube-system/kube-scheduler-${node}:10259`;
  const metrics = '# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds 1.77148980018e+09\n';
  return {
    ...etcdReplies(node),
    [`${manager}/healthz`]: { body: '[+]leaderElection ok\nhealthz check passed\n' },
    [`${manager}/metrics`]: { body: metrics },
    [`${scheduler}/healthz`]: { body: 'ok' },
    [`${scheduler}/livez`]: { body: '[+]ping ok\n[+]leaderElection ok\nlivez check passed\n' },
    [`${scheduler}/readyz`]: {
      body: '[+]ping ok\n[+]sched-handler-sync ok\n[+]leaderElection ok\nreadyz check passed\n',
    },
    [`${scheduler}/metrics`]: { body: metrics },
  };
}

/** What `etcdctl` prints in a cluster of one member, by the key a scenario finds commands with. */
export function etcdCommands(node: string, address: string): Record<string, string> {
  const prefix = `kube-system/etcd-${node}/etcd etcdctl --endpoints=http://127.0.0.1:2379 --command-timeout=5s`;
  const endpoint = `https://${address}:2379`;
  const header = `{"cluster_id":2375181864447732657,"member_id":${MEMBER},"raft_term":2}`;
  const status = `[{"Endpoint":"${endpoint}","Status":{"header":${header},"version":"3.6.5","dbSize":19783680,"leader":${MEMBER},"raftIndex":201934,"raftTerm":2,"raftAppliedIndex":201934,"dbSizeInUse":16072704,"storageVersion":"3.6.0","dbSizeQuota":2147483648}}]`;
  return {
    [`${prefix} endpoint status --cluster -w json`]: status,
    [`${prefix} endpoint status -w json`]: status,
    [`${prefix} endpoint health -w json`]: `[{"endpoint":"${endpoint}","health":true,"took":"3.2ms"}]`,
    [`${prefix} alarm list -w json`]: `{"header":${header}}`,
    [`${prefix} member list -w json`]: `{"header":${header},"members":[{"ID":${MEMBER},"name":"${node}","peerURLs":["https://${address}:2380"],"clientURLs":["${endpoint}"]}]}`,
  };
}
