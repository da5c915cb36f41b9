import { HEALTHZ_DEPRECATED, RESTART_STATIC_PODS, UNIT_HAS_FLAGS } from '../corrections.ts';
import type { SeedRow } from '../seed-row.ts';

/** Chapter 3.1: the API server. */
export const apiServerRows: readonly SeedRow[] = [
  {
    lines: 28,
    kind: 'symptom',
    says: 'kubectl times out or fails.',
    answers: [
      { analyzer: 'control-plane/api-server-unreachable' },
      { analyzer: 'control-plane/api-server-slow', message: ['slow', 'timeouts', 'errors'] },
      { analyzer: 'control-plane/requests-throttled' },
    ],
  },
  {
    lines: 29,
    kind: 'symptom',
    says: 'The state of the cluster cannot be read.',
    answers: [
      { analyzer: 'control-plane/api-server-check-failing', message: ['etcdFails', 'checkFails'] },
      { analyzer: 'etcd/member-unhealthy', message: ['quorumLost', 'noLeader', 'noLeaderLogged'] },
      { analyzer: 'collection/incomplete', message: 'failed' },
    ],
  },
  {
    lines: 30,
    kind: 'symptom',
    says: 'Control-plane components cannot reach the API server.',
    answers: [
      { analyzer: 'control-plane/component-not-running', message: 'apiUnreachable' },
      { analyzer: 'control-plane/api-clients-rejected' },
    ],
  },
  {
    lines: 31,
    kind: 'symptom',
    says: 'The pod of the API server is not well.',
    answers: [
      {
        analyzer: 'control-plane/component-not-running',
        message: ['apiServerNotReady', 'etcdUnreachable', 'portInUse', 'restarts', 'missing', 'exited'],
      },
      { analyzer: 'control-plane/manifest-invalid' },
    ],
  },
  {
    lines: [35, 38],
    kind: 'step',
    says: 'See whether the pods of the API server run.',
    answers: [
      { collector: 'kubernetes/resources' },
      { analyzer: 'control-plane/component-not-running', check: 'running' },
    ],
  },
  {
    lines: [40, 47],
    kind: 'step',
    says: 'Read the log of the API server, of its pod or of its systemd unit.',
    answers: [
      { collector: 'kubernetes/logs' },
      { collector: 'node/files' },
      { facts: 'control-plane-errors' },
      { analyzer: 'control-plane/component-not-running', message: 'unitFailed' },
    ],
  },
  {
    lines: [49, 56],
    kind: 'step',
    says: 'See whether port 6443 answers, from its own node and from another one.',
    answers: [
      { collector: 'control-plane/api-server' },
      { analyzer: 'control-plane/api-server-check-failing', message: 'instanceSilent' },
      { analyzer: 'control-plane/api-server-check-failing', check: 'healthy' },
      { analyzer: 'node/connection-blocked', message: 'apiServerUnreachable' },
    ],
    correction: HEALTHZ_DEPRECATED,
  },
  {
    lines: [58, 65],
    kind: 'step',
    says: 'Look at the configuration of the API server, in its pod or in its service.',
    answers: [
      { collector: 'node/files' },
      { analyzer: 'control-plane/manifest-invalid' },
      { analyzer: 'control-plane/single-point-of-failure', message: 'flagsDiffer' },
    ],
    correction: UNIT_HAS_FLAGS,
  },
  {
    lines: [67, 71],
    kind: 'step',
    says: 'See when the certificate of the API server ends.',
    answers: [
      { collector: 'node/files' },
      { facts: 'certificate-inventory' },
      { analyzer: 'certificate/expired', check: 'controlPlane' },
      {
        analyzer: 'certificate/expired',
        message: ['controlPlaneExpired', 'controlPlaneExpiresSoon', 'fileExpired', 'oldStillServed'],
      },
    ],
  },
  {
    lines: [73, 81],
    kind: 'remedy',
    says: 'Renew all certificates with kubeadm, then restart the API server by a rollout of its Deployment.',
    answers: [
      {
        analyzer: 'certificate/expired',
        message: ['controlPlaneExpired', 'fileExpired', 'oldStillServed'],
      },
    ],
    correction: RESTART_STATIC_PODS,
  },
];
