import { addItem, createStore, type Item, type Store } from '../../src/analyze/store.ts';
import type { DocumentItem } from '../../src/model/artifact.ts';
import { ORIGIN, type Origin, originOf } from '../../src/model/origin.ts';

/** Strings that name something the copies must not share: namespaces and objects without a namespace. */
function ownNames(store: Store): Set<string> {
  const names = new Set<string>();
  for (const samples of store.resources.values()) {
    for (const { metadata } of samples.get(0) ?? []) names.add(metadata.namespace ?? metadata.name);
  }
  return names;
}

function renamed(value: unknown, names: ReadonlySet<string>, suffix: string): unknown {
  if (typeof value === 'string') return names.has(value) ? `${value}${suffix}` : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one) => renamed(one, names, suffix));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, renamed(one, names, suffix)] as const),
  );
}

type Document = DocumentItem<unknown> & Origin;

/** Reads of properties of the store's items, at any depth. */
export interface ReadCounter {
  reads: number;
}

/** The same objects, seen through proxies that count every property that is read. */
function counted<T extends object>(target: T, counter: ReadCounter, seen: WeakMap<object, object>): T {
  const known = seen.get(target);
  if (known) return known as T;
  const proxy = new Proxy(target, {
    get(object, key, receiver) {
      counter.reads += 1;
      const value: unknown = Reflect.get(object, key, receiver);
      if (value === null || typeof value !== 'object' || key === ORIGIN) return value;
      return counted(value, counter, seen);
    },
  });
  seen.set(target, proxy);
  return proxy;
}

/**
 * A store with the objects of another so many times over, each copy in namespaces and on nodes of its own,
 * whose items count what is read of them.
 */
export function grownStore(store: Store, times: number, counter: ReadCounter): Store {
  const names = ownNames(store);
  const seen = new WeakMap<object, object>();
  const grown: Store = { ...createStore(), ...store, resources: new Map(), documents: new Map() };
  for (const [id, samples] of store.resources) {
    for (const [sample, items] of samples) {
      for (let copy = 0; copy < times; copy += 1) {
        for (const item of items)
          addItem(grown, id, sample, counted(copyOf(item, names, copy), counter, seen));
      }
    }
  }
  for (const [id, documents] of store.documents) {
    const copies = Array.from({ length: times }, (_, copy) =>
      documents.flatMap((one) => documentCopy(one, names, copy)),
    );
    grown.documents.set(id, copies.flat());
  }
  return grown;
}

/** What one object answered is answered by each copy of it; what the cluster says of itself stands once. */
function documentCopy(document: Document, names: ReadonlySet<string>, copy: number): Document[] {
  const { scope, value } = document;
  if (copy === 0) return [document];
  if (scope.type !== 'object' || scope.namespace === undefined || !names.has(scope.namespace)) return [];
  const suffix = `-${copy}`;
  return [
    {
      ...document,
      scope: { ...scope, namespace: `${scope.namespace}${suffix}` },
      value: renamed(value, names, suffix),
      [ORIGIN]: originOf(document),
    },
  ];
}

function copyOf(item: Item, names: ReadonlySet<string>, copy: number): Item {
  const suffix = copy === 0 ? '' : `-${copy}`;
  const { uid } = item.metadata;
  const clone = renamed(item, names, suffix) as Item;
  const metadata = uid === undefined ? clone.metadata : { ...clone.metadata, uid: `${uid}${suffix}` };
  return { ...clone, metadata, [ORIGIN]: originOf(item) } as Item;
}
