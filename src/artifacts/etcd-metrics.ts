import { document } from '../model/artifact.ts';
import { type Metrics, parsePrometheusText } from './prometheus-text.ts';

// Names of etcd 3.4 to 3.7; `etcd_debugging_*` ones are what older versions have instead.
const KEPT = new Set([
  'etcd_cluster_version',
  'etcd_disk_backend_commit_duration_seconds_bucket',
  'etcd_disk_backend_commit_duration_seconds_count',
  'etcd_disk_wal_fsync_duration_seconds_bucket',
  'etcd_disk_wal_fsync_duration_seconds_count',
  'etcd_mvcc_db_total_size_in_bytes',
  'etcd_mvcc_db_total_size_in_use_in_bytes',
  'etcd_network_peer_round_trip_time_seconds_bucket',
  'etcd_network_peer_sent_failures_total',
  'etcd_server_has_leader',
  'etcd_server_health_failures',
  'etcd_server_heartbeat_send_failures_total',
  'etcd_server_id',
  'etcd_server_is_leader',
  'etcd_server_is_learner',
  'etcd_server_leader_changes_seen_total',
  'etcd_server_proposals_applied_total',
  'etcd_server_proposals_committed_total',
  'etcd_server_proposals_failed_total',
  'etcd_server_proposals_pending',
  'etcd_server_quota_backend_bytes',
  'etcd_server_slow_apply_total',
  'etcd_server_version',
  'process_start_time_seconds',
]);

/**
 * `/metrics` of one etcd member in the Prometheus text format, as it came. Scope object Pod of the member
 * (`/metrics` of the metrics port, 2381 on kubeadm and RKE2, plain HTTP), or endpoint
 * `https://<host>:2379/metrics` for a member outside the cluster.
 */
export const etcdMetrics = document<Metrics>({
  id: 'etcd-metrics',
  title: 'Metrics of an etcd member',
  contentType: 'text',
  rearranged: true,
  counters: true,
  parse: (bytes) => parsePrometheusText(bytes, KEPT),
});
