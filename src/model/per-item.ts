/** A pure function of one object that is computed once per object: dozens of analyzers ask it of every pod. */
export function perItem<T extends object, R>(make: (item: T) => R): (item: T) => R {
  const made = new WeakMap<T, { readonly result: R }>();
  return (item) => {
    const known = made.get(item);
    if (known) return known.result;
    const result = make(item);
    made.set(item, { result });
    return result;
  };
}
