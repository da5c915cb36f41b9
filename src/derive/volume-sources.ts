import type { PodItem } from '../artifacts/resources.ts';
import type { ConfigSource } from './config-source.ts';

/** A Secret or ConfigMap a volume of a pod is made from, which must exist for the pod to start. */
export interface VolumeSource extends ConfigSource {
  /** Name of the volume in the pod. */
  readonly volume: string;
}

/** The Secrets and ConfigMaps the volumes of a pod need; those marked `optional` are left out. */
export function volumeSources(pod: PodItem): VolumeSource[] {
  const { namespace = '' } = pod.metadata;
  const sources: VolumeSource[] = [];
  for (const { name: volume, secret, configMap, projected } of pod.spec?.volumes ?? []) {
    const parts = [
      { secret: { ...secret, name: secret?.secretName }, configMap },
      ...(projected?.sources ?? []),
    ];
    for (const part of parts) {
      const { name: secretName, optional: secretOptional } = part.secret ?? {};
      const { name: mapName, optional: mapOptional } = part.configMap ?? {};
      if (secretName && !secretOptional)
        sources.push({ volume, kind: 'Secret', namespace, name: secretName });
      if (mapName && !mapOptional) sources.push({ volume, kind: 'ConfigMap', namespace, name: mapName });
    }
  }
  return sources;
}
