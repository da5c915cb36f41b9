import { MAX_NAME, type Telling, telling } from './names.ts';

/** `api key: x` in prose: two words are one name. */
const NUMBERED_KEY = /\b(api|access|private|secret|licen[cs]e|encryption|signing|master|session|auth)\s$/i;
/** What stands before the name in an annotation key: `checksum/secret` is no secret. */
const SCOPE = /[\w.-]{1,64}\/$/;
const ARN = /\barn:[\w:/-]{0,100}$/;

/** A name as it stands in a text, without the dashes of a flag. */
export interface Identifier {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Whether it is written as a command line flag. */
  readonly flag: boolean;
}

/** The name around a hit, not reaching before `from`. */
export function identifierAround(text: string, hit: number, from: number): Identifier {
  const first = Math.max(from, hit - MAX_NAME);
  let start = hit;
  while (start > first && isNameCode(text.charCodeAt(start - 1))) start--;
  let end = hit;
  const last = Math.min(text.length, start + MAX_NAME);
  while (end < last && isNameCode(text.charCodeAt(end))) end++;
  while (end > hit && /[.-]/.test(text[end - 1] ?? '')) end--;
  // An escaped line break before the name, or `\u0026` for `&`, is not part of it.
  if (text[start - 1] === '\\') start += /^u[0-9a-f]{4}/.test(text.slice(start, start + 5)) ? 5 : 1;
  const dashes = /^-{1,2}(?=[A-Za-z])/.exec(text.slice(start, start + 3))?.[0].length ?? 0;
  const flag = dashes > 0 && (start === 0 || /[\s"'`=,[\\(]/.test(text[start - 1] ?? ''));
  const name = text.slice(start + dashes, end);
  return { start: start + dashes, end, text: name, flag };
}

/** Whether a name tells of a secret where it stands. */
export function tellingAt(text: string, { start, text: name }: Identifier): Telling {
  if (name.toLowerCase() === 'key') {
    return NUMBERED_KEY.test(text.slice(Math.max(0, start - 16), start)) ? 'last' : undefined;
  }
  const before = text[start - 1];
  if (before === ':' && ARN.test(text.slice(Math.max(0, start - 120), start))) return undefined;
  const scope = before === '/' ? (SCOPE.exec(text.slice(Math.max(0, start - 80), start))?.[0] ?? '') : '';
  return telling(scope + name);
}

function isNameCode(code: number): boolean {
  if (code >= 97 && code <= 122) return true;
  if (code >= 65 && code <= 90) return true;
  return (code >= 48 && code <= 57) || code === 95 || code === 45 || code === 46;
}
