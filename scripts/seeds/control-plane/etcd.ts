import { RESTORE_WITH_ETCDUTL } from '../corrections.ts';
import type { SeedRow } from '../seed-row.ts';

/** Chapter 3.2: etcd. */
export const etcdRows: readonly SeedRow[] = [
  {
    lines: 86,
    kind: 'symptom',
    says: 'The API server does not start or keeps restarting.',
    answers: [
      { analyzer: 'control-plane/component-not-running', message: ['etcdUnreachable', 'restarts'] },
      { analyzer: 'control-plane/api-server-check-failing', message: 'etcdFails' },
    ],
  },
  {
    lines: 87,
    kind: 'symptom',
    says: 'Nothing can be written to the store of the cluster.',
    answers: [
      { analyzer: 'etcd/space-exhausted', message: ['noSpace', 'alarmLeft', 'writesRefused'] },
      { analyzer: 'etcd/member-unhealthy', message: ['quorumLost', 'noLeader', 'noLeaderLogged'] },
      { analyzer: 'etcd/data-inconsistent' },
      { analyzer: 'node/disk-errors', message: ['readOnly', 'mountedReadOnly', 'deviceFails'] },
    ],
  },
  {
    lines: 88,
    kind: 'symptom',
    says: 'A pod of etcd is not well.',
    answers: [
      { analyzer: 'control-plane/component-not-running', message: ['etcdNotReady', 'restarts'] },
      { analyzer: 'etcd/member-unhealthy', message: ['down', 'neverStarted', 'orphan', 'notMember'] },
    ],
  },
  {
    lines: 89,
    kind: 'symptom',
    says: 'The members of etcd on different nodes do not reach each other.',
    answers: [
      { analyzer: 'etcd/member-unhealthy', message: 'peerUnreachable' },
      { analyzer: 'etcd/peer-network-slow' },
      { analyzer: 'etcd/tls-rejected', message: 'rejected' },
      { analyzer: 'node/connection-blocked', message: ['nodeUnreachable', 'peersUnreachable'] },
    ],
  },
  {
    lines: [93, 96],
    kind: 'step',
    says: 'See whether the pods of etcd run.',
    answers: [
      { collector: 'kubernetes/resources' },
      { analyzer: 'control-plane/component-not-running', check: 'running' },
    ],
  },
  {
    lines: [98, 105],
    kind: 'step',
    says: 'Read the log of etcd, of its pod or of its systemd unit.',
    answers: [
      { collector: 'kubernetes/logs' },
      { collector: 'node/files' },
      { facts: 'control-plane-errors' },
      { analyzer: 'etcd/leader-unstable', message: 'elections' },
      { analyzer: 'etcd/disk-slow', message: ['slowWrites', 'slowRequests'] },
    ],
  },
  {
    lines: [107, 114],
    kind: 'step',
    says: 'Ask etcd for its health and its members.',
    answers: [
      { collector: 'etcd/members' },
      { command: 'kubecase collect --exec' },
      { analyzer: 'etcd/member-unhealthy', check: 'healthy' },
      { analyzer: 'etcd/member-not-voting' },
    ],
  },
  {
    lines: [116, 120],
    kind: 'step',
    says: 'Look at the data directory of etcd and the space of its file system.',
    answers: [
      { collector: 'node/files' },
      { analyzer: 'etcd/space-exhausted', check: 'room' },
      { analyzer: 'etcd/fragmented', message: 'mostlyFree' },
      { analyzer: 'node/filesystem-full', message: ['spaceLow', 'inodesLow', 'writesFail'] },
    ],
  },
  {
    lines: [122, 128],
    kind: 'step',
    says: 'See whether the ports 2379 and 2380 can be reached.',
    answers: [
      { collector: 'node/files' },
      { collector: 'etcd/members' },
      { analyzer: 'node/connection-blocked', message: ['nodeUnreachable', 'peersUnreachable'] },
      { analyzer: 'etcd/member-unhealthy', message: ['down', 'peerUnreachable'] },
    ],
  },
  {
    lines: [130, 143],
    kind: 'remedy',
    says: 'Restore damaged data from a snapshot into a new directory and start etcd on it.',
    answers: [
      { analyzer: 'etcd/data-inconsistent', message: ['corrupt', 'damaged'] },
      { analyzer: 'etcd/member-unhealthy', message: 'quorumLost' },
    ],
    correction: RESTORE_WITH_ETCDUTL,
  },
];
