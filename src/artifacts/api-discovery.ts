import { document } from '../model/artifact.ts';
import type { ApiResource, DiscoveryFailure } from '../model/kube.ts';
import { listIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** What the API server serves, as `collect` found it. */
export interface ApiDiscovery {
  /** One per kind, in the version the server prefers; sorted by group and plural. */
  readonly resources: readonly ApiResource[];
  /** Group versions whose discovery failed, e.g. of an aggregated API that is down. */
  readonly failures: readonly DiscoveryFailure[];
}

/** Discovery, scope cluster: tells a kind that does not exist from one that was not looked at. */
export const apiDiscovery = document<ApiDiscovery>({
  id: 'api-discovery',
  title: 'Kinds the API server serves',
  contentType: 'json',
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    return {
      resources: listIn(stored.resources).flatMap(resourceOf),
      failures: listIn(stored.failures).flatMap((element) => {
        const { groupVersion, reason } = objectIn(element);
        if (typeof groupVersion !== 'string') return [];
        return [{ groupVersion, reason: stringIn(reason) ?? 'unknown reason' }];
      }),
    };
  },
});

function resourceOf(element: unknown): ApiResource[] {
  const fields = objectIn(element);
  const { group, version, kind, plural } = fields;
  if (typeof version !== 'string' || typeof kind !== 'string' || typeof plural !== 'string') return [];
  return [
    {
      group: stringIn(group) ?? '',
      version,
      versions: strings(fields.versions),
      kind,
      plural,
      singular: stringIn(fields.singular) ?? '',
      shortNames: strings(fields.shortNames),
      categories: strings(fields.categories),
      namespaced: fields.namespaced === true,
      verbs: strings(fields.verbs),
      subresources: strings(fields.subresources),
    },
  ];
}

function strings(value: unknown): string[] {
  return listIn(value).filter((element) => typeof element === 'string');
}
