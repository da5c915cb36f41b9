import type { SeedRow } from '../seed-row.ts';

/** Chapters 1 and 2: what the document is about, and what it asks for. */
export const introductionRows: readonly SeedRow[] = [
  {
    lines: 6,
    kind: 'question',
    says: 'How to find what is wrong with the API server.',
    answers: [
      { analyzer: 'control-plane/api-server-unreachable' },
      { analyzer: 'control-plane/api-server-check-failing' },
      { analyzer: 'control-plane/api-server-slow' },
    ],
  },
  {
    lines: 7,
    kind: 'question',
    says: 'How to find what is wrong with etcd.',
    answers: [
      { analyzer: 'etcd/member-unhealthy' },
      { analyzer: 'etcd/space-exhausted' },
      { analyzer: 'etcd/disk-slow' },
      { analyzer: 'etcd/data-inconsistent' },
    ],
  },
  {
    lines: 8,
    kind: 'question',
    says: 'How to find what is wrong with the controller-manager.',
    answers: [
      { analyzer: 'control-plane/leader-lease-stale', message: 'controllersGone' },
      { analyzer: 'control-plane/component-not-running' },
    ],
  },
  {
    lines: 9,
    kind: 'question',
    says: 'How to find what is wrong with the scheduler.',
    answers: [
      { analyzer: 'control-plane/leader-lease-stale', message: 'schedulerGone' },
      { analyzer: 'control-plane/component-not-running' },
      { analyzer: 'workload/pod-unschedulable' },
    ],
  },
  {
    lines: 10,
    kind: 'question',
    says: 'Why control-plane components cannot talk to each other.',
    answers: [
      {
        analyzer: 'control-plane/component-not-running',
        message: ['apiUnreachable', 'etcdUnreachable'],
      },
      { analyzer: 'control-plane/api-clients-rejected' },
      { analyzer: 'etcd/tls-rejected' },
    ],
  },
  {
    lines: 11,
    kind: 'question',
    says: 'Whether the control plane survives the loss of a node.',
    answers: [{ analyzer: 'control-plane/single-point-of-failure' }],
  },
  {
    lines: 12,
    kind: 'question',
    says: 'Which certificates have expired.',
    answers: [{ analyzer: 'certificate/expired' }, { facts: 'certificate-inventory' }],
  },
  {
    lines: 16,
    kind: 'practice',
    says: 'A cluster of Kubernetes 1.20 or later is needed.',
    answers: [{ analyzer: 'kubernetes/version-unsupported', message: 'kubernetesEnded' }],
  },
  {
    lines: 17,
    kind: 'practice',
    says: 'Access to the control-plane nodes by SSH is needed; kubecase reads nodes through pods, or by a script where the API server is down.',
    answers: [
      { collector: 'node/files' },
      { command: 'kubecase collect --nodes' },
      { command: 'kubecase node-script' },
    ],
  },
  {
    lines: 18,
    kind: 'practice',
    says: 'kubectl is needed; kubecase asks the API server itself, and answers kubectl from a bundle later.',
    answers: [{ collector: 'kubernetes/resources' }, { command: 'kubecase serve <bundle>' }],
  },
  {
    lines: 19,
    kind: 'practice',
    says: 'etcdctl is needed; kubecase runs the one in the etcd pod.',
    answers: [{ collector: 'etcd/members' }, { command: 'kubecase collect --exec' }],
  },
  {
    lines: 20,
    kind: 'practice',
    says: 'The certificates of the cluster are needed.',
    answers: [{ collector: 'certificate/certificates' }, { facts: 'certificate-inventory' }],
  },
  {
    lines: 21,
    kind: 'practice',
    says: 'Tools to read logs are needed.',
    answers: [{ collector: 'kubernetes/logs' }, { facts: 'control-plane-errors' }],
  },
];
