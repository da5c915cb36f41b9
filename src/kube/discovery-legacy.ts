import type { ServedResource } from './served-resource.ts';

/** `APIResourceList` of meta/v1, the answer of `/api/v1` and `/apis/<group>/<version>`. */
export interface ApiResourceList {
  readonly resources: readonly {
    /** `pods`, or `pods/log` for a subresource. */
    readonly name: string;
    readonly kind?: string;
    readonly singularName?: string;
    readonly namespaced?: boolean;
    readonly verbs?: readonly string[];
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  }[];
}

/** The resources of one group version; rows of subresources become names on their resource. */
export function readLegacyVersion(groupVersion: string, list: ApiResourceList): ServedResource[] {
  const slash = groupVersion.indexOf('/');
  const group = slash === -1 ? '' : groupVersion.slice(0, slash);
  const version = groupVersion.slice(slash + 1);
  const subresources = new Map<string, string[]>();
  for (const { name } of list.resources) {
    const [resource, subresource] = splitName(name);
    if (subresource === undefined) continue;
    subresources.set(resource, [...(subresources.get(resource) ?? []), subresource]);
  }
  const served: ServedResource[] = [];
  for (const entry of list.resources) {
    if (entry.name.includes('/')) continue;
    served.push({
      group,
      version,
      kind: entry.kind ?? '',
      plural: entry.name,
      singular: entry.singularName ?? '',
      shortNames: entry.shortNames ?? [],
      categories: entry.categories ?? [],
      namespaced: entry.namespaced === true,
      verbs: entry.verbs ?? [],
      subresources: subresources.get(entry.name) ?? [],
    });
  }
  return served;
}

function splitName(name: string): [string, string | undefined] {
  const slash = name.indexOf('/');
  return slash === -1 ? [name, undefined] : [name.slice(0, slash), name.slice(slash + 1)];
}
