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
import { readEntries } from '../../../src/bundle/reader.ts';
import {
  containerScope,
  keepAll,
  METADATA,
  manifestOf,
  namespaceScope,
  openWriter,
  podList,
  readAll,
  temporaryFolder,
} from './bundle-fixture.ts';

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

async function* failing() {
  yield await Promise.reject<never>(new Error('refused'));
}
