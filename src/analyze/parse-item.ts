import type { SelectNode } from '../model/json.ts';

/** Unescaped quotes on both sides: it cannot stand inside a JSON string. */
const KEY = '"managedFields":[';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/**
 * Parses one object. Its managedFields, up to half of its bytes, are left out before that when nobody
 * reads them. Throws SyntaxError.
 */
export function parseItem(bytes: Buffer, keepsManagedFields: boolean): unknown {
  const text = bytes.toString();
  if (keepsManagedFields) return JSON.parse(text);
  const key = text.indexOf(KEY);
  if (key < 0) return JSON.parse(text);
  const from = key + KEY.length;
  const to = endOfArray(text, from);
  return JSON.parse(to < 0 ? text : text.slice(0, from) + text.slice(to));
}

/** Whether a select tree keeps a field of this name anywhere. */
export function keepsField(tree: SelectNode, field: string): boolean {
  if (tree === true) return true;
  return field in tree || Object.values(tree).some((child) => child !== true && keepsField(child, field));
}

/** Index of the bracket that closes the array whose first element begins at `from`; -1 when there is none. */
function endOfArray(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OPEN) depth++;
    else if (code === CLOSE && --depth === 0) return at;
  }
  return -1;
}

/** Index of the quote that ends the string begun at `from`; the end of the text when there is none. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return text.length;
}
