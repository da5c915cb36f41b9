import { describe, expect, it } from 'vitest';
import { apiDocuments } from '../../../collectors/kubernetes/api-documents.ts';
import { openApi } from '../../../src/artifacts/openapi.ts';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { type CollectChanges, collectBundle } from '../../support/collect-bundle.ts';
import { apiResource, type FakeCluster, fakeKube, refused } from '../../support/fake-kube.ts';

const ROOT = 'https://cluster.test:6443/openapi/v3';
const KINDS = [
  apiResource('', 'Pod', 'pods'),
  apiResource('', 'Secret', 'secrets'),
  apiResource('apps', 'Deployment', 'deployments'),
  apiResource('metrics.k8s.io', 'PodMetrics', 'pods', { version: 'v1beta1' }),
];
const APPS = {
  openapi: '3.0.0',
  components: { schemas: { D: { properties: { data: { type: 'string' } } } } },
};
const REPLIES: FakeCluster['replies'] = {
  '/openapi/v3': JSON.stringify({
    paths: {
      'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=AB' },
      'apis/apps/v1': { serverRelativeURL: '/openapi/v3/apis/apps/v1?hash=CD' },
      'apis/apps/v1beta1': { serverRelativeURL: '/openapi/v3/apis/apps/v1beta1?hash=EF' },
    },
  }),
  '/openapi/v3/api/v1': '{"openapi":"3.0.0"}',
  '/openapi/v3/apis/apps/v1': JSON.stringify(APPS),
};

async function run(cluster: FakeCluster, changes: CollectChanges = {}) {
  const kube = fakeKube({ resources: KINDS, ...cluster });
  return { kube, bundle: await collectBundle(kube, [apiDocuments], changes) };
}

describe('kubernetes/api-documents', () => {
  it('stores the document of each group version objects are read in, once', async () => {
    const { kube, bundle } = await run({ replies: REPLIES }, { redaction: builtInRedaction() });

    const stored = [...bundle.entries].filter(([path]) => path.startsWith('documents/openapi/'));
    const documents = stored.map(([, text]) => openApi.parse(Buffer.from(text)));
    expect(documents.map(({ path }) => path).sort()).toEqual([
      '/openapi/v3',
      '/openapi/v3/api/v1',
      '/openapi/v3/apis/apps/v1',
    ]);
    expect(documents.find(({ path }) => path.endsWith('apps/v1'))?.document).toEqual(APPS);
    expect(kube.requests.filter((path) => path.startsWith('/openapi'))).toHaveLength(3);
  });

  it('asks for no right it does not use, and for none by a wildcard', () => {
    const find = () => undefined;
    const rules = apiDocuments.rbac({ resources: KINDS, failures: [], find } as never);

    expect(rules.map(({ rule }) => rule)).toEqual([
      {
        nonResourceURLs: [
          '/openapi/v3',
          '/openapi/v3/api/v1',
          '/openapi/v3/apis/apps/v1',
          '/openapi/v3/apis/metrics.k8s.io/v1beta1',
        ],
        verbs: ['get'],
      },
    ]);
  });

  it('asks for nothing more where the server has no such documents', async () => {
    const { kube, bundle } = await run({});

    expect(bundle.row('openapi')).toMatchObject({ outcome: 'not-found' });
    expect(kube.requests.filter((path) => path.startsWith('/openapi'))).toEqual(['/openapi/v3']);
  });

  it('records a document that is refused or no JSON, and keeps the others', async () => {
    const { bundle } = await run({
      replies: { ...REPLIES, '/openapi/v3/api/v1': 'no healthy upstream' },
      failures: { '/openapi/v3/apis/apps/v1': refused('apps', 'deployments') },
    });

    expect(bundle.row('openapi', `endpoint/${ROOT}/api/v1`)).toMatchObject({ outcome: 'error' });
    expect(bundle.row('openapi', `endpoint/${ROOT}/apis/apps/v1`)).toMatchObject({ outcome: 'forbidden' });
    expect(bundle.row('openapi')).toMatchObject({ outcome: 'collected' });
  });

  it('reads no more than 300 documents, and says which were not', async () => {
    const many = Array.from({ length: 302 }, (_, index) =>
      apiResource(`g${String(index).padStart(3, '0')}.example`, 'Thing', 'things'),
    );
    const names = many.map(({ group }) => `apis/${group}/v1`);
    const index = { paths: Object.fromEntries(names.map((name) => [name, {}])) };

    const { kube, bundle } = await run({
      resources: many,
      replies: { '/openapi/v3': JSON.stringify(index) },
    });

    expect(kube.requests.filter((path) => path.startsWith('/openapi/v3/'))).toHaveLength(300);
    expect(bundle.row('openapi', `endpoint/${ROOT}/apis/g301.example/v1`)).toMatchObject({
      outcome: 'skipped',
      reason: 'only 300 documents are read',
    });
  });
});
