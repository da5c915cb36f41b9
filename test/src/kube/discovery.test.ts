import { afterEach, describe, expect, it } from 'vitest';
import type { Route } from '../../support/fake-api-server.ts';
import { sendJson, sendStatus } from '../../support/fake-api-server.ts';
import { failureOf, type KubeSession, kubeSession, NEVER } from '../../support/kube-session.ts';

let session: KubeSession;

afterEach(async () => session?.close());

const V2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

function aggregated(items: readonly object[]): Route {
  return (request, response) => {
    expect(request.headers.accept).toContain(V2);
    sendJson(response, { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', items });
  };
}

function resource(plural: string, kind: string, extra: object = {}): object {
  return {
    resource: plural,
    responseKind: { group: '', version: '', kind },
    scope: 'Namespaced',
    singularResource: kind.toLowerCase(),
    verbs: ['get', 'list'],
    ...extra,
  };
}

async function discover(routes: Readonly<Record<string, Route>>) {
  session = await kubeSession({ routes });
  return session.kube.discover(NEVER);
}

const CORE: Route = aggregated([
  {
    metadata: {},
    versions: [
      {
        version: 'v1',
        resources: [
          resource('pods', 'Pod', {
            shortNames: ['po'],
            categories: ['all'],
            subresources: [{ subresource: 'log', verbs: ['get'] }, { subresource: 'portforward' }],
          }),
          resource('nodes', 'Node', { scope: 'Cluster' }),
        ],
      },
    ],
  },
]);

describe('discover', () => {
  it('reads aggregated discovery in two requests', async () => {
    const discovery = await discover({
      '/api': CORE,
      '/apis': aggregated([
        {
          metadata: { name: 'apps' },
          versions: [{ version: 'v1', resources: [resource('deployments', 'Deployment')] }],
        },
      ]),
    });

    expect(session.server.requests).toEqual(['GET /api', 'GET /apis']);
    expect(discovery.failures).toEqual([]);
    expect(discovery.resources.map((entry) => `${entry.group}/${entry.version}/${entry.plural}`)).toEqual([
      '/v1/nodes',
      '/v1/pods',
      'apps/v1/deployments',
    ]);
    expect(discovery.find('', 'Pod')).toEqual({
      group: '',
      version: 'v1',
      versions: ['v1'],
      kind: 'Pod',
      plural: 'pods',
      singular: 'pod',
      shortNames: ['po'],
      categories: ['all'],
      namespaced: true,
      verbs: ['get', 'list'],
      subresources: ['log', 'portforward'],
    });
    expect(discovery.find('', 'Node')?.namespaced).toBe(false);
    expect(discovery.find('apps', 'Pod')).toBeUndefined();
    expect(discovery.observedAt.source).toBe('server-date');
  });

  it('reads the first version that can be listed and remembers the others', async () => {
    const discovery = await discover({
      '/api': CORE,
      '/apis': aggregated([
        {
          metadata: { name: 'autoscaling' },
          versions: [
            {
              version: 'v3',
              resources: [resource('horizontalpodautoscalers', 'HPA', { verbs: ['create'] })],
            },
            { version: 'v2', resources: [resource('horizontalpodautoscalers', 'HPA')] },
            { version: 'v1', resources: [resource('horizontalpodautoscalers', 'HPA')] },
          ],
        },
      ]),
    });

    expect(discovery.find('autoscaling', 'HPA')).toMatchObject({
      version: 'v2',
      versions: ['v2', 'v3', 'v1'],
    });
  });

  it('records an aggregated API that is dead and goes on', async () => {
    const discovery = await discover({
      '/api': CORE,
      '/apis': aggregated([
        { metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1beta1', freshness: 'Stale' }] },
        {
          metadata: { name: 'apps' },
          versions: [{ version: 'v1', resources: [resource('deployments', 'Deployment')] }],
        },
      ]),
    });

    expect(discovery.failures).toMatchObject([{ groupVersion: 'metrics.k8s.io/v1beta1' }]);
    expect(discovery.find('apps', 'Deployment')).toBeDefined();
  });

  it('asks version by version on an older server, and a dead one is a failure there too', async () => {
    const discovery = await discover({
      '/api': (_request, response) => sendJson(response, { kind: 'APIVersions', versions: ['v1'] }),
      '/api/v1': (_request, response) =>
        sendJson(response, {
          kind: 'APIResourceList',
          groupVersion: 'v1',
          resources: [
            {
              name: 'pods',
              kind: 'Pod',
              namespaced: true,
              singularName: '',
              verbs: ['list'],
              shortNames: ['po'],
            },
            { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['get'] },
          ],
        }),
      '/apis': (_request, response) =>
        sendJson(response, {
          kind: 'APIGroupList',
          groups: [
            {
              name: 'batch',
              versions: [{ groupVersion: 'batch/v1beta1' }, { groupVersion: 'batch/v1' }],
              preferredVersion: { groupVersion: 'batch/v1' },
            },
            { name: 'metrics.k8s.io', versions: [{ groupVersion: 'metrics.k8s.io/v1beta1' }] },
          ],
        }),
      '/apis/batch/v1': (_request, response) =>
        sendJson(response, {
          resources: [{ name: 'cronjobs', kind: 'CronJob', namespaced: true, verbs: ['list'] }],
        }),
      '/apis/batch/v1beta1': (_request, response) =>
        sendJson(response, {
          resources: [{ name: 'cronjobs', kind: 'CronJob', namespaced: true, verbs: ['list'] }],
        }),
      '/apis/metrics.k8s.io/v1beta1': (_request, response) => {
        response.writeHead(503, { 'content-type': 'text/plain' });
        response.end('service unavailable\n');
      },
    });

    expect(discovery.find('', 'Pod')).toMatchObject({
      subresources: ['log'],
      shortNames: ['po'],
      verbs: ['list'],
    });
    expect(discovery.find('batch', 'CronJob')).toMatchObject({ version: 'v1', versions: ['v1', 'v1beta1'] });
    expect(discovery.failures).toHaveLength(1);
    expect(discovery.failures[0]).toMatchObject({ groupVersion: 'metrics.k8s.io/v1beta1' });
    expect(discovery.failures[0]?.reason).toContain('service unavailable (HTTP 503)');
  });

  it('reads autoscalers in the version that says most, which up to 1.22 is not the preferred one', async () => {
    const groupVersions = ['autoscaling/v1', 'autoscaling/v2beta1', 'autoscaling/v2beta2'];
    const autoscalers = {
      name: 'horizontalpodautoscalers',
      kind: 'HorizontalPodAutoscaler',
      namespaced: true,
      verbs: ['get', 'list'],
    };
    const routes = Object.fromEntries(
      groupVersions.map((groupVersion): [string, Route] => [
        `/apis/${groupVersion}`,
        (_request, response) => sendJson(response, { kind: 'APIResourceList', resources: [autoscalers] }),
      ]),
    );
    const versions = groupVersions.map((groupVersion) => ({ groupVersion }));
    const group = { name: 'autoscaling', versions, preferredVersion: versions[0] };

    const discovery = await discover({
      ...routes,
      '/api': CORE,
      '/apis': (_request, response) => sendJson(response, { kind: 'APIGroupList', groups: [group] }),
    });

    expect(discovery.find('autoscaling', 'HorizontalPodAutoscaler')).toMatchObject({
      version: 'v2beta2',
      versions: ['v2beta2', 'v1', 'v2beta1'],
    });
  });

  it('keeps the core group when the other groups cannot be read', async () => {
    const discovery = await discover({
      '/api': CORE,
      '/apis': (_request, response) => sendStatus(response, 403, { message: 'cannot get path "/apis"' }),
    });

    expect(discovery.find('', 'Pod')).toBeDefined();
    expect(discovery.failures).toMatchObject([{ groupVersion: '/apis' }]);
  });

  it('throws when not even the core group can be read, or when this is another API', async () => {
    const refused = await failureOf(
      discover({ '/api': (_request, response) => sendStatus(response, 403, { message: 'no' }) }),
    );
    await session.close();
    const foreign = await failureOf(
      discover({ '/api': (_request, response) => sendJson(response, '{"hello":"world"}') }),
    );

    expect(refused).toMatchObject({ kind: 'forbidden', rule: { nonResourceURLs: ['/api'], verbs: ['get'] } });
    expect(foreign.kind).toBe('bad-reply');
  });
});
