import type { DeriveContext } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { type ObjectRef, subjectKey, subjectOf } from '../model/subject.ts';

/** One relation of the object graph, readable from both ends. Keys are those of `subjectKey`. */
export interface ObjectLinks {
  readonly from: (key: string) => readonly string[];
  readonly to: (key: string) => readonly string[];
}

const NONE: readonly string[] = [];

/** A pair of a relation. */
export type ObjectLink = readonly [from: string, to: string];

/** Makes the links from each item to what it names; an object of wrong shape has none. */
export type LinkEach = <T extends ResourceIdentity>(
  items: readonly T[],
  refsOf: (item: T) => readonly ObjectRef[],
) => () => ObjectLink[];

/** The maker of links, with the engine's guard against objects of wrong shape. */
export function linkMaker(safely: DeriveContext['safely']): LinkEach {
  return (items, refsOf) => () =>
    items.flatMap((item) =>
      safely(() => {
        const refs = refsOf(item);
        if (refs.length === 0) return [];
        const from = subjectKey(subjectOf(item));
        return [...new Set(refs.map(subjectKey))].map((to): ObjectLink => [from, to]);
      }, []),
    );
}

/** Indexes the links of a relation on first use: a report without a symptom that asks for it costs nothing. */
export function createLinks(sources: readonly (() => readonly ObjectLink[])[]): ObjectLinks {
  let index: { from: Map<string, string[]>; to: Map<string, string[]> } | undefined;
  function indexed() {
    if (index) return index;
    index = { from: new Map(), to: new Map() };
    for (const source of sources) {
      for (const [from, to] of source()) {
        getOrCreate(index.from, from, () => []).push(to);
        getOrCreate(index.to, to, () => []).push(from);
      }
    }
    return index;
  }
  return {
    from: (key) => indexed().from.get(key) ?? NONE,
    to: (key) => indexed().to.get(key) ?? NONE,
  };
}
