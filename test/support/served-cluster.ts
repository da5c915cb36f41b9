import type { ApiResource } from '../../src/model/kube.ts';
import {
  type FakeApiServer,
  type Route,
  sendJson,
  sendStatus,
  startFakeApiServer,
} from './fake-api-server.ts';
import type { FakeCluster } from './fake-kube.ts';

/** Starts an API server that answers discovery, LIST and logs of a cluster in memory; routes go before it. */
export function startServedCluster(
  cluster: FakeCluster,
  routes: Readonly<Record<string, Route>> = {},
): Promise<FakeApiServer> {
  return startFakeApiServer({ routes, fallback: answersOf(cluster) });
}

function answersOf(cluster: FakeCluster): Route {
  const resources = cluster.resources ?? [];
  const documents = new Map<string, object>([
    ['/version', { major: '1', minor: '36', gitVersion: 'v1.36.2', platform: 'linux/amd64' }],
    ['/api', { kind: 'APIVersions', versions: ['v1'] }],
    [
      '/apis',
      {
        kind: 'APIGroupList',
        groups: [...new Set(resources.map(({ group }) => group))].filter(Boolean).map(groupOf),
      },
    ],
  ]);
  for (const resource of resources) {
    const path = rootOf(resource);
    const same = resources.filter((other) => rootOf(other) === path);
    documents.set(path, {
      kind: 'APIResourceList',
      groupVersion: path.replace(/^\/apis?\//, ''),
      resources: same.map(rowOf),
    });
  }
  return (_request, response, url) => {
    const found = documents.get(url.pathname) ?? listAt(cluster, url.pathname);
    if (found) return sendJson(response, found);
    const log = logAt(cluster, url);
    if (log !== undefined) return void response.writeHead(200, { 'content-type': 'text/plain' }).end(log);
    sendStatus(response, 404, { reason: 'NotFound', message: `nothing at ${url.pathname}` });
  };
}

function rootOf({ group, version }: ApiResource): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

function groupOf(name: string): object {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
}

function rowOf({ plural, singular, kind, namespaced, verbs }: ApiResource): object {
  return { name: plural, singularName: singular, kind, namespaced, verbs };
}

function listAt({ resources = [], objects = [] }: FakeCluster, path: string): object | undefined {
  for (const resource of resources) {
    const root = rootOf(resource);
    if (!path.startsWith(`${root}/`) || !path.endsWith(`/${resource.plural}`)) continue;
    const namespace = /^\/namespaces\/([^/]+)\/$/.exec(path.slice(root.length, -resource.plural.length))?.[1];
    const items = objects.filter(
      ({ kind, metadata }) => kind === resource.kind && (!namespace || metadata.namespace === namespace),
    );
    const apiVersion = root.replace(/^\/apis?\//, '');
    return { kind: `${resource.kind}List`, apiVersion, metadata: { resourceVersion: '100' }, items };
  }
  return undefined;
}

function logAt({ logs = {} }: FakeCluster, url: URL): string | undefined {
  const [, namespace, pod] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/.exec(url.pathname) ?? [];
  const previous = url.searchParams.get('previous') === 'true' ? '/previous' : '';
  return logs[`${namespace}/${pod}/${url.searchParams.get('container')}${previous}`] as string | undefined;
}
