import { getOrCreate } from '../model/get-or-create.ts';
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

/**
 * Of one container's log, read through the API and on its node, the longer stays, and of a node's log those files
 * of it that came with the input that has most of it: every line counts once. `ends` are the numbers of logs there
 * were after each input.
 */
export function joinLogs(store: Store, ends: readonly number[] = []): void {
  const kept = new Map<string, LogSection>();
  const byInput = new Map<string, Map<number, LogSection[]>>();
  const others: LogSection[] = [];
  for (const [index, section] of store.logs.entries()) {
    const { scope } = section;
    const key = scopeKey(scope);
    if (scope.type === 'unit') {
      const input = ends.findIndex((end) => index < end);
      const files = getOrCreate(byInput, key, () => new Map<number, LogSection[]>());
      getOrCreate(files, input, () => []).push(section);
      continue;
    }
    // Without its namespace nobody knows whether two logs are one.
    if (scope.type !== 'container' || scope.namespace === '') {
      others.push(section);
      continue;
    }
    const part = `${key} ${section.part ?? ''}`;
    const other = kept.get(part);
    if (!other || section.bytes > other.bytes) kept.set(part, section);
  }
  const units = [...byInput.values()].flatMap(longestOf);
  store.logs.length = 0;
  // What is read of one log only is read of the log itself, not of a file it was rotated to.
  const [own, parts] = [[] as LogSection[], [] as LogSection[]];
  for (const section of kept.values()) (section.part === undefined ? own : parts).push(section);
  for (const section of [...own, ...parts, ...units, ...others]) store.logs.push(section);
}

/** A node's log may lie in several files of one input, rotated or by the hour: they belong together. */
function longestOf(byInput: ReadonlyMap<number, readonly LogSection[]>): readonly LogSection[] {
  let longest: readonly LogSection[] = [];
  for (const sections of byInput.values()) if (bytesOf(sections) > bytesOf(longest)) longest = sections;
  return longest.length === 0 ? ([...byInput.values()][0] ?? []) : longest;
}

function bytesOf(sections: readonly LogSection[]): number {
  return sections.reduce((sum, { bytes }) => sum + bytes, 0);
}
