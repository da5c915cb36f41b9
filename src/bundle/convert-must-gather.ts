import { apiDiscovery } from '../artifacts/api-discovery.ts';
import { etcdStatus } from '../artifacts/etcd-status.ts';
import { resourcesId } from '../model/artifact.ts';
import { isShortfall } from '../model/coverage.ts';
import { DOCUMENT_MAX, type ForeignBundle, type ForeignFiles, writeForeign } from './convert-foreign.ts';
import { encodeSegment } from './entry-path.ts';
import type { IndexedBundle } from './indexed.ts';
import {
  emptyLists,
  isNamespacedKind,
  itemsOf,
  type ListedObject,
  type NamespaceNames,
  namespaceNames,
} from './listed-objects.ts';
import { type Manifest, type ManifestEntry, METADATA_PATH } from './manifest.ts';
import { eventTable, logOfGathering, timestamps } from './must-gather-documents.ts';
import { etcdFiles } from './must-gather-etcd.ts';
import { listFiles, ownFiles } from './must-gather-lists.ts';

/** Events shown in the table for people. */
const EVENTS_SHOWN = 10_000;

/**
 * Writes a bundle of ours as `oc adm inspect` and must-gather arrange theirs, in one folder: lists of a namespace
 * below `namespaces/<namespace>/<group>`, those of the cluster below `cluster-scoped-resources`, logs beside their
 * pods. Throws UserError when the bundle is not whole or the output cannot be written.
 */
export async function writeMustGather(file: string, outputFile: string): Promise<ForeignBundle> {
  return writeForeign(file, outputFile, arrange);
}

async function arrange(bundle: IndexedBundle, files: ForeignFiles): Promise<ManifestEntry[]> {
  const { manifest } = bundle;
  const { put, metadata } = files;
  const names = await namespaceNames(bundle);
  const namespaced = await namespacedKinds(bundle);
  const observed = newest(manifest) ?? metadata.createdAt;
  // Readers take the time of this file for the moment everything was read.
  await put('timestamp', timestamps(metadata.createdAt, observed), observed);
  await put('version', Buffer.from(`kubecase/must-gather\n${metadata.tool.version}\n`));
  const left: ManifestEntry[] = [];
  const events: ListedObject[] = [];
  let isEtcdTold = false;
  for (const entry of manifest.entries) {
    if (entry.path === METADATA_PATH) continue;
    if (entry.sample === 0 && entry.artifact.startsWith('resources:')) {
      const objects = await putList(bundle, entry, { names, namespaced, files });
      if (entry.artifact === resourcesId('', 'Event')) events.push(...objects.slice(0, EVENTS_SHOWN));
    } else if (entry.sample === 0 && entry.artifact === 'logs') await putLog(entry, files);
    else if (!isEtcdTold && (await putEtcd(bundle, entry, files))) isEtcdTold = true;
    else left.push(entry);
  }
  for (const entry of emptyLists(manifest, names))
    for (const [path, content] of listFiles({ entry, objects: [], isNamespaced: true, names }))
      await put(path, content);
  await put('event-filter.html', eventTable(events.slice(0, EVENTS_SHOWN)));
  await put('gather.logs', logOfGathering(manifest.coverage.filter(isShortfall), left));
  return left;
}

/** Whether kinds lie in namespaces, by discovery; undefined where the bundle has none. */
async function namespacedKinds(bundle: IndexedBundle): Promise<ReadonlyMap<string, boolean>> {
  const found = bundle.manifest.entries.find(
    ({ artifact, sample }) => artifact === apiDiscovery.id && sample === 0,
  );
  const bytes = found && (await bundle.read(found.path, DOCUMENT_MAX));
  if (bytes === undefined) return new Map();
  const { resources } = apiDiscovery.parse(bytes);
  return new Map(
    resources.map(({ group, kind, namespaced }) => [resourcesId(group, kind), namespaced] as const),
  );
}

async function putList(
  bundle: IndexedBundle,
  entry: ManifestEntry,
  to: {
    readonly names: NamespaceNames;
    readonly namespaced: ReadonlyMap<string, boolean>;
    readonly files: ForeignFiles;
  },
): Promise<readonly ListedObject[]> {
  const objects = await itemsOf(bundle, entry);
  const isNamespaced = to.namespaced.get(entry.artifact) ?? isNamespacedKind(bundle.manifest, entry, objects);
  const all = [
    ...listFiles({ entry, objects, isNamespaced, names: to.names }),
    ...ownFiles(entry.artifact, objects),
  ];
  for (const [path, content] of all) await to.files.put(path, content, entry.observedAt?.time);
  return objects;
}

async function putLog(entry: ManifestEntry, { copy }: ForeignFiles): Promise<void> {
  const { scope } = entry;
  if (scope.type === 'unit') {
    await copy(
      `host_service_logs/${encodeSegment(scope.node)}/${encodeSegment(scope.unit)}_service.log`,
      entry,
    );
    return;
  }
  if (scope.type !== 'container') return;
  const [namespace, pod, container] = [scope.namespace, scope.pod, scope.container].map(encodeSegment);
  const file = `${scope.previous ? 'previous' : 'current'}.log`;
  await copy(`namespaces/${namespace}/pods/${pod}/${container}/${container}/logs/${file}`, entry);
}

/** The four answers of etcdctl of one member, when the document has them all. */
async function putEtcd(bundle: IndexedBundle, entry: ManifestEntry, { put }: ForeignFiles): Promise<boolean> {
  if (entry.artifact !== etcdStatus.id || entry.sample > 0 || hasLostStatus(bundle.manifest)) return false;
  const bytes = await bundle.read(entry.path, DOCUMENT_MAX);
  const files = bytes && etcdFiles(bytes);
  if (!files) return false;
  for (const [path, content] of files) await put(path, content, entry.observedAt?.time);
  return true;
}

/** Whether a member was asked in vain: the files would read as if all was well. */
function hasLostStatus({ coverage }: Manifest): boolean {
  return coverage.some((row) => row.artifact === etcdStatus.id && isShortfall(row));
}

/** When the last list was read. */
function newest({ entries }: Manifest): string | undefined {
  const times = entries.flatMap(({ observedAt }) => observedAt?.time ?? []);
  return times.sort().at(-1);
}
