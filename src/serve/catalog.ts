import { type ApiDiscovery, apiDiscovery } from '../artifacts/api-discovery.ts';
import type { ManifestEntry } from '../bundle/manifest.ts';
import { resourcesId } from '../model/artifact.ts';
import type { ApiResource } from '../model/kube.ts';
import { itemLines, listLine } from './item-lines.ts';
import { createReaderShelf, type ReaderShelf } from './item-reader.ts';
import { createSeenScopes, type SeenScopes } from './seen.ts';
import { type BundleSource, readEntry } from './source.ts';

/** What a bundle holds, as the server looks it up. */
export interface Catalog extends ApiDiscovery {
  readonly source: BundleSource;
  readonly seen: SeenScopes;
  readonly shelf: ReaderShelf;
  /** The resource of a path; undefined: no such kind in that version. */
  find(group: string, version: string, plural: string): ApiResource | undefined;
  /** Lists of a kind in the order of the cluster's answer; of one namespace, those that may hold some of it. */
  lists(resource: ApiResource, namespace: string | undefined): readonly ManifestEntry[];
  /** Documents of an artifact, first samples only. */
  documents(artifact: string): readonly ManifestEntry[];
  log(scope: {
    namespace: string;
    pod: string;
    container: string;
    previous: boolean;
  }): ManifestEntry | undefined;
  /** ISO 8601: when what is no list or log was observed. */
  readonly observed: string;
}

/** Indexes a bundle. Second samples are left out: a server shows one moment, the first. */
export async function openCatalog(source: BundleSource): Promise<Catalog> {
  const entries = source.manifest.entries.filter(({ sample }) => sample === 0);
  const byArtifact = Map.groupBy(entries, ({ artifact }) => artifact);
  const documents = (artifact: string) => byArtifact.get(artifact) ?? [];
  const [stored] = documents(apiDiscovery.id);
  const discovery = stored
    ? apiDiscovery.parse(await readEntry(source, stored.path, apiDiscovery.maxBytes))
    : { resources: await kindsOfLists(source, entries), failures: [] };
  const byPath = new Map(
    discovery.resources.map((one) => [`${one.group}/${one.version}/${one.plural}`, one]),
  );
  const logs = new Map(documents('logs').map((entry) => [logKey(entry.scope), entry]));
  return {
    ...discovery,
    source,
    seen: createSeenScopes(source.manifest),
    shelf: createReaderShelf(),
    find: (group, version, plural) => byPath.get(`${group}/${version}/${plural}`),
    lists(resource, namespace) {
      const lists = documents(resourcesId(resource.group, resource.kind));
      if (namespace === undefined) return lists;
      return lists.filter(({ scope }) => scope.type !== 'namespace' || scope.namespace === namespace);
    },
    documents,
    log: (scope) => logs.get(logKey({ type: 'container', ...scope })),
    observed: stored?.observedAt?.time ?? source.metadata.createdAt,
  };
}

function logKey(scope: ManifestEntry['scope']): string {
  if (scope.type !== 'container') return '';
  return JSON.stringify([scope.namespace, scope.pod, scope.container, scope.previous ?? false]);
}

/** Kinds of a bundle without discovery: what its lists say of themselves. */
async function kindsOfLists(
  source: BundleSource,
  entries: readonly ManifestEntry[],
): Promise<readonly ApiResource[]> {
  const kinds = new Map<string, ApiResource>();
  for (const { path, artifact, scope } of entries) {
    const plural = /^resources\/[^/]+\/([^/]+)\//.exec(path)?.[1];
    if (plural === undefined || kinds.get(artifact)?.namespaced) continue;
    const { apiVersion, kind } = await listLine(source.chunks(path));
    const slash = apiVersion.indexOf('/');
    const version = apiVersion.slice(slash + 1);
    const name = kind.replace(/List$/, '');
    kinds.set(artifact, {
      group: slash < 0 ? '' : apiVersion.slice(0, slash),
      version,
      versions: [version],
      kind: name,
      plural: decodeURIComponent(plural),
      singular: name.toLowerCase(),
      shortNames: [],
      categories: [],
      namespaced: scope.type === 'namespace' || (await holdsNamespaced(source, path)),
      verbs: ['get', 'list'],
      subresources: artifact === resourcesId('', 'Pod') ? ['log'] : [],
    });
  }
  return [...kinds.values()];
}

async function holdsNamespaced(source: BundleSource, path: string): Promise<boolean> {
  for await (const [first] of itemLines(source.chunks(path))) {
    return first?.includes('"namespace":') ?? false;
  }
  return false;
}
