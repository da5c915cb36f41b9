/**
 * A client-node type as JSON really gives it: dates are strings, and the names the generator renamed
 * because they are reserved words (`_from`, `_continue`, `_default`) are back to what the API calls them.
 */
export type Json<T> = T extends Date
  ? string
  : T extends readonly (infer E)[]
    ? readonly Json<E>[]
    : T extends object
      ? { readonly [K in keyof T as K extends `_${infer Name}` ? Name : K]: Json<T[K]> }
      : T;

/** Which fields of a kind are kept: `true` keeps the whole value below; arrays are looked through. */
export type SelectTree<T> =
  | true
  | (NonNullable<T> extends readonly (infer E)[]
      ? SelectTree<E>
      : NonNullable<T> extends object
        ? { readonly [K in keyof NonNullable<T>]?: SelectTree<NonNullable<T>[K]> }
        : true);

/** Exactly the fields a select tree keeps, so that reading a dropped field does not compile. */
export type Kept<T, S> = S extends true
  ? T
  : T extends readonly (infer E)[]
    ? readonly Kept<E, S>[]
    : T extends object
      ? string extends keyof T
        ? // A map (labels, data): the named keys, each of which may be missing.
          { readonly [K in keyof S]?: Kept<T[keyof T], S[K]> }
        : { readonly [K in keyof T as K extends keyof S ? K : never]: Kept<T[K], S[K & keyof S]> }
      : T;

/** A select tree without its type: what the reduction of a parsed object walks. */
export type SelectNode = true | { readonly [field: string]: SelectNode };

/** What a reference in `metadata.ownerReferences` says. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** Kept of every object, whatever its kind. */
export interface ResourceIdentity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly ownerReferences?: readonly OwnerReference[];
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
    readonly finalizers?: readonly string[];
  };
}

/** The fields of {@link ResourceIdentity} as a select tree. */
export const IDENTITY_SELECT: SelectNode = {
  apiVersion: true,
  kind: true,
  metadata: {
    name: true,
    namespace: true,
    uid: true,
    resourceVersion: true,
    generation: true,
    ownerReferences: { apiVersion: true, kind: true, name: true, uid: true, controller: true },
    creationTimestamp: true,
    deletionTimestamp: true,
    deletionGracePeriodSeconds: true,
    finalizers: true,
  },
};

/** Joins two select trees: a field kept by either is kept. */
export function mergeSelect(a: SelectNode, b: SelectNode): SelectNode {
  if (a === true || b === true) return true;
  const merged: Record<string, SelectNode> = { ...a };
  for (const [field, node] of Object.entries(b)) {
    const present = merged[field];
    merged[field] = present === undefined ? node : mergeSelect(present, node);
  }
  return merged;
}

/** The value reduced to what the tree keeps. Fields are dropped, array positions never are. */
export function reduceBySelect(value: unknown, tree: SelectNode): unknown {
  if (tree === true || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((element) => reduceBySelect(element, tree));
  const kept: Record<string, unknown> = {};
  for (const field in tree) {
    const child = (value as Record<string, unknown>)[field];
    if (child !== undefined) kept[field] = reduceBySelect(child, tree[field] as SelectNode);
  }
  return kept;
}
