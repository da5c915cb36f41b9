import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readBundle } from '../../../src/layouts/read.ts';
import { scopeKey } from '../../../src/model/scope.ts';
import { openWriter, podList, temporaryFolder, writeSmallBundle } from '../bundle/bundle-fixture.ts';
import { pack, read, type Seen, unpack } from './layout-fixture.ts';

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

describe('files of an unknown tool', () => {
  it('with apiVersion and kind are resources wherever they lie, and only lists cover what they span', async () => {
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

    expect(reading.layout.id).toBe('kubectl-get');
    expect(
      seen.map(({ entry, content }) => [entry.kind === 'resources' && entry.whole, content.join()]),
    ).toEqual([
      [false, 'resources:core/Service s'],
      [true, 'resources:core/Pod a'],
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

    expect(reading.layout.id).toBe('kubectl-get');
    expect(seen).toHaveLength(10_050);
  });
});
