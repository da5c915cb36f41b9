import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectors } from '../../../collectors/index.ts';
import { readInputs } from '../../../src/analyze/read-inputs.ts';
import { itemsOf } from '../../../src/analyze/store.ts';
import { leases, namespaces, pods, secrets } from '../../../src/artifacts/resources.ts';
import { logSignals } from '../../../src/model/artifact.ts';
import { originOf } from '../../../src/model/origin.ts';
import { anyObject, namespace, pod } from '../../support/builders.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { fakeKube } from '../../support/fake-kube.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { writeTree } from '../../support/unpack.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';

function folderOf(...objects: readonly object[]): string {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  return writeTree(temporaryFolder(), [['objects.json', JSON.stringify(list)]]);
}

function versioned(name: string, resourceVersion: string, phase: string) {
  return pod(name, { metadata: { resourceVersion }, status: { phase } });
}

const signals = logSignals({ component: { id: 'any' }, patterns: { any: { any: ['connection refused'] } } });

describe('a bundle of ours', () => {
  it('fills the store with what the artifacts ask for, reduced, with origin and coverage', async () => {
    const bundle = await collectBundle(fakeKube(await troubledCluster(['shop'])), collectors);

    const { store, bundles, collection } = await readInputs([bundle.result.file], [pods, signals]);

    const [item] = itemsOf(store, pods.id);
    expect(item).toBeDefined();
    expect(item && originOf(item)).toMatchObject({ path: expect.stringMatching(/^resources\/core\/pods\//) });
    expect(item && originOf(item)?.observation?.time).toMatch(/^\d{4}-/);
    expect(itemsOf(store, secrets.id)).toEqual([]);
    expect(store.rows.filter((row) => row.artifact === pods.id)).toMatchObject([{ outcome: 'collected' }]);
    expect(store.served?.has(pods.id)).toBe(true);
    expect(store.logs.length).toBeGreaterThan(0);
    expect(bundles).toMatchObject([
      { layout: 'kubecase', complete: true, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(collection.counts.map((one) => one.artifact)).toContain(pods.id);
    expect(collection.logLines).toBeGreaterThan(0);
  });
});

describe('several inputs', () => {
  it('are joined: of one object seen twice the newer version stays, in either order', async () => {
    const old = folderOf(versioned('web', '9', 'Pending'), versioned('only-here', '1', 'Running'));
    const young = folderOf(versioned('web', '10', 'Running'));

    for (const inputs of [
      [old, young],
      [young, old],
    ]) {
      const { store } = await readInputs(inputs, [pods]);
      const phases = itemsOf(store, pods.id).map((item) => [
        item.metadata.name,
        (item as { status?: { phase?: string } }).status?.phase,
      ]);
      expect(Object.fromEntries(phases)).toEqual({ web: 'Running', 'only-here': 'Running' });
    }
  });

  it('of two known clusters are refused in one line that names both', async () => {
    const first = folderOf(namespace('kube-system', { metadata: { uid: 'aaa' } }));
    const second = folderOf(namespace('kube-system', { metadata: { uid: 'bbb' } }));

    const reading = readInputs([first, second], [namespaces]);

    await expect(reading).rejects.toMatchObject({ code: 'different-clusters' });
    await expect(reading).rejects.toThrow(`${first} and ${second} are of different clusters`);
  });

  it('that are one bundle twice are read once, and that is told', async () => {
    const { result } = await collectBundle(fakeKube(await troubledCluster(['shop'])), collectors);
    const copy = join(temporaryFolder(), 'copy.tar.gz');
    copyFileSync(result.file, copy);
    const told: unknown[] = [];

    const once = await readInputs([result.file], [pods, signals]);
    const twice = await readInputs([result.file, copy], [pods, signals], {
      onSame: (same) => told.push(same),
    });

    expect(told).toEqual([{ again: 1, first: 0 }]);
    expect(twice.bundles).toEqual(once.bundles);
    expect(twice.collection).toEqual(once.collection);
    expect(twice.store.collectors).toEqual(once.store.collectors);
    expect(once.store.collectors.length).toBeGreaterThan(0);
  });

  it('of one cluster and of an unknown one are joined', async () => {
    const known = folderOf(namespace('kube-system', { metadata: { uid: 'aaa' } }));

    const { store, bundles } = await readInputs([known, folderOf(pod('web'))], [namespaces, pods]);

    expect(bundles).toHaveLength(2);
    expect(itemsOf(store, pods.id)).toHaveLength(1);
  });
});

describe('files of an unknown tool', () => {
  it('prove presence, and absence no further than their lists span', async () => {
    const web = pod('web');
    const { store } = await readInputs([folderOf(web)], [pods, leases]);

    expect(itemsOf(store, pods.id)).toHaveLength(1);
    expect(store.rows.filter((row) => row.outcome === 'collected').map(({ scope }) => scope)).toEqual([
      { type: 'namespace', namespace: web.metadata.namespace },
    ]);
    expect(store.served).toBeUndefined();
  });

  it('keep nothing of kinds that nobody asked for', async () => {
    const { store } = await readInputs(
      [folderOf(pod('web'), anyObject('example.com/v1', 'Widget', 'w', 'shop'))],
      [pods],
    );

    expect([...store.resources.keys()].filter((id) => id.includes('Widget'))).toEqual([]);
  });
});
