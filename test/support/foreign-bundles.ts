import { gzipSync } from 'node:zlib';
import { dump } from 'js-yaml';
import { TAR_END, tarEntry } from '../src/bundle/tar-bytes.ts';
import type { FakeCluster, FakeObject } from './fake-kube.ts';

/** A file of a bundle. */
export type BundleFile = readonly [path: string, content: string];

type Resource = NonNullable<FakeCluster['resources']>[number];

/** How each tool lays out what it would have collected of a cluster. */
export const FOREIGN_BUNDLES: Readonly<Record<string, (cluster: FakeCluster) => BundleFile[]>> = {
  'must-gather': mustGatherFiles,
  'support-bundle-kit': supportBundleKitFiles,
  'cluster-info-dump': clusterInfoDumpFiles,
  'kubectl-get': kubectlGetFiles,
};

/** Files as a .tar.gz. */
export function tarGz(files: readonly BundleFile[]): Buffer {
  return gzipSync(Buffer.concat([...files.map(([path, content]) => tarEntry(path, content)), TAR_END]));
}

/** Two images: the first with all objects, the second with some of them again. */
function mustGatherFiles(cluster: FakeCluster): BundleFile[] {
  const image = 'must-gather.local.1/image-a/';
  const files: BundleFile[] = [
    ['must-gather.local.1/timestamp', '2026-03-01 11:59:00 +0000 UTC\n'],
    [`${image}version`, 'openshift/must-gather\n4.16.0\n'],
  ];
  for (const one of objectsOf(cluster, false).filter(({ kind }) => kind !== 'Namespace')) {
    const { group, plural } = resourceOf(cluster, one);
    const path = `cluster-scoped-resources/${group || 'core'}/${plural}/${one.metadata.name}.yaml`;
    files.push([image + path, yaml(one)], [`must-gather.local.1/image-b/${path}`, yaml(one)]);
  }
  for (const namespace of namespacesOf(cluster)) {
    const folder = `${image}namespaces/${namespace}/`;
    const self = cluster.objects?.find((one) => one.kind === 'Namespace' && one.metadata.name === namespace);
    if (self) files.push([`${folder}${namespace}.yaml`, yaml(self)]);
    for (const resource of namespaced(cluster)) {
      const items = itemsOf(cluster, resource, namespace);
      files.push([
        `${folder}${resource.group || 'core'}/${resource.plural}.yaml`,
        yaml(typedList(resource, items)),
      ]);
      if (resource.kind !== 'Pod') continue;
      for (const pod of items)
        files.push([`${folder}pods/${pod.metadata.name}/${pod.metadata.name}.yaml`, yaml(pod)]);
    }
  }
  for (const { namespace, pod, container, previous, text } of logsOf(cluster)) {
    const folder = `${image}namespaces/${namespace}/pods/${pod}/${container}/${container}/logs/`;
    files.push([`${folder}${previous ? 'previous' : 'current'}.log`, text]);
  }
  return files;
}

/** With its texts `"null"` where the object has none. */
function supportBundleKitFiles(cluster: FakeCluster): BundleFile[] {
  const root = 'supportbundle_1_2026-03-01T12-00-00Z/';
  const files: BundleFile[] = [
    [
      `${root}metadata.yaml`,
      'projectnamespaceuuid: "1"\nbundlename: supportbundle_1\nbundleversion: 0.1.0\nkubernetesversion: v1.36.2\n' +
        'bundlecreatedat: "2026-03-01T12:00:00Z"\nissueurl: ""\nissuedescription: ""\n',
    ],
  ];
  const write = (folder: string, resource: Resource, items: readonly FakeObject[]) => {
    const group = resource.group === '' ? '' : `${resource.group}/`;
    const list = { apiVersion: 'v1', kind: 'List', metadata: {}, items };
    const text = yaml(list).replaceAll(/: (?:''|""|null)$/gm, ': "null"');
    files.push([`${root}yamls/${folder}/${group}${resource.version}/${resource.plural}.yaml`, text]);
  };
  for (const resource of (cluster.resources ?? []).filter((one) => one.kind !== 'Secret')) {
    if (!resource.namespaced) write('cluster', resource, itemsOf(cluster, resource, undefined));
    else
      for (const namespace of namespacesOf(cluster))
        write(`namespaced/${namespace}`, resource, itemsOf(cluster, resource, namespace));
  }
  for (const { namespace, pod, container, previous, text } of logsOf(cluster))
    files.push([`${root}logs/${namespace}/${pod}/${container}.log${previous ? '.1' : ''}`, text]);
  return files;
}

/** Names of the lists of a namespace, by kind. */
const DUMPED: Readonly<Record<string, string>> = {
  Event: 'events',
  ReplicationController: 'replication-controllers',
  Service: 'services',
  DaemonSet: 'daemonsets',
  Deployment: 'deployments',
  ReplicaSet: 'replicasets',
  Pod: 'pods',
};

function clusterInfoDumpFiles(cluster: FakeCluster): BundleFile[] {
  const nodes = (cluster.resources ?? []).filter(({ kind }) => kind === 'Node');
  const files: BundleFile[] = nodes.map((one) => [
    'nodes.json',
    dumped(one, itemsOf(cluster, one, undefined)),
  ]);
  for (const namespace of namespacesOf(cluster)) {
    for (const resource of namespaced(cluster)) {
      const name = DUMPED[resource.kind];
      if (name === undefined) continue;
      files.push([`${namespace}/${name}.json`, dumped(resource, itemsOf(cluster, resource, namespace))]);
    }
  }
  return [...files, ...dumpedLogs(cluster)];
}

/** What the same command prints without a folder. */
export function printedDump(cluster: FakeCluster): string {
  return clusterInfoDumpFiles(cluster)
    .map(([, content]) => content)
    .join('');
}

function dumpedLogs(cluster: FakeCluster): BundleFile[] {
  const byPod = new Map<string, string>();
  for (const { namespace, pod, container, previous, text } of logsOf(cluster)) {
    if (previous) continue;
    const of = `logs for container ${container} of pod ${namespace}/${pod} ====`;
    const path = `${namespace}/${pod}/logs.txt`;
    byPod.set(path, `${byPod.get(path) ?? ''}==== START ${of}\n${text}==== END ${of}\n`);
  }
  return [...byPod];
}

/** One list per kind, every other as YAML. */
function kubectlGetFiles(cluster: FakeCluster): BundleFile[] {
  return (cluster.resources ?? []).map((resource, index) => {
    const items = (cluster.objects ?? []).filter((one) => isOf(one, resource));
    const list = { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
    return index % 2 === 0
      ? [`${resource.plural}.yaml`, yaml(list)]
      : [`${resource.plural}.json`, `${JSON.stringify(list, null, 4)}\n`];
  });
}

/** A list whose items name no kind. */
function dumped(resource: Resource, items: readonly FakeObject[]): string {
  const bare = items.map(({ apiVersion: _version, kind: _kind, ...rest }) => rest);
  const { apiVersion, kind } = typedList(resource, []);
  return `${JSON.stringify({ kind, apiVersion, metadata: {}, items: bare }, null, 4)}\n`;
}

function typedList({ group, version, kind }: Resource, items: readonly FakeObject[]) {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return { apiVersion, items, kind: `${kind}List`, metadata: {} };
}

function logsOf({ logs = {} }: FakeCluster) {
  return Object.entries(logs).map(([path, text]) => {
    const [namespace, pod, container, previous] = path.split('/');
    return { namespace, pod, container, previous: previous !== undefined, text: text as string };
  });
}

function namespacesOf({ objects = [] }: FakeCluster): string[] {
  return objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
}

function namespaced({ resources = [] }: FakeCluster): Resource[] {
  return resources.filter((one) => one.namespaced);
}

function objectsOf(cluster: FakeCluster, isNamespaced: boolean): FakeObject[] {
  return (cluster.objects ?? []).filter((one) => resourceOf(cluster, one).namespaced === isNamespaced);
}

function itemsOf(
  { objects = [] }: FakeCluster,
  resource: Resource,
  namespace: string | undefined,
): FakeObject[] {
  return objects.filter((one) => isOf(one, resource) && (one.metadata.namespace ?? undefined) === namespace);
}

function resourceOf({ resources = [] }: FakeCluster, object: FakeObject): Resource {
  const found = resources.find((one) => isOf(object, one));
  if (!found) throw new Error(`the cluster does not serve ${object.kind}`);
  return found;
}

function isOf({ apiVersion, kind }: FakeObject, resource: Resource): boolean {
  const { group, version } = resource;
  return kind === resource.kind && apiVersion === (group === '' ? version : `${group}/${version}`);
}

function yaml(value: object): string {
  return dump(value, { noRefs: true, lineWidth: -1 });
}
