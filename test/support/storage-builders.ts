import { ago, anyObject, type Built, condition, pod } from './builders.ts';

type Parts = Record<string, unknown>;

/** A claim in namespace shop for 10Gi, bound to the volume `pv-<name>`. */
export function claim(
  name: string,
  parts: Parts & { spec?: Parts; status?: Parts; metadata?: Parts } = {},
): Built {
  const { spec, status, ...rest } = parts;
  return anyObject('v1', 'PersistentVolumeClaim', name, 'shop', {
    ...rest,
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '10Gi' } },
      storageClassName: 'fast',
      volumeName: `pv-${name}`,
      ...spec,
    },
    status: { phase: 'Bound', capacity: { storage: '10Gi' }, ...status },
  });
}

/** A claim that has waited a day. */
export function pendingClaim(
  name: string,
  parts: Parts & { spec?: Parts; status?: Parts; metadata?: Parts } = {},
): Built {
  const { spec, status, ...rest } = parts;
  return claim(name, {
    ...rest,
    spec: { volumeName: undefined, ...spec },
    status: { phase: 'Pending', capacity: undefined, ...status },
  });
}

/** A volume of 10Gi of class fast made by a CSI driver, bound to the claim shop/<claimName>; null: to none. */
export function volume(
  name: string,
  claimName: string | null,
  parts: Parts & { spec?: Parts; status?: Parts } = {},
): Built {
  const { spec, status, ...rest } = parts;
  const claimRef = { kind: 'PersistentVolumeClaim', namespace: 'shop', name: claimName };
  return anyObject('v1', 'PersistentVolume', name, null, {
    ...rest,
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '10Gi' },
      storageClassName: 'fast',
      persistentVolumeReclaimPolicy: 'Delete',
      csi: { driver: DRIVER, volumeHandle: `handle-${name}` },
      ...(claimName === null ? {} : { claimRef }),
      ...spec,
    },
    status: { phase: claimName === null ? 'Available' : 'Bound', ...status },
  });
}

/** The CSI driver of class fast. */
export const DRIVER = 'disk.csi.example.com';

/** A class that makes volumes at once. */
export function storageClass(name: string, parts: Parts = {}): Built {
  return anyObject('storage.k8s.io/v1', 'StorageClass', name, null, {
    provisioner: DRIVER,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    ...parts,
  });
}

/** Annotations of the default class. */
export const DEFAULT_CLASS = { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } };

export function csiDriver(name = DRIVER): Built {
  return anyObject('storage.k8s.io/v1', 'CSIDriver', name, null, { spec: { attachRequired: true } });
}

/** What the kubelet of a node has registered. */
export function csiNode(name: string, drivers: readonly string[] = [DRIVER]): Built {
  const spec = { drivers: drivers.map((driver) => ({ name: driver, nodeID: name, topologyKeys: [] })) };
  return anyObject('storage.k8s.io/v1', 'CSINode', name, null, { spec });
}

/** A volume attached to a node. */
export function attachment(volumeName: string, nodeName: string, parts: Parts = {}): Built {
  return anyObject('storage.k8s.io/v1', 'VolumeAttachment', `csi-${volumeName}-${nodeName}`, null, {
    spec: { attacher: DRIVER, nodeName, source: { persistentVolumeName: volumeName } },
    status: { attached: true },
    ...parts,
  });
}

/** The volumes of a pod that mounts these claims. */
export function mounting(...claims: readonly string[]): Parts {
  return {
    volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
  };
}

/** A pod that runs and mounts these claims. */
export function user(name: string, claims: readonly string[], spec: Parts = {}): Built {
  return pod(name, { spec: { ...mounting(...claims), ...spec } });
}

/** A pod on a node whose containers wait for its volumes, for so many seconds. */
export function waitingUser(
  name: string,
  claims: readonly string[],
  { nodeName = 'node-1', seconds = 900 } = {},
): Built {
  return pod(name, {
    metadata: { creationTimestamp: ago(seconds) },
    spec: { nodeName, ...mounting(...claims) },
    status: {
      phase: 'Pending',
      podIP: undefined,
      conditions: [
        condition('PodScheduled', 'True', { lastTransitionTime: ago(seconds) }),
        condition('Ready', 'False', { lastTransitionTime: ago(seconds) }),
      ],
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          restartCount: 0,
          image: 'app:1',
          state: { waiting: { reason: 'ContainerCreating' } },
          lastState: {},
        },
      ],
    },
  });
}

/** The pod of the driver that makes volumes. */
export function driverController(ready = true, parts: Parts = {}): Built {
  const args = [`--driver-name=${DRIVER}`];
  return pod('disk-csi-controller-0', {
    spec: { containers: [{ name: 'driver', args }, { name: 'csi-provisioner' }], ...parts },
    status: { conditions: [condition('Ready', ready ? 'True' : 'False')] },
  });
}

/** The pod of the driver that mounts volumes on a node. */
export function nodePlugin(nodeName: string, ready = true): Built {
  const args = [`--kubelet-registration-path=/var/lib/kubelet/plugins/${DRIVER}/csi.sock`];
  return pod(`disk-csi-node-${nodeName}`, {
    spec: { nodeName, containers: [{ name: 'node-driver-registrar', args }] },
    status: { conditions: [condition('Ready', ready ? 'True' : 'False')] },
  });
}
