import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEntryGate } from '../../src/bundle/entry-gate.ts';
import { READ_LIMITS, type ReadLimits } from '../../src/bundle/limits.ts';
import { compileMatcher } from '../../src/scan/matcher.ts';
import { createSectionScan } from '../../src/scan/section-scan.ts';
import { temporaryFolder } from '../src/bundle/bundle-fixture.ts';
import { runCli } from '../support/run-cli.ts';
import { between, podJson, rawEntry } from './hostile-tar.ts';
import { survive } from './survival.ts';

function archive(...blocks: Buffer[]): string {
  const file = join(temporaryFolder(), 'input.tar');
  writeFileSync(file, between(...blocks));
  return file;
}

const BIG = rawEntry({ name: 'big.json' }, podJson('big').padEnd(20_000, ' '));
const NESTED = rawEntry(
  { name: 'nested.json' },
  podJson('nested').replace('"spec":{', `"spec":{"x":${'['.repeat(5000)}${']'.repeat(5000)},`),
);
const YAML = rawEntry(
  { name: 'pod.yaml' },
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: y\n  x: ${'x'.repeat(900)}\n`,
);

const CASES: readonly (readonly [string, Partial<ReadLimits>, Buffer[], RegExp])[] = [
  ['members', { maxEntries: 1 }, [], /more than 1 entries/],
  [
    'bytes of a member',
    { maxEntryBytes: 4096 },
    [BIG],
    /big\.json: 20000 bytes, above the limit of one entry/,
  ],
  ['bytes of all', { maxTotalBytes: 4096 }, [BIG], /more than 4096 bytes uncompressed/],
  ['the length of a path', { maxPathBytes: 10 }, [BIG], /longer than 10 bytes/],
  [
    'the depth of a path',
    { maxPathDepth: 2 },
    [rawEntry({ name: 'a/b/c.json' }, '{}')],
    /deeper than 2 folders/,
  ],
  ['bytes of all names', { maxNameBytes: 12 }, [], /more than 12 bytes of entry names/],
  ['bytes of an object', { maxItemBytes: 5000 }, [NESTED], /above 5000 bytes was left out/],
  ['levels of JSON', { maxJsonDepth: 100 }, [NESTED], /nested deeper than 100 levels/],
  ['values of JSON', { maxJsonDepth: 9999, maxJsonValues: 1000 }, [NESTED], /more than 1000 values/],
  ['bytes of YAML', { maxYamlBytes: 500 }, [YAML], /YAML file above 500 bytes/],
];

describe('a limit', () => {
  it.each(CASES)('of %s says so, and all else is read', async (_name, limits, blocks, message) => {
    const { outcome } = await survive(archive(...blocks), { limits: { ...READ_LIMITS, ...limits } });

    expect(outcome).toMatch(/^incomplete/);
    expect(outcome).toMatch(message);
  });

  it('is not met by a sound archive', async () => {
    expect((await survive(archive(BIG))).outcome).toBe('whole');
  });

  it('of the time of one entry leaves the rest of it out', () => {
    let chunks = 0;
    let whole: boolean | undefined;
    const slow = {
      chunk() {
        chunks++;
        const end = performance.now() + 60;
        while (performance.now() < end);
      },
      end(complete: boolean) {
        whole = complete;
      },
    };
    const gate = createEntryGate({ onEntry: () => slow }, { ...READ_LIMITS, maxEntrySeconds: 0.1 });

    gate.open({ path: 'slow.log', size: 10 });
    for (let part = 0; part < 10; part++) gate.chunk(Buffer.alloc(1));
    gate.close();

    expect(whole).toBe(false);
    expect(chunks).toBeLessThanOrEqual(2);
    expect(gate.summary().problems[0]?.message).toMatch(/slow\.log: takes more than 0\.1 seconds/);
  });

  it('of the time of expressions ends them, and the count says that it is a part', () => {
    const matcher = compileMatcher([{ id: 'slow', any: ['needle-1'], re: /needle-1(?:.*x){2}$/ }]);
    const scan = createSectionScan(matcher, { confirmTime: 20, clock: () => performance.now() });
    const before = performance.now();

    for (let line = 0; line < 200; line++) scan.push(Buffer.from(`needle-1 ${'x'.repeat(20_000)}y\n`));
    const { patterns } = scan.end();

    expect(patterns[0]?.counted).toBe('at-least');
    expect(performance.now() - before).toBeLessThan(5000);
  });
});

describe('the command line', () => {
  it('sets a limit', async () => {
    const args = ['verify', '--limit', 'entries=1', archive(BIG)];

    expect((await runCli(args)).stdout + (await runCli(args)).stderr).toMatch(
      /more than 1 entries|is not a kubecase bundle/,
    );
  });

  it.each([
    ['entries', /Not a number/],
    ['sizes=1', /No such limit.*entry-size/],
    ['entry-size=1Pi', /Not a number: use e\.g\. entry-size=16Gi/],
    ['ratio=0', /Not a usable number/],
  ])('refuses --limit %s', async (value, message) => {
    const { code, stderr } = await runCli(['verify', '--limit', value, 'x.tar.gz']);

    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toMatch(message);
  });
});
