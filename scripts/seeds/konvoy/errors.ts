import type { SeedRow } from '../seed-row.ts';

/** Where to read on, and the tables of errors by their kind. */
export const errorRows: readonly SeedRow[] = [
  {
    lines: 509,
    kind: 'practice',
    says: 'The documentation of Kubernetes has guides; kubecase has a page for each thing it can say.',
    answers: [{ command: 'kubecase list analyzers' }, { command: 'kubecase explain <id>' }],
  },
  {
    lines: 511,
    kind: 'practice',
    says: 'Guide: overview.',
    answers: [{ command: 'kubecase collect' }, { command: 'kubecase analyze <input>' }],
  },
  {
    lines: 512,
    kind: 'practice',
    says: 'Guide: troubleshooting the cluster.',
    answers: [
      { analyzer: 'control-plane/component-not-running' },
      { analyzer: 'node/not-ready' },
      { facts: 'control-plane-errors' },
    ],
  },
  {
    lines: 513,
    kind: 'practice',
    says: 'Guide: troubleshooting applications.',
    answers: [
      { analyzer: 'workload/crash-loop' },
      { analyzer: 'workload/dependency-failing' },
      { analyzer: 'workload/pods-not-created' },
    ],
  },
  {
    lines: 514,
    kind: 'practice',
    says: 'Guide: why a pod failed.',
    answers: [
      { analyzer: 'workload/crash-loop' },
      { analyzer: 'workload/job-failed' },
      { analyzer: 'workload/out-of-memory' },
      { analyzer: 'workload/evicted-pods' },
    ],
  },
  {
    lines: 515,
    kind: 'practice',
    says: 'Guide: debugging pods and their controllers.',
    answers: [
      { analyzer: 'workload/rollout-stuck' },
      { analyzer: 'workload/pod-not-ready' },
      { analyzer: 'workload/image-pull-failed' },
    ],
  },
  {
    lines: 516,
    kind: 'practice',
    says: 'Guide: debugging Services.',
    answers: [
      { analyzer: 'network/service-without-endpoints' },
      { analyzer: 'network/service-port-unserved' },
      { analyzer: 'network/proxy-not-running' },
    ],
  },
  {
    lines: 517,
    kind: 'practice',
    says: 'Guide: debugging nodes with crictl.',
    answers: [
      { analyzer: 'node/container-runtime-down' },
      { analyzer: 'node/pod-lifecycle-stalled' },
      { analyzer: 'workload/sandbox-not-created' },
    ],
  },
  {
    lines: 518,
    kind: 'practice',
    says: 'Guide: getting a shell in a container; kubecase reads without one, and opens none.',
    answers: [{ collector: 'kubernetes/logs' }, { analyzer: 'workload/dependency-failing' }],
  },
  {
    lines: 530,
    kind: 'table',
    says: 'Network: pods start but do not reach other pods. Read their logs.',
    answers: [
      { analyzer: 'workload/dependency-failing', message: ['noAnswer', 'connectionRefused', 'nameUnknown'] },
      { analyzer: 'network/policy-blocks-traffic' },
      { analyzer: 'network/network-plugin-unhealthy' },
      { analyzer: 'network/proxy-not-running' },
      { analyzer: 'network/dns-unhealthy' },
    ],
  },
  {
    lines: 531,
    kind: 'table',
    says: 'Network: pods do not start, are Pending or cannot be scheduled. Read their events.',
    answers: [
      { analyzer: 'workload/sandbox-not-created' },
      { analyzer: 'network/pod-addresses-exhausted' },
      { analyzer: 'workload/pod-unschedulable', message: ['nodeUnwell', 'hostPortTaken'] },
      { analyzer: 'node/network-not-ready' },
    ],
  },
  {
    lines: 532,
    kind: 'table',
    says: 'Network: a Service is not reached from inside or outside; its selector may match no pod.',
    answers: [
      {
        analyzer: 'network/service-without-endpoints',
        message: ['labelsDiffer', 'noPodMatches', 'noneReady'],
      },
      { analyzer: 'network/service-port-unserved' },
      { analyzer: 'network/load-balancer-pending' },
      { analyzer: 'network/route-broken' },
    ],
  },
  {
    lines: 538,
    kind: 'table',
    says: 'Storage: pods do not start, are Pending or cannot be scheduled. Read their events.',
    answers: [
      {
        analyzer: 'workload/pod-unschedulable',
        message: [
          'claimMissing',
          'claimUnbound',
          'volumeElsewhere',
          'noVolume',
          'volumeLimit',
          'volumeInUse',
        ],
      },
      { analyzer: 'workload/volume-mount-failed' },
      { analyzer: 'storage/volume-not-attached' },
      { analyzer: 'storage/csi-driver-missing' },
    ],
  },
  {
    lines: 539,
    kind: 'table',
    says: 'Storage: claims get no volume. Look at classes, volumes and claims.',
    answers: [
      { analyzer: 'storage/claim-pending' },
      { analyzer: 'storage/volume-lost' },
      { analyzer: 'storage/volume-released' },
      { analyzer: 'storage/volume-node-affinity-unsatisfiable' },
    ],
  },
  {
    lines: 540,
    kind: 'table',
    says: 'Storage: an application uses more than it was given. Read its log.',
    answers: [
      { analyzer: 'storage/volume-nearly-full' },
      { analyzer: 'workload/ephemeral-storage-evicted' },
      { analyzer: 'workload/dependency-failing', message: 'writeRefused' },
      { analyzer: 'storage/expansion-stuck' },
    ],
  },
  {
    lines: 546,
    kind: 'table',
    says: 'Configuration: pods do not start; mostly volumes, ConfigMaps or Secrets that are wrong. Read their events.',
    answers: [
      { analyzer: 'workload/container-config-error' },
      {
        analyzer: 'workload/volume-mount-failed',
        message: ['sourceMissing', 'sourceMisspelt', 'keyMissing'],
      },
      { analyzer: 'workload/pod-unschedulable' },
      { analyzer: 'workload/pods-not-created' },
    ],
  },
];
