import type { FakeApiServer, Route } from './fake-api-server.ts';
import { sendStatus, startFakeApiServer } from './fake-api-server.ts';
import type { FakeObject } from './fake-kube.ts';
import { type OldForm, oldForm } from './old-forms.ts';

/** A cluster of an older minor version, given by its objects as the newest one serves them. */
export interface OldCluster {
  /** 1.`minor`. */
  readonly minor: number;
  readonly objects: readonly FakeObject[];
  /** `namespace/pod/container`. */
  readonly logs?: Readonly<Record<string, string>>;
  /** The clock of the server, RFC 3339. */
  readonly now: string;
}

/** A kind with the versions that serve it, the preferred one first. */
interface Kind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly versions: (minor: number) => readonly string[];
}

/** First minor version with aggregated discovery on by default (KEP-3352: beta in 1.27, alpha in 1.26). */
const AGGREGATED_SINCE = 27;

/**
 * What 1.20 to 1.36 serve of the kinds that moved between versions, and of those analyzers need beside them: the API
 * reference of each release, the removals of https://kubernetes.io/docs/reference/using-api/deprecation-guide/, and
 * the priorities of cmd/kube-apiserver/app/aggregator.go (`autoscaling/v1` before v2beta2 until v2 came in 1.23).
 */
const KINDS: readonly Kind[] = [
  kind('', 'Namespace', 'namespaces', always('v1'), false),
  kind('', 'Node', 'nodes', always('v1'), false),
  kind('', 'Pod', 'pods', always('v1')),
  kind('', 'Service', 'services', always('v1')),
  kind('', 'Event', 'events', always('v1')),
  kind('', 'ConfigMap', 'configmaps', always('v1')),
  kind('', 'Secret', 'secrets', always('v1')),
  kind('apps', 'Deployment', 'deployments', always('v1')),
  kind('apps', 'ReplicaSet', 'replicasets', always('v1')),
  kind('apps', 'StatefulSet', 'statefulsets', always('v1')),
  kind('autoscaling', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', autoscaling),
  kind('batch', 'Job', 'jobs', always('v1')),
  kind('batch', 'CronJob', 'cronjobs', moved(21, 25)),
  kind('coordination.k8s.io', 'Lease', 'leases', moved(14, 22)),
  kind('discovery.k8s.io', 'EndpointSlice', 'endpointslices', moved(21, 25)),
  kind('events.k8s.io', 'Event', 'events', moved(19, 25)),
  kind('extensions', 'Ingress', 'ingresses', (minor) => (minor < 22 ? ['v1beta1'] : [])),
  kind('networking.k8s.io', 'Ingress', 'ingresses', moved(19, 22)),
  kind('networking.k8s.io', 'IngressClass', 'ingressclasses', moved(19, 22), false),
  kind('policy', 'PodDisruptionBudget', 'poddisruptionbudgets', moved(21, 25)),
  kind(
    'policy',
    'PodSecurityPolicy',
    'podsecuritypolicies',
    (minor) => (minor < 25 ? ['v1beta1'] : []),
    false,
  ),
];

/** Starts an API server that answers discovery, LIST and logs as that version does. */
export function startOldCluster(cluster: OldCluster): Promise<FakeApiServer> {
  return startFakeApiServer({ fallback: answersOf(cluster) });
}

function kind(
  group: string,
  name: string,
  plural: string,
  versions: Kind['versions'],
  namespaced = true,
): Kind {
  return { group, kind: name, plural, namespaced, versions };
}

function always(version: string): Kind['versions'] {
  return () => [version];
}

/** v1 since one minor version, v1beta1 until before another. */
function moved(since: number, until: number): Kind['versions'] {
  return (minor) => [...(minor >= since ? ['v1'] : []), ...(minor < until ? ['v1beta1'] : [])];
}

function autoscaling(minor: number): readonly string[] {
  return [
    ...(minor >= 23 ? ['v2'] : []),
    'v1',
    ...(minor < 25 ? ['v2beta1'] : []),
    ...(minor < 26 ? ['v2beta2'] : []),
  ];
}

function answersOf(cluster: OldCluster): Route {
  const { minor, logs = {} } = cluster;
  const version = { major: '1', minor: String(minor), gitVersion: `v1.${minor}.15`, platform: 'linux/amd64' };
  const date = new Date(cluster.now).toUTCString();
  return (request, response, url) => {
    const send = (value: unknown, type = 'application/json'): void => {
      response.writeHead(200, { 'content-type': type, date });
      response.end(typeof value === 'string' ? value : JSON.stringify(value));
    };
    const { pathname } = url;
    if (pathname === '/version') return send(version);
    if (minor >= AGGREGATED_SINCE && request.headers.accept?.includes('APIGroupDiscoveryList')) {
      if (pathname === '/api') return send(aggregated(minor, true));
      if (pathname === '/apis') return send(aggregated(minor, false));
    }
    const found = discoveryAt(minor, pathname) ?? listAt(cluster, pathname);
    if (found !== undefined) return send(found);
    const [, namespace, pod] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/.exec(pathname) ?? [];
    const log = logs[`${namespace}/${pod}/${url.searchParams.get('container')}`];
    if (log !== undefined) return send(log, 'text/plain');
    sendStatus(response, 404, {
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
    });
  };
}

/** `[group, version]` of everything served, in the order of preference. */
function groupVersions(minor: number): [string, string][] {
  const seen = new Map<string, [string, string]>();
  for (const { group, versions } of KINDS) {
    for (const version of versions(minor)) seen.set(`${group}/${version}`, [group, version]);
  }
  const order = ['v2', 'v1', 'v1beta1', 'v2beta1', 'v2beta2'];
  return [...seen.values()].sort(([, one], [, other]) => order.indexOf(one) - order.indexOf(other));
}

function kindsOf(minor: number, group: string, version: string): Kind[] {
  return KINDS.filter((one) => one.group === group && one.versions(minor).includes(version));
}

/** The three documents every version has, and the only ones before aggregated discovery. */
function discoveryAt(minor: number, path: string): object | undefined {
  const all = groupVersions(minor);
  if (path === '/api') {
    const clients = [{ clientCIDR: '0.0.0.0/0', serverAddress: '192.0.2.10:6443' }];
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: clients };
  }
  if (path === '/apis') {
    const groups = [...new Set(all.map(([group]) => group))].filter(Boolean).map((name) => {
      const versions = all
        .filter(([group]) => group === name)
        .map(([, version]) => ({ groupVersion: `${name}/${version}`, version }));
      return { name, versions, preferredVersion: versions[0] };
    });
    return { kind: 'APIGroupList', apiVersion: 'v1', groups };
  }
  const [group, version] =
    all.find(([one, other]) => path === (one === '' ? `/api/${other}` : `/apis/${one}/${other}`)) ?? [];
  if (group === undefined || version === undefined) return undefined;
  const resources = kindsOf(minor, group, version).flatMap((one) => [
    {
      name: one.plural,
      singularName: '',
      namespaced: one.namespaced,
      kind: one.kind,
      verbs: ['get', 'list', 'watch'],
    },
    ...(one.kind === 'Pod'
      ? [{ name: 'pods/log', singularName: '', namespaced: true, kind: 'Pod', verbs: ['get'] }]
      : []),
  ]);
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

function aggregated(minor: number, isCore: boolean): object {
  const all = groupVersions(minor).filter(([group]) => (group === '') === isCore);
  const items = [...new Set(all.map(([group]) => group))].map((name) => ({
    metadata: name === '' ? {} : { name },
    versions: all
      .filter(([group]) => group === name)
      .map(([, version]) => ({
        version,
        resources: kindsOf(minor, name, version).map((one) => ({
          resource: one.plural,
          responseKind: { group: '', version: '', kind: one.kind },
          scope: one.namespaced ? 'Namespaced' : 'Cluster',
          singularResource: one.kind.toLowerCase(),
          verbs: ['get', 'list', 'watch'],
          subresources: one.kind === 'Pod' ? [{ subresource: 'log', verbs: ['get'] }] : [],
        })),
      })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', items };
}

function listAt({ minor, objects }: OldCluster, path: string): object | undefined {
  for (const one of KINDS) {
    for (const version of one.versions(minor)) {
      const apiVersion = one.group === '' ? version : `${one.group}/${version}`;
      const root = one.group === '' ? `/api/${version}/` : `/apis/${apiVersion}/`;
      if (!path.startsWith(root)) continue;
      const rest = /^(?:namespaces\/([^/]+)\/)?([^/]+)$/.exec(path.slice(root.length));
      if (rest?.[2] !== one.plural) continue;
      const form: OldForm = { kind: one.kind, apiVersion, minor };
      const items = objects
        .filter((object) => isServedAs(object, one) && (!rest[1] || object.metadata.namespace === rest[1]))
        .map((object) => oldForm(object, form));
      return { kind: `${one.kind}List`, apiVersion, metadata: { resourceVersion: '100' }, items };
    }
  }
  return undefined;
}

/** Ingresses are the same objects in both of their groups. */
function isServedAs({ apiVersion, kind: name }: FakeObject, { group, kind: wanted }: Kind): boolean {
  if (name !== wanted) return false;
  const own = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return own === group || (name === 'Ingress' && group === 'extensions');
}
