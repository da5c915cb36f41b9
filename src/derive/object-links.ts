import { getOrCreate } from '../model/get-or-create.ts';

/** One relation of the object graph, readable from both ends. Keys are those of `subjectKey`. */
export interface ObjectLinks {
  readonly from: (key: string) => readonly string[];
  readonly to: (key: string) => readonly string[];
}

const NONE: readonly string[] = [];

/** Indexes the pairs of a relation on first use: a report without a symptom that asks for it costs nothing. */
export function createLinks(pairs: () => Iterable<readonly [from: string, to: string]>): ObjectLinks {
  let index: { from: Map<string, string[]>; to: Map<string, string[]> } | undefined;
  function indexed() {
    if (index) return index;
    index = { from: new Map(), to: new Map() };
    for (const [from, to] of pairs()) {
      getOrCreate(index.from, from, () => []).push(to);
      getOrCreate(index.to, to, () => []).push(from);
    }
    return index;
  }
  return {
    from: (key) => indexed().from.get(key) ?? NONE,
    to: (key) => indexed().to.get(key) ?? NONE,
  };
}
