import { scopeKey } from '../model/scope.ts';
import type { Item, LogSection, Store } from './store.ts';

/** Merges what several bundles of one cluster say of the same object: the newer resourceVersion stays. */
export function joinSamples(store: Store): void {
  for (const bySample of store.resources.values()) {
    for (const [sample, items] of bySample) bySample.set(sample, newestOfEach(items));
  }
}

function newestOfEach(items: readonly Item[]): Item[] {
  const kept = new Map<string, Item>();
  for (const item of items) {
    const { namespace, name } = item.metadata;
    const key = `${namespace ?? ''}/${name}`;
    const other = kept.get(key);
    if (!other || versionOf(item) > versionOf(other)) kept.set(key, item);
  }
  return [...kept.values()];
}

/** Officially opaque; from Kubernetes 1.35 on documented to compare as numbers, and always so in practice on etcd. */
function versionOf(item: Item): number {
  return Number(item.metadata.resourceVersion ?? 0) || 0;
}

/** Of one container's log, read through the API and on its node, the longer stays: every line counts once. */
export function joinLogs(store: Store): void {
  const kept = new Map<string, LogSection>();
  const others: LogSection[] = [];
  for (const section of store.logs) {
    const { scope } = section;
    // Without its namespace nobody knows whether two logs are one.
    if (scope.type !== 'container' || scope.namespace === '') {
      others.push(section);
      continue;
    }
    const key = scopeKey(scope);
    const other = kept.get(key);
    if (!other || section.bytes > other.bytes) kept.set(key, section);
  }
  store.logs.length = 0;
  for (const section of [...kept.values(), ...others]) store.logs.push(section);
}
