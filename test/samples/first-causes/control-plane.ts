import type { FirstCause } from '../first-causes.ts';

/** etcd, the components of the control plane, and the APIs others serve for it. */
export const firstCauses: readonly FirstCause[] = [
  {
    sample: 'etcd-space-exhausted',
    cause: 'etcd/space-exhausted#noSpace',
    subject: 'Pod/kube-system/etcd-cp-1',
    symptoms: [
      'control-plane/leader-lease-stale#controllersGone',
      'control-plane/leader-lease-stale#schedulerGone',
      'control-plane/component-not-running#checkFails',
    ],
  },
  {
    sample: 'etcd-member-down',
    cause: 'etcd/data-inconsistent#damaged',
    subject: 'Pod/kube-system/etcd-cp-3',
    symptoms: ['control-plane/component-not-running#etcdUnreachable', 'workload/crash-loop#exits'],
  },
  {
    sample: 'etcd-disk-slow',
    cause: 'etcd/disk-slow#slowSinceStart',
    subject: 'Pod/kube-system/etcd-cp-1',
    symptoms: ['control-plane/component-not-running#leaseLost'],
  },
  {
    sample: 'scheduler-down',
    cause: 'control-plane/manifest-invalid#flagUnknown',
    subject: 'Pod/kube-system/kube-scheduler-cp-1',
    symptoms: [
      'control-plane/component-not-running#notReady',
      'control-plane/leader-lease-stale#schedulerVacant',
      'workload/crash-loop#exits',
      'workload/pod-unschedulable#notConsidered',
      'workload/rollout-stuck#notAvailable',
    ],
  },
  {
    sample: 'controller-manager-down',
    cause: 'control-plane/manifest-invalid#fileMissing',
    subject: 'Pod/kube-system/kube-controller-manager-cp-1',
    symptoms: [
      'control-plane/component-not-running#notReady',
      'control-plane/leader-lease-stale#controllersGone',
      'workload/crash-loop#exits',
      'network/service-without-endpoints#endpointsStale',
    ],
  },
  {
    sample: 'api-server-instance-down',
    cause: 'control-plane/manifest-invalid#fileMissing',
    subject: 'Pod/kube-system/kube-apiserver-cp-2',
    symptoms: ['control-plane/component-not-running#apiServerNotReady', 'workload/crash-loop#exits'],
  },
  {
    sample: 'namespace-terminating',
    cause: 'kubernetes/api-group-unavailable#serviceMissing',
    subject: 'APIService//v1beta2.custom.metrics.k8s.io',
    symptoms: [
      'kubernetes/namespace-not-deleted#discoveryFails',
      'control-plane/discovery-incomplete#stalled',
    ],
  },
  {
    sample: 'metrics-api-down',
    cause: 'workload/pod-not-ready#answersWithError',
    subject: 'Pod/kube-system/metrics-server-5f9b8c7d64-c8mgt',
    symptoms: [
      'network/service-without-endpoints#noneReady',
      'kubernetes/api-group-unavailable#noEndpoints',
      'workload/autoscaling-failed#metricsApiUnavailable',
      'workload/rollout-stuck#deadlineExceeded',
    ],
  },
];
