import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiServer } from '../../../collectors/control-plane/api-server.ts';
import { logs } from '../../../collectors/kubernetes/logs.ts';
import { resources } from '../../../collectors/kubernetes/resources.ts';
import { isIncomplete } from '../../../src/collect/request.ts';
import { runCollect } from '../../../src/collect/run.ts';
import { defineCollector, LOGS_ARTIFACT } from '../../../src/model/collector.ts';
import { UserError } from '../../../src/model/errors.ts';
import { KubeError } from '../../../src/model/kube.ts';
import { collectBundle, DEFAULT_OPTIONS } from '../../support/collect-bundle.ts';
import { fakeKube } from '../../support/fake-kube.ts';
import { openWriter, temporaryFolder } from '../bundle/bundle-fixture.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

function runningPod(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'shop', name },
    spec: { nodeName: 'n1', containers: [{ name: 'app' }] },
    status: { containerStatuses: [{ name: 'app', restartCount: 0, state: { running: {} } }] },
  };
}

describe('an interrupted collection', () => {
  it('closes a bundle that says so, with what was read and a row for what was not', async () => {
    const interrupt = new AbortController();
    const kube = fakeKube({
      objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, runningPod('web-1')],
      onRequest: (path) => {
        if (path === '/api/v1/secrets') interrupt.abort();
      },
    });

    const bundle = await collectBundle(kube, [resources, logs], { signal: interrupt.signal });

    expect(bundle.manifest).toMatchObject({
      complete: false,
      incompleteReason: 'the collection was interrupted',
    });
    expect(bundle.row('resources:core/Secret')).toMatchObject({
      outcome: 'skipped',
      reason: 'the collection was interrupted before this was read',
    });
    expect(bundle.json('resources/core/namespaces/_cluster.json')).toMatchObject({ items: [{}] });
    expect(isIncomplete(bundle.result)).toBe(true);
  });

  it('does not wait for a log that never ends, and keeps its beginning', async () => {
    const interrupt = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('first line\n');
      setImmediate(() => interrupt.abort());
      await new Promise(() => {});
    }
    const kube = fakeKube({ objects: [runningPod('web-1')], logs: { 'shop/web-1/app': endless() } });

    const bundle = await collectBundle(kube, [logs], { signal: interrupt.signal });

    expect(bundle.entries.get('logs/shop/web-1/app.log')).toBe('first line\n');
    expect(bundle.row('logs', 'container/shop/web-1/app')).toMatchObject({ outcome: 'partial' });
    expect(bundle.manifest.complete).toBe(false);
  });

  it('does not wait for a source that hangs without listening to the signal', async () => {
    const interrupt = new AbortController();
    const hanging = defineCollector({
      meta: { id: 'test/hanging', title: 'Hanging', description: '', produces: [LOGS_ARTIFACT] },
      needs: {},
      rbac: () => [],
      async collect({ bundle }) {
        const scope = { type: 'container', namespace: 'a', pod: 'b', container: 'c' } as const;
        setImmediate(() => interrupt.abort());
        await bundle.add(LOGS_ARTIFACT, scope, () => new Promise(() => {}));
      },
    });

    const bundle = await collectBundle(fakeKube(), [hanging], { signal: interrupt.signal });

    expect(bundle.row('logs', 'container/a/b/c')).toMatchObject({ outcome: 'skipped' });
    expect(bundle.manifest.complete).toBe(false);
  });

  it('before anything was read still gives a labelled bundle', async () => {
    const bundle = await collectBundle(fakeKube(), [resources], { signal: AbortSignal.abort() });

    expect(bundle.manifest).toMatchObject({ complete: false, coverage: [] });
    expect(bundle.json('metadata.json')).toMatchObject({ format: 'kubecase-bundle' });
  });
});

describe('an API server out of reach', () => {
  const refusal = new KubeError('refused', 'cluster.test:6443: connection refused (ECONNREFUSED)');

  it('still gives a bundle with the way to it, the kubeconfig and its certificates', async () => {
    const kube = fakeKube({
      failures: { '/version': refusal },
      credentials: {
        clientCertificate: `${PEM}-----BEGIN PRIVATE KEY-----\nMIIC\n-----END PRIVATE KEY-----\n`,
      },
      handshake: { failure: { stage: 'tcp', kind: 'refused', message: 'connection refused' }, chain: [] },
    });

    const bundle = await collectBundle(kube, [resources, apiServer]);

    expect(bundle.json('documents/api-server-reachability/_cluster.json')).toEqual({
      server: 'https://cluster.test:6443',
      dns: { addresses: ['192.0.2.1'] },
      tcp: { ok: false, error: 'connection refused' },
      http: { ok: false, error: refusal.message, kind: 'refused' },
    });
    expect(bundle.json('documents/kubeconfig-public/_cluster.json')).toMatchObject({
      context: 'test',
      clientCertificate: PEM,
    });
    expect(bundle.json('documents/certificates/_object/Kubeconfig/test.json')).toEqual({
      certificates: [{ source: { type: 'kubeconfig', field: 'client-certificate' }, pem: PEM }],
    });
    expect(bundle.row('api-server-version')).toMatchObject({ outcome: 'error', reason: refusal.message });
    expect(bundle.result).toMatchObject({ complete: false, reachable: false });
    expect(bundle.manifest.incompleteReason).toContain('connection refused');
    expect(bundle.result.collectors).toContainEqual({
      id: 'kubernetes/resources',
      outcome: 'error',
      reason: refusal.message,
    });
  });

  it('keeps the chain that was served although TLS failed', async () => {
    const kube = fakeKube({
      failures: {
        '/version': new KubeError('tls', 'cluster.test: certificate has expired (CERT_HAS_EXPIRED)'),
      },
      handshake: {
        chain: [PEM],
        authorized: false,
        authorizationError: 'CERT_HAS_EXPIRED: certificate has expired',
      },
    });

    const bundle = await collectBundle(kube, [apiServer]);

    expect(bundle.json('documents/api-server-reachability/_cluster.json')).toMatchObject({
      tls: { ok: true, authorized: false, error: 'CERT_HAS_EXPIRED: certificate has expired', chain: [PEM] },
      http: { ok: false, kind: 'tls' },
    });
    expect(bundle.json('documents/certificates/_endpoint/cluster.test%3A6443.json')).toMatchObject({
      certificates: [
        { source: { type: 'served', endpoint: 'cluster.test:6443', authorized: false }, pem: PEM },
      ],
    });
  });

  it('is also one that answers 401', async () => {
    const error = new KubeError('unauthorized', 'the credentials are not accepted (HTTP 401)', {
      status: 401,
    });

    const bundle = await collectBundle(fakeKube({ failures: { '/version': error } }), [resources]);

    expect(bundle.json('documents/api-server-reachability/_cluster.json')).toMatchObject({
      tcp: { ok: true },
      http: { ok: false, status: 401, kind: 'unauthorized' },
    });
    expect(bundle.result.reachable).toBe(false);
  });

  it('is not one that only refuses /version', async () => {
    const error = new KubeError('forbidden', '/version is forbidden (HTTP 403)', { status: 403 });

    const bundle = await collectBundle(fakeKube({ failures: { '/version': error } }), [resources]);

    expect(bundle.result).toMatchObject({ reachable: true, complete: true });
  });
});

describe('a bundle that cannot be written', () => {
  it('ends the collection with the one error of the writer', async () => {
    const file = join(temporaryFolder(), 'bundle.tar.gz');
    const full = new UserError('disk-full', `${file}: no space left on the device`);
    const kube = fakeKube({ objects: [runningPod('web-1')] });

    const collecting = runCollect({
      connect: async () => kube,
      collectors: [resources],
      tool: { name: 'kubecase', version: '0.0.0' },
      openWriter: async () => {
        const writer = await openWriter(file);
        return { ...writer, add: () => Promise.reject(full) };
      },
      signal: new AbortController().signal,
      now: () => new Date('2026-03-01T12:00:00Z'),
      options: DEFAULT_OPTIONS,
    });

    await expect(collecting).rejects.toBe(full);
    expect(existsSync(file)).toBe(false);
    expect(kube.closed()).toBe(true);
  });
});

describe('a mistake in a collector', () => {
  it('is recorded and stops no other', async () => {
    const broken = defineCollector({
      meta: { id: 'test/broken', title: 'Broken', description: '', produces: [] },
      needs: {},
      rbac: () => [],
      async collect() {
        throw new TypeError('undefined is not a function');
      },
    });

    const bundle = await collectBundle(fakeKube(), [broken, resources]);

    expect(bundle.result.collectors).toEqual([
      expect.objectContaining({ id: 'kubernetes/resources', outcome: 'collected' }),
      expect.objectContaining({ id: 'test/broken', outcome: 'error', reason: 'undefined is not a function' }),
    ]);
  });
});
