import { expect, it } from 'vitest';
import { leases } from '../../../collectors/control-plane/leases.ts';
import { waitSeconds } from '../../../src/collect/settle.ts';
import { KubeError } from '../../../src/model/kube.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { fakeKube, refused } from '../../support/fake-kube.ts';

const LEASE = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {
    namespace: 'kube-system',
    name: 'kube-scheduler',
    managedFields: [{ manager: 'kube-scheduler', operation: 'Update', time: '2026-03-01T11:59:59Z' }],
  },
  spec: { holderIdentity: 'cp-1_x', renewTime: '2026-03-01T11:59:59.123456Z' },
};
const PATH = '/apis/coordination.k8s.io/v1/leases';

it('control-plane/leases stores leases twice, managedFields included', async () => {
  const kube = fakeKube({ objects: [LEASE] });

  const bundle = await collectBundle(kube, [leases]);

  const item = { metadata: { managedFields: [{ time: '2026-03-01T11:59:59Z' }] } };
  const folder = 'resources/coordination.k8s.io/leases';
  expect(bundle.json(`${folder}/kube-system.json`)).toMatchObject({ items: [item] });
  expect(bundle.json(`${folder}/kube-system.1.json`)).toMatchObject({ items: [item] });
  expect(bundle.row('resources:coordination.k8s.io/Lease', 'cluster', 1)?.outcome).toBe('collected');
  expect(kube.requests.filter((path) => path === PATH)).toHaveLength(2);
});

it('control-plane/leases keeps the first sample when the second fails', async () => {
  let asked = 0;
  const kube = fakeKube({
    objects: [LEASE],
    onRequest: (path) => {
      if (path === PATH && ++asked === 2) throw new KubeError('timeout', 'no answer in time');
    },
  });

  const bundle = await collectBundle(kube, [leases]);

  expect(bundle.row('resources:coordination.k8s.io/Lease')?.outcome).toBe('collected');
  expect(bundle.row('resources:coordination.k8s.io/Lease', 'cluster', 1)?.outcome).toBe('timed-out');
});

it('control-plane/leases does not ask a second time where the first was refused', async () => {
  const kube = fakeKube({ failures: { [PATH]: refused('coordination.k8s.io', 'leases') } });

  await collectBundle(kube, [leases]);

  expect(kube.requests.filter((path) => path === PATH)).toHaveLength(1);
});

/** A lease of the scheduler, renewed so many seconds before the fake cluster's clock. */
function renewed(seconds: number, name = 'kube-scheduler') {
  const renewTime = new Date(Date.parse('2026-03-01T12:00:00Z') - seconds * 1000).toISOString();
  const spec = { holderIdentity: 'cp-1_x', leaseDurationSeconds: 15, renewTime };
  return { ...LEASE, metadata: { ...LEASE.metadata, name }, spec };
}

async function waitsFor(lease: ReturnType<typeof renewed>): Promise<number[]> {
  const waits: number[] = [];
  const wait = async (seconds: number) => {
    waits.push(seconds);
  };
  await collectBundle(fakeKube({ objects: [lease] }), [leases], { wait });
  return waits;
}

it('control-plane/leases looks again a lease duration later when a leader looks gone', async () => {
  expect(await waitsFor(renewed(90))).toEqual([17]);
});

it('control-plane/leases waits for nothing when the leader is there, or the lease is no leader of the control plane', async () => {
  expect(await waitsFor(renewed(3))).toEqual([]);
  expect(await waitsFor(renewed(90, 'my-operator'))).toEqual([]);
});

it('control-plane/leases stops waiting when interrupted', async () => {
  const stop = new AbortController();
  const interrupt = (event: { readonly type: string }) => {
    if (event.type === 'settle') stop.abort();
  };
  const changes = { signal: stop.signal, onProgress: interrupt, wait: waitSeconds };

  const bundle = await collectBundle(fakeKube({ objects: [renewed(90)] }), [leases], changes);

  expect(bundle.manifest).toMatchObject({
    complete: false,
    incompleteReason: 'the collection was interrupted',
  });
});
