import { CLUSTER_SCOPE, type Scope } from '../model/scope.ts';
import { allLogsEntry, allLogsErrors } from './all-logs.ts';
import { formatOf, resourceByContent } from './any-files.ts';
import { rootOf } from './kubecase.ts';
import type { Layout, LayoutEntry } from './layout.ts';
import { NODE_DIAGNOSTICS, nodeDiagnosticsEntry, nodeDiagnosticsRows } from './node-diagnostics.ts';
import { errorRows, logErrorRow } from './troubleshoot-coverage.ts';
import { configMapOf, discoveryRecord, versionReply } from './troubleshoot-documents.ts';
import { CLUSTER_FILES, NAMESPACED_DIRS } from './troubleshoot-kinds.ts';

const IGNORED: LayoutEntry = { kind: 'ignored' };
const RESOURCES = 'cluster-resources/';
const POD_LOGS = `${RESOURCES}pods/logs/`;

/** Beside the kinds it lists, a support bundle holds custom resources; these it never collects. */
const NEVER: ReadonlySet<string> = new Set([
  'resources:core/Secret',
  'resources:core/ReplicationController',
  'resources:autoscaling/HorizontalPodAutoscaler',
  'resources:node.k8s.io/RuntimeClass',
  'resources:storage.k8s.io/CSIDriver',
  'resources:storage.k8s.io/CSINode',
  'resources:apiregistration.k8s.io/APIService',
  'resources:flowcontrol.apiserver.k8s.io/FlowSchema',
  'resources:flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
]);

/** Up to v0.123.15 the tool writes ReplicaSets into a folder that is named as a file (cluster_resources.go). */
const REPLICA_SETS = 'statefulsets-errors.json';

/**
 * The support bundle of replicatedhq/troubleshoot, as archive or unpacked folder, and of its forks in `dkp diagnose`
 * and `nkp diagnose`, which add logs of all containers and files of nodes.
 */
export const troubleshoot: Layout = {
  id: 'troubleshoot',
  title: 'troubleshoot support bundle',

  recognise(path, first) {
    const at =
      /(?:^|\/)(?:cluster-resources|host-collectors|allPodLogs)\//.exec(path) ?? NODE_DIAGNOSTICS.exec(path);
    if (at !== null) {
      const root = at.index === 0 && !path.startsWith('/') ? '' : path.slice(0, at.index + 1);
      return root.split('/').length <= 3 ? root : undefined;
    }
    const root = rootOf(path, 'version.yaml') ?? rootOf(path, 'cluster-info/cluster_version.json');
    if (root === undefined) return undefined;
    return path.endsWith('.json') || /^kind:\s*["']?SupportBundle/m.test(first.toString('utf8'))
      ? root
      : undefined;
  },

  classify(path, first) {
    if (path.startsWith(POD_LOGS)) return podLog(path.slice(POD_LOGS.length));
    if (path.startsWith(RESOURCES)) return clusterResource(path, path.slice(RESOURCES.length), first);
    if (path === 'cluster-info/cluster_version.json')
      return { ...document('api-server-version'), convert: versionReply };
    if (path.startsWith('host-collectors/')) return IGNORED;
    const added = allLogsEntry(path) ?? nodeDiagnosticsEntry(path);
    if (added !== undefined) return added;
    if (/^configmaps\/[^/]+\/[^/]+\.json$/.test(path)) return wrappedConfigMap(path, first);
    if (path.endsWith('.log')) return collectorLog(path);
    return isAboutBundle(path) ? IGNORED : (resourceByContent(path, first) ?? IGNORED);
  },

  coverage(path, bytes) {
    if (path.startsWith(POD_LOGS)) {
      const entry = podLog(path.slice(POD_LOGS.length).replace(/-logs-errors\.log$/, '.log'));
      return entry.kind === 'log' ? entry.sections.map(({ scope }) => logErrorRow(scope, bytes)) : [];
    }
    const name = /^cluster-resources\/(.+)-errors\.json$/.exec(path)?.[1];
    return name === undefined ? (allLogsErrors(path, bytes) ?? []) : errorRows(name, bytes);
  },

  assemble: (pieces) => ({ documents: [], rows: nodeDiagnosticsRows(pieces) }),

  absent: (artifact) =>
    NEVER.has(artifact) ? 'a troubleshoot support bundle never holds objects of this kind' : undefined,
};

/** The list a path stands for, when it is the answer of one LIST. */
function clusterResource(path: string, below: string, first: Buffer): LayoutEntry {
  if (/^[^/]+-errors\.json$/.test(below)) return { kind: 'coverage' };
  const format = formatOf(below);
  if (format === undefined) return IGNORED;
  if (below === 'resources.json') return { ...document('api-discovery'), convert: discoveryRecord };
  const segments = below.slice(0, below.lastIndexOf('.')).split('/');
  const [folder = '', name = ''] = segments;
  if (segments.length === 1) return clusterList(folder, first) ?? resourceByContent(path, first) ?? IGNORED;
  const common = { kind: 'resources', format, sample: 0 } as const;
  if (folder === 'custom-resources') {
    const namespace = segments.length === 3 ? segments[2] : undefined;
    return { ...common, scope: scopeOf(namespace), whole: true };
  }
  const hint = NAMESPACED_DIRS.get(folder === REPLICA_SETS ? 'replicasets' : folder);
  if (hint !== undefined && segments.length === 2)
    return { ...common, scope: scopeOf(name), whole: true, hint };
  return NOT_RESOURCES.has(folder) ? IGNORED : (resourceByContent(path, first) ?? IGNORED);
}

/** What the collector `configMap` writes is no object, but says what is in one. */
function wrappedConfigMap(path: string, first: Buffer): LayoutEntry {
  if (!/"configMapExists"\s*:/.test(first.toString('utf8'))) return resourceByContent(path, first) ?? IGNORED;
  const common = { kind: 'resources', format: 'json', whole: false, sample: 0 } as const;
  return { ...common, scope: scopeOf(path.split('/')[1]), convert: configMapOf };
}

/** Folders of `cluster-resources/` that hold no objects. */
const NOT_RESOURCES = new Set(['auth-cani-list', 'image-pull-secrets']);

function clusterList(name: string, first: Buffer): LayoutEntry | undefined {
  const hint = CLUSTER_FILES.get(name);
  if (hint === undefined) return undefined;
  // With namespaces given, namespaces.json holds only those: a bare array, or one object.
  const whole = name !== 'namespaces' || isTypedList(first);
  return { kind: 'resources', format: 'json', scope: CLUSTER_SCOPE, whole, hint, sample: 0 };
}

function isTypedList(first: Buffer): boolean {
  const text = first.toString('utf8').trimStart();
  return text.startsWith('{') && /"kind"\s*:\s*"(?:Namespace)?List"/.test(text);
}

function podLog(below: string): LayoutEntry {
  const [namespace, pod, file, ...more] = below.split('/');
  if (namespace === undefined || pod === undefined || file === undefined || more.length > 0) return IGNORED;
  if (file.endsWith('-logs-errors.log')) return { kind: 'coverage' };
  return file.endsWith('.log') ? logOf(namespace, pod, file) : IGNORED;
}

/**
 * A log of the `logs` collector, `<name>[/logs]/<pod>/<container>.log`: the path does not say the namespace,
 * which is empty then. New versions put links here, which carry no bytes.
 */
function collectorLog(path: string): LayoutEntry {
  const segments = path.split('/');
  const file = segments.pop() ?? '';
  const pod = segments.pop();
  if (pod === undefined || segments.length === 0 || file.endsWith('-logs-errors.log')) return IGNORED;
  return logOf('', pod, file);
}

function logOf(namespace: string, pod: string, file: string): LayoutEntry {
  const name = file.slice(0, -'.log'.length);
  const previous = name.endsWith('-previous');
  const container = previous ? name.slice(0, -'-previous'.length) : name;
  const scope: Scope = { type: 'container', namespace, pod, container, ...(previous ? { previous } : {}) };
  return { kind: 'log', sections: [{ scope }], sample: 0 };
}

/** Files about the bundle, its collectors and its analysis. */
function isAboutBundle(path: string): boolean {
  return /^(?:version\.yaml|analysis\.json|execution-data\/|metadata\/|skipped-collectors\.json|collector-errors\/)/.test(
    path,
  );
}

function document(artifact: string) {
  return { kind: 'document', artifact, scope: CLUSTER_SCOPE, whole: true, sample: 0 } as const;
}

function scopeOf(namespace: string | undefined): Scope {
  return namespace === undefined ? CLUSTER_SCOPE : { type: 'namespace', namespace };
}
