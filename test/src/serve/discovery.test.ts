import { describe, expect, it } from 'vitest';
import { apiResource } from '../../support/fake-kube.ts';
import { serve } from './served-bundle.ts';

const KINDS = [
  apiResource('', 'Pod', 'pods', { shortNames: ['po'], categories: ['all'], subresources: ['log'] }),
  apiResource('example.org', 'Gadget', 'gadgets', { version: 'v1beta2', versions: ['v1beta2', 'v1alpha1'] }),
  apiResource('example.org', 'Widget', 'widgets', { namespaced: false, versions: ['v1', 'v1beta2'] }),
];
const FAILURES = [{ groupVersion: 'metrics.k8s.io/v1beta1', reason: 'no answer' }];

function accept(version: string): string {
  return `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList,application/json`;
}

describe('discovery', () => {
  it('is aggregated where that is asked for', async () => {
    const { get } = await serve({ kinds: KINDS, failures: FAILURES });

    const core = await get('/api', { accept: accept('v2') });
    const groups = await get('/apis', { accept: accept('v2beta1') });

    expect(core.headers['content-type']).toContain('g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    expect(core.json.items[0].versions[0].resources).toEqual([
      {
        resource: 'pods',
        responseKind: { group: '', version: 'v1', kind: 'Pod' },
        scope: 'Namespaced',
        singularResource: 'pod',
        verbs: ['get', 'list'],
        shortNames: ['po'],
        categories: ['all'],
        subresources: [
          { subresource: 'log', responseKind: { group: '', version: 'v1', kind: 'Pod' }, verbs: ['get'] },
        ],
      },
    ]);
    expect(groups.json.apiVersion).toBe('apidiscovery.k8s.io/v2beta1');
    expect(groups.json.items.map((one: { metadata: { name: string } }) => one.metadata.name)).toEqual([
      'example.org',
      'metrics.k8s.io',
    ]);
  });

  it('names only versions objects were read in, the most stable first', async () => {
    const { get } = await serve({ kinds: KINDS });

    const { json } = await get('/apis');

    expect(json).toMatchObject({ kind: 'APIGroupList' });
    expect(json.groups[0].versions.map((one: { version: string }) => one.version)).toEqual(['v1', 'v1beta2']);
    expect(json.groups[0].preferredVersion.groupVersion).toBe('example.org/v1');
    expect((await get('/apis/example.org/v1alpha1')).status).toBe(404);
    expect((await get('/apis/example.org')).json).toMatchObject({ kind: 'APIGroup', name: 'example.org' });
  });

  it('shows subresources as rows of the older form', async () => {
    const { get } = await serve({ kinds: KINDS });

    const { json } = await get('/api/v1');

    expect((await get('/api')).json).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    expect(json.resources).toMatchObject([
      { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', shortNames: ['po'] },
      { name: 'pods/log', namespaced: true },
    ]);
  });

  it('keeps what could not be discovered as that', async () => {
    const { get } = await serve({ kinds: KINDS, failures: FAILURES });

    const { json } = await get('/apis', { accept: accept('v2') });
    const older = await get('/apis/metrics.k8s.io/v1beta1');

    expect(json.items[1].versions).toEqual([{ version: 'v1beta1', freshness: 'Stale' }]);
    expect(older.status).toBe(503);
  });

  it('fails where all groups could not be discovered', async () => {
    const { get } = await serve({
      kinds: KINDS.slice(0, 1),
      failures: [{ groupVersion: '/apis', reason: 'down' }],
    });

    expect((await get('/apis')).status).toBe(503);
    expect((await get('/api')).status).toBe(200);
  });
});
