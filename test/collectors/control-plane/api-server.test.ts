import { describe, expect, it } from 'vitest';
import { apiServer } from '../../../collectors/control-plane/api-server.ts';
import { apiServerHealth } from '../../../src/artifacts/api-server-health.ts';
import { clockOffset } from '../../../src/artifacts/clock-offset.ts';
import { type HandshakeFailure, type Kube, KubeError } from '../../../src/model/kube.ts';
import { anyObject } from '../../support/builders.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { apiResource, COMMON_KINDS, fakeKube } from '../../support/fake-kube.ts';

const HEALTHY = '[+]ping ok\n[+]etcd ok\nlivez check passed\n';
const FAILED = '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n';
const METRICS = '# HELP process_start_time_seconds x\nprocess_start_time_seconds 1.7e+09\n';
const REPLIES = { '/livez': HEALTHY, '/readyz': HEALTHY, '/metrics': METRICS };

function health(entries: ReadonlyMap<string, string>, path: string) {
  const text = entries.get(
    `documents/api-server-health/_endpoint/https%3A%2F%2Fcluster.test%3A6443%2F${path}.json`,
  );
  return apiServerHealth.parse(Buffer.from(text ?? ''));
}

describe('control-plane/api-server', () => {
  it('stores version, health, metrics, the way to the server and the clock', async () => {
    const bundle = await collectBundle(fakeKube({ replies: REPLIES }), [apiServer]);

    expect(bundle.json('documents/api-server-version/_cluster.json')).toMatchObject({
      gitVersion: 'v1.36.2',
    });
    expect(health(bundle.entries, 'livez')).toMatchObject({
      ok: true,
      checks: [{ name: 'ping' }, { name: 'etcd' }],
    });
    expect(bundle.entries.get('documents/api-server-metrics/_cluster.txt')).toBe(METRICS);
    expect(bundle.json('documents/api-server-reachability/_cluster.json')).toMatchObject({
      tcp: { ok: true },
      tls: { ok: true, authorized: true },
      http: { ok: true, status: 200 },
    });
    expect(bundle.json('documents/kubeconfig-public/_cluster.json')).toMatchObject({ user: 'mia' });
    const clock = Buffer.from(bundle.entries.get('documents/clock-offset/_cluster.json') ?? '');
    expect(clockOffset.parse(clock)).toMatchObject({ offsetSeconds: 0, errorSeconds: 0.6 });
    expect(bundle.result.collectors).toEqual([expect.objectContaining({ outcome: 'collected' })]);
  });

  it('keeps the failed checks of a server that answers 500', async () => {
    const replies = { ...REPLIES, '/readyz': { status: 500, body: FAILED } };

    const bundle = await collectBundle(fakeKube({ replies }), [apiServer]);

    expect(health(bundle.entries, 'readyz')).toMatchObject({
      ok: false,
      status: 500,
      checks: [
        { name: 'ping', ok: true },
        { name: 'etcd', ok: false, detail: 'failed: reason withheld' },
      ],
    });
  });

  it('records refused metrics with the missing rule and keeps the rest', async () => {
    const rule = { nonResourceURLs: ['/metrics'], verbs: ['get'] };
    const failures = { '/metrics': new KubeError('forbidden', '/metrics is forbidden (HTTP 403)', { rule }) };

    const bundle = await collectBundle(fakeKube({ replies: REPLIES, failures }), [apiServer]);

    expect(bundle.row('api-server-metrics')).toMatchObject({ outcome: 'forbidden', fix: { rule } });
    expect(bundle.row('api-server-version')?.outcome).toBe('collected');
    expect(bundle.result.collectors).toEqual([expect.objectContaining({ outcome: 'partial' })]);
  });

  it('asks every instance behind the balancer, and tells a dead one from one out of reach', async () => {
    const slice = anyObject('discovery.k8s.io/v1', 'EndpointSlice', 'kubernetes', 'default', {
      metadata: { labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      ports: [{ name: 'https', port: 6443 }],
      endpoints: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map((address) => ({
        addresses: [address],
      })),
    });
    const cluster = fakeKube({
      resources: [...COMMON_KINDS, apiResource('discovery.k8s.io', 'EndpointSlice', 'endpointslices')],
      objects: [slice],
      replies: REPLIES,
      instanceReplies: {
        'https://10.0.0.1:6443/livez': HEALTHY,
        'https://10.0.0.1:6443/readyz': { status: 500, body: FAILED },
      },
    });
    const failures: Readonly<Record<string, HandshakeFailure>> = {
      '10.0.0.2': { stage: 'tcp', kind: 'refused', message: '10.0.0.2:6443: connection refused' },
      '10.0.0.3': { stage: 'tcp', kind: 'timeout', message: '10.0.0.3:6443: no answer within 5 s' },
      '10.0.0.4': {
        stage: 'tcp',
        kind: 'refused',
        message: '10.0.0.4:6443: no route to host (EHOSTUNREACH)',
      },
    };
    const kube: Kube = {
      ...cluster,
      handshake: async (options) => ({
        ...(await cluster.handshake(options)),
        ...(failures[options.host] ? { chain: [], failure: failures[options.host] } : {}),
      }),
    };

    const bundle = await collectBundle(kube, [apiServer]);

    const instance = 'documents/api-server-health/_endpoint/https%3A%2F%2F10.0.0.1%3A6443%2Freadyz.json';
    expect(bundle.json(instance)).toMatchObject({ status: 500, text: FAILED });
    const rows = bundle.result.rows.filter(({ artifact }) => artifact === 'api-server-health');
    expect(rows).toContainEqual(
      expect.objectContaining({
        scope: { type: 'endpoint', endpoint: 'https://10.0.0.2:6443/livez' },
        outcome: 'error',
        reason: '10.0.0.2:6443: connection refused',
      }),
    );
    for (const silent of ['10.0.0.3', '10.0.0.4']) {
      expect(rows).toContainEqual(
        expect.objectContaining({
          scope: { type: 'endpoint', endpoint: `https://${silent}:6443/livez` },
          outcome: 'skipped',
        }),
      );
    }
  });
});
