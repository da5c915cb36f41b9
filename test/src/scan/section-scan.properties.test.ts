import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileMatcher } from '../../../src/scan/matcher.ts';
import { mergeSections } from '../../../src/scan/merge-sections.ts';
import type { ScanPattern } from '../../../src/scan/pattern.ts';
import { createSectionScan } from '../../../src/scan/section-scan.ts';
import { naiveScan } from './naive-scan.ts';

const PATTERNS: readonly ScanPattern[] = [
  { id: 'verify', any: ['certificate verify failed', 'certificate has expired'] },
  { id: 'verify-again', any: ['certificate verify failed'], re: /verify failed.*code=(?<code>\d+)/ },
  { id: 'overlap', any: ['aaaaaaab', 'aaaaaaaab', 'abaaaaaaab'] },
  {
    id: 'prefix',
    any: ['failed to sync', 'failed to sync pod'],
    re: /^\S+ (?<word>failed) to sync(?<rest> pod)?$/,
  },
  { id: 'unicode', any: ['Zertifikat läuft ab', '証明書エラー'] },
  { id: 'quoted', any: ['"level":"error"'] },
];

const WHOLE = PATTERNS.flatMap((pattern) => pattern.any);

const fragment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WHOLE).map((literal) => Buffer.from(literal)) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(...WHOLE), fc.nat(30), fc.nat(30))
      .map(([literal, start, size]) => Buffer.from(literal).subarray(start, start + size)),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom('\n', '\n', '\n', '\r\n', '\n\n').map((text) => Buffer.from(text)),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        '\n2026-01-02T03:04:05.123456789Z ',
        '\n2026-01-02T03:04:05+02:00 ',
        '\nI0102 03:04:05.123456 ',
        '\n{"level":"info","ts":"2026-01-02T03:04:06.5Z","msg":"',
        ' code=12',
        ' ',
        'é€😀',
      )
      .map((text) => Buffer.from(text)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)) },
);

/** Makes logs longer than what is gathered, and lines longer than a piece. */
const bulk = fc.oneof(
  fc.integer({ min: 1, max: 200_000 }).map((size) => Buffer.alloc(size, 'x€')),
  fc
    .tuple(fc.array(fragment, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 3000 }))
    .map(([parts, times]) => Buffer.concat(new Array(times).fill(Buffer.concat(parts)))),
);

const smallLog = fc.array(fragment, { maxLength: 60 }).map((parts) => Buffer.concat(parts));
const largeLog = fc
  .array(fc.oneof({ weight: 4, arbitrary: fragment }, { weight: 1, arbitrary: bulk }), {
    maxLength: 40,
    size: 'max',
  })
  .map((parts) => Buffer.concat(parts));

const matcher = compileMatcher(PATTERNS);

/** Feeds the log in chunks of the given sizes, over and over, each in memory that is overwritten afterwards. */
function scan(log: Buffer, sizes: readonly number[]) {
  const section = createSectionScan(matcher, { keepTail: true });
  for (let from = 0, turn = 0; from < log.length; turn++) {
    const chunk = Uint8Array.from(log.subarray(from, from + sizes[turn % sizes.length]!));
    section.push(chunk);
    from += chunk.length;
    chunk.fill(0x0a);
  }
  return section.end();
}

const smallChunks = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
const largeChunks = fc.array(fc.integer({ min: 2000, max: 700_000 }), { minLength: 1, maxLength: 5 });

describe('section scan', () => {
  it('finds in short logs what a search line by line finds, however they are cut into chunks', () => {
    fc.assert(
      fc.property(smallLog, smallChunks, (log, sizes) => {
        expect(scan(log, sizes)).toEqual(naiveScan(PATTERNS, log));
      }),
      { numRuns: 400 },
    );
  });

  it('finds in large logs with long lines what a search line by line finds, however they are cut', () => {
    fc.assert(
      fc.property(largeLog, largeChunks, (log, sizes) => {
        expect(scan(log, sizes)).toEqual(naiveScan(PATTERNS, log));
      }),
      { numRuns: 60 },
    );
  });

  it('finds the same in parts cut at line borders and merged', () => {
    fc.assert(
      fc.property(smallLog, fc.array(fc.nat(1000), { maxLength: 4 }), (log, places) => {
        const borders = places
          .map((place) => log.indexOf(0x0a, place % (log.length + 1)) + 1)
          .concat(0, log.length)
          .sort((one, other) => one - other);
        const parts = borders
          .slice(1)
          .map((border, index) => scan(log.subarray(borders[index]!, border), [64]));

        const merged = parts.reduce(mergeSections);

        expect(merged).toEqual(scan(log, [64]));
      }),
      { numRuns: 400 },
    );
  });

  it('merges in any grouping', () => {
    const lines = fc.array(fc.array(fragment, { maxLength: 20 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(lines, (groups) => {
        const [a, b, c] = groups.map((parts) => scan(Buffer.concat([...parts, Buffer.from('\n')]), [64]));

        expect(mergeSections(mergeSections(a!, b!), c!)).toEqual(mergeSections(a!, mergeSections(b!, c!)));
      }),
    );
  });
});
