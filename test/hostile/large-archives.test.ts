import { execFile } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createGzip, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { READ_LIMITS } from '../../src/bundle/limits.ts';
import { between, podJson, rawEntry, rawHeader } from '../security/hostile-tar.ts';
import { MEMORY_MAX, type Survival, TIME_MAX } from '../security/survival.ts';
import { TAR_END } from '../src/bundle/tar-bytes.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const MEASURE = fileURLToPath(new URL('../security/measure.ts', import.meta.url));

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubecase-hostile-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes blocks, each as often as it says, through gzip; nothing of it is ever whole in memory. */
async function packed(blocks: readonly (readonly [Buffer, number?])[], level = 1): Promise<string> {
  const file = join(folder, 'input.tar.gz');
  function* parts() {
    for (const [block, times = 1] of blocks) for (let time = 0; time < times; time++) yield block;
  }
  await pipeline(Readable.from(parts()), createGzip({ level }), createWriteStream(file));
  return file;
}

/** The time of processors is measured: no entry is left half read because others want them, too. */
const OPTIONS = JSON.stringify({ limits: { ...READ_LIMITS, maxEntrySeconds: 600 } });

/** Base and outcome of an input, each analyzed in a process of its own. */
async function analyzed(input: string): Promise<Survival> {
  const { stdout } = await promisify(execFile)(process.execPath, [MEASURE, input, OPTIONS], {
    maxBuffer: MIB,
  });
  return JSON.parse(stdout) as Survival;
}

async function expectSurvival(input: string, outcome: RegExp): Promise<void> {
  const small = join(folder, 'small.tar.gz');
  writeFileSync(small, gzipSync(between()));
  const base = await analyzed(small);
  const survival = await analyzed(input);

  expect(base.outcome).toBe('whole');
  expect(survival.outcome).toMatch(outcome);
  expect(survival.ms - base.ms).toBeLessThan(TIME_MAX);
  expect((survival.memory ?? 0) - (base.memory ?? 0)).toBeLessThan(MEMORY_MAX);
}

/** Head of a pod whose field `x` follows. */
const OPEN_POD = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"big"},"x":';

/** A file of so many MiB of one filling, named so that it is read. */
function large(name: string, mib: number, start: string, filling: string) {
  const size = mib * MIB;
  const head = Buffer.alloc(MIB, 0x20);
  head.write(start);
  head.fill(filling, Buffer.byteLength(start));
  return [
    [rawEntry({ name: 'before.json' }, podJson('before'))],
    [rawHeader({ name, size })],
    [head],
    [Buffer.alloc(MIB, filling), mib - 1],
    [rawEntry({ name: 'after.json' }, podJson('after'))],
    [TAR_END],
  ] as (readonly [Buffer, number?])[];
}

function logOf(mib: number, filling: string) {
  const version =
    'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: 0.120.0\n';
  return [
    [rawEntry({ name: 'b/version.yaml' }, version)],
    [rawEntry({ name: 'b/cluster-resources/pods/shop.json' }, podJson('before'))],
    [rawHeader({ name: 'b/cluster-resources/pods/logs/shop/before/app.log', size: mib * MIB })],
    [Buffer.alloc(MIB, filling), mib],
    [TAR_END],
  ] as (readonly [Buffer, number?])[];
}

describe('a large hostile archive', () => {
  it('a bomb of 10 GB in one member of gzip', async () => {
    const file = await packed(
      [[rawHeader({ name: 'zeros.json', size: 10 * GIB })], [Buffer.alloc(MIB), 10 * 1024]],
      9,
    );

    expect(statSync(file).size).toBeLessThan(12 * MIB);
    await expectSurvival(file, /inflates to more than 500 times its size/);
  });

  it('a bomb of many members of gzip', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * MIB), { level: 9 });
    const head = gzipSync(rawHeader({ name: 'zeros.json', size: 10 * GIB }));
    const file = join(folder, 'input.tar.gz');
    writeFileSync(file, Buffer.concat([head, ...new Array(160).fill(bomb)]));

    await expectSurvival(file, /inflates to more than 500 times its size/);
  });

  it.each([
    [
      'a string of 1 GB in an object',
      large('big.json', 1024, `${OPEN_POD}"`, 'x'),
      /incomplete: .*above \d+ bytes/,
    ],
    ['1 GB of open brackets', large('big.json', 1024, OPEN_POD, '[[[['), /above|JSON|cut/],
    ['1 GB of empty lists', large('big.json', 1024, `${OPEN_POD}[`, '[], '), /above|JSON|cut/],
    ['1 GB of YAML', large('big.yaml', 1024, 'apiVersion: v1\nkind: Pod\nx:\n', '- a\n'), /YAML file above/],
    ['a log of one line of 1 GB', logOf(1024, 'panic: runtime error: '), /whole/],
    ['a log line of 1 GB without an end of anything', logOf(1024, 'x'), /whole/],
    ['a log of a hundred million empty lines', logOf(100, '\n'), /whole/],
    ['a log of 256 MB made for expressions', logOf(256, `${'dial tcp: lookup '.repeat(4000)}\n`), /whole/],
  ])('%s', async (_name, blocks, outcome) => {
    await expectSurvival(await packed(blocks), outcome);
  });

  it('two million members', async () => {
    const entry = rawEntry({ name: 'x.txt' }, '');

    await expectSurvival(
      await packed([[Buffer.concat(new Array(1000).fill(entry)), 2000]]),
      /more than 500000 entries|500 times/,
    );
  });

  it('a hundred thousand objects of different names', async () => {
    const entries = Array.from(
      { length: 100 },
      (_, part) =>
        [
          Buffer.concat(
            Array.from({ length: 1000 }, (_unused, at) =>
              rawEntry({ name: `f/${part}/${at}-${'n'.repeat(60)}.json` }, '{"kind":"X","apiVersion":"v1"}'),
            ),
          ),
        ] as const,
    );

    await expectSurvival(await packed([...entries, [TAR_END]]), /whole|incomplete|refused/);
  });

  it('names of 4 KB, a hundred thousand of them', async () => {
    const entries = Array.from(
      { length: 100 },
      (_, part) =>
        [
          Buffer.concat(
            Array.from({ length: 1000 }, (_unused, at) => {
              const name = `${part}-${at}-${'n'.repeat(3900)}.json\0`;
              return Buffer.concat([
                rawEntry({ name: 'l', type: 'L', magic: 'ustar  \0' }, name),
                rawEntry({ name: 'x' }, '{}'),
              ]);
            }),
          ),
        ] as const,
    );

    await expectSurvival(await packed(entries), /bytes of entry names/);
  });
});
