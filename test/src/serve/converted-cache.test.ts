import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheFolder, cacheKey, openCache } from '../../../src/serve/converted-cache.ts';
import { writeTree } from '../../support/unpack.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { writeBundle } from './served-bundle.ts';

const [FIRST, SECOND, THIRD] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];

/** Stands for a conversion: copies a bundle of ours. */
async function copyOf(): Promise<(outputFile: string) => Promise<void>> {
  const { copyFile } = await import('node:fs/promises');
  const file = await writeBundle({});
  return (outputFile) => copyFile(file, outputFile);
}

describe('the folder of the cache', () => {
  it.each([
    ['the one of the environment', { XDG_CACHE_HOME: '/caches', HOME: '/home/u' }, '/caches/kubecase/served'],
    ['below home', { HOME: '/home/u' }, '/home/u/.cache/kubecase/served'],
    [
      'below home, since relative ones do not count',
      { XDG_CACHE_HOME: 'x', HOME: '/h' },
      '/h/.cache/kubecase/served',
    ],
  ])('is %s', (_name, env, expected) => {
    expect(cacheFolder(env)).toBe(expected);
  });

  it('is for its owner only, also when it was there before', async () => {
    const [fresh, open] = [join(temporaryFolder(), 'a/b'), join(temporaryFolder(), 'c')];
    mkdirSync(open, { mode: 0o755 });

    await openCache(fresh);
    await openCache(open);

    for (const folder of [fresh, open]) expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('is no link to somewhere else', async () => {
    const folder = temporaryFolder();
    symlinkSync(temporaryFolder(), join(folder, 'link'));

    await expect(openCache(join(folder, 'link'))).rejects.toThrow(/is no folder/);
  });
});

describe('the key of an input', () => {
  it('changes with any byte, any name and the version, and with nothing else', async () => {
    const keyOf = (files: [string, string][], version = '1') =>
      cacheKey(writeTree(temporaryFolder(), files), version);
    const key = await keyOf([['a', '1']]);

    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await keyOf([['a', '1']])).toBe(key);
    const others = [
      await keyOf([['a', '2']]),
      await keyOf([['b', '1']]),
      await keyOf([
        ['a', '1'],
        ['b', ''],
      ]),
      await keyOf([['a', '1']], '2'),
    ];
    expect(new Set([key, ...others]).size).toBe(5);
    const file = join(temporaryFolder(), 'x');
    writeFileSync(file, '1');
    expect(await cacheKey(file, '1')).not.toBe(key);
  });
});

describe('a kept bundle', () => {
  it('is found again under its key', async () => {
    const cache = await openCache(temporaryFolder());

    expect(await cache.find(FIRST)).toBeUndefined();
    const file = await cache.keep(FIRST, await copyOf());

    expect(await cache.find(FIRST)).toBe(file);
    expect(await cache.find(SECOND)).toBeUndefined();
  });

  it.each([
    ['a changed byte', (file: string) => writeFileSync(file, flipped(file))],
    ['a lost end', (file: string) => writeFileSync(file, bytesOf(file).subarray(0, -40))],
    ['no bundle at all', (file: string) => writeFileSync(file, 'hello')],
  ])('with %s is not used and goes away', async (_name, damage) => {
    const cache = await openCache(temporaryFolder());
    const file = await cache.keep(FIRST, await copyOf());

    damage(file);

    expect(await cache.find(FIRST)).toBeUndefined();
    expect(existsSync(file)).toBe(false);
  });

  it('that is a link is not used', async () => {
    const folder = temporaryFolder();
    const cache = await openCache(folder);
    symlinkSync(await writeBundle({}), join(folder, `${FIRST}.tar.gz`));

    expect(await cache.find(FIRST)).toBeUndefined();
  });

  it('gives way to others, the one used longest ago first, never to files that are not of the cache', async () => {
    const folder = temporaryFolder();
    const copy = await copyOf();
    const size = statSync(await (await openCache(folder)).keep(FIRST, copy)).size;
    const cache = await openCache(folder, size * 2 + 10);
    await cache.keep(SECOND, copy);
    writeFileSync(join(folder, 'mine.txt'), '');
    utimesSync(join(folder, `${SECOND}.tar.gz`), new Date(1000), new Date(1000));
    expect(await cache.find(FIRST)).toBeDefined();

    await cache.keep(THIRD, copy);

    expect(readdirSync(folder).sort()).toEqual([`${FIRST}.tar.gz`, `${THIRD}.tar.gz`, 'mine.txt']);
  });

  it('is not left half when its conversion fails, nor are those of others for ever', async () => {
    const folder = temporaryFolder();
    const cache = await openCache(folder);
    const stale = join(folder, `${SECOND}-0123456789abcdef.tar.gz.partial`);
    writeFileSync(stale, 'x');
    utimesSync(stale, new Date(1000), new Date(1000));

    const failed = cache.keep(FIRST, async (file) => {
      writeFileSync(file, 'half');
      throw new Error('broken');
    });
    await expect(failed).rejects.toThrow('broken');
    await cache.keep(THIRD, await copyOf());

    expect(readdirSync(folder)).toEqual([`${THIRD}.tar.gz`]);
  });
});

function bytesOf(file: string): Buffer {
  return readFileSync(file);
}

function flipped(file: string): Buffer {
  const bytes = bytesOf(file);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = bytes[at]! ^ 1;
  return bytes;
}
