import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { inputFolders } from '../../scripts/samples/generate.ts';
import { ROOT } from '../../scripts/units.ts';
import { analyzeStore, artifactsOf } from '../../src/analyze/analyze.ts';
import { readInputs } from '../../src/analyze/read-inputs.ts';
import { temporaryFolder } from '../src/bundle/bundle-fixture.ts';
import { damageObject, randomOf } from '../support/damaged-objects.ts';

const SAMPLES = join(ROOT, 'samples');
const artifacts = artifactsOf(analyzers);

/** Objects of which some at least are left out, whatever is damaged in them. */
const MANY = 20;

/** A copy of a bundle in which about half of all objects lack a field or have one of another type. */
function damagedCopy(folder: string, seed: number): { readonly path: string; readonly damaged: number } {
  const copy = temporaryFolder();
  let damaged = 0;
  cpSync(folder, copy, { recursive: true });
  const random = randomOf(seed);
  for (const name of readdirSync(copy, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!name.startsWith('resources/') || !name.endsWith('.json')) continue;
    const list = JSON.parse(readFileSync(join(copy, name), 'utf8')) as { items?: Record<string, unknown>[] };
    for (const item of list.items ?? []) {
      if (random(2) === 0) continue;
      damageObject(item, random);
      damaged++;
    }
    writeFileSync(join(copy, name), JSON.stringify(list));
  }
  return { path: copy, damaged };
}

describe('objects that lack what their kind requires, or have it of another type', () => {
  const samples = readdirSync(SAMPLES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  it.each(samples)('put no analyzer into error, and are counted: %s', async (sample) => {
    const folders = inputFolders(join(SAMPLES, sample));
    const copies = folders.map((folder, index) => damagedCopy(folder, sample.length + index));
    const { store } = await readInputs(
      copies.map(({ path }) => path),
      artifacts,
    );

    const { results } = analyzeStore(store, analyzers);

    const errors = results.filter(({ status }) => status === 'error');
    expect(errors.map(({ analyzerId, reason }) => `${analyzerId}: ${reason}`)).toEqual([]);
    const rows = store.rows.filter(({ reason }) => /malformed object/.test(reason ?? ''));
    expect(rows.map(({ outcome }) => outcome)).toEqual(rows.map(() => 'partial'));
    if (copies.some(({ damaged }) => damaged > MANY)) expect(rows.length).toBeGreaterThan(0);
  });
});
