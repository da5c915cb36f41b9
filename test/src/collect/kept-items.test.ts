import { describe, expect, it } from 'vitest';
import { pods } from '../../../src/artifacts/resources.ts';
import { resources } from '../../../src/model/artifact.ts';
import { type AnyCollector, defineCollector } from '../../../src/model/collector.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { fakeKube } from '../../support/fake-kube.ts';

type Seen = Map<string, readonly { readonly metadata: { readonly name: string } }[]>;
type IsWanted = (pod: { readonly metadata: { readonly name: string } }) => boolean;

const names = resources<{ spec: { nodeName: string } }>()('', 'Pod', { spec: { nodeName: true } });

function pod(name: string) {
  const metadata = { name, namespace: 'shop', labels: { app: name } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: 'n1', hostNetwork: true } };
}

function cluster() {
  return fakeKube({ objects: [pod('etcd-a'), pod('web-a'), pod('web-b')] });
}

/** A collector of whole pods that notes what it was given. */
function whole(id: string, seen: Seen, isWanted?: IsWanted): AnyCollector {
  return defineCollector({
    meta: { id, title: '', description: '', produces: [] },
    needs: { pods },
    ...(isWanted ? { keeps: { pods: isWanted } } : {}),
    rbac: () => [],
    async collect({ inputs }) {
      seen.set(id, inputs.pods.items);
    },
  });
}

/** One that reads a field of each pod. */
function narrow(id: string, seen: Seen): AnyCollector {
  return defineCollector({
    meta: { id, title: '', description: '', produces: [] },
    needs: { pods: names },
    rbac: () => [],
    async collect({ inputs }) {
      seen.set(id, inputs.pods.items);
    },
  });
}

function namesOf(seen: Seen, id: string): string[] | undefined {
  return seen.get(id)?.map(({ metadata }) => metadata.name);
}

describe('what is kept of a list for collectors', () => {
  it('is every item for one that says nothing', async () => {
    const seen: Seen = new Map();

    await collectBundle(cluster(), [whole('test/all', seen)]);

    expect(namesOf(seen, 'test/all')).toEqual(['etcd-a', 'web-a', 'web-b']);
  });

  it('is what any of those that keep some has use for, and every item for the others', async () => {
    const seen: Seen = new Map();
    const etcd = whole('test/etcd', seen, ({ metadata }) => metadata.name.startsWith('etcd'));
    const second = whole('test/second', seen, ({ metadata }) => metadata.name === 'web-b');

    await collectBundle(cluster(), [etcd, second, narrow('test/all', seen)]);

    expect(namesOf(seen, 'test/etcd')).toEqual(['etcd-a', 'web-b']);
    expect(namesOf(seen, 'test/second')).toEqual(['etcd-a', 'web-b']);
    expect(namesOf(seen, 'test/all')).toEqual(['etcd-a', 'web-a', 'web-b']);
  });

  it('has no more fields of all items than somebody reads of all items', async () => {
    const seen: Seen = new Map();
    const etcd = whole('test/etcd', seen, ({ metadata }) => metadata.name.startsWith('etcd'));

    await collectBundle(cluster(), [etcd, narrow('test/all', seen)]);

    expect(seen.get('test/etcd')?.[0]).toMatchObject({
      metadata: { labels: { app: 'etcd-a' } },
      spec: { hostNetwork: true },
    });
    expect(seen.get('test/all')?.[0]).toMatchObject({ spec: { nodeName: 'n1' } });
    expect(JSON.stringify(seen.get('test/all'))).not.toMatch(/labels|hostNetwork/);
  });

  it('holds an item nobody could judge: its collector is to fail, not the list', async () => {
    const seen: Seen = new Map();
    const broken = whole('test/broken', seen, ({ metadata }) => {
      if (metadata.name === 'web-a') throw new TypeError('no such field');
      return false;
    });

    const bundle = await collectBundle(cluster(), [broken]);

    expect(namesOf(seen, 'test/broken')).toEqual(['web-a']);
    expect(bundle.result.complete).toBe(true);
  });
});
