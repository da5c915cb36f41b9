import type { Detector } from './detector.ts';

const RULE = 'known-value';
/** Every form of every value is at least this long, so that the search can jump. */
export const SHORTEST_KNOWN = 8;
/** Blank ASCII, from which no trigger is taken. */
const PLAIN = /^[\x21-\x7e]{4}$/;
/** Characters that are rare in logs make better triggers. */
const RARE = /[A-Z0-9+/=_%$!#@]/g;

/**
 * Finds values that are known to be secret, in any line: as they are, in base64 wherever in a longer text they
 * begin, and with the escapes of URLs and JSON. Values shorter than {@link SHORTEST_KNOWN} are left out.
 */
export function knownValues(values: Iterable<string>): Detector {
  const forms = [...new Set([...values].filter((value) => value.length >= SHORTEST_KNOWN).flatMap(formsOf))];
  const search = createSearch(forms.filter((form) => form.length >= SHORTEST_KNOWN));
  return {
    triggers: [...new Set(forms.map(triggerOf))],
    find(text, _atLineStart, spans) {
      search(text, (start, end) => spans.push({ start, end, rule: RULE }));
    },
  };
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const json = escapedJson(value);
  const url = encodeURIComponent(value);
  return [
    value,
    // Streams are searched as bytes.
    bytes.toString('latin1'),
    json,
    escapedJson(json),
    asGoEscapes(json),
    url,
    url.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
    url.replaceAll('%20', '+'),
    url.toLowerCase().length === url.length
      ? url.replace(/%[0-9A-F]{2}/g, (part) => part.toLowerCase())
      : url,
    ...[0, 1, 2].flatMap((shift) => base64At(bytes, shift)),
  ];
}

function escapedJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Go's encoder escapes what HTML gives a meaning. */
function asGoEscapes(json: string): string {
  return json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

/** What base64 of a longer text holds for certain where the value begins `shift` bytes into a group of three. */
function base64At(value: Buffer, shift: number): string[] {
  const text = Buffer.concat([Buffer.alloc(shift), value]).toString('base64');
  const from = shift === 0 ? 0 : shift + 1;
  const to = Math.floor(((shift + value.length) * 8) / 6);
  const sure = text.slice(from, to);
  return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')];
}

/** The four characters of a form by which a line is chosen. */
function triggerOf(form: string): string {
  let best = form.slice(0, 4);
  let score = -1;
  for (let at = 0; at + 4 <= form.length && at < 64; at++) {
    const part = form.slice(at, at + 4);
    const rare = PLAIN.test(part) ? (part.match(RARE)?.length ?? 0) : -1;
    if (rare <= score) continue;
    score = rare;
    best = part;
  }
  return best;
}

/** Wu and Manber's search for many texts, by pairs of characters in windows of the shortest length. */
function createSearch(forms: readonly string[]) {
  const last = SHORTEST_KNOWN - 1;
  const shift = new Uint8Array(0x10000).fill(last);
  const buckets = new Map<number, string[]>();
  for (const form of forms) {
    for (let at = 1; at <= last; at++) {
      const pair = pairAt(form, at);
      shift[pair] = Math.min(shift[pair] ?? last, last - at);
    }
    const pair = pairAt(form, last);
    buckets.set(pair, [...(buckets.get(pair) ?? []), form]);
  }
  return (text: string, found: (start: number, end: number) => void): void => {
    for (let at = last; at < text.length; ) {
      const pair = pairAt(text, at);
      const jump = shift[pair] ?? 0;
      if (jump > 0) {
        at += jump;
        continue;
      }
      const start = at - last;
      for (const form of buckets.get(pair) ?? []) {
        if (text.startsWith(form, start)) found(start, start + form.length);
      }
      at++;
    }
  };
}

function pairAt(text: string, at: number): number {
  return ((text.charCodeAt(at - 1) << 8) ^ text.charCodeAt(at)) & 0xffff;
}
