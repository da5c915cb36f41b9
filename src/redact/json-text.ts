import { isFields } from './walk.ts';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * JSON text with some values replaced: `before` is what the text says, `after` the same with replacements, equal
 * parts being the same references. Everything else keeps its bytes: numbers, spaces, order of keys.
 */
export function rewriteJson(text: string, before: unknown, after: unknown): string {
  if (before === after) return text;
  const edits: Edit[] = [];
  collect({ text, edits }, skipSpace(text, 0), { before, after });
  let result = '';
  let from = 0;
  for (const edit of edits) {
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}

interface Source {
  readonly text: string;
  readonly edits: Edit[];
}

interface Change {
  readonly before: unknown;
  readonly after: unknown;
}

/** Adds the edits within the value at `start`; returns where the value ends. */
function collect(source: Source, start: number, { before, after }: Change): number {
  const { text, edits } = source;
  if (before === after) return skipValue(text, start);
  if (isFields(before) && isFields(after) && text[start] === '{')
    return collectFields(source, start, { before, after });
  if (Array.isArray(before) && Array.isArray(after) && text[start] === '[') {
    return collectElements(source, start, { before, after });
  }
  const end = skipValue(text, start);
  edits.push({ start, end, text: JSON.stringify(after) });
  return end;
}

function collectFields(
  source: Source,
  start: number,
  { before, after }: { before: Readonly<Record<string, unknown>>; after: Readonly<Record<string, unknown>> },
): number {
  const { text } = source;
  let at = skipSpace(text, start + 1);
  while (text[at] !== '}') {
    const keyEnd = skipString(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    at = skipSpace(text, skipSpace(text, keyEnd) + 1);
    at = skipSpace(text, collect(source, at, { before: before[key], after: after[key] }));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return at + 1;
}

function collectElements(
  source: Source,
  start: number,
  { before, after }: { before: readonly unknown[]; after: readonly unknown[] },
): number {
  const { text } = source;
  let at = skipSpace(text, start + 1);
  for (let index = 0; text[at] !== ']'; index++) {
    at = skipSpace(text, collect(source, at, { before: before[index], after: after[index] }));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return at + 1;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) <= 32) at++;
  return at;
}

/** The end of a string that begins at `start`. */
function skipString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  for (;;) {
    if (end === -1) throw new Error('a JSON string does not end');
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 92) backslashes++;
    if (backslashes % 2 === 0) return end + 1;
    end = text.indexOf('"', end + 1);
  }
}

/** The end of the value that begins at `start`, in text that is known to be JSON. */
function skipValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    const code = text.charCodeAt(at);
    if (code === 34) at = skipString(text, at);
    else if (code === 123 || code === 91) {
      depth++;
      at++;
    } else if (code === 125 || code === 93) {
      depth--;
      at++;
    } else if (depth === 0) {
      while (at < text.length && !/[\s,\]}]/.test(text[at] ?? '')) at++;
    } else at++;
    if (at > text.length) throw new Error('a JSON value does not end');
  } while (depth > 0);
  return at;
}
