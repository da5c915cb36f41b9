import { apiDiscovery } from '../artifacts/api-discovery.ts';
import { apiServerVersion } from '../artifacts/api-server-version.ts';
import { scopeKey } from '../model/scope.ts';
import { DOCUMENT_MAX, type ForeignBundle, type ForeignFiles, writeForeign } from './convert-foreign.ts';
import { encodeSegment } from './entry-path.ts';
import type { IndexedBundle } from './indexed.ts';
import { isNamespacedKind, itemsOf, type NamespaceNames, namespaceNames } from './listed-objects.ts';
import { type ManifestEntry, METADATA_PATH } from './manifest.ts';
import {
  clusterVersion,
  groupsList,
  resourcesList,
  skippedCollectors,
  VERSION_FILE,
} from './troubleshoot-documents.ts';
import { emptyFiles, errorFiles, listFiles } from './troubleshoot-lists.ts';

/**
 * Writes a bundle of ours as a support bundle of replicatedhq/troubleshoot, in the arrangement its readers expect:
 * one list per kind and namespace, logs below `cluster-resources/pods/logs`. Throws UserError when the bundle is
 * not whole or the output cannot be written.
 */
export async function writeTroubleshoot(file: string, outputFile: string): Promise<ForeignBundle> {
  return writeForeign(file, outputFile, arrange);
}

async function arrange(bundle: IndexedBundle, files: ForeignFiles): Promise<ManifestEntry[]> {
  const { manifest } = bundle;
  const { put, metadata } = files;
  await put('version.yaml', Buffer.from(VERSION_FILE));
  const left: ManifestEntry[] = [];
  const names = await namespaceNames(bundle);
  for (const entry of manifest.entries) {
    if (entry.path === METADATA_PATH) continue;
    if (entry.sample === 0 && entry.artifact.startsWith('resources:'))
      await putList(bundle, entry, names, files);
    else if (entry.sample === 0 && entry.artifact === 'logs' && entry.scope.type === 'container')
      await putLog(entry, files);
    else if (!(await putDocument(bundle, entry, files))) left.push(entry);
  }
  for (const [path, content] of emptyFiles(manifest, names)) await put(path, content);
  for (const [path, content] of errorFiles(manifest.coverage, names)) await put(path, content);
  await put('skipped-collectors.json', skippedCollectors(manifest.coverage, left, metadata.createdAt));
  await put('analysis.json', Buffer.from('[]\n'));
  return left;
}

async function putList(
  bundle: IndexedBundle,
  entry: ManifestEntry,
  names: NamespaceNames,
  { put }: ForeignFiles,
): Promise<void> {
  const objects = await itemsOf(bundle, entry);
  const isNamespaced = isNamespacedKind(bundle.manifest, entry, objects);
  for (const [path, content] of listFiles({ entry, objects, isNamespaced, names }))
    await put(path, content, entry.observedAt?.time);
}

async function putLog(entry: ManifestEntry, { copy }: ForeignFiles): Promise<void> {
  const { scope } = entry;
  if (scope.type !== 'container') return;
  const [namespace, pod, container] = [scope.namespace, scope.pod, scope.container].map(encodeSegment);
  const file = `${container}${scope.previous ? '-previous' : ''}.log`;
  await copy(`cluster-resources/pods/logs/${namespace}/${pod}/${file}`, entry);
}

/** False for a document that has no place in a support bundle. */
async function putDocument(
  bundle: IndexedBundle,
  entry: ManifestEntry,
  { put }: ForeignFiles,
): Promise<boolean> {
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
