import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { startServe } from '../../../src/serve/server.ts';
import { openSource } from '../../../src/serve/source.ts';
import { temporaryFolder, writeSmallBundle } from '../bundle/bundle-fixture.ts';
import {
  collected,
  kindOf,
  list,
  namespace,
  serve,
  serveFile,
  serveSource,
  writeBundle,
} from './served-bundle.ts';

const pods = {
  entries: [list(kindOf('Pod'), namespace('shop'), [{ metadata: { name: 'web', namespace: 'shop' } }])],
};
const whole = { ...pods, coverage: [collected('resources:core/Pod')] };

describe('the server of a bundle', () => {
  it('answers nothing without the token of its kubeconfig', async () => {
    const { get } = await serve(whole);

    const without = await get('/api/v1/pods', { anonymous: true });
    const wrong = await get('/api/v1/pods', { anonymous: true, headers: { authorization: 'Bearer x' } });

    expect([without.status, wrong.status]).toEqual([401, 401]);
    expect(without.json).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 });
    expect(without.text).not.toContain('web');
  });

  it('refuses a foreign name in the Host header', async () => {
    const { get } = await serve(whole);

    const { status, text } = await get('/api/v1/pods', { headers: { host: 'bundle.evil.example' } });

    expect(status).toBe(421);
    expect(text).not.toContain('web');
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('refuses %s', async (method) => {
    const { get } = await serve(whole);

    const { status, json } = await get('/api/v1/namespaces/shop/pods/web', { method });

    expect(status).toBe(405);
    expect(json).toMatchObject({ kind: 'Status', reason: 'MethodNotAllowed' });
  });

  it('sends the time of observation as Date, so that ages stay those of the collection', async () => {
    const { get } = await serve(whole);

    const { headers } = await get('/api/v1/pods');

    expect(headers.date).toBe('Sun, 01 Mar 2026 12:00:00 GMT');
  });

  it('serves a certificate that is valid at the time of the bundle', async () => {
    const { kubeconfig } = await serve(whole);

    const data = JSON.parse(kubeconfig).clusters[0].cluster['certificate-authority-data'];
    const { X509Certificate } = await import('node:crypto');
    const authority = new X509Certificate(Buffer.from(data, 'base64'));

    expect(authority.ca).toBe(true);
    expect(Date.parse(authority.validFrom)).toBeLessThan(Date.parse('2026-01-31T08:00:00Z'));
  });

  it.each([
    '/nothing',
    '/apis/none.example/v1',
    '/apis/none.example/v1/things',
    '/api/v1/things',
    '/api/v1/pods/web',
    '/api/v1/namespaces/shop/nodes',
    '/api/v1/namespaces/shop/pods/web/exec/more',
    '/openapi/v2',
    '/api/v1/namespaces/%zz/pods',
  ])('does not know %s', async (path) => {
    const { get } = await serve(whole);

    const { status, json } = await get(path);

    expect(status).toBe(404);
    expect(json).toMatchObject({ kind: 'Status', reason: 'NotFound' });
  });

  it('says that there is no pod to forward to', async () => {
    const { get } = await serve(whole);

    const { status, json } = await get('/api/v1/namespaces/shop/pods/web/portforward');

    expect(status).toBe(405);
    expect(json.message).toContain('there is no pod behind a bundle');
  });

  it('answers 500 where an entry is not as the format says', async () => {
    const source = await openSource(await writeBundle(whole));
    const damaged = {
      ...source,
      chunks: (path: string) =>
        path.startsWith('resources/') ? Readable.from([Buffer.from('no list\n')]) : source.chunks(path),
    };
    const { get } = await serveSource(damaged);

    const { status, json } = await get('/api/v1/pods');

    expect(status).toBe(500);
    expect(json.message).toMatch(/^the bundle cannot be read: /);
  });

  it('breaks the answer off where an entry turns out damaged midway', async () => {
    const source = await openSource(await writeBundle(whole));
    const damaged = {
      ...source,
      async *chunks(path: string) {
        yield* source.chunks(path);
        if (path.startsWith('resources/')) throw new Error('damaged');
      },
    };
    const { get } = await serveSource(damaged);

    await expect(get('/api/v1/pods')).rejects.toThrow(/aborted|socket hang up/);
  });

  it('needs a bundle with an index', async () => {
    const folder = temporaryFolder();

    await expect(openSource(folder)).rejects.toThrow(/is not a whole kubecase bundle/);
    await expect(openSource(`${folder}/none`)).rejects.toThrow(/no such file/);
    await expect(openSource('-')).rejects.toThrow(/standard input/);
  });

  it('serves what lists say of themselves when the bundle holds no discovery', async () => {
    const { get } = await serveFile(await writeSmallBundle(temporaryFolder()));

    const { json } = await get('/api/v1');
    const shown = await get('/api/v1/namespaces/shop/pods');

    expect(json.resources.map((one: { name: string }) => one.name)).toEqual(['pods', 'pods/log']);
    expect(shown.json.items.map((one: { metadata: { name: string } }) => one.metadata.name)).toEqual([
      'web-1',
      'web-2',
    ]);
  });

  it('says where a port cannot be listened on', async () => {
    const { url } = await serve(whole);
    const source = await openSource(await writeBundle({}));

    const second = startServe({ source, port: Number(new URL(url).port) });

    await expect(second).rejects.toThrow(/cannot be listened on \(EADDRINUSE\)/);
  });
});

describe('what the API server said of itself', () => {
  const document = (artifact: string, text: string, scope = CLUSTER_SCOPE) =>
    ({
      type: 'document',
      artifact,
      contentType: 'text',
      scope,
      bytes: Buffer.from(text),
    }) as const;

  it('is answered as it was', async () => {
    const health = JSON.stringify({
      path: '/readyz',
      status: 500,
      text: '[-]etcd failed: reason withheld\n',
    });
    const endpoint = { type: 'endpoint', endpoint: 'https://cp.example:6443/readyz' } as const;
    const { get } = await serve({
      entries: [
        document('api-server-version', '{"gitVersion":"v1.36.2","major":"1"}'),
        document('api-server-health', health, endpoint),
        document('api-server-metrics', 'process_start_time_seconds 1\n'),
      ],
    });

    expect((await get('/version')).json).toEqual({ gitVersion: 'v1.36.2', major: '1' });
    expect(await get('/readyz?verbose')).toMatchObject({
      status: 500,
      text: '[-]etcd failed: reason withheld\n',
    });
    expect((await get('/metrics')).text).toBe('process_start_time_seconds 1\n');
    expect((await get('/livez')).status).toBe(404);
  });

  it('is refused with the recorded reason when it was not collected', async () => {
    const reason = 'forbidden: User "mia" cannot get path "/metrics"';
    const { get } = await serve({
      coverage: [{ artifact: 'api-server-metrics', scope: CLUSTER_SCOPE, outcome: 'forbidden', reason }],
    });

    const refused = await get('/metrics');

    expect(refused.status).toBe(403);
    expect(refused.json.message).toContain(reason);
    expect((await get('/version')).status).toBe(403);
  });
});

describe('access reviews', () => {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const review = (resourceAttributes: object) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ spec: { resourceAttributes } }),
  });

  it('allow what was collected and nothing that changes anything', async () => {
    const { get } = await serve(whole);

    const list = await get(path, review({ verb: 'list', resource: 'pods' }));
    const secrets = await get(path, review({ verb: 'list', resource: 'secrets' }));
    const remove = await get(path, review({ verb: 'delete', resource: 'pods' }));

    expect(list).toMatchObject({ status: 201, json: { status: { allowed: true } } });
    expect(secrets.json.status).toEqual({ allowed: false, reason: 'it was not asked for' });
    expect(remove.json.status).toEqual({ allowed: false, reason: 'a bundle is read-only' });
  });

  it('list the kinds that were collected', async () => {
    const { get } = await serve(whole);

    const { json } = await get(path.replace('access', 'rules'), review({}));

    expect(json.status.resourceRules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    ]);
  });

  it('take reviews of a bounded size only', async () => {
    const { get } = await serve(whole);
    const request = review({});

    const protobuf = { ...request, headers: { 'content-type': 'application/vnd.kubernetes.protobuf' } };
    const large = { ...request, body: JSON.stringify({ spec: 'x'.repeat(70_000) }) };

    expect((await get(path, protobuf)).status).toBe(400);
    const yaml = { ...request, headers: { 'content-type': 'application/yaml' } };
    expect((await get(path, yaml)).status).toBe(415);
    expect((await get(path, large)).status).toBe(400);
    expect((await get(path, { ...request, body: '{' })).status).toBe(400);
  });
});
