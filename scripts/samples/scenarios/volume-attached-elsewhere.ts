import { faultScenario, SHOP } from '../base-cluster.ts';
import { changed } from '../change.ts';
import { waiting } from '../container-states.ts';
import { ago, condition, DAY, MINUTE, objectOf } from '../object.ts';
import { from, fromKubelet, scheduled } from '../pod-events.ts';
import type { ApiObject, Scenario } from '../scenario.ts';
import { deployment, podsIn, type Workload } from '../workloads.ts';

/** The new version was rolled out so long before the collection. */
const RELEASED = 24 * MINUTE;
const DRIVER = 'disk.csi.example';
const VOLUME = 'pvc-6f2b7c1e-0d54-4a3b-9c8e-1f7a2b3c4d5e';

const REPORTS: Workload = {
  namespace: SHOP,
  name: 'reports',
  hash: '6b5d8f9c47',
  age: 12 * DAY,
  labels: { app: 'reports' },
  container: {
    name: 'reports',
    image: 'registry.example/shop/reports:1.7.0',
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  },
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'reports-data' } }],
  replicas: [{ suffix: 'h4kzp', node: 'worker-1', ip: '10.244.1.61' }],
};
const NEXT: Workload = {
  ...REPORTS,
  hash: '7f9c6d5b88',
  container: { ...REPORTS.container, image: 'registry.example/shop/reports:1.8.0' },
  replicas: [
    {
      suffix: 'xq2vd',
      node: 'worker-2',
      age: RELEASED,
      ready: false,
      changed: RELEASED,
      phase: 'Pending',
      container: waiting('ContainerCreating'),
    },
  ],
};

/**
 * A Deployment with a volume for one node is rolled out by surge: the new pod is placed on the other worker
 * and waits for a volume the old pod holds, and the old pod stays until the new one is ready.
 */
export function volumeAttachedElsewhere(): Promise<Scenario> {
  const old = deployment(REPORTS).filter(({ kind }) => kind !== 'Deployment');
  const next = deployment({ ...NEXT, wanted: 1 });
  const [newPod] = podsIn(next) as [ApiObject];
  const [oldPod] = podsIn(old) as [ApiObject];
  const isStuck = ({ kind }: ApiObject) => kind === 'Deployment';
  return faultScenario('volume-attached-elsewhere', {
    objects: [
      ...old.map(numbered),
      ...next.map((object) => (isStuck(object) ? surging(object) : numbered(object))),
      ...storage(),
      scheduled(newPod, RELEASED),
      from('attachdetach-controller', newPod, {
        reason: 'FailedAttachVolume',
        message: `Multi-Attach error for volume "${VOLUME}" Volume is already used by pod(s) ${oldPod.metadata.name}`,
        age: RELEASED - 1,
      }),
      fromKubelet(newPod, {
        reason: 'FailedMount',
        message:
          'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[]: context deadline exceeded',
        age: 96,
        first: RELEASED - 122,
        count: 10,
      }),
    ],
    logs: [[`${SHOP}/${oldPod.metadata.name}/reports`, '']],
  });
}

/** One old pod serves beside the new one. */
function surging(object: ApiObject): ApiObject {
  const { name } = object.metadata;
  const annotations = { 'deployment.kubernetes.io/revision': '2' };
  return changed(object, {
    metadata: { annotations },
    status: {
      replicas: 2,
      updatedReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
      unavailableReplicas: 1,
      conditions: [
        condition('Available', 'True', 12 * DAY - 20, {
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }),
        condition('Progressing', 'False', RELEASED - 600, {
          reason: 'ProgressDeadlineExceeded',
          message: `ReplicaSet "${name}-${NEXT.hash}" has timed out progressing.`,
        }),
      ],
    },
  });
}

/** The ReplicaSets of both revisions bear their number. */
function numbered(object: ApiObject): ApiObject {
  if (object.kind !== 'ReplicaSet') return object;
  const isNext = object.metadata.name.endsWith(NEXT.hash);
  const annotations = { 'deployment.kubernetes.io/revision': isNext ? '2' : '1' };
  const age = isNext ? RELEASED : 12 * DAY;
  return changed(object, { metadata: { annotations, creationTimestamp: ago(age) } });
}

function storage(): ApiObject[] {
  const age = 12 * DAY;
  const claim = objectOf(
    { kind: 'PersistentVolumeClaim', namespace: SHOP, name: 'reports-data', age },
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '10Gi' } },
        storageClassName: 'standard',
        volumeMode: 'Filesystem',
        volumeName: VOLUME,
      },
      status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '10Gi' } },
    },
  );
  const { name, uid } = claim.metadata;
  const kind = (what: string) => ({ apiVersion: 'storage.k8s.io/v1', kind: what, age: 41 * DAY });
  return [
    claim,
    objectOf(
      { kind: 'PersistentVolume', name: VOLUME, age },
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          capacity: { storage: '10Gi' },
          claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: SHOP, name, uid },
          csi: { driver: DRIVER, volumeHandle: 'vol-0a41c7', fsType: 'ext4' },
          persistentVolumeReclaimPolicy: 'Delete',
          storageClassName: 'standard',
          volumeMode: 'Filesystem',
        },
        status: { phase: 'Bound' },
      },
    ),
    objectOf(
      { ...kind('StorageClass'), name: 'standard' },
      {
        metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
        provisioner: DRIVER,
        reclaimPolicy: 'Delete',
        volumeBindingMode: 'WaitForFirstConsumer',
        allowVolumeExpansion: true,
      },
    ),
    objectOf(
      { ...kind('CSIDriver'), name: DRIVER },
      { spec: { attachRequired: true, podInfoOnMount: false } },
    ),
    ...['worker-1', 'worker-2'].map((node) =>
      objectOf(
        { ...kind('CSINode'), name: node },
        { spec: { drivers: [{ name: DRIVER, nodeID: node, allocatable: { count: 24 } }] } },
      ),
    ),
    objectOf(
      { ...kind('VolumeAttachment'), name: 'csi-1c9a7e40b2d5f863', age },
      {
        spec: { attacher: DRIVER, nodeName: 'worker-1', source: { persistentVolumeName: VOLUME } },
        status: { attached: true },
      },
    ),
  ];
}
