import { describe, expect, it } from 'vitest';
import { clusteringStatus } from '../../../collectors/kong/clustering-status.ts';
import { kongClusteringStatus } from '../../../src/artifacts/kong-clustering-status.ts';
import type { UrlGetOptions } from '../../../src/model/collector.ts';
import { KubeError, type Reply } from '../../../src/model/kube.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { type FakeCluster, type FakeObject, fakeKube } from '../../support/fake-kube.ts';
import { OBSERVED } from '../../support/fake-reply.ts';

const CONTROL_PLANE: FakeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'kong', name: 'cp-0' },
  spec: {
    nodeName: 'n1',
    containers: [
      {
        name: 'proxy',
        image: 'kong:3.6.1',
        env: [
          { name: 'KONG_ROLE', value: 'control_plane' },
          { name: 'KONG_ADMIN_LISTEN', value: '127.0.0.1:8444 http2 ssl, 127.0.0.1:8001 reuseport' },
        ],
      },
    ],
  },
  status: { containerStatuses: [{ name: 'proxy', restartCount: 0, state: { running: {} } }] },
};
const DATA_PLANE: FakeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'kong', name: 'dp-0' },
  spec: {
    containers: [{ name: 'proxy', image: 'kong:3.6.1', env: [{ name: 'KONG_ROLE', value: 'data_plane' }] }],
  },
};
const CANARY = 'canary-pg-password';
const INFORMATION = JSON.stringify({
  version: '3.6.1',
  node_id: 'cp',
  configuration: {
    role: 'control_plane',
    cluster_data_plane_purge_delay: 1209600,
    pg_ssl_cert_password: CANARY,
  },
});
const ROW = { id: 'dp-1', hostname: 'dp-0', ip: '10.0.0.2', last_seen: 1772366388, ttl: 1209588 };
const STATUS = JSON.stringify({ 'dp-1': { hostname: 'dp-0', last_seen: 1772366388 } });
const PATH = 'documents/kong-clustering-status/_object/Pod/kong/cp-0.json';

function podReplies(changes: FakeCluster['podReplies'] = {}): FakeCluster['podReplies'] {
  return {
    'kong/cp-0:8001/': INFORMATION,
    'kong/cp-0:8001/clustering/data-planes': JSON.stringify({ data: [ROW], next: null }),
    'kong/cp-0:8001/clustering/status': STATUS,
    'kong/cp-0:8001/status': '{"database":{"reachable":true}}',
    ...changes,
  };
}

describe('kong/clustering-status through port-forward', () => {
  it('asks the control plane at the port KONG_ADMIN_LISTEN names, and no data plane', async () => {
    const kube = fakeKube({ objects: [CONTROL_PLANE, DATA_PLANE], podReplies: podReplies() });

    const bundle = await collectBundle(kube, [clusteringStatus]);

    const value = kongClusteringStatus.parse(Buffer.from(bundle.entries.get(PATH) ?? ''));
    expect(value).toMatchObject({
      controlPlane: { namespace: 'kong', pod: 'cp-0', container: 'proxy' },
      purgeDelay: 1209600,
      shape: 'data-planes',
      rows: [{ id: 'dp-1', hostname: 'dp-0', ageSeconds: 12 }],
      errors: [],
    });
    expect(new Set(kube.podRequests.map(({ pod, port, scheme }) => `${pod} ${scheme} ${port}`))).toEqual(
      new Set(['cp-0 http 8001']),
    );
    expect(kube.podRequests.map(({ path }) => path)).toContain('/clustering/data-planes?size=1000');
  });

  it('stores nothing of the configuration but settings known to be harmless', async () => {
    const kube = fakeKube({ objects: [CONTROL_PLANE], podReplies: podReplies() });

    const bundle = await collectBundle(kube, [clusteringStatus]);

    expect(bundle.entries.get(PATH)).toContain('control_plane');
    expect([...bundle.entries.values()].join('\n')).not.toContain(CANARY);
  });

  it('sends no token to a pod: any pod can say that it is a control plane', async () => {
    const kube = fakeKube({ objects: [CONTROL_PLANE], podReplies: podReplies() });

    await collectBundle(kube, [clusteringStatus], { options: { kongAdminToken: 'secret-token' } });

    expect(JSON.stringify(kube.podRequests)).not.toContain('secret-token');
  });

  it('falls back on the older map where data planes cannot be listed', async () => {
    const replies = podReplies({ 'kong/cp-0:8001/clustering/data-planes': { status: 404, body: '{}' } });

    const bundle = await collectBundle(fakeKube({ objects: [CONTROL_PLANE], podReplies: replies }), [
      clusteringStatus,
    ]);

    const value = kongClusteringStatus.parse(Buffer.from(bundle.entries.get(PATH) ?? ''));
    expect(value).toMatchObject({
      shape: 'status-map',
      rows: [{ id: 'dp-1', lastSeen: 1772366388, ageSeconds: 12 }],
    });
    expect(value.errors).toEqual(['/clustering/data-planes?size=1000: HTTP 404']);
  });

  it.each([
    [400, 'not-found', 'only available when Kong is configured to run as Control Plane'],
    [401, 'forbidden', 'Invalid credentials'],
    [500, 'error', 'An unexpected error happened'],
  ])('records HTTP %d of the Admin API as %s', async (status, outcome, message) => {
    const answer = { status, body: JSON.stringify({ message }) };
    const replies = podReplies({
      'kong/cp-0:8001/clustering/data-planes': answer,
      'kong/cp-0:8001/clustering/status': answer,
    });

    const bundle = await collectBundle(fakeKube({ objects: [CONTROL_PLANE], podReplies: replies }), [
      clusteringStatus,
    ]);

    const row = bundle.row('kong-clustering-status', 'Pod/kong/cp-0');
    expect(row?.outcome).toBe(outcome);
    expect(row?.reason).toContain(message);
  });

  it('records a refused port-forward with the missing rule', async () => {
    const rule = { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] };
    const failures = {
      '/api/v1/namespaces/kong/pods/cp-0/portforward': new KubeError('forbidden', 'forbidden (HTTP 403)', {
        rule,
      }),
    };

    const bundle = await collectBundle(fakeKube({ objects: [CONTROL_PLANE], failures }), [clusteringStatus]);

    expect(bundle.row('kong-clustering-status', 'Pod/kong/cp-0')).toMatchObject({
      outcome: 'forbidden',
      fix: { rule, namespace: 'kong' },
    });
  });

  it('opens no connection with --no-port-forward', async () => {
    const kube = fakeKube({ objects: [CONTROL_PLANE] });

    const bundle = await collectBundle(kube, [clusteringStatus], { options: { portForward: false } });

    expect(kube.podRequests).toEqual([]);
    expect(bundle.row('kong-clustering-status', 'Pod/kong/cp-0')).toMatchObject({ outcome: 'skipped' });
  });

  it('says that no control plane runs here when every pod was seen', async () => {
    const bundle = await collectBundle(fakeKube({ objects: [DATA_PLANE] }), [clusteringStatus]);

    expect(bundle.row('kong-clustering-status')).toMatchObject({ outcome: 'not-found' });
  });
});

describe('kong/clustering-status at --kong-admin-url', () => {
  const asked: UrlGetOptions[] = [];
  const answers: Record<string, string> = {
    '/': INFORMATION,
    '/clustering/data-planes?size=1000': JSON.stringify({
      data: [ROW],
      next: '/clustering/data-planes?size=1000&offset=x',
    }),
    '/clustering/data-planes?size=1000&offset=x': JSON.stringify({
      data: [{ ...ROW, id: 'dp-2' }],
      next: null,
    }),
    '/clustering/status': STATUS,
    '/status': '{}',
  };

  async function getUrl(options: UrlGetOptions): Promise<Reply> {
    asked.push(options);
    const body = answers[options.url.replace('http://admin.test:8001', '')];
    return {
      status: body === undefined ? 404 : 200,
      headers: { 'content-type': 'application/json', date: 'Sun, 01 Mar 2026 12:00:00 GMT' },
      body: Buffer.from(body ?? '{}'),
      truncated: false,
      observedAt: OBSERVED,
      sentAt: OBSERVED.time,
      receivedAt: OBSERVED.time,
    };
  }

  it('follows all pages, sends the token as a header and stores neither token nor path of the URL', async () => {
    const kube = fakeKube({ objects: [CONTROL_PLANE] });

    const bundle = await collectBundle(kube, [clusteringStatus], {
      getUrl,
      options: { kongAdminUrl: 'http://user:hidden@admin.test:8001/', kongAdminToken: 'secret-token' },
    });

    const path = 'documents/kong-clustering-status/_endpoint/http%3A%2F%2Fadmin.test%3A8001.json';
    const value = kongClusteringStatus.parse(Buffer.from(bundle.entries.get(path) ?? ''));
    expect(value.rows.map(({ id }) => id)).toEqual(['dp-1', 'dp-2']);
    expect(asked.every(({ headers }) => headers?.['kong-admin-token'] === 'secret-token')).toBe(true);
    const everything = [...bundle.entries.values()].join('\n');
    expect(everything).not.toContain('secret-token');
    expect(everything).not.toContain('hidden');
    expect(kube.podRequests).toEqual([]);
  });
});
