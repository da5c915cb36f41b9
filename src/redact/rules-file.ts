import type { OwnPath, OwnPattern, OwnRules } from './own-rules.ts';
import { checkPattern, PatternError } from './pattern-check.ts';
import { isFields } from './walk.ts';
import { parseYaml } from './yaml-text.ts';

/** A rules file that is not what docs/redaction-rules.schema.json says; the message names the place. */
export class RulesFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RulesFileError';
  }
}

/** Entries of one list; more cannot be searched in reasonable time. */
const MAX_ENTRIES = 200;
const FIELDS: ReadonlySet<string> = new Set(['version', 'names', 'patterns', 'paths', 'allow']);
const NAME = /^[\w.*/-]{1,128}$/;
const ID = /^[a-z][a-z0-9-]{0,40}$/;
/** One step of a path: `.name`, `["any name"]`, `[*]`. */
const STEP = /\.?(?:([\w*/-]{1,253})|\["([^"]{1,317})"\]|\[\*\])/y;

/** Reads a rules file. Throws RulesFileError, which names the entry and what to write instead. */
export function parseRulesFile(text: string): OwnRules {
  const root = parsed(text);
  for (const field of Object.keys(root))
    if (!FIELDS.has(field))
      throw new RulesFileError(`unknown field ${field.slice(0, 60)}: there are ${[...FIELDS].join(', ')}`);
  if (root.version !== 1) throw new RulesFileError('version: must be 1');
  const rules = {
    names: listOf(root, 'names', nameOf),
    patterns: listOf(root, 'patterns', patternOf),
    paths: listOf(root, 'paths', pathOf),
    allow: listOf(root, 'allow', allowOf),
  };
  const ids = rules.patterns.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new RulesFileError(`patterns: the id ${twice} is there twice`);
  return rules;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  let documents: readonly unknown[];
  try {
    documents = parseYaml(text);
  } catch {
    throw new RulesFileError('is not YAML');
  }
  const [root] = documents;
  if (documents.length !== 1 || !isFields(root)) throw new RulesFileError('is not one YAML mapping');
  return root;
}

function listOf<T>(
  root: Readonly<Record<string, unknown>>,
  field: string,
  read: (value: unknown, place: string) => T,
): T[] {
  const value = root[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new RulesFileError(`${field}: must be a list`);
  if (value.length > MAX_ENTRIES) throw new RulesFileError(`${field}: more than ${MAX_ENTRIES} entries`);
  return value.map((entry, index) => read(entry, `${field}[${index}]`));
}

function nameOf(value: unknown, place: string): string {
  if (typeof value !== 'string' || !NAME.test(value))
    throw new RulesFileError(`${place}: must be a name of letters, digits and . _ - / with * for any part`);
  if (!value.split('*').some((part) => part.length >= 4))
    throw new RulesFileError(`${place}: needs four characters in a row beside its *`);
  if (value.split('*').length > 3) throw new RulesFileError(`${place}: takes two * at most`);
  return value;
}

function allowOf(value: unknown, place: string): string {
  if (typeof value !== 'string' || value.length > 1000) throw new RulesFileError(`${place}: must be a text`);
  if (value.replaceAll('*', '').length < 3)
    throw new RulesFileError(`${place}: would allow nearly everything; write three characters at least`);
  return value;
}

function patternOf(value: unknown, place: string): OwnPattern {
  const { id, pattern, ignoreCase = false } = fieldsOf(value, place, ['id', 'pattern', 'ignoreCase']);
  if (typeof id !== 'string' || !ID.test(id))
    throw new RulesFileError(`${place}: id must be small letters, digits and dashes`);
  if (typeof pattern !== 'string') throw new RulesFileError(`${place}: pattern must be a text`);
  if (typeof ignoreCase !== 'boolean') throw new RulesFileError(`${place}: ignoreCase must be true or false`);
  try {
    const { literal, longest } = checkPattern(pattern);
    if (!/^[\x20-\x7e]{4}/.test(literal))
      throw new PatternError(
        'needs a fixed text of four ASCII characters that every match holds, such as "EMP-"',
      );
    return { id, source: pattern, ignoreCase, literal, longest };
  } catch (error) {
    if (error instanceof PatternError) throw new RulesFileError(`${place}: pattern ${error.message}`);
    throw error;
  }
}

function pathOf(value: unknown, place: string): OwnPath {
  const { kind, group, path } = fieldsOf(value, place, ['kind', 'group', 'path']);
  for (const [name, given] of Object.entries({ kind, group }))
    if (given !== undefined && typeof given !== 'string')
      throw new RulesFileError(`${place}: ${name} must be a text`);
  if (typeof path !== 'string') throw new RulesFileError(`${place}: path must be a text`);
  const segments = segmentsOf(path.replace(/^\$?\.?/, ''), place);
  const [first] = segments;
  if (first === 'apiVersion' || first === 'kind' || (first === '*' && segments.length === 1))
    throw new RulesFileError(`${place}: path would remove what tells the object's kind`);
  if (first === 'metadata' && ['name', 'namespace', 'uid', undefined, '*'].includes(segments[1]))
    throw new RulesFileError(`${place}: path would remove the object's name, by which findings speak of it`);
  return { kind: kind as string | undefined, group: group as string | undefined, segments };
}

function segmentsOf(path: string, place: string): string[] {
  const segments: string[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const step = STEP.exec(path);
    if (!step) throw new RulesFileError(`${place}: path must look like spec.owner.email or spec["any name"]`);
    const name = step[1] ?? step[2];
    // Lists are looked through anyway.
    if (name !== undefined) segments.push(name);
  }
  if (segments.length === 0) throw new RulesFileError(`${place}: path is empty`);
  return segments;
}

function fieldsOf<K extends string>(
  value: unknown,
  place: string,
  known: readonly K[],
): Readonly<Partial<Record<K, unknown>>> {
  if (!isFields(value)) throw new RulesFileError(`${place}: must have ${known.join(', ')}`);
  for (const field of Object.keys(value))
    if (!(known as readonly string[]).includes(field))
      throw new RulesFileError(
        `${place}: unknown field ${field.slice(0, 60)}: there are ${known.join(', ')}`,
      );
  return value as Partial<Record<K, unknown>>;
}
