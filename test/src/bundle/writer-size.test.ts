import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openIndexed } from '../../../src/bundle/indexed.ts';
import { containerScope, manifestOf, openWriter, readAll, temporaryFolder } from './bundle-fixture.ts';

describe('large entries', () => {
  it('go to an unnamed temporary file and arrive whole', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'b.tar.gz');
    const writer = await openWriter(file);
    const chunk = Buffer.alloc(1024 * 1024, 'line of a log\n');
    let names: string[] = [];
    function* chunks() {
      for (let i = 0; i < 12; i++) yield chunk;
      names = readdirSync(folder);
    }

    const result = await writer.add({ type: 'log', scope: containerScope('a', 'b', 'c'), chunks: chunks() });
    await writer.finish({ complete: true });

    expect(result).toMatchObject({ stored: true, size: 12 * chunk.length });
    expect(names.filter((name) => name.endsWith('.spool'))).toEqual(
      process.platform === 'win32' ? [expect.any(String)] : [],
    );
    expect(readdirSync(folder)).toEqual(['b.tar.gz']);
    const text = (await readAll(file)).get('logs/a/b/c.log') ?? '';
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect(sha256).toBe((await manifestOf(file)).entries[1]?.sha256);
  });

  it('added side by side do not mix', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
    async function* chunks(letter: string) {
      for (let i = 0; i < 40; i++) {
        await new Promise((resolve) => setImmediate(resolve));
        yield Buffer.alloc(50_000, letter);
      }
    }

    await Promise.all(
      letters.map((letter) =>
        writer.add({ type: 'log', scope: containerScope('ns', letter, 'app'), chunks: chunks(letter) }),
      ),
    );
    await writer.finish({ complete: true });

    const all = await readAll(file);
    for (const letter of letters) expect(all.get(`logs/ns/${letter}/app.log`)).toBe(letter.repeat(2_000_000));
  });
});

describe('many small entries', () => {
  it('each keep their place, and share members', async () => {
    const file = join(temporaryFolder(), 'b.tar.gz');
    const writer = await openWriter(file);
    const names = Array.from({ length: 3000 }, (_, index) => `pod-${index}`);

    await Promise.all(
      names.map((name) =>
        writer.add({
          type: 'log',
          scope: containerScope('ns', name, 'app'),
          chunks: [Buffer.from(`${name}\n`)],
        }),
      ),
    );
    await writer.finish({ complete: true });

    const indexed = await openIndexed(file);
    expect(indexed?.manifest.entries).toHaveLength(3001);
    expect(indexed?.manifest.members.length).toBeLessThan(10);
    for (const name of ['pod-0', 'pod-1499', 'pod-2999'])
      expect((await indexed?.read(`logs/ns/${name}/app.log`, 100))?.toString()).toBe(`${name}\n`);
    await indexed?.close();
  });
});
