import { logs } from '../../collectors/kubernetes/logs.ts';
import { resources } from '../../collectors/kubernetes/resources.ts';
import { openEarlier } from '../../src/bundle/earlier.ts';
import { KubeError } from '../../src/model/kube.ts';
import { type CollectChanges, type CollectedBundle, collectBundle } from './collect-bundle.ts';
import { type FakeCluster, type FakeKube, fakeKube } from './fake-kube.ts';

/** The collectors of these collections. */
export const COLLECTORS = [resources, logs];

/** What a broken connection is told as. */
export const RESET = new KubeError('unavailable', 'the connection broke before the answer was whole');

/** A running pod. */
export function pod(name: string, uid = `uid-${name}`) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: name === 'web-3' ? 'back' : 'shop', name, uid },
    spec: { nodeName: 'n1', containers: [{ name: 'app' }] },
    status: { containerStatuses: [{ name: 'app', restartCount: 0, ready: true, state: { running: {} } }] },
  };
}

/** Three pods and their logs, three ConfigMaps, in pages of two. */
export const CLUSTER: FakeCluster = {
  objects: [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'back' } },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'cluster-1' } },
    pod('web-3'),
    pod('web-1'),
    pod('web-2'),
    ...['a', 'b', 'c'].map((name) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'shop', name },
    })),
  ],
  logs: { 'shop/web-1/app': 'one\n', 'shop/web-2/app': 'two\n', 'back/web-3/app': 'three\n' },
  pageSize: 2,
};

/** What an entry holds, without what says when and how it was collected. */
export function contents({ entries }: CollectedBundle): object {
  const own = ['metadata.json', 'manifest.json'];
  return Object.fromEntries([...entries].filter(([path]) => !own.includes(path)).sort());
}

/** How each scope ended, sorted. */
export function outcomes({ manifest }: CollectedBundle): string[] {
  return manifest.coverage
    .map((row) => JSON.stringify([row.artifact, row.scope, row.sample, row.outcome]))
    .sort();
}

/** Goes on with a collection. */
export async function resumed(
  before: CollectedBundle,
  kube: FakeKube,
  changes: CollectChanges = {},
): Promise<CollectedBundle> {
  const earlier = await openEarlier(before.result.file);
  try {
    return await collectBundle(kube, COLLECTORS, { ...changes, resume: earlier });
  } finally {
    await earlier.close();
  }
}

/** A collection that lacks the ConfigMaps. */
export async function unfinished(
  changes: CollectChanges = {},
  cluster: FakeCluster = CLUSTER,
): Promise<CollectedBundle> {
  const kube = fakeKube({ ...cluster, failures: { '/api/v1/configmaps': RESET } });
  return collectBundle(kube, COLLECTORS, changes);
}
