import { CUT_TRIGGER } from './cut.ts';
import { LINE_PREFIX } from './named.ts';
import { isRedacted, mark, type Tally } from './rules.ts';

const RULE = 'secret-data';
/** Held until the kind of an object is known: `kubectl -o yaml` prints `data` before `kind`. */
const MAX_LINES = 4096;
const MAX_CHARACTERS = 256 * 1024;
/** Lines an object is followed for; longer ones are no Secret (1 MiB at most, and few keys). */
const MAX_FOLLOWED = 4096;
/** `kind: Secret`, `- data:`, `"stringData": {`: a key of YAML or of indented JSON, in a diff too. */
const KEY = /^(\+?[ \t]*(?:- +)*)(?:(["'])([\w./-]{1,256})\2[ \t]*|([\w./-]{1,256})):(?=\s|$)[ \t]*/;
const INDENT = /^\+?[ \t]*(?:- +)*/;
/** What lines of YAML and JSON begin with that have no key; a mark stands for anything. */
const STRUCTURE = /^(?!\[REDACTED:)[-#{}[\]"']/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Keys of every object, none of which is a key of its data. */
const OBJECT_KEYS: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'data',
  'stringData',
  'items',
]);
const BLOCK_HEADER = /^[|>][+-]?\d?[+-]?[ \t]*$/;

/** Turns the lines of a text into those that may be shown, as far as Secrets are printed as YAML or indented JSON. */
export interface PrintedSecrets {
  /** The lines to go on with: none while they are held, several when they are released. */
  take(line: string): readonly string[];
  /** What is held, as it may be shown. */
  release(): readonly string[];
  /** Whether the next line must be given, whatever it is. */
  readonly attentive: boolean;
}

/** Whether the object whose keys stand in a column is a Secret. */
interface Printed {
  readonly column: number;
  readonly secret: boolean | 'unknown';
}

interface Line {
  readonly text: string;
  readonly column: number;
  readonly blank: boolean;
  /** Whether it begins an element of a list. */
  readonly element: boolean;
  readonly key?: string;
  /** Where it begins behind its indentation. */
  readonly start: number;
  /** Where the value behind the key begins. */
  readonly at: number;
  readonly rest: string;
}

/** Follows objects line by line; a line of a Secret's data keeps its key and loses its value. */
export function createPrintedSecrets(tally: Tally): PrintedSecrets {
  let objects: Printed[] = [];
  let followed = 0;
  /** A text may begin in the middle of a Secret, and go on there behind a gap. */
  const middle = { column: 0, secret: 'unknown' } as const;
  let data: { readonly of: Printed; keys: number | undefined } | undefined = { of: middle, keys: undefined };
  let held: { readonly column: number; readonly lines: string[]; characters: number } | undefined;
  return {
    get attentive() {
      return objects.length > 0 || data !== undefined || held !== undefined;
    },
    take: (line) => (held ? hold(held, line) : step(line)),
    release,
  };

  function release(): readonly string[] {
    const lines = held ? decide('unknown') : [];
    objects = [];
    data = undefined;
    return held ? [...lines, ...release()] : lines;
  }

  /** The lines held, read again with what is now known of their object. */
  function decide(secret: Printed['secret']): readonly string[] {
    const { column = 0, lines = [] } = held ?? {};
    held = undefined;
    put({ column, secret });
    return lines.flatMap((line) => (held ? hold(held, line) : step(line)));
  }

  function hold(open: NonNullable<typeof held>, text: string): readonly string[] {
    const line = read(text);
    if (line.key === 'kind' && line.column === open.column && !line.element) {
      return [...decide(isSecretKind(line.rest)), ...take(text)];
    }
    if (!line.blank && leaves(line, open.column)) return [...decide('unknown'), ...take(text)];
    open.lines.push(text);
    open.characters += text.length;
    const full = open.lines.length > MAX_LINES || open.characters > MAX_CHARACTERS;
    return full ? decide(true) : [];
  }

  function take(text: string): readonly string[] {
    return held ? hold(held, text) : step(text);
  }

  function step(text: string): readonly string[] {
    const line = read(text);
    const leaving = data && (data.of === middle ? leavesMiddle(line) : leavesData(line, data.of.column));
    if (data && (line.blank || !leaving)) return [shown(line, data)];
    data = text.includes(CUT_TRIGGER) ? { of: middle, keys: undefined } : undefined;
    if (!line.blank) forget(line);
    if (line.key === 'kind') put({ column: line.column, secret: isSecretKind(line.rest) });
    if (line.key !== 'data' && line.key !== 'stringData') return [text];
    const known = objects.find(({ column }) => column === line.column);
    const of = line.key === 'stringData' ? { column: line.column, secret: true } : known;
    if (of?.secret === false) return [text];
    if (line.rest !== '' && line.rest !== '{') return [of?.secret === true ? hideValue(line) : text];
    if (of === undefined) {
      held = { column: line.column, lines: [text], characters: text.length };
      return [];
    }
    data = { of, keys: undefined };
    return [text];
  }

  /** Objects that end before a line. */
  function forget(line: Line): void {
    if (objects.length === 0) return;
    const foreign = line.key === undefined && line.column === 0 && !STRUCTURE.test(line.text.slice(line.at));
    if (foreign || isSeparator(line) || ++followed > MAX_FOLLOWED) objects = [];
    else
      objects = objects.filter(
        ({ column }) => column < line.column || (column === line.column && !line.element),
      );
  }

  function put(object: Printed): void {
    objects = [...objects.filter(({ column }) => column < object.column), object];
    followed = 0;
  }

  /** A line of the data of an object. */
  function shown(line: Line, open: NonNullable<typeof data>): string {
    if (line.blank || /^[\]}]/.test(line.text.slice(line.at))) return line.text;
    if (line.key !== undefined) open.keys ??= line.column;
    const isEntry = line.key !== undefined && line.column === open.keys;
    if (open.of.secret === 'unknown') return isEntry && isEncoded(line.rest) ? hideValue(line) : line.text;
    if (isEntry) return line.rest === '' || BLOCK_HEADER.test(line.rest) ? line.text : hideValue(line);
    return replaced(line.text, line.start, '');
  }

  function hideValue({ text, at, rest }: Line): string {
    if (rest === '{}' || rest === 'null') return text;
    const json = rest.startsWith('"') ? '"' : '';
    return replaced(text, at, rest.endsWith(',') ? ',' : '', json);
  }

  function replaced(text: string, at: number, after: string, quote = ''): string {
    if (isRedacted(text.slice(at))) return text;
    tally.add(RULE);
    return `${text.slice(0, at)}${quote}${mark(RULE)}${quote}${after}${text.endsWith('\r') ? '\r' : ''}`;
  }
}

function read(text: string): Line {
  const prefix = LINE_PREFIX.exec(text)?.[0].length ?? 0;
  const body = text.slice(prefix);
  const blank = body.trim() === '';
  const match = KEY.exec(body);
  const indent = match?.[1] ?? INDENT.exec(body)?.[0] ?? '';
  const at = prefix + (match ? match[0].length : indent.length);
  return {
    text,
    column: indent.length,
    blank,
    element: indent.includes('-'),
    key: match?.[3] ?? match?.[4],
    start: prefix + indent.length,
    at,
    rest: match ? text.slice(at).trimEnd() : '',
  };
}

/** Whether a line is outside of the object whose keys stand in a column. */
function leaves(line: Line, column: number): boolean {
  if (line.column < column || isSeparator(line)) return true;
  if (line.column > column) return false;
  return line.element || (line.key === undefined && !STRUCTURE.test(line.text.slice(line.at)));
}

/** Whether a line is outside of the data below a key in a column; indented JSON closes it in the same one. */
function leavesData(line: Line, column: number): boolean {
  return line.column <= column && !(line.column === column && /^[\]}]/.test(line.text.slice(line.at)));
}

/** Whether a line is none of the data of an object whose beginning is missing. */
function leavesMiddle(line: Line): boolean {
  return line.column === 0 || line.element || OBJECT_KEYS.has(line.key ?? '');
}

function isSeparator(line: Line): boolean {
  return (
    line.key === undefined &&
    line.column === 0 &&
    /^(?:---|\.\.\.|\[kubecase: )/.test(line.text.slice(line.at))
  );
}

function isSecretKind(rest: string): boolean {
  return /^["']?Secret["']?,?[ \t]*(?:#.*)?$/.test(rest);
}

/** Whether a value is base64 and nothing one would write: only that tells Secrets from ConfigMaps without a kind. */
function isEncoded(rest: string): boolean {
  const value = rest.replace(/^["']|["']?,?$/g, '');
  return (
    BASE64.test(value) &&
    (value.endsWith('=') || (/\d/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value)))
  );
}
