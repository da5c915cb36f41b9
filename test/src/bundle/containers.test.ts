import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { READ_LIMITS } from '../../../src/bundle/limits.ts';
import { type ReadOptions, readEntries } from '../../../src/bundle/reader.ts';
import { verifyBundle } from '../../../src/bundle/verify.ts';
import { keepAll, temporaryFolder, writeSmallBundle } from './bundle-fixture.ts';
import { TAR_END, tarEntry } from './tar-bytes.ts';
import { type ZipPart, zipBytes } from './zip-bytes.ts';

const BODY = 'a line that is not the next one\n'.repeat(40);
const FILES: readonly ZipPart[] = [
  { name: 'root/a.txt', body: 'alpha' },
  { name: 'root/b.txt', body: BODY },
  { name: 'root/c.txt', body: '' },
];
const TAR = Buffer.concat([...FILES.map(({ name, body }) => tarEntry(name, body.toString())), TAR_END]);

function xz(bytes: Buffer, ...options: string[]): Buffer {
  return execFileSync('xz', ['-c', ...options], { input: bytes });
}

/** zstd with a frame without content between two others. */
function frames(bytes: Buffer): Buffer {
  const skippable = Buffer.alloc(8 + 5);
  skippable.writeUInt32LE(0x184d2a53, 0);
  skippable.writeUInt32LE(5, 4);
  const middle = Math.floor(bytes.length / 2);
  const parts = [skippable, zstdCompressSync(bytes.subarray(0, middle)), skippable];
  return Buffer.concat([...parts, zstdCompressSync(bytes.subarray(middle))]);
}

const CONTAINERS: readonly [name: string, pack: () => Buffer][] = [
  ['.tar.zst', () => zstdCompressSync(TAR)],
  ['.tar.zst of several frames', () => frames(TAR)],
  [
    '.tar.zst of the zstd program, with checksum',
    () => execFileSync('zstd', ['-c', '--check'], { input: TAR }),
  ],
  ['.tar.xz', () => xz(TAR)],
  ['.tar.xz of several blocks', () => xz(TAR, '--block-size=512', '--check=crc32')],
  ['.tar.xz of several streams', () => Buffer.concat([xz(TAR.subarray(0, 700)), xz(TAR.subarray(700))])],
  ['.zip', () => zipBytes(FILES)],
  ['.zip, stored', () => zipBytes(FILES.map((file) => ({ ...file, method: 0 })))],
];

function put(bytes: Buffer): string {
  const file = join(temporaryFolder(), 'input');
  writeFileSync(file, bytes);
  return file;
}

async function read(input: string, options: ReadOptions = {}) {
  const { handler, entries } = keepAll();
  const summary = await readEntries(input, handler, options);
  return { summary, files: entries.map(({ header, text, complete }) => [header.path, text, complete]) };
}

const WHOLE = FILES.map(({ name, body }) => [name, body, true]);

describe.each(CONTAINERS)('%s', (name, pack) => {
  it('is read like any other archive, from a file and from standard input', async () => {
    const bytes = pack();
    for (const stdin of [undefined, Readable.from([bytes.subarray(0, 3), bytes.subarray(3)])]) {
      const { files, summary } = await read(stdin ? '-' : put(bytes), stdin ? { stdin } : {});

      expect(files).toEqual(WHOLE);
      expect(summary).toMatchObject({ truncated: undefined, problems: [] });
    }
  });

  it('shows its bytes as they are, each once', async () => {
    const bytes = pack();
    for (const stdin of [undefined, Readable.from([bytes])]) {
      const hash = createHash('sha256');
      await read(stdin ? '-' : put(bytes), { stdin, tap: (part) => void hash.update(part) });

      expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
  });

  it('cut anywhere gives whole files before the cut, or one line', async () => {
    const bytes = pack();
    for (let length = 1; length < bytes.length; length += 7) {
      const result = await read(put(bytes.subarray(0, length))).catch((error: unknown) => error);

      expectClear(result);
    }
  });

  it('with a bit turned anywhere never gives other bytes for whole', async () => {
    const bytes = pack();
    for (let at = 0; at < bytes.length; at += 7) {
      const damaged = Buffer.from(bytes);
      damaged[at] = damaged[at]! ^ (1 << (at % 8));
      const result = await read(put(damaged)).catch((error: unknown) => error);

      expectClear(result, { checked: /zip|checksum|xz/.test(name) });
    }
  });
});

/** A user error of one line, or a reading that says it is not whole, or (with checksums) the files as they were. */
function expectClear(result: unknown, { checked = true } = {}): void {
  if (result instanceof Error) {
    expect(result).toMatchObject({ name: 'UserError', exitCode: 2 });
    expect(result.message).not.toContain('\n');
    return;
  }
  const { summary, files } = result as Awaited<ReturnType<typeof read>>;
  const saysSo = summary.truncated !== undefined || summary.problems.length > 0;
  if (saysSo || files.some(([, , complete]) => complete === false)) return;
  if (checked) expect(files.map(([, text]) => text)).toEqual(WHOLE.map(([, text]) => text));
}

describe('zstd', () => {
  it('gives what `zstd -dc` gives, of any number of frames', async () => {
    const tar = Buffer.concat([
      ...Array.from({ length: 300 }, (_, at) => tarEntry(`${at}.txt`, `${at}`.repeat(999))),
      TAR_END,
    ]);
    const packed = Buffer.concat(
      Array.from({ length: Math.ceil(tar.length / 7001) }, (_, at) =>
        zstdCompressSync(tar.subarray(at * 7001, (at + 1) * 7001)),
      ),
    );

    const { files, summary } = await read(put(packed));

    expect(execFileSync('zstd', ['-dc'], { input: packed, maxBuffer: 1e9 }).equals(tar)).toBe(true);
    expect(files).toHaveLength(300);
    expect(summary).toMatchObject({
      truncated: undefined,
      bytes: files.reduce((sum, [, text]) => sum + String(text).length, 0),
    });
  });

  it('says that a frame is lost', async () => {
    const packed = [zstdCompressSync(TAR.subarray(0, 1024)), zstdCompressSync(TAR.subarray(1024))];

    const lost = await read(put(packed[0]!));
    const damaged = await read(put(Buffer.concat([packed[0]!, Buffer.from('no frame'), packed[1]!])));

    expect(lost.summary.truncated?.reason).toBe('the archive ends early');
    expect(damaged.summary.truncated?.reason).toMatch(/damaged \(bytes that are no zstd frame\)/);
    expect(damaged.files).toEqual([WHOLE[0]]);
  });
});

describe('xz', () => {
  it.each([
    ['filters', '--x86', /filter or checksum is not known here/],
    ['a dictionary of 1 GiB', '--lzma2=dict=1GiB', /dictionary is larger/],
  ])('says what it cannot unpack: %s', async (_name, option, words) => {
    const { summary, files } = await read(put(xz(TAR, option, ...(option === '--x86' ? ['--lzma2'] : []))));

    expect(files).toEqual([]);
    expect(summary.truncated?.reason).toMatch(words);
  });

  it('can be read again after one that was given up', async () => {
    const file = put(xz(Buffer.concat([TAR.subarray(0, -1024), Buffer.alloc(2_000_000), TAR])));
    await read(file);

    expect((await read(put(xz(TAR)))).files).toEqual(WHOLE);
  });
});

describe('a packed bomb', () => {
  it.each([
    ['zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
    ['xz', (bytes: Buffer) => xz(bytes, '-0')],
  ])('is stopped by the limit of the whole: %s', async (_name, pack) => {
    const size = 4 * 1024 * 1024;
    const bytes = Buffer.concat([tarEntry('zeros', '\0'.repeat(size)), TAR_END]);

    const { summary } = await read(put(pack(bytes)), { limits: { ...READ_LIMITS, maxTotalBytes: size / 2 } });

    expect(summary.truncated?.reason).toMatch(/more than 2097152 bytes uncompressed/);
  });
});

describe('a bundle of ours in another container', () => {
  it('is verified by sizes and checksums', async () => {
    const tar = gunzipSync(readFileSync(await writeSmallBundle(temporaryFolder())));

    for (const packed of [zstdCompressSync(tar), frames(tar), xz(tar), tar])
      expect(await verifyBundle(put(packed))).toMatchObject({ problems: [], complete: true });
    const changed = Buffer.from(tar);
    changed[changed.indexOf('three')] = 0x54;
    expect((await verifyBundle(put(zstdCompressSync(changed)))).problems).toEqual([
      expect.stringMatching(/SHA-256 differs/),
    ]);
  });
});
