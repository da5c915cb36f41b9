import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyAnalyzer } from '../src/model/analyzer.ts';
import type { AnyCollector } from '../src/model/collector.ts';
import { UserError } from '../src/model/errors.ts';

/** Root of the repository. */
export const ROOT = join(import.meta.dirname, '..');

/** The two kinds of units; each has a folder of this name with an `s`. */
export type UnitKind = 'analyzer' | 'collector';

/** The folder of a kind's units. */
export function unitFolder(kind: UnitKind): 'analyzers' | 'collectors' {
  return kind === 'analyzer' ? 'analyzers' : 'collectors';
}

/** The name a unit's file exports: `data-plane-not-connected` → `dataPlaneNotConnected`. */
export function exportName(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Ids (`<domain>/<name>`) of the units of a kind, sorted, read from the file names. */
export async function unitIds(kind: UnitKind, root: string = ROOT): Promise<string[]> {
  const entries = await readdir(join(root, unitFolder(kind)), { recursive: true }).catch(() => []);
  return entries
    .map((entry) => entry.replaceAll('\\', '/'))
    .filter((entry) => entry.includes('/') && entry.endsWith('.ts'))
    .map((entry) => entry.slice(0, -'.ts'.length))
    .sort();
}

/** The units themselves in the order of `ids`, loaded from their files, so that a stale index does not matter. */
export async function loadAnalyzers(ids: readonly string[], root: string = ROOT): Promise<AnyAnalyzer[]> {
  return Promise.all(ids.map(async (id) => (await loadUnit('analyzer', id, root)) as AnyAnalyzer));
}

/** As {@link loadAnalyzers}. */
export async function loadCollectors(ids: readonly string[], root: string = ROOT): Promise<AnyCollector[]> {
  return Promise.all(ids.map(async (id) => (await loadUnit('collector', id, root)) as AnyCollector));
}

async function loadUnit(kind: UnitKind, id: string, root: string): Promise<unknown> {
  const path = join(root, unitFolder(kind), `${id}.ts`);
  const name = exportName(id.slice(id.lastIndexOf('/') + 1));
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  const unit = module[name];
  if (unit === undefined) {
    throw new UserError('unit-not-exported', `${unitFolder(kind)}/${id}.ts does not export \`${name}\``);
  }
  return unit;
}
