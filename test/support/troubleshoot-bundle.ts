import { gzipSync } from 'node:zlib';
import { CLUSTER_FILES, NAMESPACED_DIRS } from '../../src/layouts/troubleshoot-kinds.ts';
import { TAR_END, tarEntry } from '../src/bundle/tar-bytes.ts';
import type { FakeCluster, FakeObject } from './fake-kube.ts';

type File = readonly [path: string, content: string];

/** The files of a troubleshoot support bundle of a cluster: what that tool would have collected, as it lays it out. */
export function troubleshootFiles(cluster: FakeCluster): File[] {
  const { objects = [], resources = [], logs = {} } = cluster;
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
  const files: File[] = [
    [
      'version.yaml',
      'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: 0.120.0\n',
    ],
    [
      'cluster-info/cluster_version.json',
      JSON.stringify({ info: { gitVersion: 'v1.36.2' }, string: 'v1.36.2' }),
    ],
    ['cluster-resources/resources.json', JSON.stringify(resources.map(apiResourceList))],
  ];
  for (const [folder, type] of NAMESPACED_DIRS) {
    if (!isServed(cluster, type.kind)) continue;
    for (const namespace of namespaces) {
      const items = objects.filter((one) => one.kind === type.kind && one.metadata.namespace === namespace);
      files.push([`cluster-resources/${folder}/${namespace}.json`, listOf(type, items)]);
    }
  }
  for (const [name, type] of CLUSTER_FILES) {
    if (!isServed(cluster, type.kind)) continue;
    const items = objects.filter((one) => one.kind === type.kind);
    files.push([`cluster-resources/${name}.json`, listOf(type, items)]);
  }
  for (const [path, text] of Object.entries(logs)) {
    const [namespace, pod, container, previous] = path.split('/');
    const file = `${container}${previous === undefined ? '' : '-previous'}.log`;
    files.push([`cluster-resources/pods/logs/${namespace}/${pod}/${file}`, text as string]);
  }
  return files;
}

/** The same as one gzip member, below the root folder the tool gives its archives. */
export function troubleshootArchive(cluster: FakeCluster): Buffer {
  const root = 'support-bundle-2026-03-01T12_00_00';
  const entries = troubleshootFiles(cluster).map(([path, content]) => tarEntry(`${root}/${path}`, content));
  return gzipSync(Buffer.concat([...entries, TAR_END]));
}

function isServed({ resources }: FakeCluster, kind: string): boolean {
  return resources?.some((one) => one.kind === kind) ?? false;
}

function apiResourceList(resource: NonNullable<FakeCluster['resources']>[number]): object {
  const { group, version, plural, kind, namespaced, verbs } = resource;
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return { kind: 'APIResourceList', groupVersion, resources: [{ name: plural, kind, namespaced, verbs }] };
}

function listOf(
  type: { readonly apiVersion: string; readonly kind: string },
  items: readonly FakeObject[],
): string {
  const { apiVersion, kind } = type;
  return JSON.stringify({ kind: `${kind}List`, apiVersion, metadata: {}, items }, null, 2);
}
