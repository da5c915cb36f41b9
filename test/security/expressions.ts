import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A regular expression as it stands in a source file. */
export interface Expression {
  readonly source: string;
  readonly flags: string;
  /** `src/scan/line-time.ts:12`. */
  readonly place: string;
}

/** After one of these words a slash begins an expression, after any other a division. */
const BEFORE_EXPRESSION = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'do',
  'else',
  'void',
  'yield',
  'await',
]);

/** After one of these characters a slash divides. */
const ENDS_OPERAND = /[\w$)\]]/;

/** Every TypeScript file below a folder of the repository, by its path from the root. */
export function sourceFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => `${folder}/${name}`)
    .sort();
}

/** The expression literals of a file: what stands in strings, templates and comments is none. */
export function literalsOf(root: string, path: string): Expression[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...tokens(text)].map(({ at, source, flags }) => ({
    source,
    flags,
    place: `${path}:${lineAt(text, at)}`,
  }));
}

/** Where `new RegExp(` stands in a file, as `path:line`. */
export function constructorsOf(root: string, path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(/\bnew RegExp\(/g)].map(({ index }) => `${path}:${lineAt(text, index)}`);
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/** Walks over comments, strings and templates (whose `${}` holds code again) to the literals. */
function* tokens(text: string): Generator<{ at: number; source: string; flags: string }> {
  /** Open braces of each `${` that is being read. */
  const templates: number[] = [];
  let braces = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (text.startsWith('//', at)) at = endOr(text, text.indexOf('\n', at));
    else if (text.startsWith('/*', at)) at = endOr(text, text.indexOf('*/', at)) + 1;
    else if (char === "'" || char === '"') at = endOfString(text, at, char);
    else if (char === '{') braces++;
    else if (char === '`' || (char === '}' && templates.at(-1) === braces)) {
      if (char === '}') templates.pop();
      at = endOfTemplate(text, at + 1);
      if (text[at] === '{') templates.push(braces);
    } else if (char === '}') braces--;
    else if (char === '/' && !dividesAt(text, at)) {
      const end = endOfLiteral(text, at);
      const flags = /^[a-z]*/.exec(text.slice(end + 1))?.[0] ?? '';
      yield { at, source: text.slice(at + 1, end), flags };
      at = end + flags.length;
    }
  }
}

function endOr(text: string, found: number): number {
  return found < 0 ? text.length : found;
}

function endOfString(text: string, from: number, quote: string): number {
  let at = from + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** The backtick that ends a template, or the brace that opens code inside it. */
function endOfTemplate(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '`') {
    if (text.startsWith('${', at)) return at + 1;
    at += text[at] === '\\' ? 2 : 1;
  }
  return at;
}

function endOfLiteral(text: string, from: number): number {
  let inClass = false;
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return at;
  }
  throw new Error(`an expression begins but never ends: ${text.slice(from, from + 40)}`);
}

function dividesAt(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 40), at).trimEnd();
  const word = /[A-Za-z]+$/.exec(before)?.[0];
  if (word !== undefined && BEFORE_EXPRESSION.has(word)) return false;
  return ENDS_OPERAND.test(before.at(-1) ?? '');
}
