import { rewriteJson } from './json-text.ts';
import { isRedacted, mark } from './rules.ts';
import { redactLines } from './text.ts';
import type { Walk } from './walk.ts';
import { parseYaml, rewriteYaml } from './yaml-text.ts';

/** Documents within documents beyond this are removed unseen. */
const MAX_DEPTH = 5;
/** Shorter texts hold neither an encoded document nor a token. */
const SHORTEST = 6;
const SHORTEST_ENCODED = 24;
const BASE64 = /^[A-Za-z0-9+/]{4}[A-Za-z0-9+/\r\n]*={0,2}\s?$/;
/** What may be lines of a private key whose first one is missing. */
const LINE_OF_KEY = 60;
const LINES_OF_KEY = new RegExp(`[A-Za-z0-9+/]{${LINE_OF_KEY}}(?:\\\\[nr]|\\s)`);
const BASE64_HEAD = /^[A-Za-z0-9+/]{16}/;
const DATA_URL = /^data:[\w/+.;=-]{0,100};base64,/;
/** A Secret within a text: its values need no telling names, so the text is read as objects. */
const SECRET_JSON = /"kind"\s{0,4}:\s{0,4}"Secret"/;
const SECRET_YAML = /^[ \t-]*["']?kind["']?:[ \t]*["']?Secret\b/m;
/** First bytes of gzip, zstd, bzip2, xz, zip and Java key stores: what cannot be looked into is removed. */
const OPAQUE = [
  '\x1f\x8b',
  '\x28\xb5\x2f\xfd',
  'BZh',
  '\xfd7zXZ',
  'PK\x03\x04',
  '\xfe\xed\xfe\xed',
  '\xce\xce\xce\xce',
];

/** A text of any kind as it may be shown: embedded JSON, YAML and base64 are looked into. */
export function redactString(text: string, walk: Walk): string {
  if (text.length < SHORTEST) return text;
  if (text.length >= SHORTEST_ENCODED) {
    if (isEncoded(text)) return redactEncoded(text, '', walk);
    const data = text.startsWith('data:') ? DATA_URL.exec(text)?.[0] : undefined;
    if (data !== undefined) return redactEncoded(text.slice(data.length), data, walk);
  }
  const { prefilter, cleanStrings } = walk.policy;
  if (prefilter.hits(text) === 0 && (text.length <= LINE_OF_KEY || !LINES_OF_KEY.test(text))) return text;
  if (cleanStrings.has(text)) return text;
  const first = text.trimStart()[0];
  const jsonLike = first === '{' || first === '[' || first === '"';
  if (jsonLike) {
    const json = redactEmbeddedJson(text, walk);
    if (json !== undefined) return json;
  }
  if (SECRET_YAML.test(text)) return redactEmbeddedYaml(text, walk);
  const shown = redactLines(text, walk.policy, walk.tally);
  // What becomes of JSON depends on how deep it lies.
  if (shown === text && !jsonLike) cleanStrings.add(text);
  return shown;
}

/** Binary data of a ConfigMap: text in it is redacted, anything else goes. */
export function redactBinary(encoded: string, walk: Walk): string {
  const bytes = Buffer.from(encoded, 'base64').toString('latin1');
  if (isPrintable(bytes)) return redactEncoded(encoded, '', walk);
  return replace('opaque-data', walk);
}

/** The parsed and redacted JSON of a text; undefined when it is no JSON and has to be taken as text. */
function redactEmbeddedJson(text: string, walk: Walk): string | undefined {
  if (walk.depth >= MAX_DEPTH) return replace('embedded-json', walk);
  const parsed = parseOrUndefined(text);
  if (parsed === undefined) {
    return SECRET_JSON.test(text) ? replace('embedded-json', walk) : undefined;
  }
  return rewriteJson(text, parsed, walk.deeper().value(parsed));
}

function redactEmbeddedYaml(text: string, walk: Walk): string {
  if (walk.depth >= MAX_DEPTH) return replace('embedded-json', walk);
  let documents: readonly unknown[];
  try {
    documents = parseYaml(text);
  } catch {
    return replace('embedded-json', walk);
  }
  const deeper = walk.deeper();
  const after = documents.map((document) => deeper.value(document));
  return redactLines(rewriteYaml(text, documents, after), walk.policy, walk.tally);
}

function redactEncoded(encoded: string, head: string, walk: Walk): string {
  const bytes = Buffer.from(encoded, 'base64');
  const text = bytes.toString('latin1');
  if (OPAQUE.some((magic) => text.startsWith(magic))) return head + replace('opaque-data', walk);
  if (isPrivateKeyDer(bytes)) return head + replace('private-key', walk);
  const isText = isPrintable(text) && !isRedacted(text);
  if (isText && walk.depth < MAX_DEPTH) {
    const after = redactString(text, walk.deeper());
    if (after !== text) return head + Buffer.from(after, 'latin1').toString('base64');
  }
  const plain = head === '' ? redactLines(encoded, walk.policy, walk.tally) : encoded;
  if (plain === encoded && isText && walk.depth >= MAX_DEPTH) return head + replace('opaque-data', walk);
  return head + plain;
}

/**
 * Whether bytes are a private key in DER: a sequence that begins with version 0 (PKCS #1 and #8) or version 1
 * and an octet string (SEC 1), or with version 3 and a sequence (PKCS #12). Certificates begin with a sequence.
 */
function isPrivateKeyDer(bytes: Buffer): boolean {
  if (bytes[0] !== 0x30 || bytes.length < 40) return false;
  const length = bytes[1] ?? 0;
  const at = length < 0x80 ? 2 : 2 + (length & 0x7f);
  if (bytes[at] !== 0x02 || bytes[at + 1] !== 0x01) return false;
  const version = bytes[at + 2];
  const next = bytes[at + 3];
  if (version === 0) return next === 0x02 || next === 0x30;
  return (version === 1 && (next === 0x04 || next === 0x30)) || (version === 3 && next === 0x30);
}

/** Whether a text can be base64; most others fail on their first characters. */
function isEncoded(text: string): boolean {
  return BASE64_HEAD.test(text) && BASE64.test(text);
}

/** Whether latin1 text holds no control characters but tabs, line breaks and terminal colours. */
function isPrintable(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13 && code !== 27) return false;
  }
  return true;
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function replace(rule: string, walk: Walk): string {
  walk.tally.add(rule);
  return mark(rule);
}
