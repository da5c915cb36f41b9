/** The value of a key, made and kept on first use. */
export function getOrCreate<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = create();
  map.set(key, made);
  return made;
}
