import { describe, expect, it } from 'vitest';
import { apiDiscovery } from '../../../src/artifacts/api-discovery.ts';
import { apiServerHealth } from '../../../src/artifacts/api-server-health.ts';
import { apiServerMetrics } from '../../../src/artifacts/api-server-metrics.ts';
import {
  apiServerReachability,
  endpointOf,
  reachabilityOf,
} from '../../../src/artifacts/api-server-reachability.ts';
import { apiServerVersion } from '../../../src/artifacts/api-server-version.ts';
import {
  certificatePem,
  certificatePemOfBase64,
  certificates,
  servedScope,
} from '../../../src/artifacts/certificates.ts';
import { clockOffset } from '../../../src/artifacts/clock-offset.ts';
import { jsonBytes } from '../../../src/artifacts/json-bytes.ts';
import { kubeconfigPublic, publicKubeconfig } from '../../../src/artifacts/kubeconfig-public.ts';
import { whyNotListed } from '../../../src/artifacts/left-out-kinds.ts';
import type { Handshake } from '../../../src/model/kube.ts';
import { fakeKube } from '../../support/fake-kube.ts';
import { OBSERVED } from '../../support/fake-reply.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const SHAKEN: Handshake = {
  host: 'cluster.test',
  port: 6443,
  addresses: ['192.0.2.1'],
  failure: undefined,
  chain: [PEM],
  authorized: true,
  authorizationError: undefined,
  protocol: 'TLSv1.3',
  observedAt: OBSERVED,
};

describe('api-server-version', () => {
  it('keeps what the server sends beside the version', () => {
    const value = apiServerVersion.parse(
      jsonBytes({ gitVersion: 'v1.36.2', minor: '36+', emulationMinor: '35' }),
    );

    expect(value).toMatchObject({ gitVersion: 'v1.36.2', minor: '36+', emulationMinor: '35' });
  });

  it('refuses a reply without a version', () => {
    expect(() => apiServerVersion.parse(jsonBytes({ kind: 'Status' }))).toThrow('gitVersion');
  });
});

describe('api-server-health', () => {
  it('reads every form of a line and passes over the closing one', () => {
    const text = [
      '[+]ping ok',
      '[+]etcd excluded: ok',
      '[+]poststarthook/rbac/bootstrap-roles excluded with group: ok',
      '[-]informer-sync failed: reason withheld',
      'readyz check failed',
    ].join('\n');

    const value = apiServerHealth.parse(jsonBytes({ path: '/readyz', status: 500, text }));

    expect(value.ok).toBe(false);
    expect(value.checks).toEqual([
      { name: 'ping', ok: true, detail: 'ok' },
      { name: 'etcd', ok: true, detail: 'excluded: ok' },
      { name: 'poststarthook/rbac/bootstrap-roles', ok: true, detail: 'excluded with group: ok' },
      { name: 'informer-sync', ok: false, detail: 'failed: reason withheld' },
    ]);
  });
});

describe('api-server-metrics', () => {
  it('keeps the families it knows with labels and values', () => {
    const text = [
      '# TYPE apiserver_requested_deprecated_apis gauge',
      'apiserver_requested_deprecated_apis{group="policy",resource="a\\"b"} 1',
      'go_gc_duration_seconds{quantile="0"} 1e-05',
      'aggregator_unavailable_apiservice{name="v1.things"} +Inf',
      'process_start_time_seconds 1.7e+09 1700000000000',
    ].join('\n');

    const value = apiServerMetrics.parse(Buffer.from(text));

    expect(value.samples).toHaveLength(3);
    expect(value.named('apiserver_requested_deprecated_apis')).toEqual([
      { name: 'apiserver_requested_deprecated_apis', labels: { group: 'policy', resource: 'a"b' }, value: 1 },
    ]);
    expect(value.named('aggregator_unavailable_apiservice')[0]?.value).toBe(Number.POSITIVE_INFINITY);
    expect(value.named('process_start_time_seconds')[0]?.value).toBe(1.7e9);
    expect(value.named('up')).toEqual([]);
  });
});

describe('api-server-reachability', () => {
  it.each([
    ['dns', { dns: { addresses: [], error: 'no such host' } }],
    ['tcp', { dns: { addresses: [] }, tcp: { ok: false, error: 'no such host' } }],
    ['tls', { tcp: { ok: true }, tls: { ok: false, error: 'no such host', chain: [] } }],
  ] as const)('ends at the layer that failed: %s', (stage, expected) => {
    const failure = { stage, kind: 'other', message: 'no such host' } as const;
    const shaken = { ...SHAKEN, addresses: [], chain: [], failure };
    const http = { ok: false, error: 'x', kind: 'refused' };

    const value = apiServerReachability.parse(jsonBytes(reachabilityOf('https://a:1', shaken, http)));

    expect(value).toMatchObject({ server: 'https://a:1', ...expected, http });
    expect(value.tls === undefined).toBe(stage !== 'tls');
  });

  it('keeps the chain of a server whose certificate does not verify', () => {
    const shaken = {
      ...SHAKEN,
      authorized: false,
      authorizationError: 'CERT_HAS_EXPIRED: certificate has expired',
    };

    const value = reachabilityOf('https://a:1', shaken, { ok: true, status: 200 });

    expect(value.tls).toMatchObject({ ok: true, authorized: false, chain: [PEM] });
    expect(value.tls?.error).toContain('CERT_HAS_EXPIRED');
  });

  it.each([
    ['https://cluster.test', { host: 'cluster.test', port: 443 }],
    ['https://[2001:db8::1]:6443/k8s/c', { host: '2001:db8::1', port: 6443 }],
  ])('shakes hands with host and port of %s', (server, expected) => {
    expect(endpointOf(fakeKube({ server }))).toEqual(expected);
  });

  it('asks for the name the kubeconfig wants to be served', () => {
    const kube = fakeKube({ credentials: { tlsServerName: 'kubernetes' } });

    expect(endpointOf(kube).servername).toBe('kubernetes');
  });
});

describe('certificates', () => {
  it('takes nothing but CERTIFICATE blocks out of a text', () => {
    const key = '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n';

    expect(certificatePem(`subject=x\n${PEM}${key}password: y\n${PEM}`)).toBe(`${PEM}${PEM}`);
    expect(certificatePem(key)).toBeUndefined();
    // A block that is cut open holds a key in its body.
    expect(certificatePem(`-----BEGIN CERTIFICATE-----\n${key}-----END CERTIFICATE-----`)).toBeUndefined();
  });

  it('reads base64 with line breaks and takes other text for no certificate', () => {
    const base64 = Buffer.from(PEM).toString('base64');

    expect(certificatePemOfBase64(`${base64.slice(0, 10)}\n${base64.slice(10)}`)).toBe(PEM);
    expect(certificatePemOfBase64('not base64 !')).toBeUndefined();
    expect(certificatePemOfBase64(undefined)).toBeUndefined();
  });

  it('gives sources back as they were stored and drops what it does not know', () => {
    const known = [
      { source: { type: 'kubeconfig', field: 'client-certificate' }, pem: PEM },
      { source: { type: 'served', endpoint: 'a:1', authorized: false, error: 'expired' }, pem: PEM },
      {
        source: {
          type: 'object',
          group: '',
          kind: 'ConfigMap',
          namespace: 'a',
          name: 'b',
          pointer: '/data/x',
        },
        pem: PEM,
      },
    ];

    const value = certificates.parse(
      jsonBytes({ certificates: [...known, { source: { type: 'new' }, pem: PEM }, 7] }),
    );

    expect(value.certificates).toEqual(known);
  });

  it('writes an IPv6 endpoint with brackets', () => {
    expect(servedScope({ host: '2001:db8::1', port: 6443 })).toEqual({
      type: 'endpoint',
      endpoint: '[2001:db8::1]:6443',
    });
  });
});

describe('clock-offset', () => {
  it('is positive for a collector that is ahead, to within half a second and half the round trip', () => {
    const value = clockOffset.parse(
      jsonBytes({
        serverDate: '2026-03-01T12:00:00.000Z',
        sentAt: '2026-03-01T12:10:00.000Z',
        receivedAt: '2026-03-01T12:10:01.000Z',
      }),
    );

    expect(value).toMatchObject({ offsetSeconds: 600, errorSeconds: 1 });
  });

  it('is no number without a server date', () => {
    expect(() => clockOffset.parse(jsonBytes({ sentAt: 'x' }))).toThrow('a clock reading is missing');
  });
});

describe('kubeconfig-public', () => {
  it('holds names, server and certificates', () => {
    const kube = fakeKube({ credentials: { serverCa: PEM, insecure: true }, namespace: 'shop' });

    const value = kubeconfigPublic.parse(jsonBytes(publicKubeconfig(kube)));

    expect(value).toMatchObject({
      context: 'test',
      user: 'mia',
      namespace: 'shop',
      insecure: true,
      certificateAuthority: PEM,
    });
    expect(value.clientCertificate).toBeUndefined();
  });
});

describe('api-discovery', () => {
  it('drops rows that name no kind', () => {
    const value = apiDiscovery.parse(
      jsonBytes({ resources: [{ group: 'a' }, 3], failures: [{ groupVersion: 'a/v1' }] }),
    );

    expect(value).toEqual({ resources: [], failures: [{ groupVersion: 'a/v1', reason: 'unknown reason' }] });
  });
});

describe('whyNotListed', () => {
  it('leaves out a whole group and single kinds, and lists the rest', () => {
    expect(whyNotListed({ group: 'metrics.k8s.io', plural: 'nodes' })).toContain('usage');
    expect(whyNotListed({ group: '', plural: 'events' })).toBe('read by kubernetes/events');
    expect(whyNotListed({ group: '', plural: 'pods' })).toBeUndefined();
  });
});
