import { getOrCreate } from '../model/get-or-create.ts';
import { CLUSTER_SCOPE, type Scope } from '../model/scope.ts';
import type { Item } from './store.ts';

/** Where the items of a list lie, for a list whose file does not say what was asked for. */
export interface ItemPlaces {
  add(artifact: string, item: Item): void;
  /** What the list of a kind covers; undefined when nobody can say, as for an empty one. */
  scopeOf(artifact: string): Scope | undefined;
}

/**
 * Items of one namespace are taken for the list of that namespace, those of several for the list of the cluster.
 * A list with an object no server made (it has no uid) is no answer of one and covers nothing.
 */
export function createItemPlaces(): ItemPlaces {
  const places = new Map<string, Set<string | undefined>>();
  const written = new Set<string>();
  return {
    add(artifact, { metadata }) {
      getOrCreate(places, artifact, () => new Set()).add(metadata.namespace);
      if (metadata.uid === undefined) written.add(artifact);
    },
    scopeOf(artifact) {
      const found = [...(places.get(artifact) ?? [])];
      if (found.length === 0 || written.has(artifact)) return undefined;
      const [namespace] = found;
      if (found.length > 1 || namespace === undefined) return CLUSTER_SCOPE;
      return { type: 'namespace', namespace };
    },
  };
}
