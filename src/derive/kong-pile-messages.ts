import type { Check, Message } from '../model/message.ts';

const PILE = {
  severity: 'info',
  confidence: { level: 'certain', reason: 'phase, reason and message of the pods say so' },
} as const;
const GROWING = { ...PILE, severity: ['warning', 'info'] } as const;

const CLEAN = {
  text: 'Delete them once their cause is known: by phase, never by the word kubectl prints.',
  argv: ['kubectl', 'delete', 'pods', '-n', '{workload.namespace}', '--field-selector=status.phase=Failed'],
} as const;
const CLEAN_SUCCEEDED = {
  text: 'Delete them once their cause is known; this also deletes the pods of Jobs that are done.',
  argv: [
    'kubectl',
    'delete',
    'pods',
    '-n',
    '{workload.namespace}',
    '--field-selector=status.phase=Succeeded',
  ],
} as const;
const READ = {
  text: 'Read phase, reason and message of {pod:object}.',
  argv: [
    'kubectl',
    'get',
    'pod',
    '{pod.name}',
    '-n',
    '{pod.namespace}',
    '-o',
    'jsonpath={.status.phase}{" "}{.status.reason}{" "}{.status.message}',
  ],
} as const;

/** What a pile of ended Kong pods is, by cause. */
export const PILE_MESSAGES = {
  migrations: {
    ...PILE,
    text: '{workload:object} ran the database migrations of Kong, and its {count:count} ended pods are kept by design ({shown:text}): {coincidence:text}.',
    remedy: [
      {
        text: 'Nothing is to be done: a release keeps at most three such Jobs. A `ttlSecondsAfterFinished` of the Jobs, which the chart can set since 2.43, clears them away.',
      },
    ],
  },
  jobs: {
    ...PILE,
    text: '{workload:object} has {count:count} ended pods that run Kong ({shown:text}): {coincidence:text}.',
    remedy: [
      {
        text: 'Set `ttlSecondsAfterFinished` of the Job, or the history limits of its CronJob, if they are too many.',
      },
    ],
  },
  volumeLimit: {
    ...GROWING,
    text: '{workload:object} has left {count:count} pods that were evicted since their emptyDir `{volume:text}` exceeded {limit:quantity} ({shown:text} in kubectl): {coincidence:text}.',
    remedy: [
      {
        text: 'Raise the limit of the volume first, as the finding about it says; every pod that replaces one fills up the same way.',
      },
      CLEAN,
    ],
    key: ['volume'],
    effect: 'pod-evicted',
  },
  storageLimit: {
    ...PILE,
    text: '{workload:object} has left {count:count} pods that were evicted since they wrote more than their `ephemeral-storage` limit of {limit:quantity} ({shown:text} in kubectl): {coincidence:text}.',
    remedy: [
      {
        text: 'Raise the limit or find what writes: temporary files of large request bodies and logs count.',
      },
      CLEAN,
    ],
  },
  nodePressure: {
    ...PILE,
    text: '{workload:object} has left {count:count} pods that were evicted since their node ran low on {resource:text} ({shown:text} in kubectl): {coincidence:text}.',
    remedy: [
      { text: 'Mend the nodes: the pods are not the cause, unless they exceed their requests.' },
      CLEAN,
    ],
    key: ['resource'],
  },
  nodeShutdown: {
    ...PILE,
    text: '{workload:object} has left {count:count} pods that ended when their node was shut down ({shown:text} in kubectl): {coincidence:text}.',
    remedy: [
      {
        text: 'Nothing is to be done where nodes come and go, as spot nodes do: the pods were replaced. A shutdown gives pods less time than `terminationGracePeriodSeconds`.',
      },
      READ,
      CLEAN_SUCCEEDED,
      CLEAN,
    ],
  },
  turnedAway: {
    ...PILE,
    text: '{workload:object} has left {count:count} pods that a kubelet turned away with `{reason:text}` before they started ({shown:text} in kubectl): {coincidence:text}.',
    remedy: [READ, CLEAN],
    key: ['reason'],
  },
  exitedZero: {
    ...GROWING,
    text: '{workload:object} has left {count:count} pods whose containers all ended with exit code 0 while nobody says why ({shown:text} in kubectl): {coincidence:text}.',
    remedy: [
      {
        text: 'Compare their nodes and times with restarts of nodes: Kong ends with 0 on SIGQUIT, so a node that stopped leaves such pods. A rolling update does not, since its pods are deleted.',
      },
      READ,
      CLEAN_SUCCEEDED,
    ],
  },
  failed: {
    ...GROWING,
    text: '{workload:object} has left {count:count} failed pods with reason `{reason:text}` ({shown:text} in kubectl): {coincidence:text}.',
    remedy: [
      {
        text: 'Read the last lines of {pod:object}.',
        argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '--all-containers', '--tail=50'],
      },
      CLEAN,
    ],
    key: ['reason'],
  },
  cost: {
    ...PILE,
    text: 'Namespace `{namespace:text}` keeps {count:count} ended Kong pods, at least {size:bytes} in etcd and in every list of its pods; the cluster holds {total:count} ended pods, and the controller manager removes the oldest only above {threshold:count}{rule:text}.',
    remedy: [
      {
        text: 'They take no CPU and no memory of nodes. Delete them once their causes are known; lowering `--terminated-pod-gc-threshold` is possible only where the flags of the controller manager can be set.',
        argv: ['kubectl', 'delete', 'pods', '-n', '{namespace}', '--field-selector=status.phase=Failed'],
      },
    ],
  },
} as const satisfies Readonly<Record<string, Message>>;

/** What is looked at where there is no pile. */
export const PILE_CHECKS = {
  cleared: {
    item: 'Ended Kong pods are cleared away',
    expected: 'fewer than three for one cause',
    found: '{count:count} ended pods',
  },
} as const satisfies Readonly<Record<string, Check>>;
