import { anyObject, type Built, event } from '../../support/builders.ts';
import { creatingPod } from '../../support/start-builders.ts';
import type { Expected, Given } from '../../support/test-analyzer.ts';

export const subject = 'Pod/shop/web-1';

/** A pod with one volume `v` that waits for it. */
export function mountingPod(volume: object, seconds = 600): Built {
  return creatingPod('web-1', { spec: { volumes: [{ name: 'v', ...volume }] }, seconds });
}

/** Such a pod and an event `FailedMount` about it. */
export function mountFailure(message: string, about: Built = mountingPod({}), reason = 'FailedMount') {
  return { objects: [about, event(about, { reason, message })] };
}

function setUp(detail: string): Given {
  return mountFailure(`MountVolume.SetUp failed for volume "v" : ${detail}`);
}

/** Claim `data` bound to the PersistentVolume `pvc-1`. */
export function boundClaim(): Built {
  return anyObject('v1', 'PersistentVolumeClaim', 'data', 'shop', {
    spec: { volumeName: 'pvc-1' },
    status: { phase: 'Bound' },
  });
}

/** The classes of errors a mount fails with, each as its component writes it. */
export const mountErrors: readonly { name: string; given: Given; expect: readonly Expected[] }[] = [
  {
    name: 'a key that is not in its source',
    given: setUp('references non-existent config key: nginx.conf'),
    expect: [{ message: 'keyMissing', subject, values: { volume: 'v', name: 'nginx.conf' } }],
  },
  {
    name: 'a kubelet without an answer for ten minutes',
    given: setUp('failed to sync configmap cache: timed out waiting for the condition'),
    expect: [{ message: 'sourceNotRead', subject, confidence: 'likely' }],
  },
  {
    name: 'no token for a ServiceAccount',
    given: mountFailure(
      'MountVolume.SetUp failed for volume "kube-api-access-x2x" : failed to fetch token: serviceaccounts "web" not found',
      creatingPod('web-1', { spec: { serviceAccountName: 'web' } }),
    ),
    expect: [
      {
        message: 'tokenRefused',
        subject,
        values: { account: { group: '', kind: 'ServiceAccount', namespace: 'shop', name: 'web' } },
      },
    ],
  },
  {
    name: 'a claim that does not exist',
    given: mountFailure(
      'Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[v]: error processing PVC shop/data: failed to fetch PVC from API server: persistentvolumeclaims "data" not found',
    ),
    expect: [
      {
        message: 'claimMissing',
        subject,
        values: { claim: { group: '', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' } },
      },
    ],
  },
  {
    name: 'an attachment that fails',
    given: mountFailure(
      'AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = NotFound desc = volume vol-1 not found',
      mountingPod({ persistentVolumeClaim: { claimName: 'data' } }),
      'FailedAttachVolume',
    ),
    expect: [
      { message: 'attachFailed', subject, values: { volume: 'pvc-1', detail: 'volume vol-1 not found' } },
    ],
  },
  {
    name: 'a host path of another type',
    given: setUp('hostPath type check failed: /nosuchdir is not a directory'),
    expect: [{ message: 'hostPathMissing', subject, values: { path: '/nosuchdir' } }],
  },
  {
    name: 'a driver the node does not have',
    given: mountFailure(
      'MountVolume.MountDevice failed for volume "pvc-1" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ebs.csi.aws.com not found in the list of registered CSI drivers',
    ),
    expect: [{ message: 'driverMissing', subject, values: { driver: 'ebs.csi.aws.com', volume: 'pvc-1' } }],
  },
  {
    name: 'no NFS client on the node',
    given: setUp(
      'mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs nfs.example:/e /var/lib/kubelet/p\nOutput: mount: /var/lib/kubelet/p: bad option; for several filesystems (e.g. nfs, cifs) you might need a /sbin/mount.<type> helper program.',
    ),
    expect: [{ message: 'helperMissing', subject, values: { helper: '/sbin/mount.<type>' } }],
  },
  {
    name: 'a server that is not reached',
    given: setUp(
      'mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs nfs.example:/e /var/lib/kubelet/p\nOutput: mount.nfs: Connection timed out',
    ),
    expect: [{ message: 'serverNotReached', subject, values: { detail: 'mount.nfs: Connection timed out' } }],
  },
  {
    name: 'a server that denies access',
    given: setUp(
      'mount failed: exit status 32\nMounting command: mount\nOutput: mount.nfs: access denied by server while mounting nfs.example:/e',
    ),
    expect: [{ message: 'accessDenied', subject }],
  },
  {
    name: 'a damaged file system',
    given: setUp(
      'mount failed: exit status 32\nMounting command: mount\nOutput: mount: /var/lib/kubelet/p: wrong fs type, bad option, bad superblock on /dev/nvme1n1, missing codepage or helper program, or other error.',
    ),
    expect: [{ message: 'fileSystemDamaged', subject }],
  },
  {
    name: 'words nobody knows',
    given: setUp('rpc error: code = Internal desc = stage path is a mystery'),
    expect: [{ message: 'mountFails', subject, values: { detail: 'stage path is a mystery' } }],
  },
  {
    name: 'it only takes long',
    given: mountFailure(
      'Unable to attach or mount volumes: unmounted volumes=[v w], unattached volumes=[v w kube-api-access-1], failed to process volumes=[]: timed out waiting for the condition',
    ),
    expect: [{ message: 'volumesNotReady', subject, values: { volume: ['v', 'w'] } }],
  },
];
