import type { Messages } from '../model/message.ts';
import { UNSCHEDULABLE } from './unscheduled-messages.ts';

const SHOW_CLAIMS = {
  text: 'Look at the PersistentVolumeClaims of the namespace and the events below them.',
  argv: ['kubectl', 'describe', 'pvc', '-n', '{pod.namespace}'],
} as const;
const SHOW_VOLUMES = {
  text: 'See which nodes the PersistentVolumes of these claims are tied to (Node Affinity).',
  argv: ['kubectl', 'describe', 'pv'],
} as const;

/** Pods that wait because of a claim or its volume, one message a reason of the scheduler. */
export const VOLUME_MESSAGES = {
  claimMissing: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: its PersistentVolumeClaim {claims:text} does not exist.',
    remedy: [
      {
        text: 'Create the claim in the namespace of the pod, or correct `claimName` in the pod template.',
        argv: ['kubectl', 'get', 'pvc', '-n', '{pod.namespace}'],
      },
    ],
    key: ['claims'],
  },
  claimDeleted: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: its PersistentVolumeClaim {claims:text} is being deleted.',
    remedy: [
      {
        text: 'A claim in deletion is kept until no pod uses it. Let it go and create it again, or point the pod to another claim; its data goes with it where the reclaim policy is Delete.',
      },
      SHOW_CLAIMS,
    ],
    key: ['claims'],
  },
  claimUnbound: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: a claim of it has no volume yet ({claims:text}).',
    remedy: [SHOW_CLAIMS],
  },
  volumeGone: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: a claim of it names a PersistentVolume that does not exist ({claims:text}).',
    remedy: [
      {
        text: 'Restore the PersistentVolume object from its storage, or delete the claim and restore its data from a backup.',
      },
      SHOW_CLAIMS,
    ],
  },
  volumeElsewhere: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: its volumes ({claims:text}) cannot be reached from {count:count} of {total:count} nodes; of the others the scheduler says: {rest:text}.',
    remedy: [
      SHOW_VOLUMES,
      {
        text: 'Give the pod room on a node that reaches the volume (in its zone, or the very node of a local volume), or move the data: the volume cannot follow the pod.',
      },
    ],
  },
  noVolume: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: no existing PersistentVolume fits its claims ({claims:text}) on {count:count} of {total:count} nodes, and none is made by their class there; of the others the scheduler says: {rest:text}.',
    remedy: [
      {
        text: 'Create a PersistentVolume of the class, size and access mode of the claim on a node open to the pod, or use a class that provisions volumes.',
        argv: ['kubectl', 'get', 'pv'],
      },
      SHOW_CLAIMS,
    ],
  },
  storageCapacity: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: the storage that {count:count} of {total:count} nodes can reach has no room for a new volume of its claims ({claims:text}); of the others the scheduler says: {rest:text}.',
    remedy: [
      {
        text: 'Compare the request of the claim with the capacity the driver tells per place; free or add storage there.',
        argv: ['kubectl', 'get', 'csistoragecapacities', '-A'],
      },
    ],
  },
  volumeLimit: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: {count:count} of {total:count} nodes have as many volumes attached as their storage driver allows ({claims:text}); of the others the scheduler says: {rest:text}.',
    remedy: [
      { text: 'Add a node, or move pods with volumes away.' },
      {
        text: 'See the limits of the drivers, and what is attached where.',
        argv: ['kubectl', 'get', 'volumeattachments'],
      },
    ],
  },
  volumeInUse: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: another pod uses its volume, which allows one user only ({claims:text}).',
    remedy: [
      {
        text: 'Find the other pod (Used By) and end it first: with `ReadWriteOncePod` a Deployment needs the strategy Recreate.',
        argv: ['kubectl', 'describe', 'pvc', '-n', '{pod.namespace}'],
      },
    ],
  },
  volumeOther: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled because of its volumes ({claims:text}): {detail:text}.',
    remedy: [SHOW_CLAIMS],
  },
} as const satisfies Messages;
