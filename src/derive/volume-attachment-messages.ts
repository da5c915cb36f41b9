import type { Messages } from '../model/message.ts';

const NOT_ATTACHED = {
  severity: 'critical',
  effect: 'volume-not-attached',
  explains: [{ effect: 'pod-not-starting', via: ['used-by'] }],
} as const;
const BY_OBJECTS = { level: 'certain', reason: 'the attachments of the volume and its pods say so' } as const;
const SHOW = {
  text: 'See the attachments of all volumes.',
  argv: ['kubectl', 'get', 'volumeattachments'],
} as const;

/** Volumes that are not where a pod waits for them. */
export const VOLUME_ATTACHMENT_MESSAGES = {
  attachFailed: {
    ...NOT_ATTACHED,
    confidence: { level: 'certain', reason: 'the attacher wrote the error into the VolumeAttachment' },
    text: '{volume:object} cannot be attached to {node:object}, where {pod:object} waits for it: {detail:text}.',
    remedy: [
      {
        text: 'The text comes from the storage driver: mend what it names (limit of volumes a node, zone, rights, a volume that is gone).',
        argv: ['kubectl', 'get', 'volumeattachment', '{attachment}', '-o', 'yaml'],
      },
      { text: 'Read the log of the csi-attacher container of the driver at that time ({attachment:text}).' },
    ],
  },
  attachSilent: {
    ...NOT_ATTACHED,
    confidence: { level: 'likely', reason: 'the VolumeAttachment has neither success nor error' },
    text: '{volume:object} is to be attached to {node:object}, where {pod:object} has waited for {age:duration}, and the attacher `{driver:text}` says nothing.',
    remedy: [
      {
        text: 'See whether the controller of the driver runs, with its csi-attacher container, and what it logs.',
        argv: ['kubectl', 'get', 'pods', '-A', '-o', 'wide'],
      },
      SHOW,
    ],
    groupBy: ['driver'],
  },
  detachStuck: {
    ...NOT_ATTACHED,
    severity: ['critical', 'warning'],
    confidence: { level: 'certain', reason: 'the VolumeAttachment is being deleted and still there' },
    text: '{volume:object} has been in detachment from {node:object} for {age:duration}: {detail:text}.',
    remedy: [
      {
        text: 'See whether the driver is up and what its csi-attacher logs. If the storage shows the volume as detached, the finalizer of the VolumeAttachment may be removed; if it is still mounted somewhere, data would be lost.',
        argv: ['kubectl', 'get', 'volumeattachment', '{attachment}', '-o', 'yaml'],
      },
      { text: 'The VolumeAttachment is `{attachment:text}`.' },
    ],
  },
  heldByRunningPod: {
    ...NOT_ATTACHED,
    confidence: BY_OBJECTS,
    text: '{pod:object} on {node:object} waits for {volume:object}, which {other:object} uses on {otherNode:object}; the volume can be attached to one node at a time.',
    remedy: [
      {
        text: 'End the other pod first: a Deployment whose pods share a ReadWriteOnce volume needs the strategy Recreate and one replica; more replicas need a ReadWriteMany volume or a StatefulSet with a volume each.',
        argv: ['kubectl', 'get', 'pod', '{other.name}', '-n', '{other.namespace}', '-o', 'wide'],
      },
    ],
  },
  heldByDeadNode: {
    ...NOT_ATTACHED,
    confidence: BY_OBJECTS,
    text: '{pod:object} on {node:object} waits for {volume:object}, which stays attached to {otherNode:object}: that node is not ready, so that nobody knows whether the volume is still in use there (pods: {others:text}).',
    remedy: [
      {
        text: 'Bring the node back. If it is surely off (power, instance stopped), mark it: its pods are then deleted and its volumes detached at once. Never do this while the node may still run.',
        argv: [
          'kubectl',
          'taint',
          'nodes',
          '{otherNode.name}',
          'node.kubernetes.io/out-of-service=nodeshutdown:NoExecute',
        ],
      },
      SHOW,
    ],
    groupBy: ['otherNode'],
  },
  heldByGoneNode: {
    ...NOT_ATTACHED,
    confidence: BY_OBJECTS,
    text: '{pod:object} on {node:object} waits for {volume:object}, which counts as attached to `{otherName:text}`, a node that is not in the cluster.',
    remedy: [
      {
        text: 'When the machine is surely gone, delete the VolumeAttachment; the attacher then detaches the volume at the storage.',
        argv: ['kubectl', 'delete', 'volumeattachment', '{attachment}'],
      },
      { text: 'The VolumeAttachment is `{attachment:text}`.' },
    ],
    groupBy: ['otherName'],
  },
  heldByNobody: {
    ...NOT_ATTACHED,
    confidence: BY_OBJECTS,
    text: '{pod:object} on {node:object} waits for {volume:object}, which is still attached to {otherNode:object}, though no pod there uses it.',
    remedy: [
      {
        text: 'kube-controller-manager detaches what no pod uses, after six minutes at the latest: check that it runs; then the kubelet of that node, which may not report the volume as unmounted (`status.volumesInUse`).',
        argv: ['kubectl', 'get', 'node', '{otherNode.name}', '-o', 'jsonpath={.status.volumesInUse}'],
      },
      SHOW,
    ],
  },
} as const satisfies Messages;
