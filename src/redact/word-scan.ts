import { isWord, wordHash } from './name-index.ts';

/** What stands for a part of a text, and how much of it. */
export interface Replacement {
  readonly length: number;
  readonly text: string;
}

/** Asked at each word of a text; `end` is behind its last letter or digit. */
export type Replace = (text: string, at: number, end: number) => Replacement | undefined;

/** A text with parts replaced, and how many. */
export interface ReplacedText {
  readonly text: string;
  readonly count: number;
}

const BACKSLASH = 92;
const PERCENT = 37;
const ESCAPE = 27;
/** What stands behind backslashes and is not part of the word it stands at: `\n10.0.0.1`. */
const SHORT_ESCAPE = /[nrtbfv]/;
const LONG_ESCAPE = /u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}/y;
const HEXADECIMAL = /[0-9A-Fa-f]{2}/y;
const COLOUR = /\[[\d;]{0,16}[A-Za-z]/y;

/**
 * Asks for a replacement wherever a word begins: a run of letters and digits, also one behind an escape (`\n`,
 * `\u003c`, `%2F`, a colour). What was replaced is not looked at again. `wanted`, by `wordHash`, says which words are
 * worth the question beside those an address may begin with.
 */
export function replaceWords(text: string, replace: Replace, wanted: Uint8Array): ReplacedText {
  let result = '';
  let copied = 0;
  let count = 0;
  let at = 0;

  /** The end of what was replaced at a place, or -1. */
  function tried(from: number, end: number): number {
    const found = replace(text, from, end);
    if (found === undefined) return -1;
    result += text.slice(copied, from) + found.text;
    copied = from + found.length;
    count++;
    return copied;
  }

  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isWord(code)) {
      const end = wordEnd(text, at);
      const isWanted =
        wanted[wordHash(text, at, end)] === 1 || (end - at <= 4 && JOINS[text.charCodeAt(end)] === 1);
      const behind = isWanted ? tried(at, end) : -1;
      at = behind === -1 ? end : behind;
    } else if (code === BACKSLASH || code === PERCENT || code === ESCAPE) {
      at = escaped(at, code);
    } else at++;
  }
  return count === 0 ? { text, count } : { text: result + text.slice(copied), count };

  /** Where to go on behind an escape; what looks like one may be the beginning of a word as well. */
  function escaped(from: number, code: number): number {
    let first = from + 1;
    while (code === BACKSLASH && text.charCodeAt(first) === BACKSLASH) first++;
    if (isWord(text.charCodeAt(first))) {
      const behind = tried(first, wordEnd(text, first));
      if (behind !== -1) return behind;
    }
    if (code === ESCAPE) return matchEnd(COLOUR, text, first);
    if (code === PERCENT) return matchEnd(HEXADECIMAL, text, first);
    if (SHORT_ESCAPE.test(text.charAt(first))) return first + 1;
    const long = matchEnd(LONG_ESCAPE, text, first);
    return long === first ? first : matchEnd(COLOUR, text, long);
  }
}

/** What stands behind the first part of an address: `.`, `-` and `:`. */
const JOINS = new Uint8Array(128);
for (const join of '.-:') JOINS[join.charCodeAt(0)] = 1;

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function wordEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && isWord(text.charCodeAt(end))) end++;
  return end;
}
