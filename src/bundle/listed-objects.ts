import { createResourceItems } from '../layouts/items.ts';
import { resourcesId } from '../model/artifact.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { UserError } from '../model/errors.ts';
import type { IndexedBundle } from './indexed.ts';
import type { Manifest, ManifestEntry } from './manifest.ts';

/** An object of a list, as far as it is looked at. */
export interface ListedObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown };
}

/** Names of all namespaces, sorted. */
export type NamespaceNames = readonly string[];

/** The objects of one list of ours. Throws UserError when it is not where the index says. */
export async function itemsOf(bundle: IndexedBundle, entry: ManifestEntry): Promise<ListedObject[]> {
  const items: ListedObject[] = [];
  const sink = createResourceItems(
    { format: 'json', lines: true },
    { item: (bytes) => void items.push(JSON.parse(bytes.toString()) as ListedObject), end: () => {} },
  );
  if (!(await bundle.stream(entry.path, sink)))
    throw new UserError('not-a-bundle', `${bundle.file}: ${entry.path} is not where the index says`);
  return items;
}

/** The namespaces of the cluster, as far as the bundle knows them: each of them has a file of every kind. */
export async function namespaceNames(bundle: IndexedBundle): Promise<NamespaceNames> {
  const { manifest } = bundle;
  const names = new Set<string>();
  for (const entry of manifest.entries) {
    if (entry.scope.type === 'namespace') names.add(entry.scope.namespace);
    if (entry.artifact !== resourcesId('', 'Namespace') || entry.sample > 0) continue;
    for (const { metadata } of await itemsOf(bundle, entry))
      if (typeof metadata?.name === 'string') names.add(metadata.name);
  }
  return [...names].sort();
}

/** Whether objects of a kind lie in namespaces: by any list of one, else by the objects. */
export function isNamespacedKind(
  { entries, coverage }: Manifest,
  { artifact }: Pick<ManifestEntry, 'artifact'>,
  objects: readonly ListedObject[],
): boolean {
  const ofKind = (row: Pick<CoverageRow, 'artifact' | 'scope'>) =>
    row.artifact === artifact && row.scope.type === 'namespace';
  return (
    entries.some(ofKind) ||
    coverage.some(ofKind) ||
    objects.some(({ metadata }) => typeof metadata?.namespace === 'string')
  );
}

/** Objects by namespace; a list of the whole cluster has a part, maybe an empty one, for each. */
export function byNamespace(
  { scope }: Pick<ManifestEntry, 'scope'>,
  objects: readonly ListedObject[],
  names: NamespaceNames,
): (readonly [string, readonly ListedObject[]])[] {
  if (scope.type === 'namespace') return [[scope.namespace, objects]];
  const parts = new Map<string, ListedObject[]>(names.map((name) => [name, []]));
  for (const one of objects) {
    const namespace = String(one.metadata?.namespace ?? '');
    if (namespace === '') continue;
    const part = parts.get(namespace) ?? [];
    parts.set(namespace, part);
    part.push(one);
  }
  return [...parts];
}

/**
 * Lists of the namespaces in which a LIST of the whole cluster found nothing: ours keeps no file of them, readers
 * of other tools look for one.
 */
export function emptyLists({ entries, coverage }: Manifest, names: NamespaceNames): ManifestEntry[] {
  const seen = new Map<string, { readonly entry: ManifestEntry; readonly namespaces: Set<string> }>();
  for (const entry of entries) {
    const { artifact, scope, sample } = entry;
    if (sample > 0 || scope.type !== 'namespace') continue;
    const known = seen.get(artifact) ?? { entry, namespaces: new Set() };
    seen.set(artifact, known);
    known.namespaces.add(scope.namespace);
  }
  return coverage.flatMap(({ artifact, scope, sample = 0, outcome }) => {
    const known = seen.get(artifact);
    if (known === undefined || sample > 0 || scope.type !== 'cluster' || outcome !== 'collected') return [];
    return names
      .filter((namespace) => !known.namespaces.has(namespace))
      .map((namespace) => ({
        ...known.entry,
        whole: true,
        scope: { type: 'namespace', namespace } as const,
      }));
  });
}
