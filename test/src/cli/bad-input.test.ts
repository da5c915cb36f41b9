import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readEntries } from '../../../src/bundle/reader.ts';
import { callCli } from '../../support/call-cli.ts';
import { expectUserError, runCli } from '../../support/run-cli.ts';
import { writeTree } from '../../support/unpack.ts';
import { keepAll, temporaryFolder, writeSmallBundle } from '../bundle/bundle-fixture.ts';
import { TAR_END, tarEntry } from '../bundle/tar-bytes.ts';

function put(bytes: Uint8Array | string, name = 'input.tar.gz'): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, bytes);
  return file;
}

/** Each makes an input, and says what the line about it must name. */
const UNREADABLE: readonly (readonly [string, () => string, RegExp])[] = [
  ['a missing file', () => join(temporaryFolder(), 'none.tar.gz'), /none\.tar\.gz: no such file/],
  ['a path through a file', () => join(put('x'), 'bundle.tar.gz'), /no such file/],
  ['an empty file', () => put(''), /is empty/],
  ['text', () => put('kind: Pod\n'.repeat(200)), /neither gzip nor tar/],
  [
    'random bytes',
    () => put(Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 251))),
    /neither gzip nor tar/,
  ],
  [
    'a ZIP archive',
    () => put(Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(900)])),
    /a ZIP archive/,
  ],
  ['gzip of text', () => put(gzipSync('hello\n'.repeat(400))), /no tar archive inside/],
  ['gzip of nothing', () => put(gzipSync('')), /no tar archive inside/],
];

describe.each(UNREADABLE)('%s', (_name, make, words) => {
  it('is one clear line from analyze', async () => {
    expectUserError(await callCli('analyze', make(), '-o', 'text'), 2, words);
  });

  it('is one clear line from verify', async () => {
    expectUserError(await callCli('verify', make()), 2, words);
  });
});

describe('an input that is no bundle', () => {
  it('is one clear line: an empty folder', async () => {
    expectUserError(await callCli('analyze', temporaryFolder(), '-o', 'text'), 2, /nothing|no bundle|empty/i);
  });

  it('is one clear line: a folder of other files', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'photos'));
    writeFileSync(join(folder, 'photos', 'cat.jpg'), 'ÿØÿà');
    writeFileSync(join(folder, 'readme.md'), '# Holidays\n');

    expectUserError(await callCli('analyze', folder, '-o', 'text'), 2, /no bundle|nothing/i);
  });

  it('is one clear line: a bundle of a newer format', async () => {
    const folder = temporaryFolder();
    const metadata = {
      format: 'kubecase-bundle',
      formatVersion: 2,
      tool: { name: 'kubecase', version: '9.0.0' },
    };
    writeFileSync(
      join(folder, 'metadata.json'),
      JSON.stringify({ ...metadata, createdAt: '2030-01-01T00:00:00Z', options: {} }),
    );

    expectUserError(await callCli('analyze', folder, '-o', 'text'), 2, /newer|version 2/);
  });

  it('is one clear line although another input is good, and nothing is written', async () => {
    const folder = temporaryFolder();
    const good = await writeSmallBundle(folder);

    const result = await callCli(
      'analyze',
      good,
      join(folder, 'none.tar.gz'),
      '--output-file',
      join(folder, 'r.html'),
    );

    expectUserError(result, 2, /none\.tar\.gz: no such file/);
    expect(readdirSync(folder)).toEqual(['small.tar.gz']);
  });

  it('is one clear line from the process, too', async () => {
    const folder = temporaryFolder();

    const results = await Promise.all([
      runCli(['analyze', 'none.tar.gz'], { cwd: folder }),
      runCli(['analyze', '-'], { cwd: folder, stdin: 'hello\n'.repeat(200) }),
    ]);

    expectUserError(results[0], 2, /^kubecase: none\.tar\.gz: no such file/);
    expectUserError(results[1], 2, /neither gzip nor tar/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a bundle that is cut', () => {
  it('is analyzed as far as it goes, and the process says so', async () => {
    const folder = temporaryFolder();
    const bytes = readFileSync(await writeSmallBundle(folder));
    const file = put(bytes.subarray(0, Math.floor(bytes.length / 2)), 'cut.tar.gz');

    const result = await runCli(['analyze', file], { cwd: folder });

    expect(result).toMatchObject({ code: 3, stdout: 'cut.html\n' });
    expect(result.stderr).toMatch(/^kubecase: the bundle is incomplete: .+\n$/);
    expect(readFileSync(join(folder, 'cut.html'), 'utf8')).toMatch(/partial|incomplete/i);
  });

  it('gives a report at any length, from its first byte on', async () => {
    const bytes = readFileSync(await writeSmallBundle(temporaryFolder()));
    const file = put(bytes, 'cut.tar.gz');

    for (let length = 1; length < bytes.length; length += length < bytes.length - 60 ? 41 : 5) {
      writeFileSync(file, bytes.subarray(0, length));
      const result = await callCli('analyze', file, '-o', 'json');

      expect(result, `cut at ${length} of ${bytes.length}`).toMatchObject({ code: 3 });
      expect(JSON.parse(result.stdout).bundles[0]).toMatchObject({ complete: false });
      expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  it('is not ok for verify, and what is wrong is the result', async () => {
    const bytes = readFileSync(await writeSmallBundle(temporaryFolder()));
    const cut = put(bytes.subarray(0, bytes.length - 20));
    const tampered = put(flipped(bytes));

    for (const result of [await callCli('verify', cut), await callCli('verify', tampered)]) {
      expect(result).toMatchObject({ code: 3, stderr: '' });
      expect(result.stdout).not.toMatch(/^ok/m);
      expect(result.stdout.trim()).not.toBe('');
    }
  });
});

/** The bytes with one of the content changed, early enough to lie in an entry. */
function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(copy.length * 0.5);
  copy[at] = copy[at]! ^ 0x55;
  return copy;
}

describe('verify', () => {
  it('says ok for a bundle as it was written', async () => {
    const result = await callCli('verify', await writeSmallBundle(temporaryFolder()));

    expect(result).toMatchObject({ code: 0, stdout: 'ok: 4 entries\n', stderr: '' });
  });

  it('tells which file of an unpacked bundle is another one now, was lost or was added', async () => {
    const { handler, entries } = keepAll();
    await readEntries(await writeSmallBundle(temporaryFolder()), handler);
    const texts = new Map(entries.map(({ header, text }) => [header.path, text]));
    const pods = 'resources/core/pods/shop.json';
    const folder = writeTree(temporaryFolder(), texts);
    expect(await callCli('verify', folder)).toMatchObject({ code: 0, stdout: 'ok: 4 entries\n' });

    writeTree(folder, [
      [pods, texts.get(pods)!.replace('web-2', 'web-3')],
      ['added.txt', ''],
    ]);
    rmSync(join(folder, 'logs'), { recursive: true });
    const result = await callCli('verify', folder);

    expect(result).toMatchObject({ code: 3, stderr: '' });
    expect(result.stdout.trimEnd().split('\n').sort()).toEqual([
      'added.txt: is not in the manifest',
      'logs/shop/web-1/app.log: is missing',
      `${pods}: is not what was written (SHA-256 differs)`,
    ]);
  });

  it('refuses an archive of another tool', async () => {
    const file = put(gzipSync(Buffer.concat([tarEntry('a.txt', 'alpha'), TAR_END])));

    expectUserError(await callCli('verify', file), 2, /is not a kubecase bundle/);
  });
});

const ARRAYS = ['bundles', 'results', 'findings', 'checklists', 'facts', 'unseen'].map(
  (part) => `"${part}":[]`,
);

describe('report', () => {
  it.each([
    ['a missing file', () => join(temporaryFolder(), 'none.json'), /none\.json: cannot be read|no such file/],
    ['a folder', () => temporaryFolder(), /is a folder/],
    ['text', () => put('hello', 'report.json'), /is not JSON/],
    ['an empty file', () => put('', 'report.json'), /is not JSON/],
    ['JSON of another kind', () => put('{"kind":"List"}', 'report.json'), /not a kubecase report/],
    ['a number', () => put('1', 'report.json'), /not a kubecase report/],
    ['null', () => put('null', 'report.json'), /not a kubecase report/],
    ['a report of a later schema', () => put('{"schemaVersion":2}', 'report.json'), /schema version 1/],
    [
      'a report with a part of another kind',
      () => put(`{"schemaVersion":1,${ARRAYS},"tool":1}`, 'r.json'),
      /not a kubecase report/,
    ],
    ['a report without its parts', () => put('{"schemaVersion":1}', 'report.json'), /not a kubecase report/],
    ['a bundle', () => put(gzipSync('x'), 'report.json'), /is not JSON/],
  ])('of %s is one clear line', async (_name, make, words) => {
    for (const format of ['html', 'text', 'json']) {
      const result = await callCli('report', make(), '-o', format, '--output-file', '-');

      expectUserError(result, 2, words);
    }
  });
});
