import type { PodItem } from '../artifacts/resources.ts';
import type { ObjectRef } from '../model/subject.ts';

/** A claim a pod mounts. */
export interface PodClaim extends ObjectRef {
  /** Name of the volume in the pod. */
  readonly volume: string;
  readonly readOnly: boolean;
}

/** The claims a pod mounts, those made for it alone (generic ephemeral volumes) included. */
export function podClaims(pod: PodItem): PodClaim[] {
  const { namespace, name: podName } = pod.metadata;
  const base = {
    group: '',
    kind: 'PersistentVolumeClaim',
    ...(namespace === undefined ? {} : { namespace }),
  };
  return (pod.spec?.volumes ?? []).flatMap(({ name: volume, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim) {
      const { claimName: name, readOnly = false } = persistentVolumeClaim;
      return [{ ...base, name, volume, readOnly }];
    }
    return ephemeral ? [{ ...base, name: `${podName}-${volume}`, volume, readOnly: false }] : [];
  });
}

/** A claim as a reference alone, for `related` and as subject. */
export function claimRef({ group, kind, namespace, name }: PodClaim): ObjectRef {
  return { group, kind, ...(namespace === undefined ? {} : { namespace }), name };
}
