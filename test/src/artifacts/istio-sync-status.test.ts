import { describe, expect, it } from 'vitest';
import { istioSyncStatus } from '../../../src/artifacts/istio-sync-status.ts';

const parse = (value: unknown) =>
  istioSyncStatus.parse(new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)));

/** Rows as Istio 1.24 and later answer them. */
const NEW = {
  cluster_id: 'Kubernetes',
  proxy: 'web-5c9d-x2.v1.shop',
  proxy_type: 'SidecarProxy',
  proxy_version: '1.27.0',
  istio_version: '1.27.0',
  cluster_sent: 'a',
  cluster_acked: 'a',
  resources: {
    'type.googleapis.com/envoy.config.cluster.v3.Cluster': {
      sent: 'a',
      acked: 'a',
      sentTime: '2026-01-15T11:59:00Z',
    },
    'type.googleapis.com/envoy.config.listener.v3.Listener': {
      sent: 'c',
      acked: 'b',
      sentTime: '2026-01-15T11:58:00.5Z',
      lastError: 'Error adding/updating listener(s) virtualOutbound',
    },
    'type.googleapis.com/istio.workload.Address': { sent: '', acked: '', sentTime: '0001-01-01T00:00:00Z' },
  },
};

describe('the synchronisation of the proxies of an istiod', () => {
  it('reads types with time and error from replies that have them', () => {
    const value = parse({ controlPlane: { namespace: 'istio-system', pod: 'istiod-1' }, rows: [NEW] });

    expect(value.controlPlane).toEqual({ namespace: 'istio-system', pod: 'istiod-1' });
    expect(value.rows[0]).toMatchObject({
      pod: 'web-5c9d-x2.v1',
      namespace: 'shop',
      cluster: 'Kubernetes',
      version: '1.27.0',
      pointer: '/rows/0',
    });
    expect(value.rows[0]?.states).toEqual([
      { type: 'CDS', sent: 'a', acked: 'a', sentAt: '2026-01-15T11:59:00.000Z' },
      {
        type: 'LDS',
        sent: 'c',
        acked: 'b',
        sentAt: '2026-01-15T11:58:00.500Z',
        lastError: 'Error adding/updating listener(s) virtualOutbound',
      },
      { type: 'Address', sent: '', acked: '' },
    ]);
  });

  it('reads the fields of old replies, without types they do not have', () => {
    const value = parse([
      {
        proxy: 'web.shop',
        istio_version: '1.9.5',
        cluster_sent: 'x',
        cluster_acked: 'x',
        listener_sent: 'y',
        route_sent: '',
        route_acked: '',
      },
    ]);

    expect(value.controlPlane).toBeUndefined();
    expect(value.rows[0]?.states).toEqual([
      { type: 'CDS', sent: 'x', acked: 'x' },
      { type: 'LDS', sent: 'y', acked: '' },
      { type: 'RDS', sent: '', acked: '' },
    ]);
  });

  it('takes the empty list of Go, and leaves out rows that name no proxy', () => {
    expect(parse('null').rows).toEqual([]);
    expect(parse([{ proxy: 'web' }, { proxy: '.shop' }, 7, { proxy: 'a.b' }]).rows).toHaveLength(1);
  });

  it('refuses what is no list of proxies', () => {
    expect(() => parse({ error: 'unauthorized' })).toThrow('a list of proxies');
    expect(() => parse('Unauthorized')).toThrow();
  });
});
