import { LEADER_IN_LEASE, MANIFEST_FILE, UNIT_HAS_FLAGS } from '../corrections.ts';
import type { SeedRow } from '../seed-row.ts';

/** Chapter 3.3: the controller-manager. */
export const controllerManagerRows: readonly SeedRow[] = [
  {
    lines: 148,
    kind: 'symptom',
    says: 'Controllers do nothing, for example a Deployment makes no pods.',
    answers: [
      {
        analyzer: 'control-plane/leader-lease-stale',
        message: ['controllersGone', 'controllersVacant', 'neverHeld'],
      },
      { analyzer: 'workload/rollout-stuck', message: 'notReconciled' },
      { analyzer: 'workload/pods-not-created' },
      { analyzer: 'control-plane/discovery-incomplete', message: 'stalled' },
    ],
  },
  {
    lines: 149,
    kind: 'symptom',
    says: 'The state of nodes is brought up to date late.',
    answers: [
      { analyzer: 'node/lease-stale', message: 'silentUnnoticed' },
      { analyzer: 'node/taint-untolerated', message: 'conditionOver' },
      { analyzer: 'node/not-ready', message: 'statusNotPosted' },
    ],
  },
  {
    lines: 150,
    kind: 'symptom',
    says: 'Events are not recorded.',
    answers: [{ analyzer: 'control-plane/events-not-recorded', message: ['noneSince', 'refused'] }],
    correction: {
      says: 'Each component writes its own events to the API server: the controller-manager has no part in the others’.',
      page: 'control-plane/events-not-recorded',
      quote: 'Each component writes its own events',
    },
  },
  {
    lines: 151,
    kind: 'symptom',
    says: 'The pod of the controller-manager is not well.',
    answers: [
      {
        analyzer: 'control-plane/component-not-running',
        message: ['leaseLost', 'apiUnreachable', 'portInUse', 'notReady', 'restarts', 'missing'],
      },
      { analyzer: 'control-plane/manifest-invalid' },
    ],
  },
  {
    lines: [155, 158],
    kind: 'step',
    says: 'See whether the pods of the controller-manager run.',
    answers: [
      { collector: 'control-plane/components' },
      { analyzer: 'control-plane/component-not-running', check: 'running' },
    ],
  },
  {
    lines: [160, 167],
    kind: 'step',
    says: 'Read the log of the controller-manager, of its pod or of its systemd unit.',
    answers: [
      { collector: 'kubernetes/logs' },
      { collector: 'node/files' },
      { facts: 'control-plane-errors' },
      { analyzer: 'kubernetes/request-denied', message: 'componentDenied' },
    ],
  },
  {
    lines: [169, 176],
    kind: 'step',
    says: 'Look at the configuration of the controller-manager, in its pod or in its service.',
    answers: [
      { collector: 'node/files' },
      { analyzer: 'control-plane/manifest-invalid', message: ['flagUnknown', 'fileMissing', 'unreadable'] },
      { analyzer: 'control-plane/single-point-of-failure', message: ['flagsDiffer', 'electionOff'] },
    ],
    correction: UNIT_HAS_FLAGS,
  },
  {
    lines: [178, 182],
    kind: 'step',
    says: 'See by its Endpoints object whether the controller-manager reaches the API server.',
    answers: [
      { collector: 'control-plane/leases' },
      { facts: 'lease-facts' },
      { analyzer: 'control-plane/leader-lease-stale', check: 'renewed' },
    ],
    correction: LEADER_IN_LEASE,
  },
  {
    lines: [184, 251],
    kind: 'remedy',
    says: 'Mend the connection to the API server by applying a Pod of the controller-manager written by hand.',
    answers: [
      { analyzer: 'control-plane/component-not-running', message: 'apiUnreachable' },
      { analyzer: 'control-plane/manifest-invalid', message: ['notProcessed', 'fileMissing'] },
      { analyzer: 'kubernetes/deprecated-field-used', message: 'used' },
    ],
    correction: MANIFEST_FILE,
  },
];
