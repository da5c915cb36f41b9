import { codeOnly, type SourceTree, type Violation } from './source-tree.ts';

/** Hard limit of the style sheet; the aim is 200. */
export const MAX_LINES = 300;
/** Hard limit of package.json's scripts. */
export const MAX_SCRIPTS = 12;
/** Scripts npm itself runs and nobody types: npm's documentation of `scripts`. */
const LIFE_CYCLE_HOOKS: ReadonlySet<string> = new Set(['prepack', 'postpack', 'prepare']);
/** Grow with the tree and are read by nobody; that they are what `npm run gen` writes is tested. */
const GENERATED: ReadonlySet<string> = new Set(['analyzers/index.ts', 'collectors/index.ts']);

const VAGUE = ['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'misc', 'types'];
const KEBAB = /^[a-z0-9]+([-.][a-z0-9]+)*$/;

/** Sizes and names of files; default exports and barrels. */
export function fileViolations(tree: SourceTree): Violation[] {
  const violations: Violation[] = [];
  for (const [path, text] of tree) {
    for (const message of [...nameProblems(path), ...moduleProblems(path, text)]) {
      violations.push({ path, message });
    }
  }
  return violations;
}

function nameProblems(path: string): string[] {
  const problems: string[] = [];
  for (const part of path.split('/')) {
    const name = part.replace(/\..*$/, '');
    if (VAGUE.includes(name)) problems.push(`\`${name}\` says nothing: name the file for what it knows`);
  }
  if (!/\.(ts|mjs)$/.test(path)) return problems;
  const file = path.slice(path.lastIndexOf('/') + 1);
  if (!KEBAB.test(file)) problems.push('file names are kebab-case');
  return problems;
}

function moduleProblems(path: string, text: string): string[] {
  if (!path.endsWith('.ts')) return [];
  const problems: string[] = [];
  const count = text.split('\n').length - 1;
  if (count > MAX_LINES && !GENERATED.has(path))
    problems.push(`has ${count} lines, at most ${MAX_LINES}: split it by what its parts know`);
  const code = codeOnly(text);
  if (/^\s*export\s+default\b/m.test(code)) problems.push('has a default export: export by name');
  const onlyReExports =
    /^\s*export\s+(\*|\{[^}]*\})\s*from\b/m.test(code) &&
    !/^\s*(export\s+)?(const|function|class|interface|type|async)\b/m.test(code);
  if (onlyReExports) problems.push('is a barrel: import from the file that knows');
  return problems;
}

const EXPORTED = /^export (?:async )?(?:function|class|interface)\s*\*?\s*(\w+)/gm;

/** Below src/, every exported function, class and interface says in a doc comment what it is. */
export function docCommentViolations(tree: SourceTree): Violation[] {
  const violations: Violation[] = [];
  for (const [path, text] of tree) {
    if (!path.startsWith('src/') || !path.endsWith('.ts')) continue;
    for (const match of text.matchAll(EXPORTED)) {
      const before = text.slice(0, match.index).replace(/(^\/\/ biome-ignore[^\n]*\n)+$/m, '');
      if (before.trimEnd().endsWith('*/')) continue;
      violations.push({ path, message: `${match[1]} has no doc comment: say in a sentence what it is` });
    }
  }
  return violations;
}

/** package.json's scripts stay few. */
export function scriptViolations(manifest: {
  readonly scripts?: Readonly<Record<string, string>>;
}): Violation[] {
  const count = Object.keys(manifest.scripts ?? {}).filter((name) => !LIFE_CYCLE_HOOKS.has(name)).length;
  if (count <= MAX_SCRIPTS) return [];
  const message = `has ${count} scripts, at most ${MAX_SCRIPTS}: make one an option of another`;
  return [{ path: 'package.json', message }];
}
