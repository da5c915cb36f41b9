import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectors } from '../../../collectors/index.ts';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { connect } from '../../../src/kube/connect.ts';
import type { Kube } from '../../../src/model/kube.ts';
import { node, pod } from '../../support/builders.ts';
import { type CollectedBundle, collectBundle } from '../../support/collect-bundle.ts';
import {
  apiResource,
  COMMON_KINDS,
  type FakeCluster,
  type FakeObject,
  fakeKube,
  refused,
} from '../../support/fake-kube.ts';
import { OBSERVED } from '../../support/fake-reply.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { serveFile } from './served-bundle.ts';

function object(kind: string, name: string, namespace?: string, more: object = {}): FakeObject {
  return { apiVersion: 'v1', kind, metadata: { name, ...(namespace ? { namespace } : {}) }, ...more };
}

const CLUSTER: FakeCluster = {
  resources: [
    ...COMMON_KINDS,
    apiResource('', 'Node', 'nodes', { namespaced: false }),
    apiResource('apps', 'Deployment', 'deployments', { categories: ['all'], shortNames: ['deploy'] }),
    apiResource('example.org', 'Widget', 'widgets', { version: 'v1beta1', versions: ['v1beta1'] }),
  ],
  discoveryFailures: [{ groupVersion: 'metrics.k8s.io/v1beta1', reason: 'no answer' }],
  objects: [
    object('Namespace', 'kong'),
    object('Namespace', 'shop'),
    node('worker-1') as unknown as FakeObject,
    {
      ...(pod('web') as unknown as FakeObject),
      status: { phase: 'Running', containerStatuses: [restarted()] },
    },
    object('ConfigMap', 'a', 'kong', {
      data: { text: 'Grüße "\u2028" 1e400', number: '12345678901234567890' },
    }),
    object('ConfigMap', 'b', 'shop', { data: { empty: '' } }),
    object('Secret', 's', 'shop', { type: 'Opaque', data: { password: 'aHVudGVyMg==' } }),
    { ...object('Widget', 'w', 'shop'), apiVersion: 'example.org/v1beta1' },
  ],
  logs: {
    'shop/web/app': '2026-03-01T11:59:59.123456789Z started\n2026-03-01T12:00:00Z cut off in the midd',
    'shop/web/app/previous': '2026-03-01T11:00:00Z token=abcdefghijklmnop\n',
  },
  replies: { '/livez': '[+]ping ok\nlivez check passed\n', '/metrics': 'process_start_time_seconds 1\n' },
};

function restarted(): object {
  return { name: 'app', ready: true, restartCount: 2, lastState: { terminated: { exitCode: 1 } }, state: {} };
}

async function collectTwice(cluster: FakeCluster): Promise<[CollectedBundle, CollectedBundle]> {
  const first = await collectBundle(fakeKube(cluster), collectors, { redaction: builtInRedaction() });
  const served = await serveFile(first.result.file);
  const kubeconfig = join(temporaryFolder(), 'kubeconfig');
  writeFileSync(kubeconfig, served.kubeconfig);
  const kube: Kube = await connect({ kubeconfig, signal: new AbortController().signal, env: {} });
  return [first, await collectBundle(kube, collectors, { redaction: builtInRedaction() })];
}

/** Entries below a folder, without the head of lists, which names the version of the list. */
function entriesBelow({ entries }: CollectedBundle, folder: string): Map<string, string> {
  return new Map(
    [...entries]
      .filter(([path]) => path.startsWith(folder) && !path.endsWith('.1.json'))
      .map(([path, text]) => [path, folder === 'resources/' ? text.slice(text.indexOf('\n')) : text]),
  );
}

describe('collect of a served bundle', () => {
  it('gives the same objects and logs, byte for byte', async () => {
    const [first, second] = await collectTwice(CLUSTER);

    expect(entriesBelow(second, 'resources/')).toEqual(entriesBelow(first, 'resources/'));
    expect(entriesBelow(second, 'logs/')).toEqual(entriesBelow(first, 'logs/'));
    expect(entriesBelow(first, 'resources/').size).toBe(10);
    expect([...entriesBelow(first, 'logs/').keys()].sort()).toEqual([
      'logs/shop/web/app.log',
      'logs/shop/web/app.previous.log',
    ]);
  });

  it('gives the same kinds and what the API server said of itself', async () => {
    const [first, second] = await collectTwice(CLUSTER);

    const discovery = 'documents/api-discovery/_cluster.json';
    const kinds = (bundle: CollectedBundle) => {
      const { resources } = bundle.json(discovery) as { resources: { group: string; plural: string }[] };
      return new Map(resources.map((one) => [`${one.group}/${one.plural}`, one]));
    };
    expect(kinds(second)).toEqual(kinds(first));
    const { failures } = second.json(discovery) as { failures: object[] };
    expect(failures).toMatchObject([{ groupVersion: 'metrics.k8s.io/v1beta1' }]);
    for (const path of [
      'documents/api-server-version/_cluster.json',
      'documents/api-server-metrics/_cluster.txt',
    ])
      expect(second.entries.get(path)?.trim()).toBe(first.entries.get(path)?.trim());
  });

  it('gives objects the time they were observed the first time', async () => {
    const [, second] = await collectTwice(CLUSTER);

    const observed = second.manifest.entries
      .filter(({ artifact }) => artifact.startsWith('resources:') || artifact === 'logs')
      .map(({ observedAt }) => observedAt);

    expect(observed).toEqual(observed.map(() => OBSERVED));
  });

  it('records again what the first collection was refused', async () => {
    const [first, second] = await collectTwice({
      ...CLUSTER,
      failures: {
        '/api/v1/secrets': refused('', 'secrets'),
        '/api/v1/namespaces/kong/secrets': refused('', 'secrets'),
      },
    });

    for (const scope of ['namespace/kong', 'namespace/shop'])
      expect(second.row('resources:core/Secret', scope)?.outcome, scope).toBe(
        first.row('resources:core/Secret', scope)?.outcome,
      );
    expect(first.row('resources:core/Secret', 'namespace/kong')?.outcome).toBe('forbidden');
    expect(second.row('resources:core/Secret', 'namespace/kong')?.reason).toContain('secrets is forbidden');
  });
});
