import type { DiscoveryFailure } from '../model/kube.ts';
import type { ServedResource } from './served-resource.ts';

/** `APIGroupDiscoveryList` of apidiscovery.k8s.io; v2 and v2beta1 agree on these fields. */
export interface AggregatedGroupList {
  readonly items?: readonly {
    /** The core group has no name. */
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly AggregatedVersion[];
  }[];
}

interface AggregatedVersion {
  readonly version: string;
  /** `Stale` when the API server could not reach the aggregated server behind this version. */
  readonly freshness?: string;
  readonly resources?: readonly AggregatedResource[];
}

interface AggregatedResource {
  readonly resource: string;
  readonly responseKind?: { readonly group?: string; readonly version?: string; readonly kind?: string };
  readonly scope?: 'Cluster' | 'Namespaced';
  readonly singularResource?: string;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly { readonly subresource: string }[];
}

/** Flattens aggregated discovery; a stale version is a failure beside whatever the server still remembers of it. */
export function readAggregated(list: AggregatedGroupList): {
  served: ServedResource[];
  failures: DiscoveryFailure[];
} {
  const served: ServedResource[] = [];
  const failures: DiscoveryFailure[] = [];
  for (const item of list.items ?? []) {
    const group = item.metadata?.name ?? '';
    for (const version of item.versions ?? []) {
      for (const resource of version.resources ?? [])
        served.push(fromAggregated(group, version.version, resource));
      if (version.freshness !== 'Stale') continue;
      failures.push({
        groupVersion: group === '' ? version.version : `${group}/${version.version}`,
        reason: 'the API server gets no answer from the aggregated API behind it (discovery is stale)',
      });
    }
  }
  return { served, failures };
}

function fromAggregated(group: string, version: string, resource: AggregatedResource): ServedResource {
  return {
    group,
    version,
    kind: resource.responseKind?.kind ?? '',
    plural: resource.resource,
    singular: resource.singularResource ?? '',
    shortNames: resource.shortNames ?? [],
    categories: resource.categories ?? [],
    namespaced: resource.scope === 'Namespaced',
    verbs: resource.verbs ?? [],
    subresources: (resource.subresources ?? []).map((entry) => entry.subresource),
  };
}
