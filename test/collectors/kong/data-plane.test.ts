import { describe, expect, it } from 'vitest';
import { dataPlane } from '../../../collectors/kong/data-plane.ts';
import { kongPlaneMetrics } from '../../../src/artifacts/kong-plane-metrics.ts';
import { kongPlaneProbes } from '../../../src/artifacts/kong-plane-probes.ts';
import { kongPlaneStatus } from '../../../src/artifacts/kong-plane-status.ts';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { ago, containerStatus } from '../../support/builders.ts';
import { certificatePem } from '../../support/certificates.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { type FakeCluster, type FakeObject, fakeKube } from '../../support/fake-kube.ts';
import { dataPlane as dataPlanePod } from '../../support/kong.ts';

const AT = 'kong/kong-dp-0';
const entry = (artifact: string, extension = 'json') =>
  `documents/${artifact}/_object/Pod/${AT}.${extension}`;
const HOST = 'kong-cp-kong-cluster.kong.svc.cluster.local';
const HANDSHAKE = `s_client -connect ${HOST}:8005 -servername kong_clustering -showcerts`;
const HASH = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const pem = await certificatePem('kong_clustering', ago(86_400), ago(-86_400));

function plane(env: Record<string, string> = {}, parts: object = {}): FakeObject {
  return dataPlanePod('kong-dp-0', { env, ...parts }) as FakeObject;
}

const REPLIES: FakeCluster['podReplies'] = {
  [`${AT}:8100/status`]: JSON.stringify({
    configuration_hash: HASH,
    memory: { workers_lua_vms: [{ pid: 1258, http_allocated_gc: 64_172_851 }] },
    server: { total_requests: 5120 },
  }),
  [`${AT}:8100/status/ready`]: {
    status: 503,
    body: '{"message":"no configuration available (empty configuration present)"}',
  },
  [`${AT}:8100/metrics`]:
    '# HELP kong_http_requests_total HTTP requests\nkong_http_requests_total{service="secret-shop",route="r1",code="200"} 4\nkong_data_plane_cluster_cert_expiry_timestamp 1839283200\n',
};

async function run(cluster: FakeCluster, options: { exec?: boolean; portForward?: boolean } = {}) {
  const kube = fakeKube(cluster);
  return { kube, bundle: await collectBundle(kube, [dataPlane], { options }) };
}

describe('kong/data-plane', () => {
  it('asks the Status API of the chart for status, readiness and metrics', async () => {
    const { bundle } = await run({
      objects: [plane({ KONG_STATUS_LISTEN: '0.0.0.0:8100, [::]:8100' })],
      podReplies: REPLIES,
    });

    const status = kongPlaneStatus.parse(Buffer.from(bundle.entries.get(entry('kong-plane-status')) ?? ''));
    expect(status).toMatchObject({
      plane: { namespace: 'kong', pod: 'kong-dp-0', container: 'proxy' },
      configurationHash: HASH,
      ready: { ok: false, message: 'no configuration available (empty configuration present)' },
      workers: [{ pid: 1258, bytes: 64_172_851 }],
      requests: 5120,
      errors: [],
    });
    const text = bundle.entries.get(entry('kong-plane-metrics', 'txt')) ?? '';
    expect(kongPlaneMetrics.parse(Buffer.from(text)).samples).toHaveLength(1);
    expect(bundle.row('kong-plane-probes', `Pod/${AT}`)).toMatchObject({
      outcome: 'skipped',
      fix: { flag: '--exec' },
    });
  });

  it('stores no metric that names services, routes or consumers', async () => {
    const { bundle } = await run({
      objects: [plane({ KONG_STATUS_LISTEN: '0.0.0.0:8100' })],
      podReplies: REPLIES,
    });

    expect([...bundle.entries.values()].join('\n')).not.toContain('secret-shop');
  });

  it('takes port and scheme from KONG_STATUS_LISTEN, and asks nobody whose Status API is off', async () => {
    const tls = await run({ objects: [plane({ KONG_STATUS_LISTEN: '127.0.0.1:8543 ssl' })] });
    const off = await run({ objects: [plane({ KONG_STATUS_LISTEN: 'off' })] });

    expect(new Set(tls.kube.podRequests.map(({ port, scheme }) => `${scheme} ${port}`))).toEqual(
      new Set(['https 8543']),
    );
    expect(off.kube.podRequests).toEqual([]);
    expect(off.bundle.row('kong-plane-status', `Pod/${AT}`)).toMatchObject({ outcome: 'not-found' });
  });

  it('records that the plugin prometheus is not loaded', async () => {
    const { bundle } = await run({
      objects: [plane({ KONG_STATUS_LISTEN: '0.0.0.0:8100' })],
      podReplies: { ...REPLIES, [`${AT}:8100/metrics`]: { status: 404, body: '{"message":"Not found"}' } },
    });

    expect(bundle.row('kong-plane-metrics', `Pod/${AT}`)).toMatchObject({
      outcome: 'not-found',
      reason: expect.stringContaining('prometheus'),
    });
  });

  it('tries the way to the control plane by arguments, and keeps no session of the handshake', async () => {
    const output = `CONNECTED(00000003)\n${pem}\nSession-ID: 0102CANARY\n    Master-Key: CANARY\n    0000 - aa bb CANARY\n`;
    const { bundle, kube } = await run(
      {
        objects: [plane({ KONG_PREFIX: '/kong_prefix/' })],
        execReplies: {
          [`${AT}/proxy du -sk /kong_prefix`]: '139264\t/kong_prefix\n',
          [`${AT}/proxy ls -ln /kong_prefix/dbless.lmdb`]:
            'total 1\n-rw-r--r-- 1 1000 1000 139988992 Jan 15 11:00 data.mdb\n-rw-r--r-- 1 1000 1000 8192 Jan 15 11:00 lock.mdb\n',
          [`${AT}/proxy getent ahosts ${HOST}`]: `10.96.0.21      STREAM ${HOST}\n10.96.0.21      DGRAM\n`,
          [`${AT}/proxy timeout 10 openssl ${HANDSHAKE}`]: {
            stdout: '',
            stderr: 'No such file',
            exitCode: 127,
          },
          [`${AT}/proxy timeout 10 /usr/local/kong/bin/openssl ${HANDSHAKE}`]: output,
        },
      },
      { exec: true },
    );

    const text = bundle.entries.get(entry('kong-plane-probes')) ?? '';
    expect(text).not.toContain('CANARY');
    const probes = kongPlaneProbes.parse(Buffer.from(text));
    expect(probes).toMatchObject({
      address: `${HOST}:8005`,
      dns: { state: 'works', detail: '10.96.0.21' },
      tcp: { state: 'works' },
      tls: { state: 'works', detail: 'it shows `CN=kong_clustering`' },
      prefixBytes: 139_264 * 1024,
      databaseFiles: [
        { name: 'data.mdb', bytes: 139_988_992 },
        { name: 'lock.mdb', bytes: 8192 },
      ],
    });
    expect(kube.execRequests.some((command) => / (?:ba)?sh /.test(command))).toBe(false);
  });

  it('loses nothing of this to the redaction of the bundle', async () => {
    const kube = fakeKube({
      objects: [plane({ KONG_STATUS_LISTEN: '0.0.0.0:8100' })],
      podReplies: REPLIES,
      execReplies: { [`${AT}/proxy timeout 10 openssl ${HANDSHAKE}`]: `CONNECTED(00000003)\n${pem}` },
    });

    const bundle = await collectBundle(kube, [dataPlane], {
      options: { exec: true },
      redaction: builtInRedaction(),
    });

    const read = (artifact: string) => Buffer.from(bundle.entries.get(entry(artifact)) ?? '');
    expect(kongPlaneStatus.parse(read('kong-plane-status')).configurationHash).toBe(HASH);
    expect(kongPlaneProbes.parse(read('kong-plane-probes'))).toMatchObject({
      address: `${HOST}:8005`,
      tls: { state: 'works' },
      served: [{ subject: 'CN=kong_clustering' }],
    });
  });

  it('says of tools the image has not that nothing was tried', async () => {
    const { bundle } = await run({ objects: [plane()] }, { exec: true });

    const probes = kongPlaneProbes.parse(Buffer.from(bundle.entries.get(entry('kong-plane-probes')) ?? ''));
    expect(probes.dns).toMatchObject({ state: 'untried', reason: expect.stringContaining('not found') });
    expect(probes.tls.state).toBe('untried');
    expect(probes.prefixBytes).toBeUndefined();
  });

  it('runs nothing without the flag, and nothing in a container that is down', async () => {
    const down = plane(
      {},
      { status: { containerStatuses: [containerStatus('proxy', { state: { waiting: {} } })] } },
    );
    const without = await run({ objects: [plane()] });
    const with_ = await run({ objects: [down] }, { exec: true });

    expect([...without.kube.execRequests, ...with_.kube.execRequests]).toEqual([]);
    expect(with_.bundle.row('kong-plane-probes', `Pod/${AT}`)).toMatchObject({ outcome: 'not-found' });
  });

  it('says that no pod runs Kong', async () => {
    const { bundle } = await run({ objects: [] });

    expect(bundle.row('kong-plane-status')).toMatchObject({ outcome: 'not-found' });
  });
});
