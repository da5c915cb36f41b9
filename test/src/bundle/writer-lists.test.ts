import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  itemOf,
  manifestOf,
  openWriter,
  passThrough,
  podList,
  readAll,
  temporaryFolder,
} from './bundle-fixture.ts';

describe('resource lists', () => {
  it('are valid Lists with one item per line, type fields added as text in front', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    const big = Buffer.from('{"metadata":{"name":"a"},"spec":{"n":12345678901234567890}}');

    await writer.add({
      ...podList('shop', []),
      items: [[{ bytes: big }], [itemOf({ kind: 'Pod', apiVersion: 'v1' })]],
    });
    await writer.finish({ complete: true });

    expect((await readAll(file)).get('resources/core/pods/shop.json')).toBe(
      '{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[\n' +
        '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"n":12345678901234567890}},\n' +
        '{"kind":"Pod","apiVersion":"v1"}\n]}\n',
    );
  });

  it('keep an item on its line when the server sent it over several', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    const bytes = Buffer.from('{\r\n "apiVersion": "v1",\n "kind": "Pod"\n}');

    await writer.add({ ...podList('shop', []), items: [[{ bytes }]] });
    await writer.finish({ complete: true });

    const lines = (await readAll(file)).get('resources/core/pods/shop.json')?.split('\n') ?? [];
    expect(lines).toHaveLength(4);
    expect(JSON.parse(lines[1] ?? '')).toEqual({ apiVersion: 'v1', kind: 'Pod' });
  });

  it('hold the metadata that is known once the first page has come', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    let resourceVersion = '';
    async function* pages() {
      resourceVersion = '991';
      yield [itemOf({ metadata: { name: 'a' } })];
    }

    await writer.add({ ...podList('shop', []), items: pages(), listMetadata: () => ({ resourceVersion }) });
    await writer.finish({ complete: true });

    const list = JSON.parse((await readAll(file)).get('resources/core/pods/shop.json') ?? '');
    expect(list.metadata).toEqual({ resourceVersion: '991' });
  });

  it('give redaction the object with its type, and store what it answers', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const seen: unknown[] = [];
    const writer = await openWriter(
      file,
      passThrough({
        item(object, text) {
          seen.push(object.kind, JSON.parse(text).kind);
          return { text: '{"kind":"Secret","data":"[removed]"}', counts: { secret: 2 } };
        },
      }),
    );

    const result = await writer.add({
      ...podList('shop', [{ data: 'hunter2' }]),
      kind: 'Secret',
      resource: 'secrets',
    });
    await writer.finish({ complete: true });

    expect(seen).toEqual(['Secret', 'Secret']);
    expect(result).toMatchObject({ stored: true, items: 1, redactions: { secret: 2 } });
    expect((await readAll(file)).get('resources/core/secrets/shop.json')).not.toContain('hunter2');
    expect((await manifestOf(file)).redactions).toEqual({ secret: 2 });
  });

  it('that break in the middle keep what came, closed and marked, and are not whole', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    const failure = new Error('connection reset');
    async function* pages() {
      yield [itemOf({ metadata: { name: 'a' } })];
      throw failure;
    }

    const result = await writer.add({ ...podList('shop', []), items: pages() });
    await writer.finish({ complete: true });

    expect(result).toMatchObject({ stored: true, items: 1, broken: failure });
    expect(JSON.parse((await readAll(file)).get('resources/core/pods/shop.json') ?? '').items).toHaveLength(
      1,
    );
    const row = (await manifestOf(file)).entries[1];
    expect(row).toMatchObject({
      whole: false,
      truncation: { reason: 'reading broke off: connection reset' },
    });
  });

  it('whose source gives nothing leave no entry', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    const failure = new Error('forbidden');
    // biome-ignore lint/correctness/useYield: the source breaks before its first page.
    async function* pages(): AsyncGenerator<never> {
      throw failure;
    }

    const result = await writer.add({ ...podList('shop', []), items: pages() });
    await writer.finish({ complete: true });

    expect(result).toEqual({ stored: false, failure: 'source', error: failure });
    expect([...(await readAll(file)).keys()]).toEqual(['metadata.json', 'manifest.json']);
  });

  it('stop at an item that is not JSON and keep those before it', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    const bad = { bytes: Buffer.from('{"metadata":') };

    const result = await writer.add({
      ...podList('shop', []),
      items: [[itemOf({ metadata: { name: 'a' } }), bad]],
    });
    await writer.finish({ complete: true });

    expect(result).toMatchObject({ stored: true, items: 1 });
    expect(result.stored && result.broken).toBeInstanceOf(SyntaxError);
  });
});
