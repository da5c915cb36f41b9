import { CORE_SCHEMA, EVENT_ID, loadAll, parseEvents, SCALAR_STYLE } from 'js-yaml';
import { isFields } from './walk.ts';

type Events = ReturnType<typeof parseEvents>;
type ScalarEvent = Extract<Events[number], { type: typeof EVENT_ID.SCALAR }>;

/** Deepest nesting read; deeper documents are refused. */
const MAX_DEPTH = 200;
/** Aliases make small texts stand for large values; documents of Kubernetes tools hold none. */
const MAX_ALIASES = 1000;

/** The documents of a YAML text; throws without quoting it when it is no YAML. */
export function parseYaml(text: string): unknown[] {
  try {
    return loadAll(text, { schema: CORE_SCHEMA, maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES });
  } catch {
    // The parser's own message and cause quote the text, secrets included.
    throw new Error('the text is not YAML that can be read');
  }
}

/**
 * YAML text with some scalars replaced: `before` is what `parseYaml` read from it, `after` the same with
 * replacements. Comments, numbers and layout stay. Throws when a replaced value is an alias: its text is elsewhere.
 */
export function rewriteYaml(text: string, before: readonly unknown[], after: readonly unknown[]): string {
  const events = parseEvents(text, { maxDepth: MAX_DEPTH });
  const cursor: Cursor = { text, events, at: 0, edits: [] };
  let index = 0;
  while (cursor.at < events.length) {
    const event = events[cursor.at];
    cursor.at++;
    if (event?.type !== EVENT_ID.DOCUMENT) continue;
    if (events[cursor.at]?.type !== EVENT_ID.POP) visit(cursor, before[index], after[index]);
    index++;
  }
  let result = '';
  let from = 0;
  for (const edit of cursor.edits) {
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}

interface Cursor {
  readonly text: string;
  readonly events: Events;
  at: number;
  readonly edits: Edit[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function visit(cursor: Cursor, before: unknown, after: unknown): void {
  const event = cursor.events[cursor.at];
  cursor.at++;
  if (event === undefined) return;
  if (event.type === EVENT_ID.ALIAS && before !== after)
    throw new Error('a value to be removed is a YAML alias');
  if (event.type === EVENT_ID.SCALAR && before !== after) {
    cursor.edits.push(replaceScalar(cursor.text, event, { before, after }));
  }
  if (event.type === EVENT_ID.SEQUENCE) visitSequence(cursor, before, after);
  if (event.type === EVENT_ID.MAPPING) visitMapping(cursor, before, after);
}

function visitSequence(cursor: Cursor, before: unknown, after: unknown): void {
  for (let index = 0; cursor.events[cursor.at]?.type !== EVENT_ID.POP; index++) {
    visit(
      cursor,
      Array.isArray(before) ? before[index] : undefined,
      Array.isArray(after) ? after[index] : undefined,
    );
  }
  cursor.at++;
}

function visitMapping(cursor: Cursor, before: unknown, after: unknown): void {
  while (cursor.events[cursor.at]?.type !== EVENT_ID.POP) {
    const key = keyAt(cursor);
    visit(cursor, undefined, undefined);
    visit(cursor, isFields(before) ? before[key] : undefined, isFields(after) ? after[key] : undefined);
  }
  cursor.at++;
}

/** The key as the loader spells it; keys that are no scalars are never replaced, so any spelling does. */
function keyAt(cursor: Cursor): string {
  const event = cursor.events[cursor.at];
  if (event?.type !== EVENT_ID.SCALAR || event.valueStart < 0) return 'null';
  const raw = cursor.text.slice(event.valueStart, event.valueEnd);
  if (event.style === SCALAR_STYLE.PLAIN && event.fast) return String(loadScalar(raw));
  return String(
    loadScalar(cursor.text.slice(event.valueStart - quotesOf(event), event.valueEnd + quotesOf(event))),
  );
}

function loadScalar(source: string): unknown {
  return /^[\w./-]+$/.test(source) && !/^[\d.+-]/.test(source) ? source : parseYaml(source)[0];
}

function replaceScalar(text: string, event: ScalarEvent, change: { before: unknown; after: unknown }): Edit {
  const block = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
  if (!block) {
    const quotes = quotesOf(event);
    return {
      start: event.valueStart - quotes,
      end: event.valueEnd + quotes,
      text: JSON.stringify(change.after),
    };
  }
  const value = String(change.after);
  const sameEnd = endOf(value) === endOf(String(change.before));
  const source = text.slice(event.valueStart, event.valueEnd);
  const blank = source.slice(source.trimEnd().length);
  if (event.style === SCALAR_STYLE.LITERAL_BLOCK && sameEnd && !/^\s/.test(value)) {
    const indent = ' '.repeat(event.indent);
    const lines = value.trimEnd().split('\n');
    const body = lines.map((line) => (line === '' ? '' : indent + line)).join('\n');
    return { start: event.valueStart, end: event.valueEnd, text: body + blank };
  }
  const line = text.lastIndexOf('\n', event.valueStart - 2) + 1;
  const header = /[|>][+-]?\d?[+-]?[ \t]*(?:#[^\n]*)?\r?\n?$/.exec(text.slice(line, event.valueStart));
  const start = header ? line + header.index : event.valueStart;
  return { start, end: event.valueEnd, text: JSON.stringify(value) + blank };
}

/** The line breaks a block scalar ends in, which its header decides. */
function endOf(value: string): string {
  let count = 0;
  while (value[value.length - 1 - count] === '\n') count++;
  return '\n'.repeat(count);
}

function quotesOf(event: ScalarEvent): number {
  return event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
}
