import { artifactOf } from '../layouts/troubleshoot-coverage.ts';
import { CLUSTER_FILES, NAMESPACED_DIRS } from '../layouts/troubleshoot-kinds.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { encodeSegment } from './entry-path.ts';
import { byNamespace, emptyLists, type ListedObject, type NamespaceNames } from './listed-objects.ts';
import type { Manifest, ManifestEntry } from './manifest.ts';

type File = readonly [path: string, content: Buffer];

/** One list of ours, and what is to be known of it to lay it out. */
export interface ListParts {
  readonly entry: ManifestEntry;
  readonly objects: readonly ListedObject[];
  readonly isNamespaced: boolean;
  readonly names: NamespaceNames;
}

/** Folder or file name of a kind by its artifact id, in the newest spelling. */
const FOLDERS = firstNames(NAMESPACED_DIRS);
const FILES = firstNames(CLUSTER_FILES);

function firstNames(kinds: typeof NAMESPACED_DIRS): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, type] of kinds) if (!names.has(artifactOf(type))) names.set(artifactOf(type), name);
  return names;
}

/** The files a list becomes: one per namespace, or one of the cluster. */
export function listFiles({ entry, objects, isNamespaced, names }: ListParts): File[] {
  const folder = FOLDERS.get(entry.artifact);
  const file = FILES.get(entry.artifact);
  const type = typeOf(entry, objects);
  if (folder !== undefined)
    return byNamespace(entry, objects, names).map(([namespace, items]) => [
      `cluster-resources/${folder}/${encodeSegment(namespace)}.json`,
      listOf(type, items),
    ]);
  if (file !== undefined) {
    // A list of some namespaces only is a bare array there.
    const isPart = file === 'namespaces' && entry.whole !== true;
    return [[`cluster-resources/${file}.json`, isPart ? jsonOf(objects) : listOf(type, objects)]];
  }
  const name = `cluster-resources/custom-resources/${customName(entry)}`;
  if (!isNamespaced) return [[`${name}.json`, jsonOf(objects.map(typed(type)))]];
  return byNamespace(entry, objects, names).map(([namespace, items]) => [
    `${name}/${encodeSegment(namespace)}.json`,
    jsonOf(items.map(typed(type))),
  ]);
}

/** `<plural>.<group>`, from the path of ours. */
function customName({ path }: ManifestEntry): string {
  const [, group = 'core', plural = ''] = path.split('/');
  return encodeSegment(group === 'core' ? plural : `${plural}.${group}`);
}

interface ListType {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The type of the items: that of the first, else the one the layout knows for the kind. */
function typeOf({ artifact }: ManifestEntry, objects: readonly ListedObject[]): ListType {
  const [group = '', kind = ''] = artifact.slice('resources:'.length).split('/');
  const known = [...NAMESPACED_DIRS.values(), ...CLUSTER_FILES.values()].find(
    (one) => artifactOf(one) === artifact,
  );
  const apiVersion = objects[0]?.apiVersion ?? known?.apiVersion ?? (group === 'core' ? 'v1' : `${group}/v1`);
  return { apiVersion, kind };
}

function typed(type: ListType): (one: ListedObject) => object {
  return (one) => ({ apiVersion: type.apiVersion, kind: type.kind, ...one });
}

function listOf({ apiVersion, kind }: ListType, items: readonly ListedObject[]): Buffer {
  return jsonOf({ kind: `${kind}List`, apiVersion, metadata: {}, items });
}

/** Empty lists of the namespaces in which a LIST of the whole cluster found nothing. */
export function emptyFiles(manifest: Manifest, names: NamespaceNames): File[] {
  return emptyLists(manifest, names).flatMap((entry) =>
    listFiles({ entry, objects: [], isNamespaced: true, names }),
  );
}

/** `<kind>-errors.json` of every kind with a list that is missing or not whole: a map from namespace to reason. */
export function errorFiles(coverage: readonly CoverageRow[], names: NamespaceNames): File[] {
  const files = new Map<string, Record<string, string>>();
  for (const { artifact, scope, outcome, reason, sample = 0 } of coverage) {
    const folder = FOLDERS.get(artifact);
    const name = folder ?? FILES.get(artifact);
    if (name === undefined || sample > 0 || outcome === 'collected') continue;
    const errors = files.get(name) ?? {};
    files.set(name, errors);
    const text = `${outcome.replace('-', ' ')}: ${reason ?? 'no reason was recorded'}`;
    if (scope.type === 'namespace') errors[scope.namespace] = text;
    // Readers look for a reason where the list of a namespace would be.
    else for (const namespace of folder === undefined ? [''] : ['', ...names]) errors[namespace] ??= text;
  }
  return [...files].map(([name, errors]) => [`cluster-resources/${name}-errors.json`, jsonOf(errors)]);
}

function jsonOf(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
