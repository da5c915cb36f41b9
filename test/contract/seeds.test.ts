import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { seedDocuments } from '../../scripts/seeds/documents.ts';
import type { SeedAnswer, SeedDocument, SeedRow } from '../../scripts/seeds/seed-row.ts';
import { seedsReference } from '../../scripts/seeds-reference.ts';
import { createProgram } from '../../src/cli/main.ts';
import { factTables } from '../../src/derive/fact-tables.ts';
import { plantedAnalyzer, plantedRegistry, plantedTree } from './planted-tree.ts';
import { type SeedSurroundings, seedViolations } from './rules/seeds.ts';
import { lines, readTree } from './rules/source-tree.ts';

describe('the rows of the source documents', () => {
  it('are in order and whole, and name what exists', () => {
    const tree = readTree(join(import.meta.dirname, '../..'), ['analyzers', 'collectors']);
    const surroundings: SeedSurroundings = {
      registry: { analyzers, collectors },
      facts: factTables.map(({ id }) => id),
      program: createProgram(() => undefined),
      tree,
    };

    expect(seedDocuments.map(({ id }) => id.slice(0, 3))).toEqual(['000', '001', '002', '003', '004']);
    expect(lines(seedViolations(seedDocuments, surroundings))).toEqual([]);
  });
});

const program = new Command('kubecase');
program.command('collect').option('--exec', 'run commands');

const gauges = plantedAnalyzer({ check: { checklist: 'check-nodes' } });
const planted: SeedSurroundings = {
  registry: plantedRegistry({ analyzers: [gauges] }),
  facts: ['gauge-facts'],
  program,
  tree: plantedTree({ 'analyzers/node/gauge-stuck.md': '# Stuck gauge\n\nTap it\ngently.\n' }),
};
const sound: SeedRow = {
  lines: [3, 5],
  kind: 'symptom',
  says: 'A gauge does not move.',
  answers: [
    { analyzer: 'node/gauge-stuck', message: ['stuck'] },
    { analyzer: 'node/gauge-stuck', check: 'moves' },
    { collector: 'node/gauges' },
    { facts: 'gauge-facts' },
    { command: 'kubecase collect --exec' },
  ],
  correction: { says: 'Hammers harm.', page: 'node/gauge-stuck', quote: 'Tap it gently' },
};

function document(...rows: readonly SeedRow[]): SeedDocument {
  return { id: '000_gauges', title: 'Gauges', rows };
}

function found(...rows: readonly SeedRow[]): string[] {
  return seedViolations([document(...rows)], planted).map(({ path, message }) => `${path}: ${message}`);
}

function answered(...answers: readonly [SeedAnswer, ...SeedAnswer[]]): SeedRow {
  return { ...sound, kind: 'step', answers };
}

describe('a planted row', () => {
  it('breaks no rule when sound, twice the same lines included', () => {
    expect(found(sound, { ...sound, kind: 'remedy' }, { ...sound, lines: 6 })).toEqual([]);
  });

  it('is refused when it names what does not exist', () => {
    expect(
      found(
        answered(
          { analyzer: 'node/gone' },
          { analyzer: 'node/gauge-stuck', message: 'gone' },
          { analyzer: 'node/gauge-stuck', message: [] },
          { analyzer: 'node/gauge-stuck', check: 'gone' },
          { collector: 'node/gone' },
          { facts: 'gone' },
          { command: 'kubecase gone' },
          { command: 'kubecase collect --gone' },
        ),
      ),
    ).toEqual([
      '000_gauges:3: names the analyzer node/gone, which does not exist',
      '000_gauges:3: names the message gone, which node/gauge-stuck does not have',
      '000_gauges:3: names no message of node/gauge-stuck',
      '000_gauges:3: names the check gone, which node/gauge-stuck does not have',
      '000_gauges:3: names the collector node/gone, which does not exist',
      '000_gauges:3: names the facts gone, which are no table of the report',
      '000_gauges:3: names the command kubecase gone, which does not exist',
      '000_gauges:3: names the option --gone, which kubecase collect does not have',
    ]);
  });

  it('is refused when it names a check that is in no checklist', () => {
    const registry = plantedRegistry();
    const row = answered({ analyzer: 'node/gauge-stuck', check: 'moves' });

    expect(lines(seedViolations([document(row)], { ...planted, registry }))).toEqual([
      '000_gauges:3: names the check moves of node/gauge-stuck, which is in no checklist',
    ]);
  });

  it('is refused when empty, unanswered, or a symptom without a finding', () => {
    const unanswered = { ...sound, says: ' ', answers: [] } as unknown as SeedRow;

    expect(found(unanswered)).toEqual([
      '000_gauges:3: says nothing',
      '000_gauges:3: has no answer',
      '000_gauges:3: is a symptom that no finding answers',
    ]);
    expect(found({ ...sound, answers: [{ facts: 'gauge-facts' }] })).toHaveLength(1);
    expect(found({ ...sound, says: '仪表' })).toEqual(['000_gauges:3: is not in English']);
  });

  it('is refused out of order, overlapping, or without lines', () => {
    expect(found({ ...sound, lines: 9 }, sound)).toEqual(['000_gauges:3: stands after the row of line 9']);
    expect(found(sound, { ...sound, lines: 5 })).toEqual(['000_gauges:5: stands after the row of line 5']);
    expect(found({ ...sound, lines: [5, 3] })).toEqual(['000_gauges:5: has no line numbers: 5–3']);
  });

  it('is refused when the page that corrects it is gone or says something else', () => {
    const correction = { says: 'Hammers harm.', page: 'node/gauge-stuck', quote: 'Hit it' };

    expect(found({ ...sound, correction })).toEqual([
      '000_gauges:3: is corrected by the page node/gauge-stuck, which no longer says "Hit it"',
    ]);
    expect(found({ ...sound, correction: { ...correction, page: 'node/gone' } })).toEqual([
      '000_gauges:3: is corrected by the page node/gone, which does not exist',
    ]);
  });

  it('is refused in a document that is not sorted among the others or has no rows', () => {
    const later = { ...document(sound), id: '001_gauges' };
    const empty = { ...document(), id: '002_gauges' };

    expect(lines(seedViolations([later, document(sound), empty], planted))).toEqual([
      '002_gauges: has no title or no row',
      'scripts/seeds/documents.ts: documents are not sorted by id',
    ]);
  });
});

describe('the page of the source documents', () => {
  it('links each answer to its section and each correction to its page', () => {
    const page = seedsReference([document(sound, { ...sound, lines: 9 })], {
      analyzers: [gauges],
      facts: [{ id: 'gauge-facts', title: 'Gauges' }],
    });

    expect(page).toContain('## Gauges\n\nDocument `000_gauges`.');
    expect(page).toContain('| 3–5 | symptom | A gauge does not move. |');
    expect(page).toContain('| 9 | symptom |');
    expect(page).toContain('[node/gauge-stuck](analyzers.md#nodegauge-stuck) `stuck`;');
    expect(page).toContain('row *Gauge* of *Nodes (as `konvoy check nodes`)*');
    expect(page).toContain('collector [node/gauges](collectors.md#nodegauges); facts *Gauges*;');
    expect(page).toContain('Hammers harm. ([node/gauge-stuck](../../analyzers/node/gauge-stuck.md)) |');
  });
});
