import {
  type PersistentVolumeClaimItem,
  type PersistentVolumeItem,
  persistentVolumes,
} from '../artifacts/storage-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ObjectRef } from '../model/subject.ts';
import { isAlike } from './name-likeness.ts';
import { type NearestVolume, nearestVolume, volumeMismatches } from './volume-match.ts';

/** What the existing volumes of a class have for a claim. */
export interface StaticOffer {
  /** Volumes of the class in all. */
  readonly count: number;
  /** The volume that fits best of those free for this claim. */
  readonly free?: NearestVolume;
  /** A fitting volume bound to another claim. */
  readonly taken?: PersistentVolumeItem;
  /** A fitting volume kept for a claim that was deleted. */
  readonly reserved?: PersistentVolumeItem;
  /** A free volume of another class that fits but for it: the class may be a slip of the one or the other. */
  readonly elsewhere?: NearestVolume;
  /** There are volumes of the class and no provisioner made them: no StorageClass object is needed. */
  readonly byHand: boolean;
}

/** Existing volumes by class. */
export interface StaticVolumes {
  offer(claim: PersistentVolumeClaimItem, className: string): StaticOffer;
}

/** Compares claims with the volumes of their class only; equal claims are compared once. */
export const staticVolumes = defineDerived({
  id: 'static-volumes',
  title: 'Volumes by class',
  needs: { volumes: optional(persistentVolumes) },
  derive({ volumes: collection }): StaticVolumes {
    const byClass = new Map<string, PersistentVolumeItem[]>();
    for (const volume of collection.items) {
      getOrCreate(byClass, volume.spec?.storageClassName ?? '', () => []).push(volume);
    }
    const known = new Map<string, StaticOffer>();
    let allFree: readonly PersistentVolumeItem[] | undefined;
    const others = (): readonly PersistentVolumeItem[] => (allFree ??= collection.items.filter(isFree));
    function anyOffer(claim: PersistentVolumeClaimItem, className: string): StaticOffer {
      const { accessModes, resources, volumeMode, selector } = claim.spec ?? {};
      const shape = JSON.stringify([className, accessModes, resources?.requests, volumeMode, selector]);
      return getOrCreate(known, shape, () => {
        const volumes = byClass.get(className) ?? [];
        const elsewhere = volumes.length > 0 ? undefined : nearElsewhere(claim, className, others());
        return { ...offerOf(claim, className, volumes), ...(elsewhere ? { elsewhere } : {}) };
      });
    }
    return { offer: anyOffer };
  },
});

function offerOf(
  claim: PersistentVolumeClaimItem,
  className: string,
  volumes: readonly PersistentVolumeItem[],
): StaticOffer {
  const fits = (volume: PersistentVolumeItem): boolean =>
    volumeMismatches(claim, className, volume).length === 0;
  const free = nearestVolume(claim, className, volumes.filter(isFree));
  const taken = volumes.find((volume) => volume.status?.phase === 'Bound' && fits(volume));
  const reserved = volumes.find((volume) => volume.status?.phase === 'Released' && fits(volume));
  return {
    count: volumes.length,
    byHand: volumes.length > 0 && !volumes.some(isProvisioned),
    ...(free ? { free } : {}),
    ...(taken ? { taken } : {}),
    ...(reserved ? { reserved } : {}),
  };
}

function isProvisioned({ metadata }: PersistentVolumeItem): boolean {
  return metadata.annotations?.['pv.kubernetes.io/provisioned-by'] !== undefined;
}

/** A class that was left out on one side, or written otherwise; volumes of quite another class are not near. */
function nearElsewhere(
  claim: PersistentVolumeClaimItem,
  className: string,
  free: readonly PersistentVolumeItem[],
): NearestVolume | undefined {
  const near = free.filter(({ spec }) => {
    const { storageClassName: offered = '' } = spec ?? {};
    return className === '' || offered === '' || isAlike(className, offered);
  });
  const nearest = nearestVolume(claim, className, near);
  return nearest?.mismatches.length === 1 ? nearest : undefined;
}

function isFree({ spec, status, metadata }: PersistentVolumeItem): boolean {
  const phase = status?.phase ?? 'Available';
  return !spec?.claimRef && phase === 'Available' && !metadata.deletionTimestamp;
}

/** The claim a volume is bound to or reserved for. */
export function claimOfVolume({ spec }: PersistentVolumeItem): ObjectRef | undefined {
  const { namespace, name } = spec?.claimRef ?? {};
  if (name === undefined) return undefined;
  return {
    group: '',
    kind: 'PersistentVolumeClaim',
    ...(namespace === undefined ? {} : { namespace }),
    name,
  };
}
