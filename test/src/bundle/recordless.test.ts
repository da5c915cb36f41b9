import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEarlier } from '../../../src/bundle/earlier.ts';
import { readRecordless } from '../../../src/bundle/recordless.ts';
import { verifyBundle } from '../../../src/bundle/verify.ts';
import {
  containerScope,
  manifestOf,
  openWriter,
  podList,
  readAll,
  temporaryFolder,
  writeSmallBundle,
} from './bundle-fixture.ts';

/** Lines no member ends within by chance. */
function longLog(lines: number): Buffer {
  return Buffer.from(Array.from({ length: lines }, (_, n) => `${n} ${'abcdefghij'.repeat(9)}\n`).join(''));
}

/** A bundle of several members, with a path that needs a pax header. */
async function writeLargeBundle(folder: string): Promise<string> {
  const file = join(folder, 'large.tar.gz');
  const writer = await openWriter(file);
  const long = 'n'.repeat(190);
  await writer.add(podList('shop', [{ metadata: { name: 'web-1' } }]));
  for (const pod of ['a', 'b', long])
    await writer.add({ type: 'log', scope: containerScope('shop', pod, long), chunks: [longLog(15_000)] });
  await writer.finish({ complete: true });
  return file;
}

describe('readRecordless', () => {
  it('finds every whole entry of a bundle that is cut anywhere, where the index has it', async () => {
    const folder = temporaryFolder();
    const file = await writeLargeBundle(folder);
    const { entries, members } = await manifestOf(file);
    const texts = await readAll(file);
    const size = readFileSync(file).length;
    expect(members.length).toBeGreaterThan(3);

    const found = new Map<number, number>();
    for (const length of [...Array.from({ length: 12 }, (_, at) => Math.ceil((size * at) / 12)), size - 60]) {
      const cut = join(folder, `cut-${length}.tar.gz`);
      copyFileSync(file, cut);
      truncateSync(cut, length);
      const read = await readRecordless(cut);
      const whole = read?.manifest.entries.filter(({ artifact }) => artifact !== '') ?? [];

      for (const { path, sha256, size: bytes, member, offset, scope, artifact } of whole) {
        const real = entries.find((entry) => entry.path === path);
        expect(real).toMatchObject({ sha256, size: bytes, member, offset, artifact });
        expect(texts.get(path)?.length).toBe(bytes);
        expect(scope.type).toBe(real?.scope.type);
      }
      found.set(length, whole.length);
    }
    expect([...found.values()]).toEqual([...found.values()].sort());
    expect(found.get(size - 60)).toBe(4);
  });

  it('says of every entry that nobody knows whether it is whole', async () => {
    const folder = temporaryFolder();
    const file = await writeSmallBundle(folder);
    truncateSync(file, readFileSync(file).length - 60);

    const found = await readRecordless(file);

    expect(found?.metadata).toMatchObject({ format: 'kubecase-bundle' });
    expect(found?.manifest.coverage).toEqual(
      ['resources:core/Pod', 'logs', 'api-server-version'].map((artifact) =>
        expect.objectContaining({
          artifact,
          outcome: 'partial',
          reason: expect.stringMatching(/left no record/),
        }),
      ),
    );
  });

  it('stops before a member in which something was changed', async () => {
    const folder = temporaryFolder();
    const file = await writeLargeBundle(folder);
    const { members } = await manifestOf(file);
    const bytes = readFileSync(file).subarray(0, -60);
    const second = members[2]!;
    bytes[second.offset + 100]! ^= 0xff;
    writeFileSync(file, bytes);

    const found = await readRecordless(file);

    expect(found?.manifest.members).toEqual(members.slice(0, 2));
  });

  it('is undefined for what does not begin as a bundle', async () => {
    const file = join(temporaryFolder(), 'other.tar.gz');
    writeFileSync(file, 'not gzip');

    expect(await readRecordless(file)).toBeUndefined();
  });
});

describe('an entry of a bundle that is cut', () => {
  it('can be copied into a new one', async () => {
    const folder = temporaryFolder();
    const file = await writeLargeBundle(folder);
    const texts = await readAll(file);
    truncateSync(file, Math.floor(readFileSync(file).length * 0.8));
    const earlier = await openEarlier(file);
    const target = join(folder, 'new.tar.gz');
    const writer = await openWriter(target);
    const path = `logs/shop/b/${'n'.repeat(190)}.log`;
    const kept = earlier.manifest.entries.filter((entry) => entry.path === path);

    await writer.carry(earlier, new Set(kept));
    await writer.finish({ complete: true });

    expect((await readAll(target)).get(path)).toBe(texts.get(path));
    expect((await verifyBundle(target)).problems).toEqual([]);
  });
});
