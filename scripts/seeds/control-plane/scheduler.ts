import { LEADER_IN_LEASE, MANIFEST_FILE, UNIT_HAS_FLAGS } from '../corrections.ts';
import type { SeedRow } from '../seed-row.ts';

/** Chapter 3.4: the scheduler. */
export const schedulerRows: readonly SeedRow[] = [
  {
    lines: 256,
    kind: 'symptom',
    says: 'Pods get no node.',
    answers: [
      { analyzer: 'workload/pod-unschedulable' },
      { analyzer: 'workload/scheduling-gated' },
      { analyzer: 'node/autoscaler-refuses' },
    ],
  },
  {
    lines: 257,
    kind: 'symptom',
    says: 'The log of the scheduler shows errors.',
    answers: [
      { analyzer: 'control-plane/component-not-running', message: ['leaseLost', 'apiUnreachable'] },
      { analyzer: 'kubernetes/request-denied', message: 'componentDenied' },
      { analyzer: 'workload/pod-unschedulable', message: 'schedulerError' },
      { facts: 'control-plane-errors' },
    ],
  },
  {
    lines: 258,
    kind: 'symptom',
    says: 'The pod of the scheduler is not well.',
    answers: [
      {
        analyzer: 'control-plane/component-not-running',
        message: ['leaseLost', 'apiUnreachable', 'portInUse', 'notReady', 'restarts', 'missing'],
      },
      { analyzer: 'control-plane/manifest-invalid' },
    ],
  },
  {
    lines: 259,
    kind: 'symptom',
    says: 'No new pod is placed on a node.',
    answers: [
      {
        analyzer: 'control-plane/leader-lease-stale',
        message: ['schedulerGone', 'schedulerVacant', 'neverHeld'],
      },
      {
        analyzer: 'workload/pod-unschedulable',
        message: ['notConsidered', 'schedulerMissing', 'schedulerUnready', 'schedulerLeaseStale'],
      },
      { analyzer: 'node/cordoned' },
      { analyzer: 'node/taint-untolerated' },
    ],
  },
  {
    lines: [263, 266],
    kind: 'step',
    says: 'See whether the pods of the scheduler run.',
    answers: [
      { collector: 'control-plane/components' },
      { analyzer: 'control-plane/component-not-running', check: 'running' },
    ],
  },
  {
    lines: [268, 275],
    kind: 'step',
    says: 'Read the log of the scheduler, of its pod or of its systemd unit.',
    answers: [
      { collector: 'kubernetes/logs' },
      { collector: 'node/files' },
      { facts: 'control-plane-errors' },
    ],
  },
  {
    lines: [277, 284],
    kind: 'step',
    says: 'Look at the configuration of the scheduler, in its pod or in its service.',
    answers: [
      { collector: 'node/files' },
      { analyzer: 'control-plane/manifest-invalid', message: ['flagUnknown', 'fileMissing', 'unreadable'] },
      { analyzer: 'control-plane/single-point-of-failure', message: ['flagsDiffer', 'electionOff'] },
    ],
    correction: UNIT_HAS_FLAGS,
  },
  {
    lines: [286, 290],
    kind: 'step',
    says: 'See by its Endpoints object whether the scheduler reaches the API server.',
    answers: [
      { collector: 'control-plane/leases' },
      { facts: 'lease-facts' },
      { analyzer: 'control-plane/leader-lease-stale', check: 'renewed' },
    ],
    correction: LEADER_IN_LEASE,
  },
  {
    lines: [292, 295],
    kind: 'step',
    says: 'Read the scheduling events of pending pods.',
    answers: [{ collector: 'kubernetes/events' }, { analyzer: 'workload/pod-unschedulable' }],
  },
  {
    lines: [297, 337],
    kind: 'remedy',
    says: 'Mend the configuration of the scheduler by applying a Pod written by hand.',
    answers: [
      { analyzer: 'control-plane/component-not-running', message: ['notReady', 'missing'] },
      { analyzer: 'control-plane/manifest-invalid', message: ['notProcessed', 'flagUnknown', 'fileMissing'] },
      { analyzer: 'kubernetes/deprecated-field-used', message: 'used' },
    ],
    correction: MANIFEST_FILE,
  },
];
