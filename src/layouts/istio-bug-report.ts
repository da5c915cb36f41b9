import { istioProxyConfig } from '../artifacts/istio-proxy-config.ts';
import { istioSyncStatus } from '../artifacts/istio-sync-status.ts';
import { CLUSTER_SCOPE } from '../model/scope.ts';
import type { Layout, LayoutEntry } from './layout.ts';
import { previousLogDivider } from './previous-log.ts';
import { RESOURCE_NAMES } from './resource-names.ts';

const IGNORED: LayoutEntry = { kind: 'ignored' };

/** Files of `cluster/`, without endings, that `kubectl get --all-namespaces … -o yaml` wrote. */
const LISTS = new Set(['k8s-resources', 'k8s-cluster-resources', 'crs', 'secrets']);

/** Logs by the top folder and the name of the file, and the container each is of. */
const LOGS: ReadonlyMap<string, string> = new Map([
  ['proxies/istio-proxy.log', 'istio-proxy'],
  ['istio/discovery.log', 'discovery'],
  ['operator/operator.log', 'istio-operator'],
]);

/** Kinds of Kubernetes itself the tool asks for: `all` of kubectl, and those it names. */
const ASKED = new Set(
  'pods replicationcontrollers services daemonsets.apps deployments.apps replicasets.apps statefulsets.apps horizontalpodautoscalers.autoscaling cronjobs.batch jobs.batch namespaces ingresses.networking.k8s.io endpoints endpointslices.discovery.k8s.io customresourcedefinitions.apiextensions.k8s.io configmaps events mutatingwebhookconfigurations.admissionregistration.k8s.io validatingwebhookconfigurations.admissionregistration.k8s.io networkpolicies.networking.k8s.io'.split(
    ' ',
  ),
);
const NEVER: ReadonlySet<string> = new Set(
  [...RESOURCE_NAMES].flatMap(([name, { apiVersion, kind }]) => {
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : 'core';
    return ASKED.has(name) ? [] : [`resources:${group}/${kind}`];
  }),
);

/** What every archive holds that is no list. */
const ALWAYS: ReadonlySet<string> = new Set([
  'logs',
  'api-server-version',
  istioSyncStatus.id,
  istioProxyConfig.id,
]);

const ROOT =
  /^((?:[^/]+\/){0,2}?)(?:cluster\/(?:k8s-(?:cluster-)?resources|crs)|proxies\/[^/]+\/[^/]+\/istio-proxy\.log|istio\/[^/]+\/[^/]+\/discovery\.log)$/;

/** The archive of `istioctl bug-report`, or the folder it unpacks to. Tables for people in it are not read. */
export const istioBugReport: Layout = {
  id: 'istio-bug-report',
  title: 'istioctl bug-report',

  recognise: (path) => ROOT.exec(path)?.[1],

  classify(path, first): LayoutEntry {
    const [top, ...below] = path.split('/');
    if (top === 'cluster' && below.length === 1) return clusterFile(below[0] ?? '', first);
    const [namespace = '', pod = '', file = '', ...more] = below;
    const document = documentOf(`${top}/${[file, ...more].join('/')}`);
    if (document !== undefined) {
      const scope = { type: 'object', kind: 'Pod', namespace, name: pod } as const;
      return { kind: 'document', artifact: document, scope, whole: true, sample: 0 };
    }
    const container = more.length === 0 ? LOGS.get(`${top}/${file}`) : undefined;
    if (container === undefined) return IGNORED;
    return {
      kind: 'parts',
      divider: () => previousLogDivider({ type: 'container', namespace, pod, container }),
    };
  },

  absent(artifact) {
    if (ALWAYS.has(artifact)) return undefined;
    return artifact.startsWith('resources:') && !NEVER.has(artifact)
      ? undefined
      : 'istioctl bug-report never writes what this is to be read from';
  },
};

/** What a file of a proxy or an istiod is the document of; its query is a part of the file's name. */
function documentOf(path: string): string | undefined {
  if (path === 'istio/debug/syncz') return istioSyncStatus.id;
  return /^proxies\/config_dump(?:$|[^/\w])[^/]*$/.test(path) ? istioProxyConfig.id : undefined;
}

function clusterFile(name: string, first: Buffer): LayoutEntry {
  if (name === 'kubectl-version') {
    const artifact = 'api-server-version';
    return {
      kind: 'document',
      artifact,
      scope: CLUSTER_SCOPE,
      whole: true,
      sample: 0,
      convert: serverVersion,
    };
  }
  // Without --full-secrets there is a table in place of the list.
  const isYaml = /^(?:apiVersion|items|kind|metadata):/m.test(first.toString('utf8'));
  if (!LISTS.has(name) || !isYaml) return IGNORED;
  return { kind: 'resources', format: 'yaml', scope: CLUSTER_SCOPE, whole: true, sample: 0 };
}

/** What the API server says of itself, out of the text of `kubectl version`, of either form. */
function serverVersion(bytes: Buffer): Uint8Array {
  const text = bytes.toString();
  const line = /^Server Version: (.*)$/m.exec(text)?.[1] ?? '';
  const version = /GitVersion:"(v[^"]+)"/.exec(line)?.[1] ?? /^(v\d\S*)/.exec(line)?.[1];
  if (version === undefined) throw new Error('it does not name the version of the server');
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  return Buffer.from(JSON.stringify({ major, minor, gitVersion: version }));
}
