import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { READ_LIMITS } from '../../../src/bundle/limits.ts';
import { readEntries } from '../../../src/bundle/reader.ts';
import { keepAll, temporaryFolder } from './bundle-fixture.ts';
import { type ZipPart, zipBytes } from './zip-bytes.ts';

async function read(bytes: Buffer, limits = READ_LIMITS) {
  const file = join(temporaryFolder(), 'input.zip');
  writeFileSync(file, bytes);
  const { handler, entries } = keepAll();
  const summary = await readEntries(file, handler, { limits });
  return {
    summary,
    whole: entries.filter(({ complete }) => complete).map(({ header }) => header.path),
    cut: entries.filter(({ complete }) => !complete).map(({ header }) => header.path),
    links: entries.flatMap(({ header }) => header.link ?? []),
    codes: summary.problems.map(({ code }) => code),
  };
}

const GOOD: ZipPart = { name: 'good.txt', body: 'good' };

describe('a directory that lies', () => {
  it.each([
    ['less bytes than there are', { size: 2 }],
    ['more bytes than there are', { size: 999 }],
    ['another checksum', { crc: 1 }],
  ])('about a file makes that file a cut one: %s', async (_name, said) => {
    const { whole, cut } = await read(zipBytes([{ name: 'odd.txt', body: 'x'.repeat(50), said }, GOOD]));

    expect({ whole, cut }).toEqual({ whole: ['good.txt'], cut: ['odd.txt'] });
  });

  it.each([
    ['a name', { name: 'bad.txt' }],
    ['a place inside another file', { at: 3 }],
    ['a place behind the end', { at: 100_000 }],
  ])('about %s leaves that file out and says so', async (_name, said) => {
    const { whole, codes } = await read(zipBytes([{ name: 'odd.txt', body: 'x', said }, GOOD]));

    expect({ whole, codes }).toEqual({ whole: ['good.txt'], codes: ['damaged'] });
  });

  it('about the number of files is damage', async () => {
    const { summary, whole } = await read(zipBytes([GOOD], { count: 3 }));

    expect(whole).toEqual(['good.txt']);
    expect(summary.truncated?.reason).toMatch(/^the file is damaged \(/);
  });
});

describe('files that are not read', () => {
  it('are said: encrypted ones, and those of another packing', async () => {
    const { codes, whole, summary } = await read(
      zipBytes([
        { name: 'secret.txt', body: 'x', flags: 1 },
        { name: 'odd.txt', body: 'x', method: 93 },
        GOOD,
      ]),
    );

    expect({ codes, whole }).toEqual({ codes: ['encrypted', 'compression'], whole: ['good.txt'] });
    expect(summary.problems[0]?.message).toBe('secret.txt: is encrypted with a password and cannot be read');
  });

  it('include names that lead out of the archive; folders are none', async () => {
    const { codes, whole } = await read(
      zipBytes([{ name: '../up.txt', body: 'x' }, { name: 'folder/', body: '' }, GOOD]),
    );

    expect({ codes, whole }).toEqual({ codes: ['path'], whole: ['good.txt'] });
  });

  it('include links out of it; links within it are links', async () => {
    const link = { mode: 0o120777 };
    const { codes, links } = await read(
      zipBytes([
        { name: 'logs/a.log', body: '../good.txt', ...link },
        { name: 'logs/b.log', body: '/etc/passwd', ...link },
        GOOD,
      ]),
    );

    expect({ codes, links }).toEqual({ codes: ['link'], links: ['good.txt'] });
  });
});

describe('a ZIP bomb', () => {
  it('is stopped by the limit of the whole, files that lie over each other included', async () => {
    const zeros = { body: Buffer.alloc(1024 * 1024) };
    const first = { name: 'zeros', ...zeros };
    const again = Array.from({ length: 50 }, () => ({ ...first, said: { at: 0 } }));

    const { summary } = await read(zipBytes([first, ...again]), {
      ...READ_LIMITS,
      maxTotalBytes: 8 * 1024 * 1024,
    });

    expect(summary.truncated?.reason).toBe('more than 8388608 bytes uncompressed');
    expect(summary.bytes).toBeLessThan(10 * 1024 * 1024);
  });
});

it('a ZIP without files is no bundle but a whole archive', async () => {
  expect(await read(zipBytes([]))).toMatchObject({ whole: [], codes: [], summary: { truncated: undefined } });
});
