import type { ConfigMapItem } from '../artifacts/resources.ts';

/** A ConfigMap that holds the configuration of a mesh. */
export interface MeshConfigMap {
  /** `default` where its name has none. */
  readonly revision: string;
  readonly item: ConfigMapItem;
}

/** ConfigMaps `istio` and `istio-<revision>` that hold a mesh configuration. */
export function meshConfigMaps(items: readonly ConfigMapItem[]): MeshConfigMap[] {
  return items.flatMap((item) => {
    const [named, revision = 'default'] = /^istio(?:-(.+))?$/.exec(item.metadata.name) ?? [];
    return named === undefined || item.data?.mesh === undefined ? [] : [{ revision, item }];
  });
}
