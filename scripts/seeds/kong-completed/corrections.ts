import type { SeedCorrection } from '../seed-row.ts';

const PILE = 'kong/completed-pods-pile-up';
const PREFIX = 'kong/prefix-volume-full';

/** What `Completed` means. */
export const SHOWN_IS_THE_CONTAINER: SeedCorrection = {
  says: 'The column shows the reason of the container, not the phase: an evicted Kong pod (phase Failed) mostly reads `Completed`, since nginx ends with 0.',
  page: PILE,
  quote: 'it prints the reason of the container over that of the pod',
};

/** Init containers as a cause of `Completed`. */
export const NOT_INIT_CONTAINERS: SeedCorrection = {
  says: 'An init container that is done does not make its pod `Completed`.',
  page: PILE,
  quote: 'An init container that is done makes no pod `Completed` either',
};

/** `--field-selector=status.phase=Succeeded`. */
export const SELECTOR_MISSES: SeedCorrection = {
  says: 'Evicted pods have phase Failed: the selector misses just those.',
  page: PILE,
  quote: 'A field selector on `status.phase=Succeeded` misses the evicted ones',
};

/** Rolling updates as a cause of `Completed`. */
export const ROLLOUTS_LEAVE_NONE: SeedCorrection = {
  says: 'A rolling update deletes its old pods, and a deleted pod is not listed: it leaves none.',
  page: PILE,
  quote: 'no rolling update leaves any',
};

/** preStop hook and grace period as a cause of `Completed`. */
export const NO_HOOK_COMPLETES: SeedCorrection = {
  says: 'Hook and grace period only delay the end of a pod that is being deleted, and is gone then.',
  page: PILE,
  quote: 'Neither a long preStop hook nor a long grace period makes a pod `Completed`',
};

/** The garbage collector clears them away. */
export const COLLECTOR_WAITS: SeedCorrection = {
  says: 'The controller manager removes ended pods only above `--terminated-pod-gc-threshold`, 12500 in the whole cluster unless set.',
  page: PILE,
  quote: 'Below it nothing removes them',
};

/** `kubectl rollout history` for times. */
export const HISTORY_HAS_NO_TIMES: SeedCorrection = {
  says: 'It shows numbers and causes of changes, no times: the ReplicaSets and the Secrets of Helm have them.',
  page: PILE,
  quote: '`kubectl rollout history` shows revisions without their times',
};

/** `kong.persistence.size`. */
export const VALUES_KEY: SeedCorrection = {
  says: 'The chart has no such value: the key is `deployment.prefixDir.sizeLimit`.',
  page: PREFIX,
  quote: 'There is no `kong.persistence.size`, `persistence.size` or `kong.storage.size` in the chart',
};

/** A PersistentVolume for the prefix. */
export const NO_VOLUME_NEEDED: SeedCorrection = {
  says: 'The prefix is made anew at each start: a larger emptyDir is what it needs.',
  page: PREFIX,
  quote: 'a PersistentVolume helps nothing',
};

/** Plugins and temporary files in the prefix. */
export const WHAT_PREFIX_HOLDS: SeedCorrection = {
  says: 'Plugins and temporary files of requests lie elsewhere: what grows in the prefix is the copy of the configuration.',
  page: PREFIX,
  quote: 'Plugins are mounted elsewhere (`/opt/kong/plugins`)',
};

/** Writes that fail, and containers that are started again. */
export const EVICTED_NOT_RESTARTED: SeedCorrection = {
  says: 'Writes to an emptyDir on disk do not fail at its limit: the kubelet evicts the pod, and its Deployment makes another. Only a prefix in memory makes writes fail.',
  page: PREFIX,
  quote: 'an emptyDir on disk never reports "no space left"',
};

/** The limit of 256MB alone. */
export const TWO_BOUNDS: SeedCorrection = {
  says: 'It is 256Mi of the chart; that it is met follows from Kong 3.4, which raised the bound of the database to 2 GiB.',
  page: PREFIX,
  quote: 'the volume reaches 256Mi first',
};

/** `df -h` in the container. */
export const DF_SHOWS_THE_NODE: SeedCorrection = {
  says: '`du` shows the use; `df` shows the disk of the node.',
  page: PREFIX,
  quote: '`df` in the container shows the disk of the node',
};

/** A log that names a lack of space. */
export const LOG_SAYS_NOTHING: SeedCorrection = {
  says: 'Kong writes nothing of an eviction but that it got SIGQUIT: `status.message` of the pod names the volume.',
  page: PREFIX,
  quote: 'says only `signal 3 (SIGQUIT) received`',
};

/** A restart by OOM. */
export const WORKERS_DIE_ALONE: SeedCorrection = {
  says: 'The kernel mostly kills one worker, and the container runs on: neither a restart nor `OOMKilled` shows it.',
  page: 'kong/worker-killed',
  quote: 'kills *one process*, mostly a worker',
};
