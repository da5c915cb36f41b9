import type { CoverageRow } from '../model/coverage.ts';
import { CLUSTER_SCOPE, type Scope } from '../model/scope.ts';
import { formatOf as formatOfName, resourceByContent } from './any-files.ts';
import { type Layout, type LayoutEntry, ROTATED_FROM } from './layout.ts';
import { etcdDocuments, isEtcdFile } from './must-gather-documents.ts';
import { nodeLogLines } from './node-log-lines.ts';

const IGNORED: LayoutEntry = { kind: 'ignored' };

/** Folders in front of the first that tells: `must-gather.local.1/<image>/<node>/`. */
const ROOT_DEPTH = 3;

/** Folders of one image whose files are read. */
const TELLING = new Set(['cluster-scoped-resources', 'namespaces', 'host_service_logs', 'etcd_info']);

/** Folders of `host_service_logs/` that stand for a role; others are names of nodes. */
const ROLES = new Set(['masters', 'workers']);

/**
 * What `oc adm must-gather` and `oc adm inspect` write: per image (and node) the same folders, which are read as
 * one bundle. Objects lie there in lists of a namespace and one by one; only the lists are whole.
 */
export const mustGather: Layout = {
  id: 'must-gather',
  title: 'OpenShift must-gather',

  recognise(path) {
    const segments = path.split('/');
    const at = segments.findIndex((segment) => TELLING.has(segment));
    if (at < 0 || at > ROOT_DEPTH) return undefined;
    const [folder, ...below] = segments.slice(at);
    const [namespace, second] = below;
    const tells =
      folder === 'cluster-scoped-resources'
        ? below.length >= 2
        : folder === 'namespaces' &&
          (second === `${namespace}.yaml` || ((second === 'core' || second === 'pods') && below.length >= 3));
    // The bundle begins at the top: each image has its own folder with the same ones below.
    return tells ? '' : undefined;
  },

  classify(path, first) {
    const segments = path.split('/');
    const at = segments.findIndex((segment) => TELLING.has(segment));
    const below = segments.slice(at + 1);
    if (at >= 0 && at <= ROOT_DEPTH) {
      if (segments[at] === 'namespaces') return inNamespace(path, below, first);
      if (segments[at] === 'cluster-scoped-resources') return clusterScoped(path, below, first);
      if (segments[at] === 'host_service_logs') return unitLog(below);
      return isEtcdFile(below.join('/')) ? { kind: 'piece' } : IGNORED;
    }
    return segments.length <= ROOT_DEPTH + 1 ? IGNORED : (resourceByContent(path, first) ?? IGNORED);
  },

  coverage(path) {
    const namespace = /(?:^|\/)namespaces\/([^/]+)\//.exec(path)?.[1];
    if (namespace === undefined) return [];
    const container = /\/pods\/([^/]+)\/([^/]+)\/[^/]+\/logs\/rotated\//.exec(path);
    return [unreadLog(namespace, path, container?.slice(1))];
  },

  assemble: etcdDocuments,

  absent: (artifact) =>
    artifact === 'logs' || artifact === 'etcd-status' || artifact.startsWith('resources:')
      ? undefined
      : 'a must-gather never holds what this was to be read from',
};

/** JSON is YAML too: a file of it is read as it streams by, whatever it is called. */
function formatOf(path: string, first: Buffer): 'json' | 'yaml' | undefined {
  const named = formatOfName(path);
  return named === 'yaml' && first[0] === 0x7b ? 'json' : named;
}

function isResource(path: string, first: Buffer, format: 'json' | 'yaml'): boolean {
  return resourceByContent(`${path}.${format}`, first) !== undefined;
}

function unreadLog(namespace: string, path: string, container: readonly string[] | undefined): CoverageRow {
  const file = path.slice(path.lastIndexOf('/') + 1);
  if (container === undefined) {
    const reason = `${file}: the name does not tell pod from container`;
    return { artifact: 'logs', scope: { type: 'namespace', namespace }, outcome: 'skipped', reason };
  }
  const [pod = '', name = ''] = container;
  const scope: Scope = { type: 'container', namespace, pod, container: name };
  // Of a sample of its own: the log of the container itself was collected.
  return {
    artifact: 'logs',
    scope,
    sample: 1,
    outcome: 'skipped',
    reason: `${file}: its name does not tell when it was rotated`,
  };
}

/** `<group>/<resource>.yaml` is a list, `<group>/<resource>/<name>.yaml` one object. */
function clusterScoped(path: string, below: readonly string[], first: Buffer): LayoutEntry {
  const format = formatOf(path, first);
  if (format === undefined || !isResource(path, first, format)) return IGNORED;
  return { kind: 'resources', format, scope: CLUSTER_SCOPE, whole: below.length === 2, sample: 0 };
}

function inNamespace(path: string, below: readonly string[], first: Buffer): LayoutEntry {
  const [namespace = '', folder, ...rest] = below;
  const file = rest.at(-1) ?? '';
  if (folder === 'core' && rest[0] === 'pods' && rest[1] === 'logs') return { kind: 'coverage' };
  if (folder === 'pods' && rest.at(-2) === 'logs') return podLog(namespace, rest.slice(0, -2), file);
  if (folder === 'pods' && rest.at(-2) === 'rotated') return rotatedLog(namespace, rest.slice(0, -2), file);
  const format = formatOf(path, first);
  if (format === undefined || !isResource(path, first, format)) return IGNORED;
  const common = { kind: 'resources', format, sample: 0 } as const;
  // `oc adm inspect --all-namespaces` has no namespace to name a folder after.
  if (namespace === 'all') return { ...common, scope: CLUSTER_SCOPE, whole: true, scopeByItems: true };
  const scope: Scope = { type: 'namespace', namespace };
  return { ...common, scope, whole: folder !== 'pods' && rest.length === 1 };
}

/** `<pod>/<container>/<container>/logs/current.log`; `.insecure` was read without checking the kubelet's certificate. */
function podLog(namespace: string, owner: readonly string[], file: string): LayoutEntry {
  const [pod, container, same] = owner;
  const match = /^(current|previous)(?:\.insecure)?\.log$/.exec(file);
  if (match === null || pod === undefined || container === undefined || same !== container) return IGNORED;
  const previous = match[1] === 'previous' ? { previous: true } : {};
  const scope = { type: 'container', namespace, pod, container, ...previous } as const;
  return { kind: 'log', sections: [{ scope }], sample: 0 };
}

/**
 * `<pod>/<container>/<container>/logs/rotated/0.log.20260301-115900.gz`: what the kubelet put aside, the number of
 * restarts first. A file without a time in its name is not told from the log itself.
 */
function rotatedLog(namespace: string, owner: readonly string[], file: string): LayoutEntry {
  const [pod, container, same, logs] = owner;
  const match = /^\d+\.log\.(\d{8})-(\d{6})(\.gz)?$/.exec(file);
  if (pod === undefined || container === undefined || same !== container || logs !== 'logs') return IGNORED;
  if (match === null) return { kind: 'coverage' };
  const scope = { type: 'container', namespace, pod, container } as const;
  const sample = Number(`${match[1]}${match[2]}`);
  const packed = match[3] === undefined ? {} : { packed: true };
  return sample < ROTATED_FROM
    ? { kind: 'coverage' }
    : { kind: 'log', sections: [{ scope }], sample, ...packed };
}

/** `masters/<unit>_service.log`: the unit on all nodes of the role; a folder named after a node holds that node's. */
function unitLog([folder = '', file = '', ...more]: readonly string[]): LayoutEntry {
  const unit = /^(.+)_service\.log$/.exec(file)?.[1];
  if (unit === undefined || more.length > 0) return IGNORED;
  const node = ROLES.has(folder) ? undefined : folder;
  return { kind: 'parts', divider: () => nodeLogLines(unit, node) };
}
