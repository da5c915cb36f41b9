import { gzipSync } from 'node:zlib';
import { TAR_END, tarEntry } from '../src/bundle/tar-bytes.ts';
import type { FakeCluster, FakeObject } from './fake-kube.ts';
import { troubleshootFiles } from './troubleshoot-bundle.ts';

type File = readonly [path: string, content: string];

/** What a DKP bundle holds beside what is in the cluster. */
export interface DkpExtras {
  /** Files below `node-diagnostics/`. */
  readonly nodes?: Readonly<Record<string, string>>;
  /** `execution-data/summary.txt`. */
  readonly summary?: string;
  /** Folder of the logs: `pod-logs`, or `allPodLogs` where the collector has no name. */
  readonly logs?: string;
}

/** Files `dkp diagnose` writes of a cluster, ReplicaSets where its versions put them. */
export function dkpFiles(
  cluster: FakeCluster,
  { nodes = {}, summary, logs = 'pod-logs' }: DkpExtras = {},
): File[] {
  const files = troubleshootFiles({ ...cluster, logs: {} }).map(([path, content]): File => {
    const folder = 'cluster-resources/statefulsets-errors.json/';
    return [path.replace('cluster-resources/replicasets/', folder), content];
  });
  for (const [path, text] of Object.entries(cluster.logs ?? {})) {
    const [namespace, pod, container, previous] = path.split('/');
    const name = `${pod}-${container}${previous === undefined ? '' : '-previous'}`;
    files.push([`${logs}/${namespace}/${name}.log`, text as string]);
  }
  for (const object of cluster.objects ?? []) {
    if (object.kind === 'ConfigMap') files.push(configMapFile(object));
  }
  for (const [path, text] of Object.entries(nodes)) files.push([`node-diagnostics/${path}`, text]);
  if (summary !== undefined) files.push(['execution-data/summary.txt', summary]);
  return files;
}

/** The same as an archive below its root folder. */
export function dkpArchive(files: readonly File[], root = 'support-bundle-2026-03-01T12_00_00'): Buffer {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return gzipSync(
    Buffer.concat([...sorted.map(([path, content]) => tarEntry(`${root}/${path}`, content)), TAR_END]),
  );
}

/** `configmaps/<namespace>/<name>.json`. */
function configMapFile({ metadata: { namespace, name }, data }: FakeObject): File {
  const wrapper = { namespace, name, key: '', configMapExists: true, keyExists: false, data };
  return [`configmaps/${namespace}/${name}.json`, JSON.stringify(wrapper, null, 2)];
}

/** `execution-data/summary.txt` with one collector of files of nodes, `S` or `F`, after some milliseconds. */
export function collectorSummary(state: 'S' | 'F', milliseconds: string): string {
  const line = '=============================================';
  return `\n============ Collectors summary =============\nSuceeded (S), eXcluded (X), Failed (F)\n${line}\nall-logs (S)                           : 60,000ms\nexec-copy-from-host/node-diagnostics (${state}) : ${milliseconds}ms\n\n============ Redactors summary =============\n`;
}

/** The pod of the collector on a node, as it is written where its files could not be copied. */
export function collectorPod(status: object, spec: object = {}): string {
  return JSON.stringify({
    metadata: { name: 'troubleshoot-execcopyfromhost-x7k2p', namespace: 'default' },
    spec: { nodeName: 'node-1', ...spec },
    status: { phase: 'Pending', ...status },
  });
}

/** `crictl ps -a` on a node, as cri-tools 1.33 prints it. */
export const CRICTL_TABLE = [
  'CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD                       NAMESPACE',
  '1f73f2d81bf98       5c6acd67e9cd1       2 hours ago         Running             etcd                1                   a9c1d1ab1ee11       etcd-node-1               kube-system',
  '0c2a9ee8a7c3d       5c6acd67e9cd1       3 hours ago         Exited              etcd                0                   a9c1d1ab1ee11       etcd-node-1               kube-system',
  '',
].join('\n');

/** `kubeadm certs check-expiration` on a control plane node. */
export function expirationTable(expires: Readonly<Record<string, string>>): string {
  const head =
    'CERTIFICATE                EXPIRES                  RESIDUAL TIME   CERTIFICATE AUTHORITY   EXTERNALLY MANAGED';
  const rows = Object.entries(expires).map(
    ([name, date]) =>
      `${name.padEnd(26)} ${date.padEnd(24)} 20d             ca                      no      `,
  );
  return [
    '[check-expiration] Reading configuration from the cluster...',
    '',
    head,
    ...rows,
    '!MISSING! super-admin.conf',
    '',
    'CERTIFICATE AUTHORITY   EXPIRES                  RESIDUAL TIME   EXTERNALLY MANAGED',
    'ca                      Nov 03, 2033 14:13 UTC   7y              no      ',
    '',
  ].join('\n');
}
