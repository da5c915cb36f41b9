import { etcdStatus } from '../artifacts/etcd-status.ts';
import { isMemberList, memberListBody } from '../artifacts/etcdctl-text.ts';
import { konvoyCluster } from '../artifacts/konvoy-cluster.ts';
import { konvoyInventory } from '../artifacts/konvoy-inventory.ts';
import { CLUSTER_SCOPE, type Scope } from '../model/scope.ts';
import { konvoyConfigurationFile } from './konvoy-configuration.ts';
import type { Layout, LayoutEntry } from './layout.ts';
import { RESOURCE_NAMES } from './resource-names.ts';

const IGNORED: LayoutEntry = { kind: 'ignored' };

/** Files of a node that are documents of ours as they stand. */
const NODE_FILES: ReadonlyMap<string, string> = new Map([
  ['iptables-save.txt', 'node-firewall'],
  ['ctr-version.txt', 'node-runtime'],
  ['timedatectl.txt', 'node-time'],
  ['df.txt', 'node-filesystems'],
  ['ansible_facts.json', 'node-ansible-facts'],
  ['ps.txt', 'node-processes'],
  ['resolv.conf', 'node-network'],
  ['resolv.conf.txt', 'node-network'],
]);
/** Files that are a part of a document of ours: the name of the part is put above them. */
const NODE_PARTS: readonly (readonly [RegExp, artifact: string, part: string])[] = [
  [/^lsmod\.txt$/, 'node-kernel-settings', 'modules'],
];
const STATUS = /^[\w@.-]+\.service\.status\.txt$/;

/** Files of a node that are logs; those of a unit are called `<unit>.service.log`. */
const NODE_LOGS: ReadonlyMap<string, string> = new Map([
  ['journalctl.log', 'journal'],
  ['dmesg.txt', 'kernel'],
]);

/** The configuration, of which the archive holds a copy since 1.1.1; where is not documented. */
const CONFIGURATION = /^(?:bundles\/(?:cluster-data\/)?)?(?:cluster|inventory)\.ya?ml$/;

/** Artifacts a file of the archive may be; beside them it holds objects and logs. */
const KNOWN: ReadonlySet<string> = new Set([
  ...NODE_FILES.values(),
  ...NODE_PARTS.map(([, artifact]) => artifact),
  'node-services',
  'logs',
  etcdStatus.id,
  konvoyCluster.id,
  konvoyInventory.id,
]);

/**
 * The archive of `konvoy diagnose` (Konvoy 1.x): an archive for each node, one of the cluster, one of Helm. A
 * node is called by the name of its archive, which is an address; analyzers join it with the Node. Helm's text
 * tables are not read.
 */
export const konvoy: Layout = {
  id: 'konvoy',
  title: 'Konvoy diagnostic archive',

  recognise(path) {
    const [root] = /^(?:[^/]+\/){0,2}?(?=bundles\/[^/]+\/.)/.exec(path) ?? [];
    if (root === undefined) return undefined;
    return placeIn(path.slice(root.length)) === undefined ? undefined : root;
  },

  nested: (path) => /^(?:[^/]+\/){0,2}bundles\/[^/]+$/.test(path),

  classify(path, first) {
    if (CONFIGURATION.test(path)) return konvoyConfigurationFile(first) ?? IGNORED;
    const place = placeIn(path);
    if (place === undefined) return IGNORED;
    return place.type === 'node' ? nodeFile(place.node, place.file, first) : place.entry;
  },

  absent: (artifact) =>
    artifact.startsWith('resources:') || KNOWN.has(artifact)
      ? undefined
      : 'a Konvoy diagnostic archive has no file of this',
};

type Place =
  | { readonly type: 'node'; readonly node: string; readonly file: string }
  | { readonly type: 'cluster'; readonly entry: LayoutEntry };

/** Where below `bundles/` a file lies; undefined when Konvoy puts none there. */
function placeIn(path: string): Place | undefined {
  const [, archive = '', below = ''] = /^bundles\/([^/]+)\/(.+)$/.exec(path) ?? [];
  const segments = below.split('/');
  const file = segments.pop() ?? '';
  // Up to 1.1 the cluster's files were in the archive of a control-plane node.
  const folder = segments.pop();
  if (folder === 'api-resources') return cluster(apiResource(file));
  if (folder === 'pods_logs') return cluster(podLog(file));
  if (archive === 'helm' || archive === 'cluster-data') return cluster(IGNORED);
  const node = /^(?:(?:master|worker)_)?([\w.:-]+)$/.exec(archive)?.[1];
  if (node === undefined || folder !== undefined) return undefined;
  const named = archive !== node || /^\d+\.\d+\.\d+\.\d+$/.test(node);
  return named ? { type: 'node', node, file } : undefined;
}

function cluster(entry: LayoutEntry): Place {
  return { type: 'cluster', entry };
}

/** `<plural>[.<group>].yaml`, a List of the whole cluster. */
function apiResource(file: string): LayoutEntry {
  const name = /^(.+)\.ya?ml$/.exec(file)?.[1];
  if (name === undefined) return IGNORED;
  const hint = RESOURCE_NAMES.get(name);
  const common = { kind: 'resources', format: 'yaml', scope: CLUSTER_SCOPE, whole: true, sample: 0 } as const;
  return hint === undefined ? common : { ...common, hint };
}

/** `<namespace>_<pod>.log`, more fields possible; without one for the container nobody knows whose log it is. */
function podLog(file: string): LayoutEntry {
  const [namespace, pod, container = '', previous, ...more] = file.replace(/\.log$/, '').split('_');
  if (!file.endsWith('.log') || !namespace || !pod || more.length > 0) return IGNORED;
  if (previous !== undefined && previous !== 'previous') return IGNORED;
  const scope: Scope = { type: 'container', namespace, pod, container };
  return log(previous === undefined ? scope : { ...scope, previous: true });
}

function nodeFile(node: string, file: string, first: Buffer): LayoutEntry {
  const artifact = STATUS.test(file) ? 'node-services' : NODE_FILES.get(file);
  if (artifact !== undefined) return nodeDocument(artifact, node);
  // What etcdctl answered lies in files since 1.4 whose names are not documented.
  if (/etcd/.test(file) && isMemberList(first.toString('utf8')))
    return { ...nodeDocument(etcdStatus.id, node), convert: memberListBody };
  const part = NODE_PARTS.find(([name]) => name.test(file));
  if (part) return { ...nodeDocument(part[1], node), convert: (bytes) => headed(part[2], bytes) };
  const unit = NODE_LOGS.get(file) ?? /^([\w@.-]+)\.service\.log$/.exec(file)?.[1];
  return unit === undefined ? IGNORED : log({ type: 'unit', node, unit });
}

function nodeDocument(artifact: string, node: string): Extract<LayoutEntry, { kind: 'document' }> {
  return { kind: 'document', artifact, scope: { type: 'node', node }, whole: true, sample: 0 };
}

/** A text with the name of its part above, as our own node files have it. */
function headed(part: string, bytes: Buffer): Uint8Array {
  return Buffer.concat([Buffer.from(`==> ${part} <==\n`), bytes]);
}

function log(scope: Scope): LayoutEntry {
  return { kind: 'log', sections: [{ scope }], sample: 0 };
}
