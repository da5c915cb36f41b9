import { DELETE_EMPTYDIR_DATA, NO_SHELL } from '../corrections.ts';
import type { SeedRow } from '../seed-row.ts';

/** Replacing a control-plane node and a worker that have failed. */
export const replacementRows: readonly SeedRow[] = [
  {
    lines: [280, 288],
    kind: 'step',
    says: 'Control-plane node, 1: make sure that it is cut off and not ready.',
    answers: [
      { analyzer: 'node/not-ready', message: ['kubeletSilent', 'stoppedReporting', 'neverReported'] },
      { facts: 'node-facts' },
    ],
  },
  {
    lines: [290, 292],
    kind: 'step',
    says: 'Control-plane node, 2: remove its machine for good.',
    answers: [
      { analyzer: 'node/not-ready', message: ['kubeletSilent', 'stoppedReporting'] },
      { analyzer: 'node/cordoned' },
    ],
    correction: {
      says: 'The list leaves out to delete the Node object of the machine, which the cluster keeps otherwise.',
      page: 'etcd/member-unhealthy',
      quote: 'remove the member by its id from one that answers, delete the Node',
    },
  },
  {
    lines: [294, 307],
    kind: 'step',
    says: 'Control-plane node, 3: find the etcd members that answer.',
    answers: [
      { collector: 'etcd/members' },
      { analyzer: 'etcd/member-unhealthy', check: 'healthy' },
      { analyzer: 'etcd/member-unhealthy', message: ['down', 'quorumLost'] },
    ],
  },
  {
    lines: [309, 325],
    kind: 'step',
    says: 'Control-plane node, 4: find the id of the failed member in the member list.',
    answers: [
      { collector: 'etcd/members' },
      { command: 'kubecase collect --exec' },
      { analyzer: 'etcd/member-unhealthy', message: ['down', 'orphan', 'neverStarted'] },
    ],
    correction: NO_SHELL,
  },
  {
    lines: [327, 336],
    kind: 'remedy',
    says: 'Control-plane node, 5: remove the failed member by its id.',
    answers: [{ analyzer: 'etcd/member-unhealthy', message: ['down', 'orphan', 'neverStarted'] }],
    correction: NO_SHELL,
  },
  {
    lines: [338, 342],
    kind: 'remedy',
    says: 'Control-plane node, 6: make a new control-plane node with `konvoy up`.',
    answers: [
      { analyzer: 'etcd/member-unhealthy', message: ['down', 'orphan'] },
      { analyzer: 'konvoy/configuration-differs', message: ['nodeMissing', 'poolShort'] },
      { analyzer: 'control-plane/single-point-of-failure' },
    ],
  },
  {
    lines: [346, 352],
    kind: 'step',
    says: 'Node: see with kubectl whether it is reached.',
    answers: [{ facts: 'node-facts' }, { analyzer: 'node/not-ready', check: 'ready' }],
  },
  {
    lines: [354, 358],
    kind: 'remedy',
    says: 'Node: drain it if it is ready.',
    answers: [{ analyzer: 'node/cordoned', message: ['cordoned', 'notDrained'] }],
  },
  {
    lines: [360, 372],
    kind: 'symptom',
    says: 'Node: the drain stops at pods of DaemonSets and pods with local storage.',
    answers: [
      { analyzer: 'node/cordoned', message: ['notDrained', 'drainBlocked'] },
      { analyzer: 'workload/disruption-budget-blocks-drain' },
    ],
  },
  {
    lines: [374, 378],
    kind: 'remedy',
    says: 'Node: drain it with flags for DaemonSets and local data.',
    answers: [
      { analyzer: 'node/cordoned', message: ['cordoned', 'notDrained', 'drainBlocked'] },
      { analyzer: 'node/not-ready', message: ['relistStuck', 'storageNotReady', 'reasonOfItsOwn'] },
    ],
    correction: DELETE_EMPTYDIR_DATA,
  },
  {
    lines: 380,
    kind: 'remedy',
    says: 'Node: do not drain it if it is not ready.',
    answers: [
      { analyzer: 'node/not-ready', message: ['kubeletSilent', 'stoppedReporting', 'neverReported'] },
    ],
  },
  {
    lines: [384, 392],
    kind: 'remedy',
    says: 'Node in the cloud: delete the instance and run `konvoy up`.',
    answers: [
      { analyzer: 'node/cordoned', message: 'drained' },
      { analyzer: 'konvoy/configuration-differs', message: 'poolShort' },
    ],
  },
  {
    lines: [396, 402],
    kind: 'remedy',
    says: 'Node on own machines: take its line out of inventory.yaml and run `konvoy up`.',
    answers: [
      { analyzer: 'node/cordoned', message: 'drained' },
      { analyzer: 'konvoy/configuration-differs', message: ['nodeMissing', 'nodeNotInInventory'] },
      { analyzer: 'konvoy/configuration-differs', check: 'node' },
    ],
  },
];
