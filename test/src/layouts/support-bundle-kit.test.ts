import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readInputs } from '../../../src/analyze/read-inputs.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { scopeKey } from '../../../src/model/scope.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { zipBytes } from '../bundle/zip-bytes.ts';
import { pack, read, unpack } from './layout-fixture.ts';
import { seenLines } from './seen-lines.ts';

function list(kind: string, name: string, apiVersion = 'v1'): string {
  return `apiVersion: v1\nkind: List\nmetadata: {}\nitems:\n- apiVersion: ${apiVersion}\n  kind: ${kind}\n  metadata:\n    name: ${name}\n`;
}

const NODE = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Node
  metadata:
    name: n1
    creationTimestamp: "null"
    labels:
      node-role.kubernetes.io/control-plane: "null"
  spec:
    podCIDR: "null"
    taints:
    - effect: NoSchedule
      key: node-role.kubernetes.io/control-plane
      value: "null"
  status:
    conditions: "null"
`;
const BUNDLE: Record<string, string> = {
  'metadata.yaml':
    'projectnamespaceuuid: "1"\nbundlename: b\nbundleversion: 0.1.0\nkubernetesversion: v1.27.1\nbundlecreatedat: "2026-03-01T12:00:00Z"\n',
  'bundleGenerationError.log': 'the server could not find the requested resource\nmore\n',
  'yamls/cluster/v1/nodes.yaml': NODE,
  'yamls/cluster/storage.k8s.io/v1/storageclasses.yaml': list('StorageClass', 'fast', 'storage.k8s.io/v1'),
  'yamls/namespaced/shop/v1/pods.yaml': list('PodMetrics', 'web-1', 'metrics.k8s.io/v1beta1'),
  'yamls/namespaced/shop/apps/v1/deployments.yaml': list('Deployment', 'web', 'apps/v1'),
  'logs/shop/web-1/app.log': 'now\n',
  'logs/shop/web-1/app.log.1': 'before\n',
  'prometheus-alerts.json': '{"apiVersion":"v1","kind":"List","items":[]}',
  'external/x.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"not ours"}}',
};

describe('a bundle of support-bundle-kit', () => {
  it.each([
    ['a folder', () => unpack(BUNDLE)],
    [
      'an archive with its root',
      () =>
        pack(
          Object.fromEntries(Object.entries(BUNDLE).map(([path, text]) => [`supportbundle_1/${path}`, text])),
        ),
    ],
    [
      'an archive without its metadata',
      () => {
        const { 'metadata.yaml': _lost, ...rest } = BUNDLE;
        return pack(rest);
      },
    ],
  ])('is read from %s', async (_name, make) => {
    const { reading, seen } = await read(make());

    expect(reading.layout.id).toBe('support-bundle-kit');
    // The kind is what a file holds, not what its name promises.
    expect(seenLines(seen)).toEqual([
      'cluster whole: resources:core/Node n1',
      'cluster whole: resources:storage.k8s.io/StorageClass fast',
      'log container/shop/web-1/app/previous: before',
      'log container/shop/web-1/app: now',
      'namespace/shop whole: resources:apps/Deployment web',
      'namespace/shop whole: resources:metrics.k8s.io/PodMetrics web-1',
    ]);
  });

  it('is read from the ZIP the tool hands out', async () => {
    const parts = Object.entries(BUNDLE).map(([path, body]) => ({ name: `supportbundle_1/${path}`, body }));
    const file = join(temporaryFolder(), 'supportbundle_1.zip');
    writeFileSync(file, zipBytes(parts));

    const [zip, folder] = [await read(file), await read(unpack(BUNDLE))];

    expect(zip.reading.layout.id).toBe('support-bundle-kit');
    expect(zip.reading.summary.problems).toEqual([]);
    expect(seenLines(zip.seen)).toEqual(seenLines(folder.seen));
  });

  it('says what the tool missed', async () => {
    const { reading } = await read(unpack(BUNDLE));

    expect(reading.coverage.map((row) => `${scopeKey(row.scope)} ${row.outcome}: ${row.reason}`)).toEqual([
      'cluster error: the tool could not collect everything: the server could not find the requested resource (and 1 more)',
    ]);
    expect(reading.layout.absent?.('resources:core/Secret')).toContain('never');
    expect(reading.layout.absent?.('resources:core/Pod')).toBeUndefined();
  });

  it('takes the text "null" for what it was: nothing, or an empty text', async () => {
    const { store } = await readInputs([unpack(BUNDLE)], [nodes]);

    const [node] = store.resources.get(nodes.id)?.get(0) ?? [];
    expect(JSON.stringify(node)).not.toContain('"null"');
    expect(node).toMatchObject({
      metadata: { name: 'n1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
    });
    expect(node?.metadata.creationTimestamp ?? undefined).toBeUndefined();
  });

  it('leaves a metadata.yaml of anything else alone', async () => {
    const { reading } = await read(
      unpack({ 'metadata.yaml': 'bundlename: b\n', 'pod.yaml': list('Pod', 'a') }),
    );

    expect(reading.layout.id).toBe('kubectl-get');
  });
});
