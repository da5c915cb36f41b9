import { CUT_TRIGGER, isCutMarker } from './cut.ts';
import type { Detector } from './detector.ts';
import { LINE_PREFIX } from './named.ts';
import { mark } from './rules.ts';
import type { Span } from './span.ts';

/** First line of a private key in PEM, OpenPGP or SSH2 form; the label may say RSA, EC, ENCRYPTED, OPENSSH and so on. */
const BEGIN = /-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}/g;
/** Last line of such a key. */
export const KEY_END = /-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}/;
const ENDS = new RegExp(KEY_END, 'g');
/** First line of a block that anyone may see. */
export const PUBLIC_BEGIN =
  /-----BEGIN (?:CERTIFICATE|TRUSTED CERTIFICATE|X509 CRL|PUBLIC KEY|RSA PUBLIC KEY|EC PUBLIC KEY|(?:NEW )?CERTIFICATE REQUEST|PKCS7|DH PARAMETERS|PGP (?:PUBLIC KEY BLOCK|SIGNATURE|MESSAGE))-----/;
/** Last line of such a block. */
export const PUBLIC_END = new RegExp(PUBLIC_BEGIN.source.replace('BEGIN', 'END'));
/** Unescaped key material: PEM lines are 64 or 76 characters. */
export const KEY_MATERIAL = /[A-Za-z0-9+/]{40}/;
const ESCAPED_END = /[A-Za-z0-9+/=]\\{1,15}[nr]$/;
/** What stands before the first word of a line. */
const LINE_HEAD = new RegExp(`${LINE_PREFIX.source}[ \\t]*$`);
/** Lines without key material that may follow each other in a block: headers and blanks, or lines of other writers. */
const MAX_MISSES = 3;
/** Lines of a key of 16,384 bits, doubled. */
const MAX_LINES = 400;
/** Beyond this much material on the first line the whole key was on it, however it was cut. */
const ONE_LINE = 60;

/** Private keys that stand on one line, e.g. with escaped line breaks in JSON; cut ones run from or to its ends. */
export const privateKeys: Detector = {
  triggers: ['BEGI', 'END ', CUT_TRIGGER],
  find(text, _atLineStart, spans: Span[]) {
    let from = 0;
    BEGIN.lastIndex = 0;
    for (let begin = BEGIN.exec(text); begin; begin = BEGIN.exec(text)) {
      addRests({ text, from, to: begin.index }, spans);
      const end = KEY_END.exec(text.slice(BEGIN.lastIndex));
      const stop = end ? BEGIN.lastIndex + end.index + end[0].length : text.length;
      spans.push({ start: begin.index, end: stop, rule: 'private-key' });
      BEGIN.lastIndex = stop;
      from = stop;
    }
    addRests({ text, from, to: text.length }, spans);
  },
};

interface Range {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Keys whose beginning is not on the line: what is directly before their end. */
function addRests({ text, from, to }: Range, spans: Span[]): void {
  let floor = from;
  ENDS.lastIndex = from;
  for (let end = ENDS.exec(text); end && end.index < to; end = ENDS.exec(text)) {
    let start = end.index;
    while (start > floor && isRestCode(text.charCodeAt(start - 1))) start--;
    const rest = text.slice(start, end.index);
    floor = ENDS.lastIndex;
    if (KEY_MATERIAL.test(rest) || (ESCAPED_END.test(rest) && LINE_HEAD.test(text.slice(0, start))))
      spans.push({ start, end: floor, rule: 'private-key' });
  }
}

/** Base64 and the backslash of escaped line breaks, whose letters base64 has too. */
export function isRestCode(code: number): boolean {
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 47 && code <= 57)) return true;
  return code === 43 || code === 61 || code === 92;
}

/** What is left of a private key on the lines after its first. */
export interface KeyBlock {
  /** The line with key material replaced; `undefined`: the block is over and the line is none of its. */
  line(text: string): { readonly text: string; readonly rest: string; readonly over: boolean } | undefined;
}

/** The block a line opens, if it begins a private key and does not end it. */
export function openKeyBlock(text: string): KeyBlock | undefined {
  let last: RegExpExecArray | undefined;
  for (const match of text.matchAll(BEGIN)) last = match;
  if (!last) return undefined;
  const after = text.slice(last.index + last[0].length);
  if (KEY_END.test(after)) return undefined;
  return createKeyBlock(KEY_MATERIAL.test(after) && after.length > ONE_LINE ? 0 : MAX_MISSES);
}

function createKeyBlock(allowedMisses: number): KeyBlock {
  let misses = 0;
  let lines = 0;
  return {
    line(text) {
      const prefix = LINE_PREFIX.exec(text)?.[0] ?? '';
      const indent = /^[ \t]*/.exec(text.slice(prefix.length))?.[0] ?? '';
      const replaced = prefix + indent + mark('private-key');
      const end = KEY_END.exec(text);
      if (end) return { text: replaced, rest: text.slice(end.index + end[0].length), over: true };
      if (PUBLIC_BEGIN.test(text) || isCutMarker(text) || ++lines > MAX_LINES) return undefined;
      misses = KEY_MATERIAL.test(text) ? 0 : misses + 1;
      if (misses > allowedMisses) return undefined;
      return { text: text.trim() === '' ? text : replaced, rest: '', over: false };
    },
  };
}
