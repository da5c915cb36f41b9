import { nodes, type PodItem } from '../artifacts/resources.ts';
import {
  type PersistentVolumeClaimItem,
  type PersistentVolumeItem,
  persistentVolumeClaims,
  persistentVolumes,
  type VolumeAttachmentItem,
  volumeAttachments,
} from '../artifacts/storage-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { claimUsers, waitsForVolumes } from './claim-users.ts';
import { readyCondition } from './node-readiness.ts';
import { claimOfVolume } from './static-volumes.ts';

/** How the node that holds a volume is doing. */
export type HolderState = 'ready' | 'not-ready' | 'gone' | 'unseen';

/** A volume that is attached somewhere, with its claim and the pods that want it. */
export interface HeldVolume {
  readonly volume: PersistentVolumeItem;
  readonly claim: PersistentVolumeClaimItem | undefined;
  readonly attachments: readonly VolumeAttachmentItem[];
  /** Whether it can be attached to one node at a time only. */
  readonly exclusive: boolean;
  /** Pods on some node whose containers wait for their volumes. */
  readonly waiting: readonly PodItem[];
  /** The pods that mount it on a node. */
  usersOn(node: string): readonly PodItem[];
}

/** Attached volumes, and the state of nodes. */
export interface VolumeHolders {
  readonly held: readonly HeldVolume[];
  nodeState(name: string): HolderState;
}

const ONE_NODE = ['ReadWriteOnce', 'ReadWriteOncePod'];

/** Joins attachments with volumes, claims and the pods that mount them. */
export const volumeHolders = defineDerived({
  id: 'volume-holders',
  title: 'Attached volumes',
  needs: {
    attachments: optional(volumeAttachments),
    volumes: optional(persistentVolumes),
    claims: optional(persistentVolumeClaims),
    nodes: optional(nodes),
    users: claimUsers,
  },
  derive({ attachments, volumes, claims, nodes: nodeCollection, users }): VolumeHolders {
    const byVolume = new Map<string, VolumeAttachmentItem[]>();
    for (const one of attachments.items) {
      const name = one.spec.source.persistentVolumeName;
      if (name) getOrCreate(byVolume, name, () => []).push(one);
    }
    const held: HeldVolume[] = [];
    for (const [name, list] of byVolume) {
      const found = volumes.lookup({ name });
      if (found.state !== 'present') continue;
      const ref = claimOfVolume(found.item);
      const claim = ref && claims.lookup(ref);
      const item = claim?.state === 'present' ? claim.item : undefined;
      const pods = item ? users.of(item) : [];
      held.push({
        volume: found.item,
        claim: item,
        attachments: list,
        exclusive: (found.item.spec?.accessModes ?? []).every((mode) => ONE_NODE.includes(mode)),
        waiting: pods.filter(waitsForVolumes),
        usersOn: (node) => pods.filter((pod) => pod.spec?.nodeName === node),
      });
    }
    return {
      held,
      nodeState(name) {
        const node = nodeCollection.lookup({ name });
        if (node.state !== 'present') return node.state === 'absent' ? 'gone' : 'unseen';
        return readyCondition(node.item)?.condition.status === 'True' ? 'ready' : 'not-ready';
      },
    };
  },
});
