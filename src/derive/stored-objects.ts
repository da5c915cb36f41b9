import type { Metrics } from '../artifacts/prometheus-text.ts';
import type { DocumentItem } from '../model/artifact.ts';

/** Names of the metric through the versions, the newest first (1.34, 1.21, 1.20). */
const COUNTS = ['apiserver_resource_objects', 'apiserver_storage_objects', 'etcd_object_counts'] as const;

/** How many objects of a resource etcd holds, as the API server counts them. */
export interface StoredCount {
  /** `<resource>.<group>`. */
  readonly resource: string;
  readonly count: number;
}

/** The resources with the most stored objects, most first; empty when the metrics do not tell. */
export function mostStored(items: readonly DocumentItem<Metrics>[], limit: number): StoredCount[] {
  for (const { value } of items) {
    const name = COUNTS.find((one) => value.named(one).length > 0);
    if (name === undefined) continue;
    return (
      value
        .named(name)
        .map(({ labels, value: count }) => {
          const { resource = '', group } = labels;
          return { resource: group ? `${resource}.${group}` : resource, count };
        })
        // -1: the count could not be fetched.
        .filter(({ count }) => count > 0)
        .sort((a, b) => b.count - a.count || (a.resource < b.resource ? -1 : 1))
        .slice(0, limit)
    );
  }
  return [];
}
