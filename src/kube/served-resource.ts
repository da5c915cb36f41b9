import type { ApiResource } from '../model/kube.ts';

/** One resource in one version, as either form of discovery gives it, in the server's order of preference. */
export type ServedResource = Omit<ApiResource, 'versions'>;

/**
 * Versions that say more than the one the server prefers, by group and plural. Up to 1.22 that is autoscaling/v1, which
 * has conditions and metrics as text in annotations only.
 */
const FULLER: Readonly<Record<string, readonly string[]>> = {
  'autoscaling/horizontalpodautoscalers': ['v2', 'v2beta2'],
};

/** Joins the versions of a resource: the first one that can be listed is the one to read, else the first. */
export function mergeVersions(served: readonly ServedResource[]): ApiResource[] {
  const byName = new Map<string, ServedResource[]>();
  for (const resource of served) {
    const key = `${resource.group}/${resource.plural}`;
    const versions = byName.get(key);
    if (versions) versions.push(resource);
    else byName.set(key, [resource]);
  }
  const merged = [...byName.values()].map(mergeOne);
  return merged.sort((a, b) => compare(a.group, b.group) || compare(a.plural, b.plural));
}

function mergeOne(served: readonly ServedResource[]): ApiResource {
  const listable = served.filter((resource) => resource.verbs.includes('list'));
  const fuller = FULLER[`${served[0]?.group}/${served[0]?.plural}`]?.flatMap((version) =>
    listable.filter((resource) => resource.version === version),
  );
  const preferred = fuller?.[0] ?? listable[0] ?? (served[0] as ServedResource);
  const others = served.filter((resource) => resource !== preferred).map((resource) => resource.version);
  return { ...preferred, versions: [preferred.version, ...others] };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
