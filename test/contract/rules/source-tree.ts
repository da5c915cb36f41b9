import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Source files: path from the root of the repository with `/` → text. Rules see nothing else of the disk. */
export type SourceTree = ReadonlyMap<string, string>;

/** One breach of a rule: where, and what to do about it. */
export interface Violation {
  readonly path: string;
  readonly message: string;
}

/** Folders whose files follow the rules. */
export const SOURCE_FOLDERS = [
  'src',
  'analyzers',
  'collectors',
  'report-templates',
  'scripts',
  'test',
] as const;

const TEXT = /\.(ts|mjs|js|md|css|hbs)$/;

/** The files of the folders on disk. */
export function readTree(root: string, folders: readonly string[] = SOURCE_FOLDERS): SourceTree {
  const files = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of listed(join(root, folder)).sort()) {
      const path = `${folder}/${entry.replaceAll('\\', '/')}`;
      if (!TEXT.test(path) || !statSync(join(root, path)).isFile()) continue;
      files.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
  return files;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}

/** Paths of the TypeScript files below a folder. */
export function modulesBelow(tree: SourceTree, folder: string): string[] {
  return [...tree.keys()].filter((path) => path.startsWith(`${folder}/`) && path.endsWith('.ts'));
}

/** Violations as lines, sorted: what a test compares with the empty list. */
export function lines(violations: readonly Violation[]): string[] {
  return violations.map(({ path, message }) => `${path}: ${message}`).sort();
}

const TOKENS = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/**
 * The text with comments and the insides of quoted strings blanked, line breaks kept: what is left is code.
 * Templates stay, since they hold code. Regular expressions are not recognised: one that holds quotes may
 * lose what is between them.
 */
export function codeOnly(text: string): string {
  return text.replace(TOKENS, (token) => (token.startsWith('`') ? token : token.replace(/[^\n]/g, ' ')));
}
