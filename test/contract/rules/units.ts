import { LEFTOVER } from '../../../scripts/scaffold.ts';
import { exportName } from '../../../scripts/units.ts';
import type { AnyAnalyzer } from '../../../src/model/analyzer.ts';
import type { AnyCollector } from '../../../src/model/collector.ts';
import { LAYERS } from '../../../src/model/effect.ts';
import { modulesBelow, type SourceTree, type Violation } from './source-tree.ts';

/** The registered units, as the generated indexes give them. */
export interface Registry {
  readonly analyzers: readonly AnyAnalyzer[];
  readonly collectors: readonly AnyCollector[];
}

type Folder = 'analyzers' | 'collectors';

/** The headings of a page below its title, in this order and no others. */
export const PAGE_HEADINGS: Readonly<Record<Folder, readonly string[]>> = {
  analyzers: ['Meaning', 'Impact', 'Diagnosis', 'Remedy'],
  collectors: ['What it reads', 'Permissions', 'What it leaves out'],
};

const FOLDERS = ['analyzers', 'collectors'] as const;

/** Each unit is three files of one name: module, page, test; the id is the path and the export its camelCase. */
export function unitViolations(tree: SourceTree, registry: Registry): Violation[] {
  return FOLDERS.flatMap((folder) => [
    ...idViolations(tree, folder, registry[folder]),
    ...unitFiles(tree, folder).flatMap((path) => fileViolations(tree, folder, path)),
    ...registry[folder].flatMap((unit) => pageViolations(tree, folder, unit.meta)),
    ...orphanViolations(tree, folder),
  ]);
}

function unitFiles(tree: SourceTree, folder: Folder): string[] {
  return modulesBelow(tree, folder).filter((path) => path !== `${folder}/index.ts`);
}

function idViolations(
  tree: SourceTree,
  folder: Folder,
  units: readonly { readonly meta: { readonly id: string } }[],
): Violation[] {
  const paths = new Set(unitFiles(tree, folder));
  const violations: Violation[] = [];
  const seen = new Set<string>();
  for (const { meta } of units) {
    const path = `${folder}/${meta.id}.ts`;
    if (!paths.has(path))
      violations.push({ path, message: `no such file, but an id says so: id is the path` });
    if (seen.has(meta.id)) violations.push({ path, message: `the id ${meta.id} is used twice` });
    seen.add(meta.id);
  }
  for (const path of paths) {
    if (seen.has(path.slice(folder.length + 1, -'.ts'.length))) continue;
    violations.push({ path, message: 'no registered unit has this path as its id; run `npm run gen`' });
  }
  return violations;
}

function fileViolations(tree: SourceTree, folder: Folder, path: string): Violation[] {
  const violations: Violation[] = [];
  const id = path.slice(folder.length + 1, -'.ts'.length);
  const [domain = '', name = '', ...deeper] = id.split('/');
  const exported = exportName(name);
  if (deeper.length > 0 || !(LAYERS as readonly string[]).includes(domain)) {
    violations.push({ path, message: `lies in no domain; the domains are ${LAYERS.join(', ')}` });
  }
  const values = [...(tree.get(path) ?? '').matchAll(/^export const (\w+)/gm)];
  if (!values.some((match) => match[1] === exported)) {
    violations.push({ path, message: `exports no \`${exported}\`: the unit is named as its file` });
  }
  const test = `test/${folder}/${id}.test.ts`;
  const testText = tree.get(test);
  if (testText === undefined) violations.push({ path, message: `has no test ${test}` });
  else if (folder === 'analyzers' && !new RegExp(`\\btestAnalyzer\\(\\s*${exported}\\b`).test(testText)) {
    violations.push({ path: test, message: `does not call testAnalyzer(${exported}, …)` });
  }
  return violations;
}

function pageViolations(
  tree: SourceTree,
  folder: Folder,
  meta: { readonly id: string; readonly title: string },
): Violation[] {
  const path = `${folder}/${meta.id}.md`;
  const text = tree.get(path);
  if (text === undefined) return [{ path, message: 'the page is missing' }];
  const violations: Violation[] = [];
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '```\n```');
  const headings = [...prose.matchAll(/^(#{1,2}) +(.+?) *$/gm)].map((match) => `${match[1]} ${match[2]}`);
  const wanted = [`# ${meta.title}`, ...PAGE_HEADINGS[folder].map((heading) => `## ${heading}`)];
  if (headings.join('\n') !== wanted.join('\n')) {
    violations.push({
      path,
      message: `has the headings ${headings.join(', ')}; wanted: ${wanted.join(', ')}`,
    });
  }
  const sections = prose.split(/^## .*$/m).slice(1);
  if (sections.some((section) => section.trim() === '')) {
    violations.push({ path, message: 'has an empty section' });
  }
  return violations;
}

/** Pages and tests whose unit is gone. */
function orphanViolations(tree: SourceTree, folder: Folder): Violation[] {
  const violations: Violation[] = [];
  for (const path of tree.keys()) {
    const id = /^(?:test\/)?(?:analyzers|collectors)\/(.+?)(?:\.test\.ts|\.md)$/.exec(path)?.[1];
    const isOfFolder = path.startsWith(`${folder}/`) || path.startsWith(`test/${folder}/`);
    if (id === undefined || !isOfFolder || tree.has(`${folder}/${id}.ts`)) continue;
    violations.push({ path, message: `belongs to no unit: ${folder}/${id}.ts is not there` });
  }
  return violations;
}

/** What the scaffold left to be filled in is filled in. */
export function leftoverViolations(tree: SourceTree): Violation[] {
  const violations: Violation[] = [];
  for (const [path, text] of tree) {
    if (!/^(test\/)?(analyzers|collectors)\//.test(path)) continue;
    const at = text.indexOf(LEFTOVER);
    if (at < 0) continue;
    const line = text.slice(0, at).split('\n').length;
    violations.push({ path, message: `line ${line} still says ${LEFTOVER}` });
  }
  return violations;
}
