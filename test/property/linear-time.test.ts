import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { inputFolders } from '../../scripts/samples/generate.ts';
import { ROOT } from '../../scripts/units.ts';
import { artifactsOf } from '../../src/analyze/analyze.ts';
import { createOwners } from '../../src/analyze/identity.ts';
import { createInputs } from '../../src/analyze/inputs.ts';
import { readInputs } from '../../src/analyze/read-inputs.ts';
import { runAnalyzer } from '../../src/analyze/run-analyzer.ts';
import type { Store } from '../../src/analyze/store.ts';
import { grownStore } from '../support/grown-store.ts';

const SAMPLES = join(ROOT, 'samples');
const artifacts = artifactsOf(analyzers);

/**
 * Ten times the objects may cost little more than ten times the reads: a logarithm of a sort, never a
 * product of two kinds. Fewer reads than these are the same work however many objects there are.
 */
const TIMES_TEN = 13;
const FIXED_READS = 2000;

/** Properties of objects that one analyzer reads, values it shares with others computed for it alone. */
function readsOf(store: Store, times: number): Map<string, number> {
  const counter = { reads: 0 };
  const grown = grownStore(store, times, counter);
  return new Map(
    analyzers.map((analyzer) => {
      const engine = { store: grown, inputs: createInputs(grown), owners: createOwners(grown) };
      counter.reads = 0;
      runAnalyzer(analyzer, engine);
      return [analyzer.meta.id, counter.reads];
    }),
  );
}

/** Samples grown a hundredfold as well; each takes some seconds. */
const HUNDREDFOLD = ['healthy', 'kong-data-plane-disconnected'];

function steepest(less: Map<string, number>, more: Map<string, number>): string[] {
  return [...more].flatMap(([id, reads]) => {
    const few = less.get(id) ?? 0;
    return reads > TIMES_TEN * few + FIXED_READS ? [`${id}: ${few}, then ${reads} reads`] : [];
  });
}

describe.each(readdirSync(SAMPLES))('sample %s', (name) => {
  it('grown tenfold costs every analyzer in proportion', { timeout: 300_000 }, async () => {
    const { store } = await readInputs(inputFolders(join(SAMPLES, name)), artifacts);
    const ten = readsOf(store, 10);

    expect(steepest(readsOf(store, 1), ten)).toEqual([]);
    if (HUNDREDFOLD.includes(name)) expect(steepest(ten, readsOf(store, 100))).toEqual([]);
  });
});
