import { CLUSTER_SCOPE, type Scope } from '../model/scope.ts';
import { formatOf, resourceByContent } from './any-files.ts';
import { isCapitalisedList, readCapitalisedList } from './capitalised-lists.ts';
import { podLogDivider } from './container-log-parts.ts';
import { dumpDivider } from './dump-lists.ts';
import { rootOf } from './kubecase.ts';
import type { Layout, LayoutEntry, TypeHint } from './layout.ts';

const IGNORED: LayoutEntry = { kind: 'ignored' };

/** Files of a namespace, without their ending, and the kind each lists. */
const LISTS: ReadonlyMap<string, TypeHint> = new Map([
  ['events', { apiVersion: 'v1', kind: 'Event' }],
  ['replication-controllers', { apiVersion: 'v1', kind: 'ReplicationController' }],
  ['services', { apiVersion: 'v1', kind: 'Service' }],
  ['daemonsets', { apiVersion: 'apps/v1', kind: 'DaemonSet' }],
  ['deployments', { apiVersion: 'apps/v1', kind: 'Deployment' }],
  ['replicasets', { apiVersion: 'apps/v1', kind: 'ReplicaSet' }],
  ['pods', { apiVersion: 'v1', kind: 'Pod' }],
]);

const NODES: TypeHint = { apiVersion: 'v1', kind: 'Node' };

const HELD = new Set([
  'logs',
  'resources:core/Node',
  'resources:core/Event',
  'resources:core/ReplicationController',
  'resources:core/Service',
  'resources:core/Pod',
  'resources:apps/DaemonSet',
  'resources:apps/Deployment',
  'resources:apps/ReplicaSet',
]);

/** The folder `kubectl cluster-info dump --output-directory` writes, or what it prints without one, in a file. */
export const clusterInfoDump: Layout = {
  id: 'cluster-info-dump',
  title: 'kubectl cluster-info dump',

  recognise(path, first, alone) {
    if (alone && isNodeList(first)) return '';
    const root = rootOf(path, 'nodes.json') ?? rootOf(path, 'nodes.yaml');
    if (root !== undefined) return isNodeList(first) || isCapitalisedList(first) ? root : undefined;
    const log = /^((?:[^/]+\/){0,2}?)([^/]+)\/([^/]+)\/logs\.txt$/.exec(path);
    if (log !== null) {
      const [, above = '', namespace, pod] = log;
      const marker = / of pod ([^\s/]+)\/(\S+) ====/.exec(first.toString('utf8'));
      return marker?.[1] === namespace && marker?.[2] === pod ? above : undefined;
    }
    const isPrinted = path.split('/').length <= 3 && formatOf(path) === undefined && isNodeList(first);
    return isPrinted ? path.slice(0, path.lastIndexOf('/') + 1) : undefined;
  },

  classify(path, first) {
    const segments = path.split('/');
    const [namespace = '', second = '', file] = segments;
    if (segments.length === 3 && file === 'logs.txt')
      return { kind: 'parts', divider: () => podLogDivider(namespace, second) };
    const isNodes = /^nodes\.(?:json|ya?ml)$/.test(path);
    if (segments.length === 1 && !isNodes && isNodeList(first))
      return { kind: 'parts', divider: dumpDivider };
    const format = formatOf(path);
    if (format === undefined) return IGNORED;
    const name = (segments.at(-1) ?? '').slice(0, -format.length - 1);
    if (isNodes) return listOf(NODES, CLUSTER_SCOPE, format, first);
    const hint = segments.length === 2 ? LISTS.get(name) : undefined;
    if (hint !== undefined) return listOf(hint, { type: 'namespace', namespace }, format, first);
    return resourceByContent(path, first) ?? IGNORED;
  },

  absent: (artifact) =>
    HELD.has(artifact) ? undefined : 'kubectl cluster-info dump never writes what this is to be read from',
};

function listOf(hint: TypeHint, scope: Scope, format: 'json' | 'yaml', first: Buffer): LayoutEntry {
  const entry = { kind: 'resources', format, scope, whole: true, hint, sample: 0 } as const;
  if (format !== 'json' || !isCapitalisedList(first)) return entry;
  return { ...entry, convert: (bytes) => readCapitalisedList(bytes, hint) };
}

/** A list of nodes as the API gives it: its items name no kind, unlike those `kubectl get` prints. */
function isNodeList(first: Buffer): boolean {
  const text = first.toString('utf8');
  return (
    /^\s*\{\s*"kind":\s*"NodeList"/.test(text) || /^apiVersion: v1\r?\nitems:\r?\n- metadata:/.test(text)
  );
}
