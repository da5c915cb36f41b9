import { getOrCreate } from '../model/get-or-create.ts';
import { type LabelSelector, matchesSelector } from './label-selector.ts';

type Labels = Readonly<Record<string, string>>;

interface Labelled {
  readonly metadata: { readonly namespace?: string; readonly labels?: Labels };
}

interface Namespaced {
  readonly metadata: { readonly namespace?: string };
}

/** Labelled objects, found by selector without a pass over all of their namespace. */
export interface LabelIndex<T> {
  matching(namespace: string | undefined, selector: LabelSelector): readonly T[];
}

/** Objects with selectors, found by what they select without a pass over all of the namespace. */
export interface SelectorIndex<T> {
  selecting(namespace: string | undefined, labels: Labels | undefined): readonly T[];
}

/** Indexes objects by namespace and by each of their labels. */
export function labelIndex<T extends Labelled>(items: readonly T[]): LabelIndex<T> {
  const byNamespace = new Map<string | undefined, T[]>();
  const byPair = new Map<string, T[]>();
  for (const item of items) {
    const { namespace, labels = {} } = item.metadata;
    getOrCreate(byNamespace, namespace, () => []).push(item);
    for (const [label, value] of Object.entries(labels))
      getOrCreate(byPair, pairKey(namespace, label, value), () => []).push(item);
  }
  return {
    matching(namespace, selector) {
      const lists = Object.entries(selector.matchLabels ?? {}).map(
        ([label, value]) => byPair.get(pairKey(namespace, label, value)) ?? [],
      );
      const [rarest = byNamespace.get(namespace) ?? []] = lists.sort((a, b) => a.length - b.length);
      return rarest.filter((item) => matchesSelector(item.metadata.labels, selector));
    },
  };
}

/** Indexes objects by one pair their selector asks for; those that ask for none are looked at always. */
export function selectorIndex<T extends Namespaced>(
  items: readonly T[],
  selectorOf: (item: T) => LabelSelector,
): SelectorIndex<T> {
  const byPair = new Map<string, T[]>();
  const others = new Map<string | undefined, T[]>();
  for (const item of items) {
    const { namespace } = item.metadata;
    const [pair] = Object.entries(selectorOf(item).matchLabels ?? {});
    if (pair) getOrCreate(byPair, pairKey(namespace, ...pair), () => []).push(item);
    else getOrCreate(others, namespace, () => []).push(item);
  }
  return {
    selecting(namespace, labels = {}) {
      const candidates = Object.entries(labels).flatMap(
        ([label, value]) => byPair.get(pairKey(namespace, label, value)) ?? [],
      );
      return [...candidates, ...(others.get(namespace) ?? [])].filter((item) =>
        matchesSelector(labels, selectorOf(item)),
      );
    },
  };
}

function pairKey(namespace: string | undefined, label: string, value: string): string {
  return `${namespace ?? ''}/${label}=${value}`;
}
