import { describe, expect, it } from 'vitest';
import { keptMetricLines, kongPlaneMetrics } from '../../../src/artifacts/kong-plane-metrics.ts';
import {
  keptHandshakeLines,
  kongPlaneProbes,
  type StoredProbe,
} from '../../../src/artifacts/kong-plane-probes.ts';
import { kongPlaneStatus } from '../../../src/artifacts/kong-plane-status.ts';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe('the status of a Kong node', () => {
  it('is read with units as Kong writes them without unit=b', () => {
    const value = kongPlaneStatus.parse(
      bytes({
        database: { reachable: false },
        memory: {
          workers_lua_vms: [{ pid: 7, http_allocated_gc: '61.20 MiB' }, { http_allocated_gc: '512' }],
        },
      }),
    );

    expect(value.databaseReachable).toBe(false);
    expect(value.workers).toEqual([{ pid: 7, bytes: 64_172_851 }, { bytes: 512 }]);
    expect(value.configurationHash).toBeUndefined();
  });

  it('takes 404 of /status/ready for an older Kong, and any other answer for an error', () => {
    const parse = (status: number) =>
      kongPlaneStatus.parse(
        bytes({
          replies: [
            { path: '/status', status: 200, body: {} },
            { path: '/status/ready', status, body: { message: 'x' } },
          ],
        }),
      );

    expect(parse(404)).toMatchObject({ errors: [] });
    expect(parse(404).ready).toBeUndefined();
    expect(parse(503).ready).toEqual({ ok: false, message: 'x' });
    expect(parse(502)).toMatchObject({ errors: ['/status/ready: HTTP 502 x'] });
  });
});

describe('the metrics of a Kong node', () => {
  it('keep those of planes and memory only, without help texts', () => {
    const kept = keptMetricLines(
      '# HELP kong_data_plane_last_seen x\nkong_data_plane_last_seen{node_id="a"} 1\nkong_data_plane_last_seen_total{x="1"} 2\nkong_http_requests_total{service="s"} 3\n',
    );

    expect(kept).toBe('kong_data_plane_last_seen{node_id="a"} 1\n');
    expect(kongPlaneMetrics.parse(new TextEncoder().encode(kept)).samples).toHaveLength(1);
  });
});

describe('what commands in a container show', () => {
  function parse(...probes: StoredProbe[]) {
    return kongPlaneProbes.parse(bytes({ probes }));
  }
  const tls = (output: string, exitCode = 1) => parse({ id: 'tls', command: ['openssl'], exitCode, output });

  it.each([
    [
      '800B:error:8000006F:system library:BIO_connect:Connection refused:bio_sock2.c:114\nconnect:errno=111',
      'connection refused',
    ],
    ['connect:errno=110 Connection timed out', 'connection timed out'],
    ['x:error:80000071:system library:BIO_connect:No route to host:1', 'no route to host'],
  ])('a port that does not answer: %s', (output, detail) => {
    expect(tls(output)).toMatchObject({ tcp: { state: 'fails', detail }, tls: { state: 'untried' } });
  });

  it('takes the end of the time for no answer', () => {
    expect(tls('', 124).tcp).toEqual({ state: 'fails', detail: 'no answer in time' });
  });

  it('tells a port without TLS from one that does not answer', () => {
    const { tcp, tls: handshake } = tls(
      'CONNECTED(00000003)\n1:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:x',
    );

    expect(tcp.state).toBe('works');
    expect(handshake).toEqual({ state: 'fails', detail: 'wrong version number' });
  });

  it('says of output it does not know that nothing was tried', () => {
    expect(tls('usage: s_client', 1).tcp.state).toBe('untried');
    expect(parse({ id: 'dns', command: ['getent'], exitCode: 1, output: '' }).dns.state).toBe('untried');
    expect(parse().dns).toMatchObject({ state: 'untried', reason: expect.stringContaining('--exec') });
  });

  it('keeps no session of a handshake', () => {
    const kept = keptHandshakeLines(
      'CONNECTED(00000003)\nSession-ID: 01\nMaster-Key: 02\n0000 - 03\nconnect:errno=0\n',
    );

    expect(kept).toBe('CONNECTED(00000003)\nconnect:errno=0');
  });
});
