import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';

/** Misspellings: `web` and `wbe`, `api` and `api2`. */
const MAX_EDITS = 2;
/** Names of a namespace that are compared: more are generated ones. */
const MAX_NAMES = 2_000;

/** Whether one word may be meant where the other is written: a part of it, or up to two edits away. */
export function isAlike(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length >= 3 && long.includes(short)) return true;
  return (
    short.length > MAX_EDITS + 1 && long.length - short.length <= MAX_EDITS && edits(short, long) <= MAX_EDITS
  );
}

/**
 * The name that is likely meant where `wanted` does not exist: at most two edits away, else the one it
 * begins or is begun by (a generated hash, a version). Undefined when none or several are equally near.
 */
export function closestName(wanted: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let distance = MAX_EDITS + 1;
  let ties = 0;
  const begun: string[] = [];
  for (const name of names) {
    if (name === wanted) continue;
    if (name.startsWith(`${wanted}-`) || wanted.startsWith(`${name}-`)) begun.push(name);
    if (Math.min(name.length, wanted.length) <= MAX_EDITS) continue;
    if (Math.abs(name.length - wanted.length) > Math.min(distance, MAX_EDITS)) continue;
    const found = edits(wanted, name);
    if (found > MAX_EDITS || found > distance) continue;
    ties = found === distance ? ties + 1 : 1;
    if (found < distance) [best, distance] = [name, found];
  }
  if (best !== undefined) return ties === 1 ? best : undefined;
  return begun.length === 1 ? begun[0] : undefined;
}

/** Finds the nearest existing name for one that is missing; each question is answered once. */
export function nameFinder(
  items: readonly ResourceIdentity[],
): (namespace: string, name: string) => string | undefined {
  let byNamespace: Map<string, string[]> | undefined;
  const answers = new Map<string, { readonly name: string | undefined }>();
  return (namespace, wanted) =>
    getOrCreate(answers, `${namespace}/${wanted}`, () => {
      byNamespace ??= namesByNamespace(items);
      return { name: closestName(wanted, (byNamespace.get(namespace) ?? []).slice(0, MAX_NAMES)) };
    }).name;
}

function namesByNamespace(items: readonly ResourceIdentity[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { metadata } of items) {
    getOrCreate(names, metadata.namespace ?? '', () => []).push(metadata.name);
  }
  return names;
}

/** Insertions, deletions and replacements from one word to the other. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, replaced));
    }
    row = next;
  }
  return row[b.length] as number;
}
