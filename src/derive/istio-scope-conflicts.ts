import type { WorkloadSelector } from '../artifacts/istio-resources.ts';
import type { PolicyTarget } from '../artifacts/istio-workload-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { oldestFirst } from './creation-order.ts';
import { labelIndex } from './label-index.ts';

/** A Sidecar or Telemetry: at most one of a kind is meant for a workload, and one for the rest of a namespace. */
export type ScopedItem = ResourceIdentity & {
  readonly spec?: {
    readonly workloadSelector?: WorkloadSelector;
    readonly selector?: WorkloadSelector;
    readonly targetRef?: PolicyTarget;
    readonly targetRefs?: readonly PolicyTarget[];
  };
};

/** Several objects of a kind for the same pods; the first by age is named first. */
export interface ScopeConflict<T> {
  readonly items: readonly T[];
  /** A pod all of them select; undefined when all are for the whole namespace. */
  readonly pod: PodItem | undefined;
}

/** Labels of the pods an object is for; undefined when it is for all of its namespace. */
export function scopeLabels({ spec }: ScopedItem): Readonly<Record<string, string>> | undefined {
  const { labels, matchLabels } = spec?.workloadSelector ?? spec?.selector ?? {};
  const found = { ...labels, ...matchLabels };
  return Object.keys(found).length === 0 ? undefined : found;
}

/** The pairs of a selector for a sentence: `app=web`, `tier=front`. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([label, value]) => `\`${label}=${value}\``)
    .join(', ');
}

/** Whether an object is attached to others by name instead of selecting pods. */
export function hasTargets({ spec }: ScopedItem): boolean {
  return spec?.targetRef !== undefined || (spec?.targetRefs ?? []).length > 0;
}

/** Objects of one kind that are for the same pods, each group of objects once. */
export function scopeConflicts<T extends ScopedItem>(
  items: readonly T[],
  pods: readonly PodItem[],
): ScopeConflict<T>[] {
  const byNamespace = new Map<string | undefined, T[]>();
  for (const item of items) {
    if (!item.metadata.deletionTimestamp && !hasTargets(item))
      getOrCreate(byNamespace, item.metadata.namespace, () => []).push(item);
  }
  const crowded = [...byNamespace].filter(([, group]) => group.length > 1);
  if (crowded.length === 0) return [];
  const index = labelIndex(pods);
  return crowded.flatMap(([namespace, group]) => {
    const sorted = oldestFirst(group);
    const general = sorted.filter((one) => scopeLabels(one) === undefined);
    const conflicts = new Map<string, ScopeConflict<T>>();
    if (general.length > 1) conflicts.set('*', { items: general, pod: undefined });
    const selecting = new Map<PodItem, T[]>();
    for (const item of sorted) {
      const labels = scopeLabels(item);
      if (!labels) continue;
      for (const pod of index.matching(namespace, { matchLabels: labels }))
        getOrCreate(selecting, pod, () => []).push(item);
    }
    for (const [pod, found] of selecting) {
      const key = found.map(({ metadata }) => metadata.name).join(' ');
      if (found.length > 1) getOrCreate(conflicts, key, () => ({ items: found, pod }));
    }
    return [...conflicts.values()];
  });
}
