import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileMatcher } from '../../../src/scan/matcher.ts';
import type { ScanPattern } from '../../../src/scan/pattern.ts';
import { createSectionScan } from '../../../src/scan/section-scan.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { naiveScan } from './naive-scan.ts';

const PATTERNS: readonly ScanPattern[] = [
  { id: 'expired', any: ['certificate has expired'] },
  {
    id: 'expired-or-unknown',
    any: ['certificate has expired', 'unknown authority', 'certificate verify failed'],
  },
  { id: 'leader', any: ['leaderelection lost', 'failed to renew lease'] },
  { id: 'repeating', any: ['aaaaaaaa', 'aaaaaaaab'] },
  { id: 'quoted', any: ['"level":"error"', '\\"level\\"'] },
  { id: 'regular', any: ['connect: (.*)+[x]? $HOME'] },
  { id: 'unicode', any: ['Zertifikat läuft ab', '証明書エラー'] },
  { id: 'dash', any: ['--failed-- '] },
];
const LITERALS = PATTERNS.flatMap(({ any }) => any);

/** Pieces that look like a log: whole literals, parts of them, line ends of both kinds, times, bytes of no text. */
const piece = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...LITERALS).map((text) => Buffer.from(text)) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(...LITERALS), fc.nat(12), fc.nat(20))
      .map(([text, from, length]) => Buffer.from(text).subarray(from, from + length)),
  },
  { weight: 6, arbitrary: fc.constantFrom('\n', '\r\n', '\n\n').map((text) => Buffer.from(text)) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(' ', '\t', '\n2026-01-02T03:04:05.1Z ').map((text) => Buffer.from(text)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 90_000 }).map((size) => Buffer.alloc(size, 'x€')) },
);
const LOGS: readonly Buffer[] = fc
  .sample(fc.array(piece, { minLength: 1, maxLength: 2000, size: 'max' }), { numRuns: 12, seed: 20260301 })
  .map((pieces) => Buffer.concat(pieces));

type Counts = Readonly<Record<string, number>>;

function ours(log: Buffer): Counts {
  const scan = createSectionScan(compileMatcher(PATTERNS), { keepTail: false });
  for (let at = 0; at < log.length; at += 65_537) scan.push(log.subarray(at, at + 65_537));
  return toCounts(scan.end().patterns);
}

function toCounts(patterns: readonly { readonly id: string; readonly count: number }[]): Counts {
  const found = new Map(patterns.map(({ id, count }) => [id, count]));
  return Object.fromEntries(PATTERNS.map(({ id }) => [id, found.get(id) ?? 0]));
}

/** Lines that hold any of the literals, as a search tool counts them. */
function countsOf(tool: readonly string[], file: string): Counts {
  const [program, ...options] = tool;
  return Object.fromEntries(
    PATTERNS.map(({ id, any }) => {
      const args = [...options, ...any.flatMap((literal) => ['-e', literal]), file];
      const { stdout, status, stderr } = spawnSync(program!, args, { encoding: 'utf8', env: ENVIRONMENT });
      if (status !== 0 && status !== 1) throw new Error(`${program} ended with ${status}: ${stderr}`);
      return [id, Number(stdout.trim() || 0)];
    }),
  );
}

/** Bytes are compared as bytes. */
const ENVIRONMENT = { PATH: process.env.PATH, LC_ALL: 'C' };

const TOOLS = [
  ['rg -cF', ['rg', '--no-config', '--text', '--encoding', 'none', '-c', '-F']],
  ['grep -cF', ['grep', '--text', '-c', '-F']],
] as const;

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { env: ENVIRONMENT }).status === 0;
}

describe('counts of the log scan', () => {
  it.each(TOOLS)('equal those of %s on the same literals', (name, tool) => {
    const installed = isInstalled(tool[0]);
    if (!installed)
      console.log(`${tool[0]} is not installed: counts were compared with a plain search instead`);
    const file = join(temporaryFolder(), 'container.log');
    let lines = 0;

    for (const [index, log] of LOGS.entries()) {
      writeFileSync(file, log);
      const expected = installed ? countsOf(tool, file) : toCounts(naiveScan(PATTERNS, log).patterns);

      expect(ours(log), `log ${index} by ${name}`).toEqual(expected);
      lines += Object.values(expected).reduce((sum, count) => sum + count, 0);
    }

    expect(lines).toBeGreaterThan(1000);
  });
});
