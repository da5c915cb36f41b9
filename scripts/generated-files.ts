import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { factTables } from '../src/derive/fact-tables.ts';
import { notices } from './notices.ts';
import { objectShapes } from './object-shapes.ts';
import { analyzersReference, cliReference, collectorsReference } from './reference.ts';
import { seedDocuments } from './seeds/documents.ts';
import { seedsReference } from './seeds-reference.ts';
import { unitIndex } from './unit-index.ts';
import { loadAnalyzers, loadCollectors, ROOT, unitIds } from './units.ts';

/** The module that exports `createProgram`: the commander tree the reference is derived from. */
const PROGRAM = 'src/cli/main.ts';

/** The two generated indexes: path from the root → content. They come first, since loading the CLI loads them. */
export async function generatedIndexes(root: string = ROOT): Promise<Map<string, string>> {
  return new Map([
    ['analyzers/index.ts', unitIndex('analyzer', await unitIds('analyzer', root))],
    ['collectors/index.ts', unitIndex('collector', await unitIds('collector', root))],
  ]);
}

/** The generated reference pages, and the shapes of objects: path from the root → content. */
export async function generatedReference(root: string = ROOT): Promise<Map<string, string>> {
  const analyzers = await loadAnalyzers(await unitIds('analyzer', root), root);
  const collectors = await loadCollectors(await unitIds('collector', root), root);
  const { createProgram } = (await import(pathToFileURL(join(root, PROGRAM)).href)) as {
    createProgram(setExit: (code: number) => void): Command;
  };
  return new Map([
    ['docs/reference/analyzers.md', analyzersReference(analyzers)],
    ['docs/reference/collectors.md', collectorsReference(collectors)],
    ['docs/reference/seeds.md', seedsReference(seedDocuments, { analyzers, facts: factTables })],
    ['docs/reference/cli.md', cliReference(createProgram(() => undefined))],
    ['src/artifacts/object-shapes.ts', await objectShapes(root)],
    ['THIRD-PARTY-NOTICES.md', notices(await readFile(join(root, 'package-lock.json'), 'utf8'))],
  ]);
}

/** Paths of `files` whose content on disk is missing or different, sorted. */
export async function staleFiles(files: ReadonlyMap<string, string>, root: string = ROOT): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, content] of files) {
    const present = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (present !== content) stale.push(path);
  }
  return stale.sort();
}
