import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { READ_LIMITS } from '../../../src/bundle/limits.ts';
import { type ReadOptions, readEntries } from '../../../src/bundle/reader.ts';
import { keepAll, temporaryFolder, writeSmallBundle } from './bundle-fixture.ts';
import { TAR_END, tarEntry } from './tar-bytes.ts';

async function read(input: string, options: ReadOptions = {}) {
  const { handler, entries } = keepAll();
  const summary = await readEntries(input, handler, options);
  return { summary, entries, paths: entries.map((entry) => entry.header.path) };
}

function put(bytes: Buffer | string, name = 'input.tar.gz'): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, bytes);
  return file;
}

const TAR = Buffer.concat([tarEntry('a.txt', 'alpha'), tarEntry('b.txt', 'beta'), TAR_END]);

describe('inputs', () => {
  it.each([
    ['a .tar.gz', () => put(gzipSync(TAR))],
    ['a .tar', () => put(TAR, 'input.tar')],
    [
      'gzip members one after another',
      () => put(Buffer.concat([gzipSync(TAR.subarray(0, 700)), gzipSync(TAR.subarray(700))])),
    ],
  ])('reads %s', async (_name, make) => {
    const { entries, summary } = await read(make());

    expect(entries.map(({ header, text, complete }) => [header.path, text, complete])).toEqual([
      ['a.txt', 'alpha', true],
      ['b.txt', 'beta', true],
    ]);
    expect(summary).toMatchObject({ entries: 2, truncated: undefined, problems: [] });
  });

  it('reads standard input, in pieces of any size', async () => {
    const packed = gzipSync(TAR);
    for (const bytes of [packed, TAR]) {
      const pieces = Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1));

      const { paths } = await read('-', { stdin: Readable.from(pieces, { objectMode: false }) });

      expect(paths).toEqual(['a.txt', 'b.txt']);
    }
  });

  it('reads a folder, files before folders and in order of their names', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'a', 'b'), { recursive: true });
    writeFileSync(join(root, 'z.txt'), 'last in the alphabet');
    writeFileSync(join(root, 'a', '2.txt'), 'two');
    writeFileSync(join(root, 'a', '1.txt'), '');
    writeFileSync(join(root, 'a', 'b', '3.txt'), 'three');

    const { entries } = await read(root);

    expect(entries.map(({ header, text, complete }) => [header.path, text, complete])).toEqual([
      ['z.txt', 'last in the alphabet', true],
      ['a/1.txt', '', true],
      ['a/2.txt', 'two', true],
      ['a/b/3.txt', 'three', true],
    ]);
  });

  it('never leaves the folder: links inside are names, links out of it are problems', async () => {
    const outside = put('secret', 'outside.txt');
    const root = temporaryFolder();
    mkdirSync(join(root, 'logs'));
    writeFileSync(join(root, 'real.log'), 'x');
    symlinkSync('../real.log', join(root, 'logs', 'inside.log'));
    symlinkSync(outside, join(root, 'logs', 'outside.log'));
    symlinkSync('nowhere', join(root, 'logs', 'dangling.log'));

    const { entries, summary } = await read(root);

    expect(entries.map(({ header, text }) => [header.path, header.link, text])).toEqual([
      ['real.log', undefined, 'x'],
      ['logs/inside.log', 'real.log', ''],
    ]);
    expect(summary.problems.map((problem) => problem.path)).toEqual([
      'logs/dangling.log',
      'logs/outside.log',
    ]);
  });
});

describe('inputs that are nothing to read', () => {
  it.each([
    ['a missing file', () => join(temporaryFolder(), 'none.tar.gz'), 'input-missing'],
    ['an empty file', () => put(''), 'input-empty'],
    ['text', () => put('hello, world\n'.repeat(100)), 'input-not-archive'],
    ['a ZIP', () => put(Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(600)])), 'input-damaged'],
    ['gzip of text', () => put(gzipSync('hello, world\n'.repeat(100))), 'input-not-tar'],
    ['gzip of a short text', () => put(gzipSync('{"a":\n1}')), 'input-not-tar'],
    ['gzip of nothing', () => put(gzipSync('')), 'input-not-tar'],
  ])('are one line for the user: %s', async (_name, make, code) => {
    const error = await read(make()).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'UserError', code, exitCode: 2 });
    expect((error as Error).message).not.toContain('\n');
  });

  it('include an empty standard input', async () => {
    const error = await read('-', { stdin: Readable.from([]) }).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'input-empty' });
  });
});

describe('an archive cut at any byte', () => {
  it.each([
    ['of our own', async () => readFileSync(await writeSmallBundle(temporaryFolder()))],
    ['of another tool', async () => gzipSync(TAR)],
    ['without gzip', async () => TAR],
  ])('gives whole entries before the cut and says it is cut: %s', async (_name, make) => {
    const bytes = await make();
    const folder = temporaryFolder();
    const file = join(folder, 'cut');
    const whole = bytes[0] === 0x1f ? gunzipSync(bytes).length : bytes.length;
    writeFileSync(file, bytes);
    const all = await read(file);

    // Every byte of the end, where index and footer are; every seventh before, for the time it takes.
    for (let length = 1; length < bytes.length; length += length > bytes.length - 120 ? 1 : 7) {
      writeFileSync(file, bytes.subarray(0, length));
      const { entries, summary } = await read(file);

      const complete = entries.filter((entry) => entry.complete);
      expect(complete.map((entry) => entry.text)).toEqual(
        all.entries.slice(0, complete.length).map((entry) => entry.text),
      );
      expect(entries.length - complete.length).toBeLessThanOrEqual(1);
      if (summary.truncated === undefined) expect(complete).toHaveLength(all.entries.length);
      else expect(summary.truncated.at).toBeLessThanOrEqual(whole);
    }
  });

  it('with a byte changed in the middle gives what was before it', async () => {
    // The inflater loses what it holds in its last, unfilled piece of 256 KiB.
    const early = Buffer.concat([tarEntry('a.txt', 'alpha'), tarEntry('filler', 'x'.repeat(300_000))]);
    const first = gzipSync(early);
    const bytes = Buffer.concat([first, gzipSync(TAR)]);
    bytes.fill(0xff, first.length + 12, first.length + 16);

    const { paths, summary } = await read(put(bytes));

    expect(paths[0]).toBe('a.txt');
    expect(paths).not.toContain('b.txt');
    expect(summary.truncated?.reason).toContain('damaged');
  });
});

describe('limits', () => {
  it('skip an entry above its size and read on', async () => {
    const { paths, summary } = await read(put(TAR), { limits: { ...READ_LIMITS, maxEntryBytes: 4 } });

    expect(paths).toEqual(['b.txt']);
    expect(summary.problems).toMatchObject([{ code: 'maxEntryBytes', path: 'a.txt' }]);
  });

  it.each([
    ['maxEntries', { maxEntries: 1 }],
    ['maxTotalBytes', { maxTotalBytes: 5 }],
  ])('end the reading for the whole input: %s', async (code, limit) => {
    const { entries, summary } = await read(put(TAR), { limits: { ...READ_LIMITS, ...limit } });

    expect(entries.filter((entry) => entry.complete).map((entry) => entry.header.path)).toEqual(['a.txt']);
    expect(summary.truncated).toBeDefined();
    expect(summary.problems).toMatchObject([{ code }]);
  });

  it('hold for folders too', async () => {
    const root = temporaryFolder();
    for (const name of ['1', '2', '3']) writeFileSync(join(root, name), 'x');

    const { entries, summary } = await read(root, { limits: { ...READ_LIMITS, maxEntries: 2 } });

    expect(entries).toHaveLength(2);
    expect(summary.truncated?.reason).toContain('more than 2 entries');
  });
});

it('stops when its signal fires', async () => {
  const signal = AbortSignal.abort(new Error('stop'));

  await expect(read(put(gzipSync(TAR)), { signal })).rejects.toThrow('stop');
});

it('passes on what the handler throws', async () => {
  const handler = {
    onEntry() {
      throw new Error('a bug of the caller');
    },
  };

  await expect(readEntries(put(gzipSync(TAR)), handler)).rejects.toThrow('a bug of the caller');
});
