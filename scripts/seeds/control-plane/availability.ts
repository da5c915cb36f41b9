import { NO_DEPLOYMENTS, NO_SPLIT_BRAIN } from '../corrections.ts';
import type { SeedRow } from '../seed-row.ts';

/** Chapter 3.6: high availability. */
export const availabilityRows: readonly SeedRow[] = [
  {
    lines: 393,
    kind: 'symptom',
    says: 'The failure of one control-plane node takes the whole cluster down.',
    answers: [
      { analyzer: 'control-plane/single-point-of-failure', message: ['fewNodes', 'addressOfOneNode'] },
      { analyzer: 'etcd/member-unhealthy', message: 'quorumLost' },
    ],
  },
  {
    lines: 394,
    kind: 'symptom',
    says: 'Components cannot agree on a leader.',
    answers: [
      {
        analyzer: 'control-plane/leader-lease-stale',
        message: ['schedulerVacant', 'controllersVacant', 'neverHeld'],
      },
      { analyzer: 'control-plane/leader-changes-often', message: ['changes', 'flips'] },
      { analyzer: 'etcd/leader-unstable' },
    ],
  },
  {
    lines: 395,
    kind: 'symptom',
    says: 'Split brain.',
    answers: [
      { analyzer: 'etcd/data-inconsistent', message: ['corrupt', 'clustersDiffer', 'mismatchLogged'] },
      { analyzer: 'etcd/member-unhealthy', message: 'quorumLost' },
      { analyzer: 'control-plane/single-point-of-failure', message: 'electionOff' },
      { analyzer: 'control-plane/leader-changes-often', message: 'twoLeaders' },
    ],
    correction: NO_SPLIT_BRAIN,
  },
  {
    lines: 396,
    kind: 'symptom',
    says: 'The instances of a component are not in the same state.',
    answers: [
      { analyzer: 'control-plane/version-skew' },
      { analyzer: 'control-plane/single-point-of-failure', message: 'flagsDiffer' },
      { analyzer: 'control-plane/api-server-check-failing', message: ['instanceSilent', 'identityStale'] },
      { analyzer: 'certificate/authority-diverges', message: 'nodesDiffer' },
      { analyzer: 'etcd/member-not-voting', message: 'lagging' },
    ],
  },
  {
    lines: [400, 403],
    kind: 'step',
    says: 'See whether the control-plane nodes are ready.',
    answers: [
      { facts: 'node-facts' },
      { analyzer: 'node/not-ready', check: 'ready' },
      { analyzer: 'control-plane/single-point-of-failure', check: 'redundant' },
    ],
  },
  {
    lines: [405, 412],
    kind: 'step',
    says: 'Ask every member of etcd for its health.',
    answers: [
      { collector: 'etcd/members' },
      { analyzer: 'etcd/member-unhealthy', check: 'healthy' },
      { analyzer: 'etcd/member-unhealthy', message: ['down', 'orphan', 'neverStarted'] },
    ],
  },
  {
    lines: [414, 421],
    kind: 'step',
    says: 'See who leads controller-manager and scheduler by their leases.',
    answers: [
      { collector: 'control-plane/leases' },
      { facts: 'lease-facts' },
      { analyzer: 'control-plane/leader-lease-stale', check: 'renewed' },
    ],
  },
  {
    lines: [423, 426],
    kind: 'step',
    says: 'See how the components are deployed by their Deployments.',
    answers: [
      { collector: 'kubernetes/resources' },
      { analyzer: 'control-plane/component-not-running', check: 'running' },
      { analyzer: 'control-plane/single-point-of-failure', message: 'fewNodes' },
    ],
    correction: NO_DEPLOYMENTS,
  },
  {
    lines: [428, 455],
    kind: 'remedy',
    says: 'Mend the split brain: stop etcd everywhere and make a new cluster with etcdctl and its initial flags.',
    answers: [
      { analyzer: 'etcd/data-inconsistent', message: ['clustersDiffer', 'mismatchLogged', 'removed'] },
      { analyzer: 'etcd/member-unhealthy', message: ['quorumLost', 'orphan', 'neverStarted'] },
    ],
    correction: NO_SPLIT_BRAIN,
  },
];
