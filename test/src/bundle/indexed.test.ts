import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeFooter, encodeFooter, FOOTER_BYTES } from '../../../src/bundle/footer.ts';
import { openIndexed } from '../../../src/bundle/indexed.ts';
import type { Manifest } from '../../../src/bundle/manifest.ts';
import { verifyBundle } from '../../../src/bundle/verify.ts';
import { containerScope, openWriter, podList, temporaryFolder, writeSmallBundle } from './bundle-fixture.ts';
import { TAR_END, tarEntry } from './tar-bytes.ts';

const MAX = 64 * 1024 * 1024;

/** Replaces the manifest of a bundle by a changed one, footer included. */
function forge(file: string, change: (manifest: Manifest) => unknown): void {
  const bytes = readFileSync(file);
  const footer = decodeFooter(bytes.subarray(-FOOTER_BYTES), bytes.length);
  if (footer === undefined) throw new Error('no footer');
  const tar = gunzipSync(bytes.subarray(footer.offset));
  const manifest = JSON.parse(tar.subarray(512, 512 + footer.size).toString()) as Manifest;
  const text = JSON.stringify(change(manifest));
  const packed = gzipSync(Buffer.concat([tarEntry('manifest.json', text), TAR_END]));
  const size = Buffer.byteLength(text);
  const end = encodeFooter({ offset: footer.offset, size });
  writeFileSync(file, Buffer.concat([bytes.subarray(0, footer.offset), packed, end]));
}

function forgeEntry(file: string, path: string, change: object): void {
  forge(file, (manifest) => ({
    ...manifest,
    entries: manifest.entries.map((entry) => (entry.path === path ? { ...entry, ...change } : entry)),
  }));
}

async function readByIndex(file: string, path: string): Promise<string | undefined> {
  const indexed = await openIndexed(file);
  if (indexed === undefined) throw new Error('no index');
  try {
    return (await indexed.read(path, MAX))?.toString();
  } finally {
    await indexed.close();
  }
}

describe('reading by index', () => {
  it('gives every entry, also those that span members or begin far inside one', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    const texts = new Map<string, string>();
    for (let i = 0; i < 8; i++) {
      const text = `line ${i} of a log\n`.repeat(1 + i * 30_000);
      texts.set(`logs/ns/pod-${i}/app.log`, text);
      await writer.add({
        type: 'log',
        scope: containerScope('ns', `pod-${i}`, 'app'),
        chunks: [Buffer.from(text)],
      });
    }
    await writer.finish({ complete: true });
    const indexed = await openIndexed(file);

    expect(indexed?.manifest.members.length).toBeGreaterThan(5);
    for (const [path, text] of texts) expect((await indexed?.read(path, MAX))?.toString()).toBe(text);
    expect(await indexed?.read('logs/none', MAX)).toBeUndefined();
    await indexed?.close();
  });

  it('refuses to hold more than it was allowed', async () => {
    const file = await writeSmallBundle(temporaryFolder());
    const indexed = await openIndexed(file);

    await expect(indexed?.read('logs/shop/web-1/app.log', 5)).rejects.toMatchObject({ name: 'LimitError' });
    await indexed?.close();
  });

  it('streams an entry, and says when it cannot', async () => {
    const file = await writeSmallBundle(temporaryFolder());
    const indexed = await openIndexed(file);
    const got: string[] = [];
    const sink = { chunk: (bytes: Buffer) => void got.push(bytes.toString()), end: () => {} };

    expect(await indexed?.stream('logs/shop/web-1/app.log', sink)).toBe(true);
    expect(await indexed?.stream('logs/none', sink)).toBe(false);
    expect(got.join('')).toBe('one\ntwo\nthree\n');
    await indexed?.close();
  });
});

describe('an index that lies', () => {
  it.each([
    ['another entry', { member: 0, offset: 0 }],
    ['the middle of an entry', { offset: 700 }],
    ['another size', { size: 9 }],
  ])('about where an entry is (%s) is found out, and the archive is walked', async (_name, lie) => {
    const file = await writeSmallBundle(temporaryFolder());
    forgeEntry(file, 'logs/shop/web-1/app.log', lie);

    expect(await readByIndex(file, 'logs/shop/web-1/app.log')).toBe('one\ntwo\nthree\n');
    expect((await verifyBundle(file)).problems).not.toEqual([]);
  });

  it('about a member is found out as well', async () => {
    const file = await writeSmallBundle(temporaryFolder());
    forge(file, (manifest) => ({
      ...manifest,
      members: manifest.members.map((member) => ({ ...member, size: member.size + 1 })),
    }));

    expect(await readByIndex(file, 'logs/shop/web-1/app.log')).toBe('one\ntwo\nthree\n');
    expect((await verifyBundle(file)).problems).toContain('index: member 0 is not where the manifest says');
  });

  it.each([
    ['is no JSON object', () => []],
    [
      'names a path that leads upwards',
      (m: Manifest) => ({ ...m, entries: [{ ...m.entries[0], path: '../x' }] }),
    ],
    ['points behind its members', (m: Manifest) => ({ ...m, entries: [{ ...m.entries[0], member: 99 }] })],
    ['overlaps members', (m: Manifest) => ({ ...m, members: [...m.members, ...m.members] })],
    [
      'has a scope of no known form',
      (m: Manifest) => ({ ...m, coverage: [{ artifact: 'a', scope: { type: 'x' }, outcome: 'error' }] }),
    ],
  ])('and is not of the format (%s) is not used', async (_name, change) => {
    const file = await writeSmallBundle(temporaryFolder());
    forge(file, change);

    expect(await openIndexed(file)).toBeUndefined();
    expect((await verifyBundle(file)).problems.join('\n')).toMatch(/manifest\.json: .*expected/);
  });

  it('and claims to be huge is not believed', async () => {
    const file = await writeSmallBundle(temporaryFolder());
    const bytes = readFileSync(file);
    const end = encodeFooter({ offset: 0, size: 2 ** 50 });
    writeFileSync(file, Buffer.concat([bytes.subarray(0, -FOOTER_BYTES), end]));

    expect(await openIndexed(file)).toBeUndefined();
  });

  it('of a newer format is told from a damaged one', async () => {
    const file = await writeSmallBundle(temporaryFolder());
    forge(file, (manifest) => ({ ...manifest, formatVersion: 2 }));

    await expect(openIndexed(file)).rejects.toMatchObject({ name: 'FormatVersionError', formatVersion: 2 });
  });
});

describe('verify', () => {
  it('finds nothing wrong with a bundle as it was written', async () => {
    const file = await writeSmallBundle(temporaryFolder());

    expect(await verifyBundle(file)).toEqual({
      problems: [],
      entries: 4,
      complete: true,
      incompleteReason: undefined,
    });
  });

  it('reports an interrupted collection as such, not as a problem', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    await writer.add(podList('shop', [{}]));
    await writer.finish({ complete: false, reason: 'interrupted by SIGINT' });

    expect(await verifyBundle(file)).toMatchObject({
      problems: [],
      complete: false,
      incompleteReason: 'interrupted by SIGINT',
    });
  });

  it.each([
    ['is changed', { sha256: '0'.repeat(64) }, 'is not what was written'],
    ['has another size', { size: 1 }, 'has 14 bytes, the manifest says 1'],
    ['is missing', { path: 'logs/shop/web-1/other.log' }, 'is missing'],
  ])('names an entry that %s', async (_name, change, words) => {
    const file = await writeSmallBundle(temporaryFolder());
    forgeEntry(file, 'logs/shop/web-1/app.log', change);

    const { problems } = await verifyBundle(file);

    expect(problems.join('\n')).toContain(words);
  });

  it('names entries the manifest does not list and those it lists twice', async () => {
    const file = await writeSmallBundle(temporaryFolder());
    forge(file, (manifest) => ({
      ...manifest,
      entries: [...manifest.entries.slice(0, 2), ...manifest.entries.slice(0, 1)],
    }));

    const { problems } = await verifyBundle(file);

    expect(problems).toContain('metadata.json: is in the manifest twice');
    expect(problems).toContain('logs/shop/web-1/app.log: is not in the manifest');
  });

  it('finds a missing footer, a missing manifest and a cut', async () => {
    const file = await writeSmallBundle(temporaryFolder());
    const { length } = readFileSync(file);
    truncateSync(file, length - 1);
    const noFooter = (await verifyBundle(file)).problems;
    truncateSync(file, length - FOOTER_BYTES - 200);
    const cut = (await verifyBundle(file)).problems.join('\n');

    expect(noFooter).toEqual(['the footer is missing: the index cannot be found']);
    expect(cut).toContain('the archive is not whole');
    expect(cut).toContain('manifest.json is missing');
  });

  it('refuses what is no bundle of ours', async () => {
    const file = join(temporaryFolder(), 'other.tar.gz');
    writeFileSync(file, gzipSync(Buffer.concat([tarEntry('a', 'x'), TAR_END])));

    await expect(verifyBundle(file)).rejects.toMatchObject({ code: 'not-a-bundle', exitCode: 2 });
  });
});
