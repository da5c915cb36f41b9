import { describe, expect, it } from 'vitest';
import { helmReleases } from '../../../collectors/kubernetes/helm-releases.ts';
import { helmReleases as helmRevisions } from '../../../src/artifacts/helm-releases.ts';
import { type CollectChanges, collectBundle } from '../../support/collect-bundle.ts';
import { type FakeCluster, type FakeObject, fakeKube, refused } from '../../support/fake-kube.ts';

const HELM = 'labelSelector=owner%3Dhelm&limit=500';
const TILLER = 'labelSelector=OWNER%3DTILLER&limit=500';

function revision(release: string, number: number, status: string, namespace = 'shop') {
  return {
    metadata: {
      namespace,
      name: `sh.helm.release.v1.${release}.v${number}`,
      creationTimestamp: '2026-02-01T10:00:00Z',
      labels: { owner: 'helm', name: release, status, version: String(number), note: 'CANARY' },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'CANARY' },
      managedFields: [{ manager: 'CANARY' }],
    },
  };
}

function list(items: readonly object[] = [], token = ''): string {
  const metadata = { resourceVersion: '7', ...(token === '' ? {} : { continue: token }) };
  return JSON.stringify({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items });
}

/** Answers of all four lists of a place, empty but for those given. */
function lists(base: string, given: Record<string, string>): FakeCluster['replies'] {
  const paths = ['secrets', 'configmaps'].flatMap((plural) =>
    [HELM, TILLER].map((query) => `${base}/${plural}?${query}`),
  );
  return { ...Object.fromEntries(paths.map((path) => [path, list()])), ...given };
}

async function run(cluster: FakeCluster, changes: CollectChanges = {}) {
  const kube = fakeKube(cluster);
  return { kube, bundle: await collectBundle(kube, [helmReleases], changes) };
}

function read(bundle: Awaited<ReturnType<typeof run>>['bundle'], scope = '_cluster') {
  const text = bundle.entries.get(`documents/helm-releases/${scope}.json`) ?? '';
  expect(text).not.toContain('CANARY');
  return helmRevisions.parse(Buffer.from(text)).items;
}

describe('kubernetes/helm-releases', () => {
  it('reads revisions of both stores by their labels alone, page by page', async () => {
    const secrets = `/api/v1/secrets?${HELM}`;
    const { kube, bundle } = await run({
      replies: lists('/api/v1', {
        [secrets]: list([revision('web', 1, 'superseded')], 'more'),
        [`${secrets}&continue=more`]: list([revision('web', 2, 'deployed')]),
        [`/api/v1/configmaps?${HELM}`]: list([revision('db', 4, 'failed')]),
        [`/api/v1/configmaps?${TILLER}`]: list([
          {
            metadata: {
              namespace: 'kube-system',
              name: 'old.v1',
              labels: { OWNER: 'TILLER', NAME: 'old', STATUS: 'DEPLOYED', VERSION: '1' },
            },
          },
        ]),
      }),
    });

    expect(
      read(bundle).map(({ storage, release, revision: number, status }) =>
        [storage, release, number, status].join(' '),
      ),
    ).toEqual([
      'Secret web 1 superseded',
      'Secret web 2 deployed',
      'ConfigMap db 4 failed',
      'ConfigMap old 1 deployed',
    ]);
    const asked = [...kube.accepted].filter(([path]) => /secrets|configmaps/.test(path));
    expect(asked).toHaveLength(5);
    expect(new Set(asked.map(([, accept]) => accept))).toEqual(
      new Set(['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1']),
    );
  });

  it('reads one store where the other is refused, and says so', async () => {
    const { bundle } = await run({
      replies: lists('/api/v1', { [`/api/v1/configmaps?${HELM}`]: list([revision('db', 4, 'failed')]) }),
      failures: { '/api/v1/secrets': refused('', 'secrets') },
    });

    expect(read(bundle)).toHaveLength(1);
    expect(bundle.row('helm-releases')).toMatchObject({
      outcome: 'partial',
      reason: expect.stringContaining('cannot list'),
      fix: { rule: { resources: ['secrets'] } },
    });
  });

  it('asks the namespaces one by one where the whole cluster is refused', async () => {
    const secrets = `/api/v1/namespaces/shop/secrets?${HELM}`;
    const { bundle } = await run({
      objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } } as FakeObject],
      replies: lists('/api/v1/namespaces/shop', { [secrets]: list([revision('web', 1, 'deployed')]) }),
      failures: {
        '/api/v1/secrets': refused('', 'secrets'),
        '/api/v1/configmaps': refused('', 'configmaps'),
      },
    });

    expect(bundle.row('helm-releases')).toMatchObject({ outcome: 'forbidden' });
    expect(read(bundle, '_namespace/shop')).toMatchObject([{ release: 'web' }]);
  });

  it('does not try what is known to be refused', async () => {
    const { kube, bundle } = await run({ ownRules: () => ({ rules: [], complete: true }) });

    expect(bundle.row('helm-releases')).toMatchObject({
      outcome: 'forbidden',
      fix: { rule: { resources: ['secrets'], verbs: ['list'] } },
    });
    expect(kube.requests.some((path) => path.includes('labelSelector'))).toBe(false);
  });

  it('asks only the namespaces that were named', async () => {
    const { kube, bundle } = await run(
      { replies: lists('/api/v1/namespaces/db', {}) },
      { options: { namespaces: ['db'] } },
    );

    expect(bundle.row('helm-releases', 'namespace/db')).toMatchObject({ outcome: 'collected' });
    expect(kube.requests.some((path) => path.startsWith('/api/v1/secrets'))).toBe(false);
  });

  it('takes nothing from a server that would send whole objects', async () => {
    const whole = JSON.stringify({ kind: 'SecretList', items: [{ data: { release: 'CANARY' } }] });
    const { bundle } = await run({
      replies: { '/api/v1/secrets': whole, '/api/v1/configmaps': whole },
    });

    expect(bundle.row('helm-releases')).toMatchObject({ outcome: 'error' });
    expect([...bundle.entries.values()].join('\n')).not.toContain('CANARY');
  });
});
