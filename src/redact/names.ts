import {
  CODE_WORDS,
  DIGEST_WORDS,
  FACT_WORDS,
  HARMLESS_NAMES,
  KEY_WORDS,
  LAST_WORDS,
  REFERENCE_WORDS,
  STRONG_WORDS,
  TELLING_ENDINGS,
  TELLING_PAIRS,
  WEAK_FACT_WORDS,
  WEAK_WORDS,
} from './words.ts';

/** How surely a name tells that its value is secret; `undefined`: it does not. */
export type Telling =
  /** The name ends in what is secret: `db_password`. */
  | 'last'
  /** Something follows that may make the value harmless: `password_2024_limit_x`. */
  | 'within'
  /** `license`: an SPDX id stays, a licence document goes. */
  | 'license'
  /** `auth` or `basic_auth`: secret only when the value is `user:password` or base64 of it. */
  | 'pair'
  /** `otp`, `user_pin`: digits or a seed go, anything else stays. */
  | 'code'
  /** A name of the user's own rules: everything goes. */
  | 'own'
  /** `existingSecret`: the name of a Secret stays, anything else goes. */
  | 'reference'
  | undefined;

/** Longest name that is looked at, in characters: DNS subdomain, slash and label of an annotation key. */
export const MAX_NAME = 320;
/** A letter sequence every telling name holds; spares splitting all the others. */
const HINT =
  /pass|pwd|pw|secret|token|cred|key|psk|authori[sz]|cookie|auth|docker|sessi|sign|licen[sc]e|shared|mnemonic|(?:pat|salt|otp|pin|seed|phrase|pincode)(?![a-z])/i;

/** Names remembered at most; beyond it the book begins anew. */
const MAX_NAMES = 20_000;

/** Answers for names of fields, which repeat in every object. */
export interface NameBook {
  telling(name: string): Telling;
}

/** A book that works out each name once; `isOwn` names those of the user's own rules. */
export function createNameBook(isOwn: (name: string) => boolean = () => false): NameBook {
  const known = new Map<string, Telling | null>();
  return {
    telling(name) {
      const answer = known.get(name);
      if (answer !== undefined) return answer ?? undefined;
      if (known.size >= MAX_NAMES) known.clear();
      const fresh = isOwn(name) ? 'own' : telling(name);
      known.set(name, fresh ?? null);
      return fresh;
    },
  };
}

/** Whether and how a field, variable, flag or header name tells that its value is secret. */
export function telling(name: string): Telling {
  if (name.length < 2 || name.length > MAX_NAME || !HINT.test(name)) return undefined;
  const words = splitWords(name.slice(name.lastIndexOf('/') + 1));
  if (words.length === 0 || HARMLESS_NAMES.has(words.join(' '))) return undefined;
  if (splitWords(name).some((word) => DIGEST_WORDS.has(word))) return undefined;
  const found = lastTellingWord(words);
  if (!found) return special(words);
  const last = words[words.length - 1] ?? '';
  if (found.end === words.length - 1) return isReference(words) ? 'reference' : 'last';
  if (FACT_WORDS.has(last)) return undefined;
  if (!found.strong && (WEAK_FACT_WORDS.has(last) || WEAK_FACT_WORDS.has(words[found.end + 1] ?? ''))) {
    return found.secretId ? 'last' : undefined;
  }
  return 'within';
}

/** The words of a name in lower case: split at separators and at humps, digits at the end dropped. */
export function splitWords(name: string): string[] {
  const spaced = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase();
  const words = spaced.split(/[^a-z0-9]+/).filter((word) => word !== '');
  while (
    words.length > 1 &&
    /^(?:v?\d+|b64|base64|value|string|raw|plain|plaintext)$/.test(words.at(-1) ?? '')
  ) {
    words.pop();
  }
  const last = words.pop();
  if (last !== undefined) words.push(last.replace(/(?<=[a-z]{3})\d{1,4}$/, ''));
  return words;
}

interface TellingWord {
  readonly end: number;
  readonly strong: boolean;
  /** `secret_id` of a Vault AppRole is the secret itself. */
  readonly secretId: boolean;
}

function lastTellingWord(words: readonly string[]): TellingWord | undefined {
  for (let index = words.length - 1; index >= 0; index--) {
    const word = words[index] ?? '';
    const before = words[index - 1] ?? '';
    const secretId = word === 'secret' && words[index + 1] === 'id' && words.length === index + 2;
    if (STRONG_WORDS.has(word)) return { end: index, strong: true, secretId };
    if (word === 'key' && KEY_WORDS.has(before)) return { end: index, strong: true, secretId };
    if (TELLING_PAIRS.has(`${before} ${word}`)) return { end: index, strong: true, secretId };
    if (WEAK_WORDS.has(word)) return { end: index, strong: false, secretId };
    if (
      LAST_WORDS.has(word) &&
      index === words.length - 1 &&
      !before.endsWith('proxy') &&
      !before.endsWith('cgi')
    ) {
      return { end: index, strong: true, secretId };
    }
    const ending = TELLING_ENDINGS.find((text) => word.length > text.length && word.endsWith(text));
    if (ending) return { end: index, strong: ending.startsWith('pass'), secretId };
  }
  return undefined;
}

function special(words: readonly string[]): Telling {
  const last = words[words.length - 1];
  if (last === 'license' || last === 'licence') return 'license';
  if (CODE_WORDS.has(last ?? '')) return 'code';
  return last === 'auth' ? 'pair' : undefined;
}

function isReference(words: readonly string[]): boolean {
  const before = words[words.length - 2];
  return words[words.length - 1] === 'secret' && before !== undefined && REFERENCE_WORDS.has(before);
}
