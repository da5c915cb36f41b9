import { createHash, randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openIndexed } from '../../../src/bundle/indexed.ts';
import type { Manifest } from '../../../src/bundle/manifest.ts';
import { readEntries } from '../../../src/bundle/reader.ts';
import {
  containerScope,
  itemOf,
  keepAll,
  METADATA,
  namespaceScope,
  openWriter,
  passThrough,
  podList,
  temporaryFolder,
} from './bundle-fixture.ts';

async function readAll(file: string): Promise<Map<string, string>> {
  const { handler, entries } = keepAll();
  await readEntries(file, handler);
  return new Map(entries.map((entry) => [entry.header.path, entry.text]));
}

async function manifestOf(file: string): Promise<Manifest> {
  const indexed = await openIndexed(file);
  await indexed?.close();
  if (indexed === undefined) throw new Error('no index');
  return indexed.manifest;
}

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

describe('redaction that fails', () => {
  it('drops the entry, records an error row no later row replaces, and quotes nothing', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(
      file,
      passThrough({
        item(object) {
          if (JSON.stringify(object).includes('hunter2')) throw new Error('cannot judge hunter2');
          return { counts: {} };
        },
      }),
    );
    const row = { artifact: 'resources:core/Pod', scope: namespaceScope('shop') };

    const result = await writer.add(podList('shop', [{ a: 1 }, { a: 'hunter2' }]));
    writer.coverage({ ...row, outcome: 'collected' });
    await writer.finish({ complete: true });

    expect(result).toMatchObject({ stored: false, failure: 'redaction' });
    const { coverage, entries } = await manifestOf(file);
    expect(entries.map((entry) => entry.path)).toEqual(['metadata.json']);
    expect(coverage).toMatchObject([{ ...row, outcome: 'error' }]);
    expect([...(await readAll(file)).values()].join()).not.toContain('hunter2');
  });

  it('drops logs and documents as well', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const fail = () => {
      throw new Error('no');
    };
    const writer = await openWriter(
      file,
      passThrough({
        document: (bytes) => (bytes.length > 200 ? fail() : { bytes, counts: {} }),
        createTextRedactor: () => ({ push: fail, end: fail, counts: () => ({}) }),
      }),
    );

    const log = await writer.add({
      type: 'log',
      scope: containerScope('a', 'b', 'c'),
      chunks: [Buffer.from('x')],
    });
    const document = await writer.add({
      type: 'document',
      artifact: 'metrics',
      contentType: 'text',
      scope: { type: 'cluster' },
      bytes: Buffer.alloc(500, 'x'),
    });
    await writer.finish({ complete: true });

    expect(log).toMatchObject({ stored: false, failure: 'redaction' });
    expect(document).toMatchObject({ stored: false, failure: 'redaction' });
    expect((await manifestOf(file)).coverage.map((row) => row.outcome)).toEqual(['error', 'error']);
  });

  it('withholds reasons it cannot judge and redacts the others', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const redactor = (text: string) => {
      if (text.includes('unjudged')) throw new Error('no');
      return Buffer.from(text.replace('hunter2', '***'));
    };
    const writer = await openWriter(
      file,
      passThrough({
        createTextRedactor: () => ({
          push: (chunk) => redactor(Buffer.from(chunk).toString()),
          end: () => Buffer.alloc(0),
          counts: () => ({}),
        }),
      }),
    );

    writer.coverage({
      artifact: 'a',
      scope: { type: 'cluster' },
      outcome: 'error',
      reason: 'bad token hunter2',
    });
    writer.coverage({ artifact: 'b', scope: { type: 'cluster' }, outcome: 'error', reason: 'unjudged' });
    writer.coverage({
      artifact: 'c',
      scope: { type: 'endpoint', endpoint: 'https://me:hunter2@host' },
      outcome: 'collected',
    });
    await writer.finish({ complete: true });

    const { coverage } = await manifestOf(file);
    expect(coverage.map((row) => row.reason)).toEqual([
      'bad token ***',
      '(withheld: redaction failed)',
      undefined,
    ]);
    expect(coverage[2]?.scope).toEqual({ type: 'endpoint', endpoint: 'https://me:***@host' });
  });
});

describe('large entries', () => {
  it('go to an unnamed temporary file and arrive whole', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'b.tar.gz');
    const writer = await openWriter(file);
    const chunk = Buffer.alloc(1024 * 1024, 'line of a log\n');
    let names: string[] = [];
    function* chunks() {
      for (let i = 0; i < 12; i++) yield chunk;
      names = readdirSync(folder);
    }

    const result = await writer.add({ type: 'log', scope: containerScope('a', 'b', 'c'), chunks: chunks() });
    await writer.finish({ complete: true });

    expect(result).toMatchObject({ stored: true, size: 12 * chunk.length });
    expect(names.filter((name) => name.endsWith('.spool'))).toEqual(
      process.platform === 'win32' ? [expect.any(String)] : [],
    );
    expect(readdirSync(folder)).toEqual(['b.tar.gz']);
    const text = (await readAll(file)).get('logs/a/b/c.log') ?? '';
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect(sha256).toBe((await manifestOf(file)).entries[1]?.sha256);
  });

  it('added side by side do not mix', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
    async function* chunks(letter: string) {
      for (let i = 0; i < 40; i++) {
        await new Promise((resolve) => setImmediate(resolve));
        yield Buffer.alloc(50_000, letter);
      }
    }

    await Promise.all(
      letters.map((letter) =>
        writer.add({ type: 'log', scope: containerScope('ns', letter, 'app'), chunks: chunks(letter) }),
      ),
    );
    await writer.finish({ complete: true });

    const all = await readAll(file);
    for (const letter of letters) expect(all.get(`logs/ns/${letter}/app.log`)).toBe(letter.repeat(2_000_000));
  });
});

describe('a bundle under way', () => {
  it('has another name until it is finished, is for its owner only, and replaces what was there', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'b.tar.gz');
    writeFileSync(file, 'old');
    writeFileSync(`${file}.partial`, 'left by a killed run');

    const writer = await openWriter(file);
    const during = readFileSync(file, 'utf8');
    const finished = await writer.finish({ complete: true });

    expect(during).toBe('old');
    expect(readdirSync(folder)).toEqual(['b.tar.gz']);
    expect(finished.size).toBe(statSync(file).size);
    expect(finished.sha256).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'));
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('closes with a label when interrupted, keeping what an aborted source had given', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    const stop = new AbortController();
    async function* endless() {
      yield Buffer.from('first\n');
      stop.abort(new Error('interrupted'));
      await new Promise(() => {});
    }

    const adding = writer.add({
      type: 'log',
      scope: containerScope('a', 'b', 'c'),
      chunks: endless(),
      signal: stop.signal,
    });
    await writer.finish({ complete: false, reason: 'interrupted by SIGINT' });

    expect(await adding).toMatchObject({ stored: true, broken: stop.signal.reason });
    expect(await manifestOf(file)).toMatchObject({
      complete: false,
      incompleteReason: 'interrupted by SIGINT',
    });
    expect((await readAll(file)).get('logs/a/b/c.log')).toBe('first\n');
  });

  it('leaves nothing when it is given up, and refuses further entries', async () => {
    const folder = temporaryFolder();
    const writer = await openWriter(join(folder, 'b.tar.gz'));
    await writer.add(podList('shop', [{}]));

    await writer.abort();

    expect(readdirSync(folder)).toEqual([]);
    await expect(writer.add(podList('other', [{}]))).rejects.toThrow('given up');
  });

  it('refuses two entries at one path, but takes the path of one that was dropped', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    await writer.add({ ...podList('gone', []), items: failing() });

    await writer.add(podList('shop', [{}]));
    const again = writer.add(podList('shop', [{}]));
    await expect(again).rejects.toThrow('resources/core/pods/shop.json');
    const retried = await writer.add(podList('gone', [{}]));
    await writer.finish({ complete: true });

    expect(retried.stored).toBe(true);
  });

  it('keeps the first and later samples of a scope apart', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);

    await writer.add(podList('shop', [{}]));
    await writer.add({ ...podList('shop', [{}, {}]), sample: 1 });
    await writer.finish({ complete: true });

    const { entries } = await manifestOf(file);
    expect(entries.slice(1).map(({ path, sample, items }) => [path, sample, items])).toEqual([
      ['resources/core/pods/shop.json', 0, 1],
      ['resources/core/pods/shop.1.json', 1, 2],
    ]);
  });
});

describe('an output that cannot be written', () => {
  it.each([
    [
      'a folder that does not exist',
      (folder: string) => join(folder, 'none', 'b.tar.gz'),
      'folder does not exist',
    ],
    ['a folder', (folder: string) => folder, 'is a folder'],
  ])('is one line for the user: %s', async (_name, path, words) => {
    const file = path(temporaryFolder());

    const error = await openWriter(file).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'UserError', exitCode: 2 });
    expect((error as Error).message).toContain(words);
  });

  it('never replaces something that is not a regular file', async () => {
    if (process.platform === 'win32') return;
    const error = await openWriter('/dev/null').catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'output-unwritable' });
    expect(existsSync('/dev/null.partial')).toBe(false);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('that fails while it is renamed keeps the part under its label', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'b.tar.gz');
    const writer = await openWriter(file);
    mkdirSync(file);
    writeFileSync(join(file, 'x'), '');

    const error = await writer.finish({ complete: true }).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'UserError', exitCode: 3 });
    expect(readdirSync(folder).sort()).toEqual(['b.tar.gz', 'b.tar.gz.partial']);
  });
});

describe('the first and the last entry', () => {
  it('are metadata and manifest, and the manifest knows every other entry', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    writer.collector({ id: 'kubernetes/resources', outcome: 'collected', seconds: 1.5 });
    writer.expect('resources:core/Pod', [namespaceScope('shop'), namespaceScope('shop')]);
    writer.expect('resources:core/Pod', [namespaceScope('other')]);
    await writer.add({
      ...podList('shop', [{}]),
      ending: () => ({
        observedAt: { time: '2026-01-31T08:00:05Z', source: 'server-date', errorSeconds: 1 },
      }),
    });

    await writer.finish({ complete: true });

    const all = await readAll(file);
    expect([...all.keys()]).toEqual(['metadata.json', 'resources/core/pods/shop.json', 'manifest.json']);
    expect(JSON.parse(all.get('metadata.json') ?? '')).toEqual(METADATA);
    expect(JSON.parse(all.get('manifest.json') ?? '')).toMatchObject({
      formatVersion: 1,
      complete: true,
      collectors: [{ id: 'kubernetes/resources', outcome: 'collected', seconds: 1.5 }],
      expected: [
        { artifact: 'resources:core/Pod', scopes: [namespaceScope('shop'), namespaceScope('other')] },
      ],
      entries: [
        { path: 'metadata.json' },
        { artifact: 'resources:core/Pod', whole: true, observedAt: { source: 'server-date' } },
      ],
    });
  });
});

async function* failing() {
  yield await Promise.reject<never>(new Error('refused'));
}

describe('a redaction that fails at once', () => {
  it('opens no bundle and leaves no file', async () => {
    const folder = temporaryFolder();
    const redaction = passThrough({
      document() {
        throw new Error('no');
      },
    });

    await expect(openWriter(join(folder, 'b.tar.gz'), redaction)).rejects.toThrow('no');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a bundle whose writer was killed', () => {
  it('is readable as far as it goes under its partial name, without a manifest', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    const noise = randomBytes(3 * 1024 * 1024);
    await writer.add(podList('shop', [{ metadata: { name: 'web-1' } }]));
    await writer.add({ type: 'log', scope: containerScope('a', 'b', 'c'), chunks: [noise] });
    await writer.add({ type: 'log', scope: containerScope('a', 'b', 'd'), chunks: [noise] });
    // Members are compressed and written behind the scenes.
    while (statSync(writer.partialPath).size < 2 * noise.length - 1_200_000)
      await new Promise((resolve) => setImmediate(resolve));
    const left = `${file}.killed`;
    copyFileSync(writer.partialPath, left);
    await writer.abort();
    const { handler, entries } = keepAll();

    const summary = await readEntries(left, handler);

    const whole = entries.filter((entry) => entry.complete).map((entry) => entry.header.path);
    expect(whole.slice(0, 3)).toEqual(['metadata.json', 'resources/core/pods/shop.json', 'logs/a/b/c.log']);
    expect(whole).not.toContain('manifest.json');
    expect(summary.truncated?.reason).toContain('ends early');
  });
});

describe('many small entries', () => {
  it('each keep their place, and share members', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    const names = Array.from({ length: 3000 }, (_, index) => `pod-${index}`);

    await Promise.all(
      names.map((name) =>
        writer.add({
          type: 'log',
          scope: containerScope('ns', name, 'app'),
          chunks: [Buffer.from(`${name}\n`)],
        }),
      ),
    );
    await writer.finish({ complete: true });

    const indexed = await openIndexed(file);
    expect(indexed?.manifest.entries).toHaveLength(3001);
    expect(indexed?.manifest.members.length).toBeLessThan(10);
    for (const name of ['pod-0', 'pod-1499', 'pod-2999'])
      expect((await indexed?.read(`logs/ns/${name}/app.log`, 100))?.toString()).toBe(`${name}\n`);
    await indexed?.close();
  });
});
