import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../../src/bundle/reader.ts';
import { createResourceItems, itemType } from '../../../src/layouts/items.ts';
import { type BundleReading, type ContentEntry, readBundle } from '../../../src/layouts/read.ts';
import { resourcesId } from '../../../src/model/artifact.ts';
import { scopeKey } from '../../../src/model/scope.ts';
import { openWriter, podList, temporaryFolder, writeSmallBundle } from '../bundle/bundle-fixture.ts';
import { TAR_END, tarEntry, tarHeader } from '../bundle/tar-bytes.ts';

interface Seen {
  readonly path: string;
  readonly entry: ContentEntry;
  /** What the entry turned out to be: artifact and name per item, or the bytes. */
  readonly content: readonly string[];
}

async function read(
  input: string,
  options: ReadOptions = {},
): Promise<{ reading: BundleReading; seen: Seen[] }> {
  const seen: Seen[] = [];
  const reading = await readBundle(
    input,
    {
      onEntry(entry, header) {
        const content: string[] = [];
        seen.push({ path: header.path, entry, content });
        if (entry.kind !== 'resources')
          return { chunk: (bytes) => void content.push(bytes.toString()), end: () => {} };
        return createResourceItems(entry, {
          item(bytes, _position, head) {
            const object = JSON.parse(bytes.toString());
            const type = itemType(object, head, entry.hint);
            content.push(`${type ? resourcesId(type.group, type.kind) : '?'} ${object.metadata?.name}`);
          },
          end: () => {},
        });
      },
    },
    options,
  );
  return { reading, seen };
}

/** Writes files into a folder. */
function unpack(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Packs files into a .tar.gz, sorted by name as most tools do. */
function pack(files: Readonly<Record<string, string>>, extra: readonly Buffer[] = []): string {
  const file = join(temporaryFolder(), 'bundle.tar.gz');
  const entries = Object.keys(files)
    .sort()
    .map((path) => tarEntry(path, files[path] ?? ''));
  writeFileSync(file, gzipSync(Buffer.concat([...entries, ...extra, TAR_END])));
  return file;
}

const OURS = [
  [
    'resources/core/pods/shop.json',
    'namespace/shop',
    ['resources:core/Pod web-1', 'resources:core/Pod web-2'],
  ],
  ['logs/shop/web-1/app.log', 'container/shop/web-1/app', ['one\ntwo\nthree\n']],
  ['documents/api-server-version/_cluster.json', 'cluster', ['{"gitVersion":"v1.36.2"}']],
];

function summary(seen: readonly Seen[]) {
  return seen.map(({ path, entry, content }) => [
    path,
    scopeKey(entry.kind === 'log' ? entry.sections[0]!.scope : entry.scope),
    entry.kind === 'log' ? [content.join('')] : content,
  ]);
}

describe('a bundle of our own', () => {
  it('is read with what its manifest says', async () => {
    const { reading, seen } = await read(await writeSmallBundle(temporaryFolder()));

    expect(summary(seen)).toEqual(OURS);
    expect(seen[0]?.entry).toMatchObject({ whole: true, lines: true });
    expect(seen[2]?.entry).toMatchObject({ kind: 'document', artifact: 'api-server-version' });
    expect(reading).toMatchObject({
      layout: { id: 'kubecase' },
      metadata: { tool: { name: 'kubecase' } },
      manifest: { complete: true },
      coverage: [{ artifact: 'resources:core/Pod', outcome: 'collected' }],
      incomplete: undefined,
    });
  });

  it('is read the same from standard input and from a folder, where the manifest is the first file', async () => {
    const file = await writeSmallBundle(temporaryFolder());
    const stdin = await read('-', { stdin: Readable.from([readFileSync(file)]) });
    const files: Record<string, string> = {};
    await readBundle(file, { onEntry: () => undefined });
    const tar = gunzipSync(readFileSync(file));
    for (let at = 0; at + 1024 < tar.length; ) {
      const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
      const path = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
      files[path] = tar.toString('utf8', at + 512, at + 512 + size);
      at += 512 + Math.ceil(size / 512) * 512;
    }
    const folder = await read(unpack(files));

    expect(summary(stdin.seen)).toEqual(OURS);
    expect(stdin.reading.manifest?.complete).toBe(true);
    expect(summary(folder.seen).sort()).toEqual([...OURS].sort());
    expect(folder.seen.find((one) => one.path.startsWith('resources/'))?.entry).toMatchObject({
      whole: true,
    });
    expect(folder.reading).toMatchObject({ incomplete: undefined, hasFileTimes: false });
  });

  it('cut before its manifest is read by its paths, labelled, and covers nothing', async () => {
    const file = await writeSmallBundle(temporaryFolder());
    const { members } = (await readBundle(file, { onEntry: () => undefined })).manifest ?? { members: [] };
    truncateSync(
      file,
      members.reduce((sum, member) => sum + member.length, 0),
    );

    const { reading, seen } = await read(file);

    expect(summary(seen)).toEqual(OURS);
    expect(seen[0]?.entry).toMatchObject({ kind: 'resources', whole: false });
    expect(reading.manifest).toBeUndefined();
    expect(reading.incomplete).toContain('ends early');
  });

  it('of an interrupted collection says so', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    await writer.add(podList('shop', [{}]));
    await writer.finish({ complete: false, reason: 'interrupted by SIGTERM' });

    expect((await read(file)).reading.incomplete).toBe('interrupted by SIGTERM');
  });

  it('of a newer format is refused in one line', async () => {
    const metadata = '{"format":"kubecase-bundle","formatVersion":2}';

    const error = await read(pack({ 'metadata.json': metadata })).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'UserError', code: 'input-newer-format' });
  });
});

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

describe('files of an unknown tool', () => {
  it('with apiVersion and kind are resources wherever they lie, and cover nothing', async () => {
    const input = pack({
      'some/where/pods.json': JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }],
      }),
      'other.yaml': 'apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n',
      'notes.json': '{"hello":"world"}',
      'picture.png': 'no',
    });

    const { reading, seen } = await read(input);

    expect(reading.layout.id).toBe('any-files');
    expect(
      seen.map(({ entry, content }) => [entry.kind === 'resources' && entry.whole, content.join()]),
    ).toEqual([
      [false, 'resources:core/Service s'],
      [false, 'resources:core/Pod a'],
    ]);
  });

  it('are not held back without end while a layout is looked for', async () => {
    const filler = Object.fromEntries(
      Array.from({ length: 10_050 }, (_, i) => [
        `f/${String(i).padStart(5, '0')}.json`,
        '{"apiVersion":"v1","kind":"Pod"}',
      ]),
    );

    const { reading, seen } = await read(pack(filler));

    expect(reading.layout.id).toBe('any-files');
    expect(seen).toHaveLength(10_050);
  });
});
