import { describe, expect, it } from 'vitest';
import { kongClusteringStatus } from '../../../src/artifacts/kong-clustering-status.ts';

function parse(value: unknown) {
  return kongClusteringStatus.parse(Buffer.from(JSON.stringify(value)));
}

const DATE = 'Thu, 09 Oct 2025 08:53:20 GMT';
const NOW = 1_760_000_000;

describe('kong-clustering-status', () => {
  it('reads the list of data planes with all its fields', () => {
    const row = {
      id: 'a',
      hostname: 'dp-1',
      ip: '10.0.0.1',
      version: '3.6.1',
      sync_status: 'normal',
      config_hash: 'ff',
      last_seen: NOW - 12,
      ttl: 1_209_587,
      cert_details: { expiry_timestamp: 1_839_283_200 },
    };
    const replies = [
      {
        path: '/',
        status: 200,
        body: { version: '3.6.1', configuration: { cluster_data_plane_purge_delay: 1_209_600 } },
      },
      {
        path: '/clustering/data-planes?size=1000',
        status: 200,
        date: DATE,
        body: { data: [row], next: null },
      },
    ];

    const value = parse({ controlPlane: { namespace: 'kong', pod: 'cp', container: 'proxy' }, replies });

    expect(value).toMatchObject({
      shape: 'data-planes',
      purgeDelay: 1_209_600,
      servedAt: '2025-10-09T08:53:20.000Z',
    });
    expect(value.rows).toEqual([
      {
        id: 'a',
        hostname: 'dp-1',
        ip: '10.0.0.1',
        version: '3.6.1',
        syncStatus: 'normal',
        configHash: 'ff',
        lastSeen: NOW - 12,
        ageSeconds: 13,
        ttl: 1_209_587,
        certExpiry: 1_839_283_200,
      },
    ]);
  });

  it('measures the age by the Date header where the purge delay is not known', () => {
    const body = { data: [{ id: 'a', last_seen: NOW - 90, ttl: 5 }] };

    const value = parse({ replies: [{ path: '/clustering/data-planes', status: 200, date: DATE, body }] });

    expect(value.rows[0]?.ageSeconds).toBe(90);
  });

  it('reads the map by node id, also as a file that holds nothing else', () => {
    const value = parse({ a: { hostname: 'dp-1', last_seen: NOW }, b: { last_seen: NOW - 5 } });

    expect(value.shape).toBe('status-map');
    expect(value.rows.map(({ id, lastSeen }) => [id, lastSeen])).toEqual([
      ['a', NOW],
      ['b', NOW - 5],
    ]);
    expect(value.rows[0]?.ageSeconds).toBeUndefined();
  });

  it('reads data_planes, whose last_seen is an age', () => {
    const value = parse({ data_planes: [{ id: 'a', ip: '10.0.0.1', last_seen: 5, sync_status: 'normal' }] });

    expect(value).toMatchObject({
      shape: 'data_planes',
      rows: [{ id: 'a', ageSeconds: 5, syncStatus: 'normal' }],
    });
    expect(value.rows[0]?.lastSeen).toBeUndefined();
  });

  it('tells an empty list from no answer', () => {
    const empty = parse({ replies: [{ path: '/clustering/status', status: 200, body: {} }] });
    const none = parse({
      replies: [
        { path: '/clustering/status', status: 400, body: { message: 'not a control plane' } },
        { path: '/status', error: 'connection reset' },
      ],
    });

    expect(empty).toMatchObject({ shape: 'status-map', rows: [], errors: [] });
    expect(none).toMatchObject({
      shape: 'none',
      errors: ['/clustering/status: HTTP 400 not a control plane', '/status: connection reset'],
    });
  });

  it('refuses what is no object', () => {
    expect(() => parse([])).toThrow('a JSON object was expected');
  });
});
