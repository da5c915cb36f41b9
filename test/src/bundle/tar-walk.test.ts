import { TarArchive } from 'archiver';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEntryGate } from '../../../src/bundle/entry-gate.ts';
import { READ_LIMITS } from '../../../src/bundle/limits.ts';
import { createTarParserSource } from '../../../src/bundle/tar-parser.ts';
import { createTarWalk } from '../../../src/bundle/tar-walk.ts';
import { keepAll, type ReadEntry } from './bundle-fixture.ts';
import { TAR_END, tarEntry, tarHeader } from './tar-bytes.ts';

const READERS = { 'hand walk': createTarWalk, 'parser of tar': createTarParserSource };

/** Feeds a tar in pieces of a size; what came out, as plain values. */
function read(reader: typeof createTarWalk, tar: Buffer, piece = tar.length || 1) {
  const { handler, entries } = keepAll();
  const gate = createEntryGate(handler, READ_LIMITS);
  const source = reader(gate);
  for (let at = 0; at < tar.length; at += piece) {
    if (!source.write(Buffer.from(tar.subarray(at, at + piece)))) break;
  }
  const end = source.end();
  return { end, entries: entries.map(plain), problems: gate.summary().problems };
}

function plain(entry: ReadEntry) {
  const { path, size, link } = entry.header;
  return { path, size, link, text: entry.text, complete: entry.complete };
}

async function archiverTar(files: readonly { path: string; text: string }[]): Promise<Buffer> {
  const archive = new TarArchive({ gzip: false });
  for (const { path, text } of files) archive.append(Buffer.from(text), { name: path, date: new Date(0) });
  archive.finalize();
  const parts: Buffer[] = [];
  for await (const part of archive) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

describe.each(Object.entries(READERS))('%s', (_name, reader) => {
  it('reads long names (pax), empty files and names that are not ASCII', async () => {
    const files = [
      { path: `logs/${'n'.repeat(60)}/${'p'.repeat(253)}/${'c'.repeat(63)}.log`, text: 'one\n' },
      { path: 'documents/ü/日本.json', text: '' },
      { path: 'last.json', text: 'x'.repeat(1025) },
    ];

    const result = read(reader, await archiverTar(files), 700);

    expect(result.end).toBeUndefined();
    expect(result.entries.map(({ path, text }) => ({ path, text }))).toEqual(files);
    expect(result.entries.every((entry) => entry.complete)).toBe(true);
  });

  it('reads the long names of GNU tar', () => {
    const name = `a/${'long/'.repeat(40)}file.txt`;
    const tar = Buffer.concat([
      tarEntry('././@LongLink', `${name}\0`, { type: 'L', magic: 'ustar  \0' }),
      tarEntry(name.slice(0, 100), 'body', { magic: 'ustar  \0' }),
      tarEntry('short.txt', 'other'),
      TAR_END,
    ]);

    const result = read(reader, tar);

    expect(result.entries.map(({ path, text }) => [path, text])).toEqual([
      [name, 'body'],
      ['short.txt', 'other'],
    ]);
  });

  it('gives links without bytes, resolved from the root, and refuses those that lead out', () => {
    const tar = Buffer.concat([
      tarHeader({ name: 'logs/a/b.log', type: '2', link: '../../cluster/b.log' }),
      tarHeader({ name: 'logs/a/c.log', type: '1', link: 'cluster/c.log' }),
      tarHeader({ name: 'logs/out', type: '2', link: '../../etc/passwd' }),
      tarHeader({ name: 'logs/abs', type: '2', link: '/etc/passwd' }),
      TAR_END,
    ]);

    const result = read(reader, tar);

    expect(result.entries.map(({ path, link }) => [path, link])).toEqual([
      ['logs/a/b.log', 'cluster/b.log'],
      ['logs/a/c.log', 'cluster/c.log'],
    ]);
    expect(result.problems.map((problem) => problem.code)).toEqual(['link', 'link']);
  });

  it('passes over folders, devices and what it does not know', () => {
    const tar = Buffer.concat([
      tarHeader({ name: 'folder/', type: '5' }),
      tarHeader({ name: 'null', type: '3' }),
      tarEntry('folder/file', 'x'),
      TAR_END,
    ]);

    expect(read(reader, tar).entries.map(({ path }) => path)).toEqual(['folder/file']);
  });

  it('skips names that lead upwards and says so', () => {
    const tar = Buffer.concat([tarEntry('../../etc/passwd', 'x'), tarEntry('./fine//here', 'y'), TAR_END]);

    const result = read(reader, tar);

    expect(result.entries.map(({ path, text }) => [path, text])).toEqual([['fine/here', 'y']]);
    expect(result.problems).toMatchObject([{ code: 'path' }]);
  });

  it('stops at the first block that is no header and gives nothing after it', () => {
    const tar = Buffer.concat([
      tarEntry('first', 'x'),
      Buffer.alloc(512, 7),
      tarEntry('second', 'y'),
      TAR_END,
    ]);

    for (const piece of [tar.length, 512, 100]) {
      const result = read(reader, tar, piece);
      expect(result.entries.map(({ path }) => path)).toEqual(['first']);
      expect(result.end).toContain('damaged');
    }
  });

  it('says of a cut entry that it is not whole, wherever it is cut', async () => {
    const tar = await archiverTar([
      { path: 'a', text: 'first' },
      { path: 'b', text: 'second '.repeat(100) },
    ]);

    for (let length = 0; length < tar.length - 1024; length += 37) {
      const { entries, end } = read(reader, tar.subarray(0, length), 400);
      expect(end).toBeDefined();
      expect(entries.filter((entry) => entry.complete && entry.text.length !== entry.size)).toEqual([]);
      const isBWhole = length >= 1024 + 512 + 700;
      expect(entries.some((entry) => entry.path === 'b' && entry.complete)).toBe(isBWhole);
    }
  });
});

it('both readers say the same of any archive, in pieces of any size', async () => {
  const file = fc.record({
    path: fc.string({ minLength: 1, maxLength: 300, unit: fc.constantFrom('a', 'b', '/', 'ü', '-') }),
    text: fc.string({ maxLength: 1500 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(file, { maxLength: 6 }),
      fc.integer({ min: 1, max: 3000 }),
      async (files, piece) => {
        const named = files.map((one, index) => ({ ...one, path: `f${index}/${one.path}x` }));
        const tar = await archiverTar(named);

        const byHand = read(createTarWalk, tar, piece);
        const byParser = read(createTarParserSource, tar, piece);

        expect(byHand).toEqual(byParser);
        expect(byHand.entries.map((entry) => entry.text)).toEqual(named.map((one) => one.text));
      },
    ),
    { numRuns: 60 },
  );
});
