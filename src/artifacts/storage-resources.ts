import type {
  V1CSIDriver,
  V1CSINode,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1StorageClass,
  V1VolumeAttachment,
} from '@kubernetes/client-node';
import { type ItemOf, resources } from '../model/artifact.ts';
import { CONDITIONS } from './resources.ts';

export const persistentVolumeClaims = resources<V1PersistentVolumeClaim>()('', 'PersistentVolumeClaim', {
  metadata: {
    labels: true,
    annotations: {
      'volume.kubernetes.io/storage-provisioner': true,
      'volume.beta.kubernetes.io/storage-provisioner': true,
      'volume.kubernetes.io/selected-node': true,
      'volume.beta.kubernetes.io/storage-class': true,
    },
  },
  spec: {
    accessModes: true,
    resources: { requests: true },
    selector: true,
    storageClassName: true,
    volumeMode: true,
    volumeName: true,
  },
  status: {
    phase: true,
    capacity: true,
    accessModes: true,
    conditions: CONDITIONS,
    allocatedResourceStatuses: true,
  },
});
export type PersistentVolumeClaimItem = ItemOf<typeof persistentVolumeClaims>;

export const persistentVolumes = resources<V1PersistentVolume>()(
  '',
  'PersistentVolume',
  {
    metadata: { labels: true, annotations: { 'pv.kubernetes.io/provisioned-by': true } },
    spec: {
      accessModes: true,
      capacity: true,
      claimRef: { namespace: true, name: true, uid: true },
      csi: { driver: true, volumeHandle: true },
      hostPath: { path: true },
      local: { path: true },
      nfs: { server: true, path: true },
      // Plugins that were once part of Kubernetes: that one of them is named is enough.
      awsElasticBlockStore: { fsType: true, volumeID: true },
      azureDisk: { diskName: true },
      azureFile: { shareName: true },
      cephfs: { path: true },
      cinder: { volumeID: true },
      gcePersistentDisk: { pdName: true },
      glusterfs: { path: true },
      rbd: { image: true },
      vsphereVolume: { volumePath: true },
      nodeAffinity: true,
      persistentVolumeReclaimPolicy: true,
      storageClassName: true,
      volumeMode: true,
    },
    status: { phase: true, reason: true, message: true, lastPhaseTransitionTime: true },
  },
  { namespaced: false },
);
export type PersistentVolumeItem = ItemOf<typeof persistentVolumes>;

export const storageClasses = resources<V1StorageClass>()(
  'storage.k8s.io',
  'StorageClass',
  {
    metadata: {
      annotations: {
        'storageclass.kubernetes.io/is-default-class': true,
        'storageclass.beta.kubernetes.io/is-default-class': true,
      },
    },
    provisioner: true,
    reclaimPolicy: true,
    volumeBindingMode: true,
    allowVolumeExpansion: true,
    allowedTopologies: true,
  },
  { namespaced: false },
);
export type StorageClassItem = ItemOf<typeof storageClasses>;

export const volumeAttachments = resources<V1VolumeAttachment>()(
  'storage.k8s.io',
  'VolumeAttachment',
  {
    spec: { attacher: true, nodeName: true, source: { persistentVolumeName: true } },
    status: {
      attached: true,
      attachError: { message: true, time: true },
      detachError: { message: true, time: true },
    },
  },
  { namespaced: false },
);
export type VolumeAttachmentItem = ItemOf<typeof volumeAttachments>;

export const csiNodes = resources<V1CSINode>()(
  'storage.k8s.io',
  'CSINode',
  { spec: { drivers: { name: true, nodeID: true, allocatable: true, topologyKeys: true } } },
  { namespaced: false },
);

export const csiDrivers = resources<V1CSIDriver>()(
  'storage.k8s.io',
  'CSIDriver',
  { spec: { attachRequired: true, storageCapacity: true } },
  { namespaced: false },
);
