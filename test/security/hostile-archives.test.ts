import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../src/bundle/bundle-fixture.ts';
import { CONTENT } from './hostile-content.ts';
import { FOLDERS, type HostileFile, PACKED, SEALED } from './hostile-files.ts';
import { HEADERS, type HostileTar } from './hostile-headers.ts';
import { NAMES } from './hostile-names.ts';
import { between } from './hostile-tar.ts';
import { MEMORY_MAX, type Survival, survive, TIME_MAX } from './survival.ts';

const TARS: readonly (readonly [string, Readonly<Record<string, HostileTar>>])[] = [
  ['headers', HEADERS],
  ['names and links', NAMES],
  ['content', CONTENT],
];
const FILES: readonly (readonly [string, Readonly<Record<string, HostileFile>>])[] = [
  ['gzip', PACKED],
  ['bundles of ours', SEALED],
  ['folders', FOLDERS],
];

async function surviveTar(tar: Buffer): Promise<Survival> {
  const file = join(temporaryFolder(), 'input.tar.gz');
  writeFileSync(file, gzipSync(tar));
  return survive(file);
}

function expectCheap({ ms, memory = 0 }: Survival): void {
  expect(ms).toBeLessThan(TIME_MAX);
  expect(memory).toBeLessThan(MEMORY_MAX);
}

function podCount({ report }: Survival): number {
  return report?.collection.counts.find(({ artifact }) => artifact === 'resources:core/Pod')?.items ?? 0;
}

// What every analysis needs is there before the first is measured.
beforeAll(async () => {
  expect((await surviveTar(between())).outcome).toBe('whole');
});

describe('the corpus', () => {
  it('holds at least sixty kinds', () => {
    const kinds = [...TARS, ...FILES].flatMap(([, group]) => Object.keys(group));

    expect(new Set(kinds).size).toBe(kinds.length);
    expect(kinds.length).toBeGreaterThanOrEqual(60);
  });
});

describe.each(TARS)('a hostile archive: %s', (_group, kinds) => {
  it.each(Object.entries(kinds))('%s', async (_name, { tar, outcome, pods = ['before'] }) => {
    const survival = await surviveTar(tar());

    expect(survival.outcome).toMatch(outcome);
    expect(podCount(survival)).toBeGreaterThanOrEqual(pods.length);
    expectCheap(survival);
  });
});

describe.each(FILES)('a hostile input: %s', (_group, kinds) => {
  it.each(Object.entries(kinds))('%s', async (_name, { make, outcome }) => {
    const folder = join(temporaryFolder(), 'input');
    mkdirSync(folder);

    const survival = await survive(await make(folder));

    expect(survival.outcome).toMatch(outcome);
    expectCheap(survival);
  });
});

it('pollutes no prototype', async () => {
  for (const name of ['keys of the prototype']) await surviveTar((CONTENT[name] as HostileTar).tar());

  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
