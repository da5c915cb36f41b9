import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scopeKey } from '../../../src/model/scope.ts';
import { tarHeader } from '../bundle/tar-bytes.ts';
import { pack, read, unpack } from './layout-fixture.ts';

const POD = { metadata: { name: 'web-1', namespace: 'shop' } };
const SUPPORT_BUNDLE: Record<string, string> = {
  'version.yaml': 'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\n',
  'analysis.json': '[]',
  'cluster-info/cluster_version.json': '{"info":{"major":"1","gitVersion":"v1.30.1"},"string":"v1.30.1"}',
  'cluster-resources/pods/shop.json': JSON.stringify(
    { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [POD] },
    null,
    2,
  ),
  'cluster-resources/pods/empty.json': '{"kind":"PodList","apiVersion":"v1","metadata":{},"items":null}',
  'cluster-resources/services/shop.json': '[{"metadata":{"name":"old-shape"}}]',
  'cluster-resources/resource-quotas/shop.json': '{"kind":"ResourceQuotaList","apiVersion":"v1","items":[]}',
  'cluster-resources/nodes.json':
    '{"kind":"NodeList","apiVersion":"v1","items":[{"metadata":{"name":"n1"}}]}',
  'cluster-resources/custom-resources/widgets.example.com/shop.json':
    '[{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"}}]',
  'cluster-resources/auth-cani-list/shop.json': '[{"verbs":["*"]}]',
  'cluster-resources/pods-errors.json':
    '{"kube-system":"pods is forbidden: User \\"u\\" cannot list resource"}',
  'cluster-resources/nodes-errors.json': '["context deadline exceeded"]',
  'cluster-resources/resources.json': JSON.stringify([
    {
      groupVersion: 'v1',
      resources: [
        { name: 'pods', kind: 'Pod', namespaced: true, verbs: ['list'] },
        { name: 'pods/log', kind: 'Pod' },
      ],
    },
    {
      groupVersion: 'apps/v1',
      resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['list'] }],
    },
  ]),
  'cluster-resources/pods/logs/shop/web-1/app.log': 'now\n',
  'cluster-resources/pods/logs/shop/web-1/app-previous.log': 'before\n',
  'cluster-resources/pods/logs/shop/web-2/app-logs-errors.log': 'container "app" not found',
  'configs/extra.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n',
  'host-collectors/system/cpu.json': '{"logicalCount":2}',
};

function under(root: string): Record<string, string> {
  return Object.fromEntries(Object.entries(SUPPORT_BUNDLE).map(([path, text]) => [root + path, text]));
}

describe('a troubleshoot support bundle', () => {
  it.each([
    ['an archive with a root folder', () => pack(under('support-bundle-2026-01-31T08_00_00/'))],
    ['an archive without one', () => pack(SUPPORT_BUNDLE)],
    ['a folder', () => unpack(SUPPORT_BUNDLE)],
    ['a folder around its root folder', () => unpack(under('support-bundle-2026-01-31T08_00_00/'))],
  ])('gives the same artifacts as %s', async (_name, make) => {
    const { reading, seen } = await read(make());

    expect(reading.layout.id).toBe('troubleshoot');
    expect(reading.summary.problems).toEqual([]);
    const lines = seen.map(({ entry, content }) => {
      if (entry.kind === 'log')
        return `log ${scopeKey(entry.sections[0]!.scope)}: ${content.join('').trim()}`;
      const what = entry.kind === 'document' ? entry.artifact : content.join();
      return `${entry.kind} ${scopeKey(entry.scope)} ${entry.whole ? 'whole' : 'part'}: ${what}`;
    });
    expect(lines.sort()).toEqual(
      [
        'document cluster whole: api-discovery',
        'document cluster whole: api-server-version',
        'log container/shop/web-1/app/previous: before',
        'log container/shop/web-1/app: now',
        'resources cluster part: resources:core/ConfigMap extra',
        'resources cluster whole: resources:core/Node n1',
        'resources namespace/empty whole: ',
        'resources namespace/shop whole: ',
        'resources namespace/shop whole: resources:core/Pod web-1',
        'resources namespace/shop whole: resources:core/Service old-shape',
        'resources namespace/shop whole: resources:example.com/Widget w',
      ].sort(),
    );
  });

  it('tells what it could not collect, with outcome and reason', async () => {
    const { reading } = await read(pack(SUPPORT_BUNDLE));

    const rows = reading.coverage.map((row) => `${row.artifact} ${scopeKey(row.scope)} ${row.outcome}`);
    expect(rows.sort()).toEqual([
      'logs container/shop/web-2/app not-found',
      'resources:core/Node cluster timed-out',
      'resources:core/Pod namespace/kube-system forbidden',
    ]);
    expect(reading.coverage.every((row) => row.reason)).toBe(true);
    expect(reading.layout.absent?.('resources:core/Secret')).toContain('never');
    expect(reading.layout.absent?.('resources:core/Pod')).toBeUndefined();
  });

  it('tells which rule would have allowed what was refused', async () => {
    const refused =
      'pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "shop"';
    const files = {
      'cluster-resources/pods-errors.json': JSON.stringify({ shop: refused }),
      'cluster-resources/nodes-errors.json': '["nodes is forbidden: not allowed here"]',
    };

    const { reading } = await read(pack(files));

    const rule = { apiGroups: [''], resources: ['pods'], verbs: ['list'] };
    expect(reading.coverage.map(({ outcome, fix }) => [outcome, fix])).toEqual([
      ['forbidden', undefined],
      ['forbidden', { rule, namespace: 'shop' }],
    ]);
  });

  it('gives version and discovery in the shape of our own documents', async () => {
    const { seen } = await read(pack(SUPPORT_BUNDLE));
    const converted = (artifact: string) => {
      const found = seen.find(({ entry }) => entry.kind === 'document' && entry.artifact === artifact);
      return JSON.parse(found?.content.join('') ?? '');
    };

    expect(converted('api-server-version')).toMatchObject({ gitVersion: 'v1.30.1', major: '1' });
    expect(converted('api-discovery')).toMatchObject({
      resources: [
        { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true, subresources: ['log'] },
        { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments' },
      ],
      failures: [],
    });
  });

  it.each([
    [
      'a typed list',
      '{"kind":"NamespaceList","apiVersion":"v1","items":[{"metadata":{"name":"shop"}}]}',
      true,
    ],
    [
      'a bare array of those asked for',
      '[{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"shop"}}]',
      false,
    ],
    ['one object', '{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"shop"}}', false],
  ])('with namespaces.json as %s knows whether these are all', async (_name, text, whole) => {
    const { seen } = await read(pack({ 'cluster-resources/namespaces.json': text }));

    expect(seen).toMatchObject([{ entry: { whole }, content: ['resources:core/Namespace shop'] }]);
  });

  it('reads a linked log once, at its own place', async () => {
    const root = unpack(SUPPORT_BUNDLE);
    mkdirSync(join(root, 'app-logs/web-1'), { recursive: true });
    symlinkSync('../../cluster-resources/pods/logs/shop/web-1/app.log', join(root, 'app-logs/web-1/app.log'));
    const link = tarHeader({
      name: 'app-logs/web-1/app.log',
      type: '2',
      link: '../../cluster-resources/pods/logs/shop/web-1/app.log',
    });

    for (const input of [root, pack(SUPPORT_BUNDLE, [link])]) {
      const { seen, reading } = await read(input);
      expect(seen.filter(({ entry }) => entry.kind === 'log')).toHaveLength(2);
      expect(reading.summary.problems).toEqual([]);
    }
  });

  it('knows the time of its files in an archive, and none in a folder', async () => {
    const archive = await read(pack(SUPPORT_BUNDLE));
    const folder = await read(unpack(SUPPORT_BUNDLE));

    expect(archive.seen[0]?.entry.observedAt).toEqual({
      time: '2023-11-14T22:13:20.000Z',
      source: 'file-time',
      errorSeconds: 600,
    });
    expect(folder.seen[0]?.entry.observedAt).toBeUndefined();
  });
});
