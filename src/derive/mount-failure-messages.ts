import type { Messages } from '../model/message.ts';
import { POD_SYMPTOMS } from './pod-symptoms.ts';

/** Faults of the pod template: no effect, since nothing else is their cause. */
const OWN_FAULT = {
  severity: ['critical', 'warning'],
  confidence: {
    level: 'certain',
    reason: 'the pod has not started, and an event names what its volume fails with',
  },
  key: ['volume'],
  explains: POD_SYMPTOMS,
} as const;
const NOT_MOUNTED = { ...OWN_FAULT, effect: 'pod-not-starting' } as const;
const SHOW_POD = {
  text: 'Read the volumes and the events of the pod.',
  argv: ['kubectl', 'describe', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
} as const;
const RETRIES = {
  text: 'The kubelet tries again within about two minutes: nothing has to be restarted when the object is there.',
} as const;
const SHOW_ATTACHMENTS = {
  text: 'See which node the volume is attached to.',
  argv: ['kubectl', 'get', 'volumeattachments'],
} as const;

/** What `workload/volume-mount-failed` says, by the class of the error. */
export const MOUNT_FAILURE_MESSAGES = {
  sourceMissing: {
    ...NOT_MOUNTED,
    text: '{pod:object} does not start: {missing:object}, the source of its volume `{volume:text}`, does not exist.',
    remedy: [
      { text: 'Create the object in the namespace of the pod, or correct its name in the pod template.' },
      RETRIES,
    ],
    groupBy: ['missing'],
  },
  sourceMisspelt: {
    ...OWN_FAULT,
    text: '{pod:object} does not start: {missing:object}, the source of its volume `{volume:text}`, does not exist; the nearest name is {nearest:object}.',
    remedy: [
      { text: 'Correct the name in the pod template if the nearest one is meant, else create the object.' },
      RETRIES,
    ],
    groupBy: ['missing'],
  },
  sourceAppeared: {
    ...NOT_MOUNTED,
    severity: 'warning',
    confidence: { level: 'likely', reason: 'the object exists, the event is older' },
    text: '{pod:object} does not start yet: {missing:object}, the source of its volume `{volume:text}`, was not there at the last try and exists now.',
    remedy: [RETRIES],
    groupBy: ['missing'],
  },
  keyMissing: {
    ...OWN_FAULT,
    text: '{pod:object} does not start: the source of its volume `{volume:text}` has no key `{name:text}`, which `items` asks for.',
    remedy: [
      { text: 'Correct `items` of the volume in the pod template, or add the key to the object.' },
      SHOW_POD,
    ],
  },
  sourceNotRead: {
    ...NOT_MOUNTED,
    confidence: { level: 'likely', reason: 'the kubelet says that it waits, not what is missing' },
    text: '{pod:object} does not start: the kubelet of {node:object} has no answer yet for the source of its volume `{volume:text}` ({detail:text}).',
    remedy: [
      {
        text: 'Check the connection of the kubelet to the API server in its log on the node.',
        argv: ['journalctl', '-u', 'kubelet', '--since', '-10min'],
      },
    ],
    groupBy: ['node'],
  },
  tokenRefused: {
    ...NOT_MOUNTED,
    text: '{pod:object} does not start: no token is issued for {account:object} ({detail:text}).',
    remedy: [
      {
        text: 'Check that the ServiceAccount exists in the namespace.',
        argv: ['kubectl', 'get', 'serviceaccount', '{account.name}', '-n', '{account.namespace}'],
      },
    ],
    key: ['account'],
    groupBy: ['account'],
  },
  claimMissing: {
    ...NOT_MOUNTED,
    text: '{pod:object} does not start: {claim:object} does not exist.',
    remedy: [{ text: 'Create the claim, or correct its name in the pod template.' }],
    key: ['claim'],
    groupBy: ['claim'],
  },
  attachedElsewhere: {
    ...NOT_MOUNTED,
    text: '{pod:object} does not start on {node:object}: its volume `{volume:text}` can be attached to one node only, and {holder:object} holds it on {other:object}.',
    remedy: [
      {
        text: 'A Deployment with such a volume needs `strategy: Recreate`, since the new pod waits for the old one. Find out why the old pod does not end; when its node is dead, confirm that it is off and delete the pod.',
      },
      SHOW_ATTACHMENTS,
    ],
    groupBy: ['holder'],
  },
  stillAttached: {
    ...NOT_MOUNTED,
    text: '{pod:object} does not start on {node:object}: its volume `{volume:text}` is still attached to another node ({other:text}).',
    remedy: [
      {
        text: 'The volume is detached when the kubelet of that node reports it unmounted. When the node is dead for good, confirm that it is off and give it the taint `node.kubernetes.io/out-of-service`.',
      },
      SHOW_ATTACHMENTS,
    ],
    groupBy: ['other'],
  },
  attachFailed: {
    ...NOT_MOUNTED,
    text: '{pod:object} does not start: its volume `{volume:text}` is not attached to {node:object} ({detail:text}).',
    remedy: [
      {
        text: 'Read the log of the CSI driver: its attacher beside the controller, and its pod on the node.',
      },
      SHOW_ATTACHMENTS,
    ],
  },
  hostPathMissing: {
    ...OWN_FAULT,
    text: '{pod:object} does not start: `{path:text}` on {node:object} is not what its volume `{volume:text}` asks for ({detail:text}).',
    remedy: [
      {
        text: 'Create the path on every node the pod may run on, or use `type: DirectoryOrCreate` or `FileOrCreate` in the volume.',
      },
    ],
    groupBy: ['path'],
  },
  driverMissing: {
    ...NOT_MOUNTED,
    text: '{pod:object} does not start: CSI driver `{driver:text}` of its volume `{volume:text}` is not registered on {node:object}.',
    remedy: [
      {
        text: 'See that the node pod of the driver runs on this node; tolerations and node selectors of its DaemonSet may leave the node out.',
        argv: ['kubectl', 'get', 'csinode', '{node.name}', '-o', 'yaml'],
      },
    ],
    groupBy: ['driver', 'node'],
  },
  helperMissing: {
    ...NOT_MOUNTED,
    text: '{pod:object} does not start: {node:object} lacks the programs to mount its volume `{volume:text}` (`{helper:text}`).',
    remedy: [
      {
        text: 'Install the client of that file system on every node, as the package nfs-common or nfs-utils for NFS.',
      },
    ],
    groupBy: ['helper'],
  },
  serverNotReached: {
    ...NOT_MOUNTED,
    text: '{pod:object} does not start: {node:object} does not reach the storage server of its volume `{volume:text}` ({detail:text}).',
    remedy: [
      {
        text: 'Test name and port of the storage server from the node, not from a pod: the node mounts, with its own name servers.',
      },
    ],
  },
  accessDenied: {
    ...NOT_MOUNTED,
    text: '{pod:object} does not start: {node:object} is denied access to its volume `{volume:text}` ({detail:text}).',
    remedy: [
      {
        text: 'Check that the export of the storage server allows the address of this node, and the credentials the volume names.',
      },
    ],
  },
  fileSystemDamaged: {
    ...NOT_MOUNTED,
    text: '{pod:object} does not start: the file system of its volume `{volume:text}` cannot be mounted on {node:object} ({detail:text}).',
    remedy: [
      {
        text: 'Compare `fsType` with what is on the volume. Check the file system on the node only after a copy or snapshot of the volume was made.',
      },
    ],
  },
  mountFails: {
    ...NOT_MOUNTED,
    text: '{pod:object} does not start: its volume `{volume:text}` is not mounted on {node:object} ({detail:text}).',
    remedy: [SHOW_POD, { text: 'Read the log of the kubelet and of the CSI driver on the node.' }],
  },
  volumesNotReady: {
    ...NOT_MOUNTED,
    confidence: {
      level: 'certain',
      reason: 'the pod has not started, and the kubelet waits for its volumes',
    },
    text: '{pod:object} does not start: volumes {volume:text} are not ready on {node:object}, and no event says why.',
    remedy: [
      {
        text: 'Look at the claims of the pod first, then at the attachments of their volumes.',
        argv: ['kubectl', 'get', 'pvc', '-n', '{pod.namespace}'],
      },
      SHOW_ATTACHMENTS,
    ],
  },
} as const satisfies Messages;
