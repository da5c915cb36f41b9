import type { ApiDiscovery } from '../artifacts/api-discovery.ts';
import { type CoverageRow, isShortfall } from '../model/coverage.ts';
import { scopeKey } from '../model/scope.ts';
import type { ManifestEntry } from './manifest.ts';

/** `version.yaml`, by which readers tell a support bundle; the number is that of the tool whose layout is followed. */
export const VERSION_FILE =
  'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: 0.120.0\n';

/** `cluster-info/cluster_version.json` from the reply of `/version`. */
export function clusterVersion(reply: Buffer): Buffer {
  const info = JSON.parse(reply.toString()) as { readonly gitVersion?: string };
  return jsonOf({ info, string: info.gitVersion ?? '' });
}

/** `cluster-resources/resources.json`: a list of APIResourceLists, one per served version. */
export function resourcesList({ resources }: ApiDiscovery): Buffer {
  const lists = new Map<string, object[]>();
  for (const resource of resources) {
    const { group, version, plural, singular, kind, namespaced, verbs, shortNames, categories } = resource;
    for (const one of resource.versions.length === 0 ? [version] : resource.versions) {
      const groupVersion = group === '' ? one : `${group}/${one}`;
      const list = lists.get(groupVersion) ?? [];
      lists.set(groupVersion, list);
      list.push({ name: plural, singularName: singular, namespaced, kind, verbs, shortNames, categories });
      for (const sub of resource.subresources)
        list.push({ name: `${plural}/${sub}`, singularName: '', namespaced, kind, verbs: [] });
    }
  }
  return jsonOf(
    [...lists].map(([groupVersion, found]) => ({
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion,
      resources: found,
    })),
  );
}

/** `cluster-resources/groups.json`: a list of APIGroups, the core group with an empty name. */
export function groupsList({ resources }: ApiDiscovery): Buffer {
  const groups = new Map<string, Set<string>>();
  for (const { group, version, versions } of resources) {
    const known = groups.get(group) ?? new Set();
    groups.set(group, known);
    for (const one of versions.length === 0 ? [version] : versions) known.add(one);
  }
  return jsonOf(
    [...groups].map(([name, found]) => {
      const versions = [...found].map((version) => ({
        groupVersion: name === '' ? version : `${name}/${version}`,
        version,
      }));
      return { name, versions, preferredVersion: versions[0] };
    }),
  );
}

/** `skipped-collectors.json`: what was not collected, and what a support bundle has no place for. */
export function skippedCollectors(
  coverage: readonly CoverageRow[],
  left: readonly ManifestEntry[],
  timestamp: string,
): Buffer {
  const rows = coverage.filter(isShortfall).map(({ artifact, scope, outcome, reason }) => ({
    collector: `${artifact} ${scopeKey(scope)}`,
    reason: outcome,
    errors: reason === undefined ? [] : [reason],
    timestamp,
  }));
  const withoutPlace = left.map(({ path }) => ({
    collector: path,
    reason: 'not converted',
    errors: ['a support bundle has no place for it; it is in the kubecase bundle'],
    timestamp,
  }));
  return jsonOf([...rows, ...withoutPlace]);
}

function jsonOf(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
