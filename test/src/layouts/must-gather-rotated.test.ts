import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readInputs } from '../../../src/analyze/read-inputs.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { READ_LIMITS } from '../../../src/bundle/limits.ts';
import { logSignals } from '../../../src/model/artifact.ts';
import { writeTree } from '../../support/unpack.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { TAR_END, tarEntry } from '../bundle/tar-bytes.ts';
import { read } from './layout-fixture.ts';
import { seenLines } from './seen-lines.ts';

const LOGS = 'namespaces/shop/pods/web-1/app/app/logs/';
const POD = ['namespaces/shop/core/pods.yaml', 'apiVersion: v1\nitems: []\nkind: PodList\n'] as const;
const CURRENT = [`${LOGS}current.log`, '2026-01-02T00:00:00Z connection refused, now\n'] as const;
const OLD_LINE = '2026-01-01T00:00:00Z stdout F connection refused, then\n';
const PACKED = [`${LOGS}rotated/0.log.20260101-010203.gz`, gzipSync(OLD_LINE)] as const;
const PLAIN = [`${LOGS}rotated/1.log.20260101-020304`, 'plain\n'] as const;

const refused = logSignals({
  component: { id: 'any' },
  patterns: { refused: { any: ['connection refused'] } },
});

describe('a log a kubelet rotated', () => {
  it('is read with the log it is a part of, packed or not', async () => {
    const { reading, seen } = await read(writeTree(temporaryFolder(), [POD, CURRENT, PACKED, PLAIN]));

    expect(reading.incomplete).toBeUndefined();
    expect(seenLines(seen).filter((line) => line.startsWith('log'))).toEqual([
      'log container/shop/web-1/app: 2026-01-01T00:00:00Z stdout F connection refused, then',
      'log container/shop/web-1/app: 2026-01-02T00:00:00Z connection refused, now',
      'log container/shop/web-1/app: plain',
    ]);
    expect(seen.map(({ entry }) => entry.kind === 'log' && entry.sample)).toEqual(
      expect.arrayContaining([0, 20260101010203, 20260101020304]),
    );
  });

  it('counts once, and its end is not the last that is known of the container', async () => {
    const root = writeTree(temporaryFolder(), [
      ...[POD, CURRENT, PACKED].map(([path, text]) => [`m/a/${path}`, text] as const),
      ...[CURRENT, PACKED].map(([path, text]) => [`m/b/${path}`, text] as const),
    ]);

    const { store } = await readInputs([root], [pods, refused]);

    expect(store.logs.map(({ part, tail }) => [part, tail?.lines.length])).toEqual([
      [undefined, 1],
      [20260101010203, undefined],
    ]);
    expect(store.logs.map(({ matches }) => [...matches.values()][0]?.count)).toEqual([1, 1]);
  });

  it.each([
    ['damaged', gzipSync(OLD_LINE.repeat(50)).fill(0, 20, 60), READ_LIMITS, /is no whole gzip file/],
    ['cut', gzipSync(OLD_LINE.repeat(50)).subarray(0, 60), READ_LIMITS, /is no whole gzip file/],
    [
      'a bomb',
      gzipSync(Buffer.alloc(4 * 1024 * 1024)),
      { ...READ_LIMITS, maxRatio: 20 },
      /inflates to more than/,
    ],
    [
      'above what is read of one input',
      gzipSync(Buffer.alloc(4 * 1024 * 1024)),
      { ...READ_LIMITS, maxTotalBytes: 100_000 },
      /inflates to more than 100000 bytes/,
    ],
  ])('that is %s is left out and said to be', async (_name, bytes, limits, words) => {
    const root = writeTree(temporaryFolder(), [POD, CURRENT, [PACKED[0], bytes]]);

    const { reading, seen } = await read(root, { limits });

    expect(reading.incomplete).toMatch(words);
    expect(seenLines(seen)).toContain('log container/shop/web-1/app: ');
  });

  it('with its name twice in an archive is read once', async () => {
    const file = join(temporaryFolder(), 'm.tar');
    const parts = [POD, CURRENT, PLAIN, [PLAIN[0], 'other\n'] as const];
    writeFileSync(file, Buffer.concat([...parts.map(([path, text]) => tarEntry(path, text)), TAR_END]));

    const { reading, seen } = await read(file);

    expect(seenLines(seen)).toContain('log container/shop/web-1/app: plain');
    expect(seenLines(seen)).not.toContain('log container/shop/web-1/app: other');
    expect(reading.incomplete).toMatch(/is in the bundle twice/);
  });
});
