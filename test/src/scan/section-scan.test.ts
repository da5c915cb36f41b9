import { describe, expect, it } from 'vitest';
import { compileMatcher } from '../../../src/scan/matcher.ts';
import { mergeSections } from '../../../src/scan/merge-sections.ts';
import type { ScanPattern } from '../../../src/scan/pattern.ts';
import { lastWords } from '../../../src/scan/section-result.ts';
import { createSectionScan, type SectionScanOptions } from '../../../src/scan/section-scan.ts';

const TLS: ScanPattern = { id: 'tls', any: ['certificate verify failed'] };

function scan(patterns: readonly ScanPattern[], log: string | Buffer, options: SectionScanOptions = {}) {
  const section = createSectionScan(compileMatcher(patterns), options);
  section.push(Buffer.from(log));
  return section.end();
}

describe('section scan', () => {
  it('tells line, offset, time and neighbours of a hit', () => {
    const log = 'one\n2026-01-02T03:04:05Z two\nx certificate verify failed\r\nfour\n';

    const { patterns, ...section } = scan([TLS], log);

    expect(section).toEqual({
      bytes: log.length,
      lines: 4,
      open: false,
      first: '2026-01-02T03:04:05Z',
      last: '2026-01-02T03:04:05Z',
      head: ['one', '2026-01-02T03:04:05Z two'],
      foot: ['x certificate verify failed', 'four'],
    });
    expect(patterns).toEqual([
      {
        id: 'tls',
        count: 1,
        counted: 'exact',
        hits: [
          {
            offset: 29,
            column: 2,
            line: 3,
            text: 'x certificate verify failed',
            textStart: 0,
            cut: false,
            before: ['one', '2026-01-02T03:04:05Z two'],
            after: ['four'],
            captures: {},
          },
        ],
      },
    ]);
  });

  it('counts a line once for each pattern that shares a literal', () => {
    const patterns = [TLS, { id: 'any', any: ['verify failed', 'certificate verify failed'] }];

    const result = scan(patterns, 'certificate verify failed, certificate verify failed\n');

    expect(result.patterns.map(({ id, count }) => [id, count])).toEqual([
      ['any', 1],
      ['tls', 1],
    ]);
  });

  it('keeps the first three and the last three hits and the times of the first and the last', () => {
    const lines = [...Array(20).keys()].map(
      (n) => `2026-01-02T03:04:${n + 10}Z certificate verify failed ${n}\n`,
    );

    const [tls] = scan([TLS], lines.join('')).patterns;

    expect(tls).toMatchObject({ count: 20, first: '2026-01-02T03:04:10Z', last: '2026-01-02T03:04:29Z' });
    expect(tls!.hits.map((hit) => hit.line)).toEqual([1, 2, 3, 18, 19, 20]);
  });

  it('counts only lines the expression confirms and captures its named groups', () => {
    const pattern = { ...TLS, re: /depth=(?<depth>\d+)(?: host=(?<host>\S+))?$/ };
    const log = 'certificate verify failed depth=none\ncertificate verify failed depth=2\r\n';

    const [tls] = scan([pattern], log).patterns;

    expect(tls).toMatchObject({ count: 1, counted: 'exact', hits: [{ line: 2, captures: { depth: '2' } }] });
  });

  it('stops confirming at the limit and says that the count is a lower bound', () => {
    const pattern = { ...TLS, re: /failed/ };
    const log = 'certificate verify failed\n'.repeat(5);

    const atLimit = scan([pattern], log, { confirmLimit: 5 }).patterns[0];
    const beyond = scan([pattern], log, { confirmLimit: 4 }).patterns[0];

    expect(atLimit).toMatchObject({ count: 5, counted: 'exact' });
    expect(beyond).toMatchObject({ count: 4, counted: 'at-least' });
  });

  it('reports a pattern that reached its limit without a confirmed line', () => {
    const pattern = { ...TLS, re: /never/ };

    const result = scan([pattern], 'certificate verify failed\n'.repeat(2), { confirmLimit: 1 });

    expect(result.patterns).toEqual([{ id: 'tls', count: 0, counted: 'at-least', hits: [] }]);
  });

  it('keeps ANSI sequences and replaces bytes that are not UTF-8', () => {
    const log = Buffer.concat([
      Buffer.from('\u001b[31mcertificate verify failed '),
      Buffer.from([0xff]),
      Buffer.from('é'),
    ]);

    const hit = scan([TLS], log).patterns[0]!.hits[0];

    expect(hit!.text).toBe('\u001b[31mcertificate verify failed \ufffdé');
  });

  it('cuts a long text around the literal, between characters', () => {
    const log = `${'€'.repeat(1500)}certificate verify failed${'€'.repeat(1500)}\n`;

    const hit = scan([TLS], log).patterns[0]!.hits[0]!;

    expect(hit).toMatchObject({ offset: 0, column: 4500, cut: true, textStart: 3990 });
    expect(hit.text).toMatch(/^€+certificate verify failed€+$/);
    expect(Buffer.byteLength(hit.text)).toBeLessThanOrEqual(2048);
  });

  it('finds a literal across the pieces of a line of several MiB, followed by others', () => {
    const long = `${'x'.repeat(65_530)}certificate verify failed${'y'.repeat(3_000_000)}`;
    const log = Buffer.from(`first\n${long}\ncertificate verify failed\n`);

    const whole = scan([TLS], log);

    expect(whole.patterns[0]!.hits.map(({ line, column, cut }) => [line, column, cut])).toEqual([
      [2, 65_530, true],
      [3, 0, false],
    ]);
    expect(whole.lines).toBe(3);
  });

  it('judges a line above 64 KiB in pieces: far apart, two parts of an expression do not meet', () => {
    const pattern = { ...TLS, re: /failed.*code=7/ };
    const near = `certificate verify failed${' '.repeat(60_000)}code=7\n`;
    const far = `certificate verify failed${' '.repeat(90_000)}code=7\n`;

    expect(scan([pattern], near).patterns[0]?.count).toBe(1);
    expect(scan([pattern], far).patterns).toEqual([]);
  });

  it('holds no more of an endless line than a few pieces', () => {
    const section = createSectionScan(compileMatcher([TLS]), { keepTail: true });
    const chunk = Buffer.alloc(1024 * 1024, 'certificate verify failed ');
    const before = process.memoryUsage().arrayBuffers;
    for (let index = 0; index < 64; index++) section.push(chunk);
    const grown = process.memoryUsage().arrayBuffers - before;

    const result = section.end();

    expect(grown).toBeLessThan(4 * 1024 * 1024);
    expect(result).toMatchObject({ bytes: 64 * 1024 * 1024, lines: 0, open: true, patterns: [{ count: 1 }] });
    expect(result.tail).toEqual([{ text: chunk.toString('utf8', 0, 1024), bytes: 64 * 1024 * 1024 }]);
  });

  it('keeps no tail unless asked, else the last whole lines of 1 KiB with the number of the first', () => {
    const log = [...Array(100).keys()].map((n) => `line ${n} ${'.'.repeat(92)}\n`).join('');

    const words = lastWords(scan([TLS], log, { keepTail: true }));

    expect(lastWords(scan([TLS], log))).toBeUndefined();
    expect(words).toMatchObject({ line: 91 });
    expect(words!.lines).toHaveLength(10);
    expect(words!.lines.at(-1)).toMatch(/^line 99 /);
  });

  it('gives an empty result for an empty section', () => {
    const empty = { bytes: 0, lines: 0, open: false, patterns: [], head: [], foot: [], tail: [] };

    expect(scan([TLS], '', { keepTail: true })).toEqual(empty);
    expect(scan([], '', { keepTail: true })).toEqual(empty);
  });
});

describe('mergeSections', () => {
  it('refuses parts that were not cut at a line border', () => {
    const part = scan([TLS], 'half a li');

    expect(() => mergeSections(part, scan([TLS], 'ne\n'))).toThrow('at a line border only');
  });

  it('keeps a lower bound a lower bound', () => {
    const pattern = { ...TLS, re: /failed/ };
    const log = 'certificate verify failed\n'.repeat(2);

    const merged = mergeSections(scan([pattern], log), scan([pattern], log, { confirmLimit: 1 }));

    expect(merged.patterns[0]).toMatchObject({ count: 3, counted: 'at-least' });
  });
});
