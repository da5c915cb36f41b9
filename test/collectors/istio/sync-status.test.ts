import { describe, expect, it } from 'vitest';
import { syncStatus } from '../../../collectors/istio/sync-status.ts';
import { istioSyncStatus } from '../../../src/artifacts/istio-sync-status.ts';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { containerStatus, pod } from '../../support/builders.ts';
import { type CollectChanges, collectBundle } from '../../support/collect-bundle.ts';
import { type FakeCluster, type FakeObject, fakeKube } from '../../support/fake-kube.ts';

const AT = 'istio-system/istiod-7d9f-abcde';
const ENTRY = `documents/istio-sync-status/_object/Pod/${AT}.json`;
const ROWS = [
  {
    cluster_id: 'Kubernetes',
    proxy: 'web-0.shop',
    istio_version: '1.27.1',
    resources: {
      'type.googleapis.com/envoy.config.listener.v3.Listener': {
        sent: 'Y2hlY2tzdW0tb2YtbGlzdGVuZXJz-0d6d0d6e-4f0c-4b0e-9d9a-0f1e2d3c4b5a',
        acked: 'Y2hlY2tzdW0tb2YtbGlzdGVuZXJz-0d6d0d6e-4f0c-4b0e-9d9a-0f1e2d3c4b5a',
        sentTime: '2026-03-01T11:58:00Z',
      },
    },
  },
];

function istiod(name = 'istiod-7d9f-abcde', parts: object = {}, args: readonly string[] = []): FakeObject {
  return pod(name, {
    metadata: { namespace: 'istio-system', labels: { app: 'istiod' } },
    spec: {
      containers: [
        { name: 'discovery', image: 'docker.io/istio/pilot:1.27.1', args: ['discovery', ...args] },
      ],
    },
    status: {
      phase: 'Running',
      containerStatuses: [containerStatus('discovery', { state: { running: {} } })],
    },
    ...parts,
  }) as FakeObject;
}

async function run(cluster: FakeCluster, changes: CollectChanges = {}) {
  const kube = fakeKube(cluster);
  return { kube, bundle: await collectBundle(kube, [syncStatus], changes) };
}

describe('istio/sync-status', () => {
  it('stores what each replica says of its proxies, whole after redaction', async () => {
    const { kube, bundle } = await run(
      { objects: [istiod()], podReplies: { [`${AT}:15014/debug/syncz`]: JSON.stringify(ROWS) } },
      { redaction: builtInRedaction() },
    );

    const status = istioSyncStatus.parse(Buffer.from(bundle.entries.get(ENTRY) ?? ''));
    expect(status.controlPlane).toEqual({ namespace: 'istio-system', pod: 'istiod-7d9f-abcde' });
    const [state] = status.rows[0]?.states ?? [];
    expect(state).toMatchObject({ type: 'LDS', sent: state?.acked });
    expect(status.rows).toMatchObject([{ namespace: 'shop', pod: 'web-0', version: '1.27.1' }]);
    expect(kube.podRequests.map(({ path, scheme }) => `${scheme} ${path}`)).toEqual(['http /debug/syncz']);
  });

  it('asks at the port of `--monitoringAddr`', async () => {
    const { kube } = await run({ objects: [istiod(undefined, {}, ['--monitoringAddr=:9093'])] });

    expect(kube.podRequests.map(({ port }) => port)).toEqual([9093]);
  });

  it('keeps the empty answer of a replica that serves nobody', async () => {
    const { bundle } = await run({
      objects: [istiod()],
      podReplies: { [`${AT}:15014/debug/syncz`]: 'null' },
    });

    expect(istioSyncStatus.parse(Buffer.from(bundle.entries.get(ENTRY) ?? '')).rows).toEqual([]);
  });

  it.each([
    [401, 'forbidden', 'want a token'],
    [404, 'not-found', 'may be off'],
    [500, 'error', 'HTTP 500'],
  ])('records HTTP %i as %s', async (status, outcome, reason) => {
    const { bundle } = await run({
      objects: [istiod()],
      podReplies: { [`${AT}:15014/debug/syncz`]: { status, body: 'no' } },
    });

    expect(bundle.row('istio-sync-status', `Pod/${AT}`)).toMatchObject({
      outcome,
      reason: expect.stringContaining(reason),
    });
  });

  it('records an answer that is no list', async () => {
    const { bundle } = await run({
      objects: [istiod()],
      podReplies: { [`${AT}:15014/debug/syncz`]: '{"error":"starting"}' },
    });

    expect(bundle.row('istio-sync-status', `Pod/${AT}`)).toMatchObject({ outcome: 'error' });
  });

  it('asks by the binary of the image where only commands are allowed, and nobody where nothing is', async () => {
    const command = `${AT}/discovery pilot-discovery request GET /debug/syncz`;
    const execReplies = { [command]: JSON.stringify(ROWS) };
    const exec = await run(
      { objects: [istiod()], execReplies },
      { options: { portForward: false, exec: true } },
    );
    const none = await run({ objects: [istiod()], execReplies }, { options: { portForward: false } });

    expect(exec.bundle.row('istio-sync-status', `Pod/${AT}`)?.outcome).toBe('collected');
    expect(exec.kube.execRequests).toEqual([command]);
    expect(none.kube.execRequests).toEqual([]);
    expect(none.bundle.row('istio-sync-status', `Pod/${AT}`)).toMatchObject({
      outcome: 'skipped',
      fix: { flag: '--exec' },
    });
  });

  it('says of replicas that do not run, and of a cluster without Istio, that there is nothing', async () => {
    const waiting = istiod(undefined, {
      status: { phase: 'Running', containerStatuses: [containerStatus('discovery', { state: {} })] },
    });

    const down = await run({ objects: [waiting] });
    const none = await run({ objects: [pod('web') as FakeObject] });

    expect(down.bundle.row('istio-sync-status', `Pod/${AT}`)).toMatchObject({ outcome: 'not-found' });
    expect(none.bundle.row('istio-sync-status')).toMatchObject({ outcome: 'not-found' });
    expect([...down.kube.podRequests, ...none.kube.podRequests]).toEqual([]);
  });

  it('asks no more than 30 replicas, and says which were not', async () => {
    const many = Array.from({ length: 32 }, (_, index) => istiod(`istiod-${index}`));

    const { kube, bundle } = await run({ objects: many });

    expect(kube.podRequests).toHaveLength(30);
    expect(bundle.row('istio-sync-status', 'Pod/istio-system/istiod-31')).toMatchObject({
      outcome: 'skipped',
      reason: 'only 30 replicas are asked',
    });
  });
});
