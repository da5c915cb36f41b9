import type { SeedRow } from '../seed-row.ts';
import {
  COLLECTOR_WAITS,
  HISTORY_HAS_NO_TIMES,
  NO_HOOK_COMPLETES,
  NO_VOLUME_NEEDED,
  ROLLOUTS_LEAVE_NONE,
  SHOWN_IS_THE_CONTAINER,
  TWO_BOUNDS,
  VALUES_KEY,
} from './corrections.ts';

const PILES = 'kong/completed-pods-pile-up';
const PREFIX = 'kong/prefix-volume-full';
const SHUTDOWN = 'kong/shutdown-too-short';

/** The second answer: the limit of the prefix, and how upgrades are set against ended pods. */
export const prefixRows: readonly SeedRow[] = [
  {
    lines: [93, 94],
    kind: 'remedy',
    says: 'Set the size in the values: `kong.persistence.size` or `kong.storage.size`.',
    answers: [{ analyzer: PREFIX, message: ['evicted', 'nearlyFull', 'mapExceedsLimit'] }],
    correction: VALUES_KEY,
  },
  {
    lines: 95,
    kind: 'symptom',
    says: 'The prefix is an emptyDir, bounded by the resources of the node.',
    answers: [{ analyzer: PREFIX }, { analyzer: 'node/filesystem-full' }],
    correction: TWO_BOUNDS,
  },
  {
    lines: 96,
    kind: 'remedy',
    says: 'Put the prefix onto a PersistentVolume.',
    answers: [{ analyzer: PREFIX, message: 'evicted' }],
    correction: NO_VOLUME_NEEDED,
  },
  {
    lines: [98, 110],
    kind: 'command',
    says: 'Describe the pod and read its volumes.',
    answers: [{ analyzer: PREFIX, message: 'mapExceedsLimit' }, { collector: 'kubernetes/resources' }],
  },
  {
    lines: [112, 113],
    kind: 'symptom',
    says: 'Much data does not fit into 256 MB.',
    answers: [{ analyzer: PREFIX, message: ['evicted', 'nearlyFull', 'mapFull'] }],
  },
  {
    lines: 114,
    kind: 'symptom',
    says: 'The node itself has no room for the emptyDir.',
    answers: [
      { analyzer: 'node/filesystem-full' },
      { analyzer: 'node/pressure' },
      { analyzer: PILES, message: 'nodePressure' },
    ],
  },
  {
    lines: [118, 121],
    kind: 'practice',
    says: 'A rolling update starts new pods, then deletes old ones.',
    answers: [{ analyzer: 'workload/rollout-stuck' }, { analyzer: SHUTDOWN, message: 'allAtOnce' }],
  },
  {
    lines: [122, 124],
    kind: 'symptom',
    says: 'Old pods end within their grace period and stay as `Completed`, as they should.',
    answers: [{ analyzer: PILES }],
    correction: ROLLOUTS_LEAVE_NONE,
  },
  {
    lines: [125, 126],
    kind: 'command',
    says: 'Read the history of the rollouts.',
    answers: [{ analyzer: PILES, message: ['volumeLimit', 'nodeShutdown', 'exitedZero'] }],
    correction: HISTORY_HAS_NO_TIMES,
  },
  {
    lines: 127,
    kind: 'step',
    says: 'Set the times of the ended pods against those of the rollouts.',
    answers: [{ analyzer: PILES }],
  },
  {
    lines: 128,
    kind: 'step',
    says: 'Look in the events for containers that were stopped.',
    answers: [{ collector: 'kubernetes/events' }, { analyzer: PILES }],
  },
  {
    lines: [129, 132],
    kind: 'step',
    says: 'Check the update strategy: `maxSurge` and `maxUnavailable`.',
    answers: [{ analyzer: SHUTDOWN, message: 'allAtOnce' }],
  },
  {
    lines: 133,
    kind: 'symptom',
    says: 'A long `terminationGracePeriodSeconds` keeps `Completed` pods for long.',
    answers: [{ analyzer: SHUTDOWN, message: ['graceTooShort', 'nodeGivesLess'] }],
    correction: NO_HOOK_COMPLETES,
  },
  {
    lines: 137,
    kind: 'step',
    says: 'Pods that ended at an upgrade without an error are leftovers of it.',
    answers: [{ analyzer: PILES }],
    correction: ROLLOUTS_LEAVE_NONE,
  },
  {
    lines: 138,
    kind: 'step',
    says: 'Errors in their events want a closer look.',
    answers: [{ analyzer: PILES, message: ['volumeLimit', 'storageLimit', 'turnedAway', 'failed'] }],
  },
  {
    lines: 139,
    kind: 'step',
    says: 'Read their logs for errors.',
    answers: [{ collector: 'kubernetes/logs' }, { analyzer: PILES, message: 'failed' }],
  },
  {
    lines: [143, 144],
    kind: 'question',
    says: 'Is 256 MB the default of the prefix?',
    answers: [{ analyzer: PREFIX, message: 'mapExceedsLimit' }],
    correction: TWO_BOUNDS,
  },
  {
    lines: [145, 146],
    kind: 'question',
    says: 'How does one tell by the settings for upgrades whether they leave `Completed` pods?',
    answers: [{ analyzer: PILES }, { analyzer: SHUTDOWN }],
    correction: ROLLOUTS_LEAVE_NONE,
  },
  {
    lines: 150,
    kind: 'practice',
    says: 'Check that the prefix is large enough.',
    answers: [{ analyzer: PREFIX }],
  },
  {
    lines: 151,
    kind: 'practice',
    says: 'Find out by events and times where the pods come from.',
    answers: [{ analyzer: PILES }],
    correction: SHOWN_IS_THE_CONTAINER,
  },
  {
    lines: 152,
    kind: 'practice',
    says: 'Check the settings of rolling updates.',
    answers: [{ analyzer: SHUTDOWN, message: 'allAtOnce' }],
  },
  {
    lines: 153,
    kind: 'remedy',
    says: 'Clear ended pods away by hand from time to time.',
    answers: [{ analyzer: PILES, message: 'cost' }],
    correction: COLLECTOR_WAITS,
  },
  {
    lines: 155,
    kind: 'practice',
    says: 'Send the values and the description of a pod.',
    answers: [{ command: 'kubecase collect' }],
  },
];
