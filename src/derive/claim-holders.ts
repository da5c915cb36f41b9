import { type PodItem, pods } from '../artifacts/resources.ts';
import {
  type PersistentVolumeClaimItem,
  persistentVolumeClaims,
  volumeAttachments,
} from '../artifacts/storage-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type PodClaim, podClaims } from './pod-claims.ts';
import { hasEnded } from './pod-readiness.ts';

/** Who holds the volumes pods wait for. */
export interface ClaimHolders {
  /** The claim of the pod that is bound to a PersistentVolume; with one claim only, that one. */
  claimOf(pod: PodItem, volumeName: string | undefined): PodClaim | undefined;
  /** Another pod with the same claim that is on another node and has not ended. */
  holderOf(pod: PodItem, claim: PodClaim): PodItem | undefined;
  /** Nodes other than the pod's own that the PersistentVolume is attached to. */
  attachedTo(pod: PodItem, volumeName: string | undefined): readonly string[];
}

/** Pods by claim and nodes by attached volume; indexed on the first question. */
export const claimHolders = defineDerived({
  id: 'claim-holders',
  title: 'Holders of volumes',
  needs: {
    pods: optional(pods),
    claims: optional(persistentVolumeClaims),
    attachments: optional(volumeAttachments),
  },
  derive(inputs): ClaimHolders {
    let byClaim: Map<string, PodItem[]> | undefined;
    let byVolume: Map<string, string[]> | undefined;
    return {
      claimOf(pod, volumeName) {
        const claims = podClaims(pod);
        const bound = claims.find((claim) => {
          const found = inputs.claims.lookup(claim);
          return found.state === 'present' && isBoundTo(found.item, volumeName);
        });
        return bound ?? (claims.length === 1 ? claims[0] : undefined);
      },
      holderOf(pod, claim) {
        byClaim ??= podsByClaim(inputs.pods.items);
        return byClaim
          .get(`${claim.namespace}/${claim.name}`)
          ?.find((one) => one.spec?.nodeName !== pod.spec?.nodeName);
      },
      attachedTo(pod, volumeName) {
        byVolume ??= nodesByVolume(inputs.attachments.items);
        return (byVolume.get(volumeName ?? '') ?? []).filter((node) => node !== pod.spec?.nodeName);
      },
    };
  },
});

function isBoundTo({ spec }: PersistentVolumeClaimItem, volumeName: string | undefined): boolean {
  return volumeName !== undefined && spec?.volumeName === volumeName;
}

function podsByClaim(items: readonly PodItem[]): Map<string, PodItem[]> {
  const index = new Map<string, PodItem[]>();
  for (const pod of items) {
    if (hasEnded(pod) || !pod.spec?.nodeName) continue;
    for (const { namespace, name } of podClaims(pod))
      getOrCreate(index, `${namespace}/${name}`, () => []).push(pod);
  }
  return index;
}

function nodesByVolume(
  items: readonly {
    readonly spec?: {
      readonly nodeName: string;
      readonly source: { readonly persistentVolumeName?: string };
    };
  }[],
): Map<string, string[]> {
  const index = new Map<string, string[]>();
  for (const { spec } of items) {
    const volume = spec?.source.persistentVolumeName;
    if (volume) getOrCreate(index, volume, () => []).push(spec.nodeName);
  }
  return index;
}
