import { describe, expect, it } from 'vitest';
import { apiServer } from '../../../collectors/control-plane/api-server.ts';
import { apiServerHealth } from '../../../src/artifacts/api-server-health.ts';
import { clockOffset } from '../../../src/artifacts/clock-offset.ts';
import { KubeError } from '../../../src/model/kube.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { fakeKube } from '../../support/fake-kube.ts';

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
});
