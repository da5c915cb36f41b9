import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { apiDiscovery } from '../artifacts/api-discovery.ts';
import { apiServerVersion } from '../artifacts/api-server-version.ts';
import { createResourceItems } from '../layouts/items.ts';
import { resourcesId } from '../model/artifact.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { UserError } from '../model/errors.ts';
import { scopeKey } from '../model/scope.ts';
import { openArchive } from './archive.ts';
import { encodeSegment } from './entry-path.ts';
import { type IndexedBundle, openIndexed } from './indexed.ts';
import { type Manifest, type ManifestEntry, METADATA_PATH } from './manifest.ts';
import { openOutputFile } from './output-file.ts';
import {
  clusterVersion,
  groupsList,
  resourcesList,
  skippedCollectors,
  VERSION_FILE,
} from './troubleshoot-documents.ts';
import { emptyFiles, errorFiles, listFiles, type NamespaceNames } from './troubleshoot-lists.ts';
import type { FinishedBundle } from './writer.ts';

/** Bytes of one document. */
const DOCUMENT_MAX = 16 * 1024 * 1024;

/** A support bundle, and what of the bundle it could not take. */
export interface SupportBundle extends FinishedBundle {
  /** Entries that have no place in a support bundle. */
  readonly left: readonly ManifestEntry[];
}

/** Writes a file of a support bundle. */
type Put = (path: string, content: Buffer, modified?: string) => Promise<void>;

/**
 * Writes a bundle of ours as a support bundle of replicatedhq/troubleshoot, in the arrangement its readers expect:
 * one list per kind and namespace, logs below `cluster-resources/pods/logs`. Throws UserError when the bundle is
 * not whole or the output cannot be written.
 */
export async function writeTroubleshoot(file: string, outputFile: string): Promise<SupportBundle> {
  const bundle = await openIndexed(file);
  if (bundle === undefined)
    throw new UserError('not-a-bundle', `${file}: is not a kubecase bundle with its index`);
  try {
    const output = await openOutputFile(outputFile);
    try {
      let failure: { readonly error: unknown } | undefined;
      const archive = openArchive(output.write, (error) => {
        failure ??= { error };
      });
      const left = await writeAll(bundle, archive, outputFile);
      await archive.settle();
      await archive.finish();
      if (failure) throw failure.error;
      return { file: outputFile, left, ...(await output.commit()) };
    } catch (error) {
      await output.discard();
      throw error;
    }
  } finally {
    await bundle.close();
  }
}

async function writeAll(
  bundle: IndexedBundle,
  archive: ReturnType<typeof openArchive>,
  outputFile: string,
): Promise<ManifestEntry[]> {
  const { manifest } = bundle;
  const metadata = JSON.parse((await bundle.read(METADATA_PATH, DOCUMENT_MAX))?.toString() ?? '{}') as {
    createdAt?: string;
  };
  const createdAt = metadata.createdAt ?? new Date(0).toISOString();
  const name = basename(outputFile).replace(/(?:\.tar\.gz|\.tgz)$/, '');
  const root = encodeSegment(name === '' ? 'support-bundle' : name);
  const put: Put = async (path, content, modified = createdAt) => {
    await archive.append({
      path: `${root}/${path}`,
      size: content.length,
      modified: new Date(modified),
      content,
    });
  };

  await put('version.yaml', Buffer.from(VERSION_FILE));
  const left: ManifestEntry[] = [];
  const names = await namespaceNames(bundle);
  for (const entry of manifest.entries) {
    if (entry.path === METADATA_PATH) continue;
    if (entry.sample === 0 && entry.artifact.startsWith('resources:'))
      await putList(bundle, entry, names, put);
    else if (entry.sample === 0 && entry.artifact === 'logs' && entry.scope.type === 'container')
      await putLog(bundle, entry, { archive, root, createdAt });
    else if (!(await putDocument(bundle, entry, put))) left.push(entry);
  }
  for (const [path, content] of emptyFiles(manifest, names)) await put(path, content);
  for (const [path, content] of errorFiles(manifest.coverage, names)) await put(path, content);
  await put('skipped-collectors.json', skippedCollectors(manifest.coverage, left, createdAt));
  await put('analysis.json', Buffer.from('[]\n'));
  return left;
}

/** The namespaces of the cluster, as far as the bundle knows them: each of them has a file of every kind. */
async function namespaceNames(bundle: IndexedBundle): Promise<NamespaceNames> {
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

/** An object of a list, as far as it is looked at. */
export interface ListedObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown };
}

async function itemsOf(bundle: IndexedBundle, entry: ManifestEntry): Promise<ListedObject[]> {
  const items: ListedObject[] = [];
  const sink = createResourceItems(
    { format: 'json', lines: true },
    { item: (bytes) => void items.push(JSON.parse(bytes.toString()) as ListedObject), end: () => {} },
  );
  if (!(await bundle.stream(entry.path, sink)))
    throw new UserError('not-a-bundle', `${bundle.file}: ${entry.path} is not where the index says`);
  return items;
}

async function putList(
  bundle: IndexedBundle,
  entry: ManifestEntry,
  names: NamespaceNames,
  put: Put,
): Promise<void> {
  const objects = await itemsOf(bundle, entry);
  const isNamespaced = isNamespacedKind(bundle.manifest, entry, objects);
  for (const [path, content] of listFiles({ entry, objects, isNamespaced, names }))
    await put(path, content, entry.observedAt?.time);
}

/** Whether objects of a kind lie in namespaces: by any list of one, else by the objects. */
function isNamespacedKind(
  { entries, coverage }: Manifest,
  { artifact }: ManifestEntry,
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

async function putLog(
  bundle: IndexedBundle,
  entry: ManifestEntry,
  to: { archive: ReturnType<typeof openArchive>; root: string; createdAt: string },
): Promise<void> {
  const { scope } = entry;
  if (scope.type !== 'container') return;
  const [namespace, pod, container] = [scope.namespace, scope.pod, scope.container].map(encodeSegment);
  const file = `${container}${scope.previous ? '-previous' : ''}.log`;
  await to.archive.append({
    path: `${to.root}/cluster-resources/pods/logs/${namespace}/${pod}/${file}`,
    size: entry.size,
    modified: new Date(entry.observedAt?.time ?? to.createdAt),
    content:
      entry.size === 0 ? Buffer.alloc(0) : Readable.from(bundle.chunks(entry.path), { objectMode: false }),
  });
}

/** False for a document that has no place in a support bundle. */
async function putDocument(bundle: IndexedBundle, entry: ManifestEntry, put: Put): Promise<boolean> {
  const isKnown = entry.artifact === apiServerVersion.id || entry.artifact === apiDiscovery.id;
  if (!isKnown || entry.sample > 0 || scopeKey(entry.scope) !== 'cluster') return false;
  const bytes = await bundle.read(entry.path, DOCUMENT_MAX);
  if (bytes === undefined) return false;
  if (entry.artifact === apiServerVersion.id) {
    await put('cluster-info/cluster_version.json', clusterVersion(bytes));
    return true;
  }
  const discovery = apiDiscovery.parse(bytes);
  await put('cluster-resources/resources.json', resourcesList(discovery));
  await put('cluster-resources/groups.json', groupsList(discovery));
  return true;
}
