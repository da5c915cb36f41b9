import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { dropEntries } from '../../../src/bundle/drop.ts';
import { editBundle } from '../../../src/bundle/edit.ts';
import { openIndexed } from '../../../src/bundle/indexed.ts';
import { verifyBundle } from '../../../src/bundle/verify.ts';
import {
  containerScope,
  manifestOf,
  openWriter,
  passThrough,
  readAll,
  temporaryFolder,
  writeSmallBundle,
} from './bundle-fixture.ts';

const DROPPED = { outcome: 'skipped', reason: 'dropped by the customer' };

/** Hexadecimal text that packs badly: members end inside of it. */
function noise(name: string, bytes: number): Buffer {
  let text = '';
  for (let index = 0; text.length < bytes; index++)
    text += `${createHash('sha256').update(`${name}${index}`).digest('hex')}\n`;
  return Buffer.from(text.slice(0, bytes));
}

/** A bundle of logs of these sizes, `logs/shop/<pod>/app.log`. */
async function writeLogs(file: string, sizes: Readonly<Record<string, number>>): Promise<void> {
  const counting = passThrough({
    createTextRedactor: () => ({
      push: (chunk) => chunk,
      end: () => new Uint8Array(0),
      counts: () => ({ jwt: 2 }),
    }),
  });
  const writer = await openWriter(file, counting);
  for (const [pod, bytes] of Object.entries(sizes)) {
    const scope = containerScope('shop', pod, 'app');
    await writer.add({ type: 'log', scope, chunks: [noise(pod, bytes)] });
    writer.coverage({ artifact: 'logs', scope, outcome: 'collected', collector: 'kubernetes/logs' });
  }
  await writer.finish({ complete: true });
}

const MIB = 1024 * 1024;
const SIZES = { a: 40, b: 1.5 * MIB, c: 0, d: 700_000, e: 2.2 * MIB, f: 12 };

describe('dropEntries', () => {
  it.each([
    ['the first log', ['logs/shop/a/*']],
    ['a log of several members', ['logs/shop/b/*']],
    ['an empty log', ['logs/shop/c/*']],
    ['neighbours over a border', ['logs/shop/b/*', 'logs/shop/d/*']],
    ['the last log', ['logs/shop/f/*']],
    ['all logs', ['logs/*']],
  ])('seals a bundle again without %s', async (_name, globs) => {
    const folder = temporaryFolder();
    const [file, outputFile] = [join(folder, 'whole.tar.gz'), join(folder, 'less.tar.gz')];
    await writeLogs(file, SIZES);
    const before = await readAll(file);

    const { dropped, size, sha256 } = await dropEntries(file, globs, outputFile);

    const gone = new Set(dropped.map(({ path }) => path));
    const after = await readAll(outputFile);
    expect(gone.size).toBeGreaterThan(0);
    expect([...after.keys()]).toEqual([...before.keys()].filter((path) => !gone.has(path)));
    for (const [path, text] of after) if (path !== 'manifest.json') expect(text).toBe(before.get(path));
    expect(await verifyBundle(outputFile)).toMatchObject({ problems: [], complete: true });
    const bytes = readFileSync(outputFile);
    expect({ size, sha256 }).toEqual({
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect(readdirSync(folder).sort()).toEqual(['less.tar.gz', 'whole.tar.gz']);
  });

  it('reads every kept entry by its index', async () => {
    const folder = temporaryFolder();
    const [file, outputFile] = [join(folder, 'whole.tar.gz'), join(folder, 'less.tar.gz')];
    await writeLogs(file, SIZES);
    const before = await readAll(file);
    await dropEntries(file, ['logs/shop/a/*', 'logs/shop/d/*'], outputFile);

    const indexed = (await openIndexed(outputFile))!;
    for (const pod of ['b', 'c', 'e', 'f']) {
      const path = `logs/shop/${pod}/app.log`;
      let text = '';
      for await (const chunk of indexed.chunks(path)) text += chunk.toString();
      expect(text === before.get(path), path).toBe(true);
    }
    expect(indexed.entry('logs/shop/a/app.log')).toBeUndefined();
    await indexed.close();
  });

  it('leaves nothing of a dropped entry in the file', async () => {
    const folder = temporaryFolder();
    const [file, outputFile] = [join(folder, 'whole.tar.gz'), join(folder, 'less.tar.gz')];
    await writeLogs(file, SIZES);
    const line = noise('d', 130).toString().split('\n')[1] as string;
    expect(gunzipSync(readFileSync(file)).includes(line)).toBe(true);

    await dropEntries(file, ['logs/shop/d/*'], outputFile);

    expect(gunzipSync(readFileSync(outputFile)).includes(line)).toBe(false);
  });

  it('copies members without dropped entries as they are', async () => {
    const folder = temporaryFolder();
    const [file, outputFile] = [join(folder, 'whole.tar.gz'), join(folder, 'less.tar.gz')];
    await writeLogs(file, SIZES);
    await dropEntries(file, ['logs/shop/f/*'], outputFile);

    const { members } = await manifestOf(file);
    const last = members.at(-1)!;
    const kept = readFileSync(file).subarray(0, last.offset);
    expect(members.length).toBeGreaterThan(3);
    expect(readFileSync(outputFile).subarray(0, last.offset).equals(kept)).toBe(true);
  });

  it('says in the coverage record that the customer dropped it, and counts what is left', async () => {
    const folder = temporaryFolder();
    const [file, outputFile] = [join(folder, 'whole.tar.gz'), join(folder, 'less.tar.gz')];
    await writeLogs(file, { a: 10, b: 10 });
    await dropEntries(file, ['logs/shop/a/*'], outputFile);

    const { coverage, redactions } = await manifestOf(outputFile);
    expect(coverage).toEqual([
      {
        artifact: 'logs',
        scope: containerScope('shop', 'a', 'app'),
        sample: 0,
        collector: 'kubernetes/logs',
        ...DROPPED,
      },
      expect.objectContaining({ scope: containerScope('shop', 'b', 'app'), outcome: 'collected' }),
    ]);
    expect(redactions).toEqual({ jwt: 2 });
  });

  it('adds a row for a list within a wider one', async () => {
    const folder = temporaryFolder();
    const outputFile = join(folder, 'less.tar.gz');
    await dropEntries(await writeSmallBundle(folder), ['documents/*'], outputFile);

    expect((await manifestOf(outputFile)).coverage).toContainEqual({
      artifact: 'api-server-version',
      scope: { type: 'cluster' },
      sample: 0,
      ...DROPPED,
    });
  });

  it.each([
    ['a glob without a match', ['logs/*', 'nothing/*'], /--drop nothing\/\*: no entry/],
    ['metadata', ['metadata.json'], /--drop metadata.json: no entry/],
    ['the manifest', ['manifest.json'], /--drop manifest.json: no entry/],
  ])('refuses %s and writes nothing', async (_name, globs, words) => {
    const folder = temporaryFolder();
    const file = await writeSmallBundle(folder);
    const outputFile = join(folder, 'less.tar.gz');

    await expect(dropEntries(file, globs, outputFile)).rejects.toThrow(words);
    expect(readdirSync(folder)).toEqual(['small.tar.gz']);
  });

  it('refuses to replace the bundle it reads', async () => {
    const file = await writeSmallBundle(temporaryFolder());

    await expect(dropEntries(file, ['logs/*'], file)).rejects.toThrow(/is the bundle that is read/);
    expect((await verifyBundle(file)).problems).toEqual([]);
  });

  it('refuses a damaged bundle and leaves nothing behind', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'whole.tar.gz');
    await writeLogs(file, SIZES);
    const bytes = readFileSync(file);
    const { members } = await manifestOf(file);
    bytes.fill(0, members[1]!.offset + 100, members[1]!.offset + 200);
    writeFileSync(file, bytes);
    const outputFile = join(folder, 'less.tar.gz');

    await expect(dropEntries(file, ['logs/shop/f/*'], outputFile)).rejects.toThrow(/cannot be edited/);
    expect(existsSync(outputFile) || existsSync(`${outputFile}.partial`)).toBe(false);
  });

  it('refuses a file without an index', async () => {
    const folder = temporaryFolder();
    const file = await writeSmallBundle(folder);
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 5));

    await expect(dropEntries(file, ['logs/*'], join(folder, 'x'))).rejects.toThrow(/it has no index/);
  });
});

describe('editBundle', () => {
  it('takes the words of the coverage record from its caller', async () => {
    const folder = temporaryFolder();
    const outputFile = join(folder, 'less.tar.gz');
    const file = await writeSmallBundle(folder);
    await editBundle({
      file,
      outputFile,
      drops: ({ path }) => path.startsWith('resources/'),
      row: () => ({ outcome: 'error', reason: 'not fit to be kept' }),
    });

    const { coverage } = await manifestOf(outputFile);
    expect(coverage).toMatchObject([{ artifact: 'resources:core/Pod', outcome: 'error' }]);
  });
});
