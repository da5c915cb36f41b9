import type { Messages } from '../model/message.ts';

const PENDING = {
  severity: ['critical', 'warning'],
  confidence: { level: 'certain', reason: 'claim, class and volumes are compared as they are' },
  effect: 'volume-not-bound',
  explains: [
    { effect: 'pod-not-scheduled', via: ['used-by'] },
    { effect: 'pod-not-starting', via: ['used-by'] },
    { effect: 'not-reconciled', via: ['same-object'] },
  ],
} as const;
const SHOW_CLAIM = {
  text: 'Read the events of the claim.',
  argv: ['kubectl', 'describe', 'pvc', '{claim.name}', '-n', '{claim.namespace}'],
} as const;
const SHOW_CLASSES = {
  text: 'See which classes exist and which is the default.',
  argv: ['kubectl', 'get', 'storageclass'],
} as const;
const SHOW_VOLUME = {
  text: 'Look at the volume.',
  argv: ['kubectl', 'describe', 'pv', '{volume.name}'],
} as const;
const RECREATE = {
  text: 'The class of a claim cannot be changed: delete the claim while it holds no data and create it again, for a StatefulSet with a corrected `volumeClaimTemplates` (which needs the StatefulSet to be created again too).',
} as const;

/** Claims no existing volume fits, and claims whose class does not exist. */
export const STATIC_MESSAGES = {
  classMissing: {
    ...PENDING,
    text: '{claim:object} stays pending: its StorageClass `{storageClass:text}` does not exist.',
    remedy: [
      SHOW_CLASSES,
      { text: 'Create the class under that name, or ask for one that exists.' },
      RECREATE,
    ],
    key: ['storageClass'],
    groupBy: ['storageClass'],
  },
  noDefaultClass: {
    ...PENDING,
    text: '{claim:object} stays pending: it names no StorageClass, and no class of the cluster is the default one.',
    remedy: [
      SHOW_CLASSES,
      {
        text: 'Mark one class as the default (annotation `storageclass.kubernetes.io/is-default-class: "true"`): since Kubernetes 1.28 claims that wait get it by themselves; before, create the claim again.',
      },
    ],
  },
  volumeMismatch: {
    ...PENDING,
    text: '{claim:object} stays pending: {volume:object} comes nearest, but its {field:text} is {offered:text} where the claim asks for {wanted:text}.',
    remedy: [
      {
        text: 'Make a volume that meets the claim, or ask for what the volume offers. A volume may be larger than asked, never smaller, and has to have every access mode asked for.',
      },
      SHOW_VOLUME,
    ],
    key: ['field'],
  },
  volumeTaken: {
    ...PENDING,
    text: '{claim:object} stays pending: every volume that fits it is taken, {volume:object} by {other:object}.',
    remedy: [
      {
        text: 'Make another volume of the class, or free one: the binding is one to one and is not shared.',
        argv: ['kubectl', 'get', 'pv'],
      },
    ],
  },
  volumeReserved: {
    ...PENDING,
    text: '{claim:object} stays pending: {volume:object} fits, but is still reserved for {other:object}, which is gone (released, with its data).',
    remedy: [
      {
        text: 'When the data on it is meant for this claim, or no longer needed and wiped, clear the reservation; the volume is then free for any claim that fits.',
        argv: [
          'kubectl',
          'patch',
          'pv',
          '{volume.name}',
          '--type',
          'json',
          '-p',
          '[{"op": "remove", "path": "/spec/claimRef"}]',
        ],
      },
      SHOW_VOLUME,
    ],
  },
  volumeAbsent: {
    ...PENDING,
    text: '{claim:object} stays pending: it asks for the volume `{name:text}`, which does not exist.',
    remedy: [{ text: 'Create that PersistentVolume, or leave `volumeName` out of the claim.' }, SHOW_CLAIM],
  },
  noVolume: {
    ...PENDING,
    text: '{claim:object} stays pending: no volume of {storageClass:text} exists, and none is made for it.',
    remedy: [
      {
        text: 'Create a PersistentVolume of this class, or ask for a class that provisions volumes.',
        argv: ['kubectl', 'get', 'pv'],
      },
    ],
    groupBy: ['storageClass'],
  },
  notBound: {
    ...PENDING,
    confidence: {
      level: 'likely',
      reason: 'a fitting volume is free, so the binding controller has not acted',
    },
    text: '{claim:object} has been pending for {age:duration}, though {volume:object} is free and fits.',
    remedy: [
      {
        text: 'kube-controller-manager binds claims: check that it runs and holds its lease.',
        argv: [
          'kubectl',
          'get',
          'lease',
          'kube-controller-manager',
          '-n',
          'kube-system',
          '-o',
          'jsonpath={.spec}',
        ],
      },
    ],
  },
} as const satisfies Messages;

/** Claims whose class makes volumes, and none is made. */
export const PROVISIONING_MESSAGES = {
  provisionerMissing: {
    ...PENDING,
    confidence: {
      level: 'likely',
      reason: 'no pod names the provisioner and it is not registered as a driver',
    },
    text: '{claim:object} stays pending: nothing in the cluster serves the provisioner `{provisioner:text}` of its class `{storageClass:text}`.',
    remedy: [
      {
        text: 'Install the storage driver of that name, or correct the provisioner of the class (a class is deleted and created again, its claims stay).',
        argv: ['kubectl', 'get', 'csidrivers'],
      },
    ],
    key: ['provisioner'],
    groupBy: ['provisioner'],
  },
  provisionerUnready: {
    ...PENDING,
    confidence: {
      level: 'likely',
      reason: 'the pods are known as this provisioner by their arguments or lease',
    },
    text: '{claim:object} stays pending: the provisioner `{provisioner:text}` of its class is not ready ({instance:object}).',
    remedy: [
      {
        text: 'Mend the provisioner: its pod and last lines tell why it does not run.',
        argv: ['kubectl', 'describe', 'pod', '{instance.name}', '-n', '{instance.namespace}'],
      },
    ],
    groupBy: ['provisioner'],
  },
  provisioningDenied: {
    ...PENDING,
    confidence: { level: 'likely', reason: 'an event of the provisioner says so' },
    text: '{claim:object} stays pending: the provisioner `{provisioner:text}` is refused for lack of rights ({detail:text}).',
    remedy: [
      {
        text: 'Give the account of the driver the right the text names: its credentials or role at the storage or cloud, or its ClusterRole in the cluster.',
      },
      SHOW_CLAIM,
    ],
    groupBy: ['provisioner'],
  },
  provisioningExhausted: {
    ...PENDING,
    confidence: { level: 'likely', reason: 'an event of the provisioner says so' },
    text: '{claim:object} stays pending: the storage behind `{provisioner:text}` has no room for it or its quota is used up ({detail:text}).',
    remedy: [{ text: 'Free or add storage, raise the quota, or ask for less.' }, SHOW_CLAIM],
    groupBy: ['provisioner'],
  },
  provisioningFailed: {
    ...PENDING,
    confidence: { level: 'likely', reason: 'an event of the provisioner says so' },
    text: '{claim:object} stays pending: the provisioner `{provisioner:text}` fails ({detail:text}).',
    remedy: [
      {
        text: 'The text comes from the driver: compare it with the parameters of the class and the state of the storage.',
        argv: ['kubectl', 'get', 'storageclass', '-o', 'yaml'],
      },
      SHOW_CLAIM,
    ],
  },
  provisionerSilent: {
    ...PENDING,
    confidence: { level: 'possible', reason: 'no volume and no event of the provisioner were found' },
    text: '{claim:object} has been pending for {age:duration}, and its provisioner `{provisioner:text}` says nothing.',
    remedy: [
      SHOW_CLAIM,
      { text: 'Read the log of the csi-provisioner container of the driver for the name of this claim.' },
    ],
    groupBy: ['provisioner'],
  },
} as const satisfies Messages;
