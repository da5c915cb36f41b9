import type { Detector } from './detector.ts';
import { LINE_PREFIX } from './named.ts';
import { mark } from './rules.ts';
import type { Span } from './span.ts';

/** First line of a private key in PEM, OpenPGP or SSH2 form; the label may say RSA, EC, ENCRYPTED, OPENSSH and so on. */
const BEGIN = /-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}/g;
const END = /-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}/;
const PUBLIC_BEGIN =
  /-----BEGIN (?:CERTIFICATE|TRUSTED CERTIFICATE|X509 CRL|PUBLIC KEY|CERTIFICATE REQUEST)-----/;
/** Unescaped key material: PEM lines are 64 or 76 characters. */
const MATERIAL = /[A-Za-z0-9+/]{40}/;
/** Lines without key material that may follow each other in a block: headers and blanks, or lines of other writers. */
const MAX_MISSES = 3;
/** Lines of a key of 16,384 bits, doubled. */
const MAX_LINES = 400;
/** Beyond this much material on the first line the whole key was on it, however it was cut. */
const ONE_LINE = 60;

/** Private keys that stand on one line, e.g. with escaped line breaks in JSON; cut ones run to its end. */
export const privateKeys: Detector = {
  triggers: ['BEGI'],
  find(text, _atLineStart, spans: Span[]) {
    BEGIN.lastIndex = 0;
    for (let begin = BEGIN.exec(text); begin; begin = BEGIN.exec(text)) {
      const end = END.exec(text.slice(BEGIN.lastIndex));
      const stop = end ? BEGIN.lastIndex + end.index + end[0].length : text.length;
      spans.push({ start: begin.index, end: stop, rule: 'private-key' });
      BEGIN.lastIndex = stop;
    }
  },
};

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
  if (END.test(after)) return undefined;
  return createKeyBlock(MATERIAL.test(after) && after.length > ONE_LINE ? 0 : MAX_MISSES);
}

function createKeyBlock(allowedMisses: number): KeyBlock {
  let misses = 0;
  let lines = 0;
  return {
    line(text) {
      const prefix = LINE_PREFIX.exec(text)?.[0] ?? '';
      const indent = /^[ \t]*/.exec(text.slice(prefix.length))?.[0] ?? '';
      const replaced = prefix + indent + mark('private-key');
      const end = END.exec(text);
      if (end) return { text: replaced, rest: text.slice(end.index + end[0].length), over: true };
      if (PUBLIC_BEGIN.test(text) || ++lines > MAX_LINES) return undefined;
      misses = MATERIAL.test(text) ? 0 : misses + 1;
      if (misses > allowedMisses) return undefined;
      return { text: text.trim() === '' ? text : replaced, rest: '', over: false };
    },
  };
}
