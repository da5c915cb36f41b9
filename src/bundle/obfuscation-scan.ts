import type { Obfuscation } from '../redact/obfuscate.ts';

/** Shortest base64 that is looked into. */
const SHORTEST_BASE64 = 40;
const BASE64 = new Uint8Array(128);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
  BASE64[letter.charCodeAt(0)] = 1;
/** What a line of PEM is, and how long: its last one may be shorter. */
const LINE = /^[A-Za-z0-9+/]+={0,2}$/;
const MIN_LINE = 60;
const MAX_LINE = 80;
/** Shorter names stand by chance in what is no text at all. */
const SHORTEST_ENCODED = 6;
const ADDRESS = /(?<![A-Za-z0-9.])\d{1,3}(?:\.\d{1,3}){3}(?![A-Za-z0-9]|\.\d)/g;
const ADDRESS_6 = /(?<![A-Za-z0-9:.])[0-9a-f]{1,4}:[0-9a-f:]{2,34}(?![A-Za-z0-9:])/g;
/** Addresses that begin like a version may be one. */
const LIKE_A_VERSION = /^[1-9]\./;

/**
 * Finds a name or address that was to be replaced, for the scan of a finished bundle. Plainer than what it checks and
 * written apart from it: `hostname-or-namespace` or `address`, or undefined.
 */
export function createObfuscationScan(obfuscation: Obfuscation): (text: string) => string | undefined {
  const { names, addresses } = obfuscation.pseudonyms();
  const stand = new Set(names.keys());
  const wanted = new Set<string>();
  // First and last letters of first words.
  const ends = new Uint8Array(64 * 64);
  const lengths = new Map<string, Set<number>>();
  for (const name of names.values()) {
    if (stand.has(name)) continue;
    const word = /^[A-Za-z0-9]+/.exec(name)?.[0] ?? '';
    wanted.add(name);
    ends[((word.charCodeAt(0) & 63) << 6) | (word.charCodeAt(word.length - 1) & 63)] = 1;
    lengths.set(word, (lengths.get(word) ?? new Set()).add(name.length));
  }
  // An address of the cluster may be what stands for another one.
  const known = new Set(
    [...addresses.values()].filter(
      (one) => !one.includes('/') && !LIKE_A_VERSION.test(one) && !addresses.has(one),
    ),
  );

  const patterns = [...known].some((one) => one.includes(':')) ? [ADDRESS, ADDRESS_6] : [ADDRESS];

  function holdsName(text: string, shortest: number): boolean {
    if (wanted.size === 0) return false;
    for (let from = 0, at = 0; at <= text.length; at++) {
      if (isLetterOrDigit(text.charCodeAt(at))) continue;
      if (at > from && holdsNameAt(text, from, at, shortest)) return true;
      from = at + 1;
    }
    return false;
  }

  function holdsNameAt(text: string, from: number, wordEnd: number, shortest: number): boolean {
    if (ends[((text.charCodeAt(from) & 63) << 6) | (text.charCodeAt(wordEnd - 1) & 63)] === 0) return false;
    for (const length of lengths.get(text.slice(from, wordEnd)) ?? []) {
      const end = from + length;
      if (length >= shortest && !isLetterOrDigit(text.charCodeAt(end)) && wanted.has(text.slice(from, end)))
        return true;
    }
    return false;
  }

  function holdsAddress(text: string): boolean {
    if (known.size === 0) return false;
    for (const pattern of patterns)
      for (const [address] of text.matchAll(pattern)) if (known.has(address)) return true;
    return false;
  }

  function ruleIn(text: string, shortest: number): string | undefined {
    if (holdsName(text, shortest)) return 'hostname-or-namespace';
    return holdsAddress(text) ? 'address' : undefined;
  }

  return (given) => {
    const text = given.includes('\\') ? given.replace(/\\(?:[nrtbf]|u[0-9a-f]{4})/g, '\n') : given;
    const rule = ruleIn(text, 0);
    if (rule !== undefined) return rule;
    for (const encoded of [...base64In(joined(text)), ...base64In(text)]) {
      const inner = ruleIn(Buffer.from(encoded, 'base64').toString('latin1'), SHORTEST_ENCODED);
      if (inner !== undefined) return `${inner} in base64`;
    }
    return undefined;
  };
}

function isLetterOrDigit(code: number): boolean {
  const letter = code | 32;
  return (code >= 48 && code <= 57) || (letter >= 97 && letter <= 122);
}

/** The runs of base64 in a text but for digests, which are hexadecimal. */
function base64In(text: string): string[] {
  const runs: string[] = [];
  for (let from = 0, at = 0; at <= text.length; at++) {
    if (BASE64[text.charCodeAt(at)] === 1) continue;
    if (at - from >= SHORTEST_BASE64) {
      const run = text.slice(from, at);
      if (!/^[0-9a-f]+$/.test(run)) runs.push(run);
    }
    from = at + 1;
  }
  return runs;
}

/** Lines of base64 as one, so that a name at a line break is found. */
function joined(text: string): string {
  let result = '';
  let within = false;
  for (const line of text.split('\n')) {
    const bare = line.length <= MAX_LINE ? line.trim() : line;
    const isPart: boolean =
      bare.length <= MAX_LINE && bare.length >= (within ? 1 : MIN_LINE) && LINE.test(bare);
    if (isPart) result += within ? bare : `\n${bare}`;
    within = isPart;
  }
  return result;
}
