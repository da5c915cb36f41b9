import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { docCommentViolations, fileViolations, scriptViolations } from './rules/files.ts';
import { type ValueImport, valueImports } from './rules/imports.ts';
import { cycleViolations, layerViolations } from './rules/layers.ts';
import { purityViolations } from './rules/purity.ts';
import { lines, readTree } from './rules/source-tree.ts';

const ROOT = join(import.meta.dirname, '../..');
const tree = readTree(ROOT);

describe('the source tree', () => {
  let imports: readonly ValueImport[];

  beforeAll(async () => {
    imports = await valueImports(tree);
  });

  it('imports across layers only as the table allows', () => {
    expect(lines(layerViolations(tree.keys(), imports))).toEqual([]);
  });

  it('has no import cycles', () => {
    expect(lines(cycleViolations(imports))).toEqual([]);
  });

  it('reads clocks, chance and the outside only where they belong', () => {
    expect(lines(purityViolations(tree))).toEqual([]);
  });

  it('has small files with telling names', () => {
    expect(lines(fileViolations(tree))).toEqual([]);
  });

  it('says of every exported function, class and interface what it is', () => {
    expect(lines(docCommentViolations(tree))).toEqual([]);
  });

  it('has few npm scripts', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

    expect(lines(scriptViolations(manifest))).toEqual([]);
  });
});
