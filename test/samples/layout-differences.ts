/**
 * What bundles of other tools cannot tell of the same cluster, by layout and analyzer: findings of these analyzers
 * may be missing or less precise there, each for its reason. A finding that is missing and not listed is a fault of
 * ours; so is a row no sample needs.
 */
export const DIFFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  troubleshoot: differences(
    clock(),
    { 'etcd/member-unhealthy': etcd(), 'etcd/space-exhausted': etcd() },
    { 'control-plane/component-not-running': health() },
    apiServices(),
  ),
  'must-gather': differences(
    clock(),
    { 'etcd/member-unhealthy': etcd(), 'etcd/space-exhausted': etcd() },
    { 'control-plane/component-not-running': health() },
    {
      'control-plane/single-point-of-failure': 'Nodes are single files: there may be others',
      'etcd/backup-missing': 'namespaces are single files: others may hold a CronJob',
      'node/lease-stale': 'Nodes are single files: that all are stale is not known',
    },
  ),
  'support-bundle-kit': differences(
    clock(),
    { 'etcd/member-unhealthy': etcd(), 'etcd/space-exhausted': etcd() },
    { 'control-plane/component-not-running': health() },
    { 'etcd/backup-missing': 'an empty list names no kind' },
  ),
  'cluster-info-dump': differences(
    clock(),
    { 'etcd/member-unhealthy': etcd(), 'etcd/space-exhausted': etcd() },
    { 'control-plane/component-not-running': health() },
    apiServices(),
    leases(),
    {
      'etcd/backup-missing': 'CronJobs are not dumped',
      'kubernetes/namespace-not-deleted': 'Namespaces are not dumped',
      'kubernetes/quota-exhausted': 'ResourceQuotas are not dumped',
      'node/not-ready':
        'Leases tell a kubelet that is silent from one that is not ready; they are not dumped',
      'workload/pod-not-ready': 'kubectl drops managedFields, which tell whose probe fails, and the events',
    },
  ),
  'kubectl-get': differences(
    clock(),
    { 'etcd/member-unhealthy': etcd(), 'etcd/space-exhausted': etcd() },
    logs(),
    {
      'control-plane/component-not-running': 'the log tells why; health is asked by nobody',
      'etcd/backup-missing': 'an empty list names no kind',
      'workload/pod-not-ready': 'the log of the container tells on which port it listens',
    },
  ),
  konvoy: differences(
    clock(),
    { 'etcd/member-unhealthy': etcd(), 'etcd/space-exhausted': etcd() },
    { 'control-plane/component-not-running': health() },
  ),
  'istio-bug-report': differences(
    clock(),
    { 'etcd/member-unhealthy': etcd(), 'etcd/space-exhausted': etcd() },
    logs(),
    apiServices(),
    leases(),
    {
      'control-plane/component-not-running': 'logs of the control plane are not asked for',
      'control-plane/single-point-of-failure': 'Nodes are a text for people',
      'etcd/backup-missing': 'an empty list names no kind',
      'kubernetes/namespace-not-deleted': 'without leases the clock is known to the hour',
      'kubernetes/quota-exhausted': 'ResourceQuotas are not asked for',
      'node/not-ready': 'Nodes are a text for people',
      'workload/pod-not-ready': 'Nodes are a text for people, and the clock is known to the hour',
      'workload/pod-unschedulable': 'without leases the clock is known to the hour',
    },
  ),
};

/** The time of a foreign bundle is that of the newest line in it: what lies nearer to a limit is not decided. */
function clock(): Record<string, string> {
  const reason = 'the clock of the bundle is known to five minutes only';
  return Object.fromEntries(
    [
      'kong/completed-pods-pile-up',
      'kong/prefix-volume-full',
      'network/service-without-endpoints',
      'workload/pod-not-terminating',
      'workload/rollout-stuck',
    ].map((id) => [id, reason]),
  );
}

function apiServices(): Record<string, string> {
  const reason = 'APIServices are not collected';
  return { 'kubernetes/api-group-unavailable': reason, 'control-plane/discovery-incomplete': reason };
}

function leases(): Record<string, string> {
  const reason = 'Leases are not collected';
  return { 'control-plane/leader-lease-stale': reason, 'node/lease-stale': reason };
}

function logs(): Record<string, string> {
  const reason = 'only a log of a container tells, and there is none';
  return Object.fromEntries(
    [
      'control-plane/discovery-incomplete',
      'control-plane/manifest-invalid',
      'etcd/data-inconsistent',
      'workload/container-not-created',
      'workload/port-conflict',
    ].map((id) => [id, reason]),
  );
}

function etcd(): string {
  return 'etcd itself is asked by nobody: only its log, or that of the API server, tells';
}

function health(): string {
  return 'nobody asks the components for their health';
}

function differences(...parts: readonly Record<string, string>[]): Record<string, string> {
  return Object.assign({}, ...parts);
}
