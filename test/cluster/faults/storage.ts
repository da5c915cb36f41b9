import type { Fault } from './fault.ts';
import { claim, claimSpec, DATA_VOLUME, object, pod, podSpec } from './objects.ts';
import type { Seen } from './seen.ts';

const pending = (seen: Seen): boolean =>
  seen.of('PersistentVolumeClaim').some(({ status }) => status?.phase === 'Pending');

/** A claim nothing is bound to, with a pod that mounts it. */
function claimed(
  name: string,
  message: string,
  {
    spec,
    objects = [],
    settled = pending,
  }: {
    readonly spec?: Record<string, unknown>;
    readonly objects?: Fault['objects'];
    readonly settled?: Fault['settled'];
  },
): Fault {
  return {
    name,
    objects: [...objects, claim(name, spec), pod(name, podSpec({}, DATA_VOLUME))],
    settled,
    expect: {
      analyzer: 'storage/claim-pending',
      message,
      subject: `PersistentVolumeClaim ${name}/data`,
    },
  };
}

/** A volume made by hand; each fault's carries the class of that name. */
function volume(name: string, spec: Record<string, unknown> = {}) {
  return object(
    'v1',
    'PersistentVolume',
    { name },
    {
      spec: {
        ...claimSpec(),
        resources: undefined,
        capacity: { storage: '1Gi' },
        storageClassName: name,
        persistentVolumeReclaimPolicy: 'Retain',
        hostPath: { path: '/srv/data' },
        ...spec,
      },
    },
  );
}

function storageClass(name: string, provisioner: string, bindingMode = 'Immediate') {
  return object(
    'storage.k8s.io/v1',
    'StorageClass',
    { name },
    {
      provisioner,
      volumeBindingMode: bindingMode,
    },
  );
}

/** Each reason a claim stays pending, and a volume that went. */
export const storageFaults: readonly Fault[] = [
  claimed('claim-class-missing', 'classMissing', {
    spec: { storageClassName: 'fault-no-such-class' },
    settled: (seen) => seen.event('ProvisioningFailed', 'not found'),
  }),
  claimed('claim-no-default-class', 'noDefaultClass', {
    settled: (seen) => seen.event('FailedBinding', 'no storage class is set'),
  }),
  claimed('claim-provisioner-unknown', 'provisionerMissing', {
    objects: [storageClass('fault-nobody', 'nobody.example.com/disk')],
    spec: { storageClassName: 'fault-nobody' },
    settled: (seen) => seen.event('ExternalProvisioning'),
  }),
  claimed('volume-too-small', 'volumeMismatch', {
    objects: [volume('volume-too-small')],
    spec: { storageClassName: 'volume-too-small', resources: { requests: { storage: '5Gi' } } },
  }),
  claimed('volume-access-mode', 'volumeMismatch', {
    objects: [volume('volume-access-mode')],
    spec: { storageClassName: 'volume-access-mode', accessModes: ['ReadWriteMany'] },
  }),
  claimed('volume-selector', 'volumeMismatch', {
    objects: [volume('volume-selector')],
    spec: { storageClassName: 'volume-selector', selector: { matchLabels: { tier: 'gold' } } },
  }),
  claimed('volume-class', 'volumeMismatch', {
    objects: [volume('volume-class')],
    spec: { storageClassName: '', selector: undefined },
  }),
  claimed('volume-mode', 'volumeMismatch', {
    objects: [volume('volume-mode')],
    spec: { storageClassName: 'volume-mode', volumeMode: 'Block' },
  }),
  claimed('volume-absent', 'volumeAbsent', {
    spec: { storageClassName: '', volumeName: 'fault-no-such-volume' },
  }),
  claimed('volume-taken', 'volumeTaken', {
    objects: [
      volume('volume-taken', { claimRef: { namespace: 'volume-taken', name: 'first' } }),
      claim('volume-taken', { storageClassName: 'volume-taken' }, 'first'),
    ],
    spec: { storageClassName: 'volume-taken' },
    settled: (seen) => pending(seen) && seen.of('PersistentVolumeClaim').some(bound),
  }),
  claimed('volume-reserved', 'volumeReserved', {
    objects: [
      volume('volume-reserved', {
        claimRef: {
          namespace: 'volume-reserved',
          name: 'first',
          uid: '00000000-0000-0000-0000-000000000001',
        },
      }),
    ],
    spec: { storageClassName: 'volume-reserved' },
    settled: (seen) =>
      pending(seen) &&
      seen
        .of('PersistentVolume')
        .some(({ metadata, status }) => metadata.name === 'volume-reserved' && status?.phase === 'Released'),
  }),
  {
    name: 'claim-first-consumer',
    objects: [
      storageClass('fault-later', 'nobody.example.com/disk', 'WaitForFirstConsumer'),
      claim('claim-first-consumer', { storageClassName: 'fault-later' }),
    ],
    settled: (seen) => seen.event('WaitForFirstConsumer'),
    expect: 'fine',
  },
  {
    name: 'volume-elsewhere',
    objects: [
      volume('volume-elsewhere', {
        hostPath: undefined,
        local: { path: '/srv/data' },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: 'kubernetes.io/hostname', operator: 'In', values: ['fault-node-gone'] },
                ],
              },
            ],
          },
        },
      }),
      claim('volume-elsewhere', { storageClassName: 'volume-elsewhere' }),
      pod('volume-elsewhere', podSpec({}, DATA_VOLUME)),
    ],
    settled: (seen) => seen.of('PersistentVolumeClaim').some(bound) && seen.event('FailedScheduling'),
    expect: {
      analyzer: 'storage/volume-node-affinity-unsatisfiable',
      message: 'nodeGone',
      subject: 'PersistentVolumeClaim volume-elsewhere/data',
    },
  },
  {
    name: 'volume-lost',
    objects: [
      volume('volume-lost'),
      claim('volume-lost', { storageClassName: 'volume-lost' }),
      pod('volume-lost', podSpec({}, DATA_VOLUME)),
    ],
    afterwards: async ({ kubectl }) => {
      const phase = ['-n', 'volume-lost', 'wait', '--for=jsonpath={.status.phase}=Bound', 'pvc/data'];
      await kubectl([...phase, '--timeout=30s']);
      await kubectl(['delete', 'pv', 'volume-lost', '--wait=false']);
      const patch = JSON.stringify({ metadata: { finalizers: null } });
      await kubectl(['patch', 'pv', 'volume-lost', '--type=merge', '-p', patch]);
    },
    settled: (seen) => seen.of('PersistentVolumeClaim').some(({ status }) => status?.phase === 'Lost'),
    expect: {
      analyzer: 'storage/volume-lost',
      message: 'volumeGone',
      subject: `PersistentVolumeClaim volume-lost/data`,
    },
  },
];

function bound({ status }: { readonly status?: { readonly phase?: string } }): boolean {
  return status?.phase === 'Bound';
}
