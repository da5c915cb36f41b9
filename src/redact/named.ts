import type { Detector } from './detector.ts';
import { isHarmless } from './harmless.ts';
import { type Identifier, identifierAround, tellingAt } from './identifier.ts';
import type { Telling } from './names.ts';
import type { Span } from './span.ts';
import { readPlain, readQuoted, skipBlanks, type ValueAt } from './value.ts';
import { PROSE_WORDS } from './words.ts';

/** Timestamp the kubelet puts before each line (`kubectl logs --timestamps`), and the stream as in files on nodes. */
export const LINE_PREFIX =
  /^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d) (?:std(?:out|err) [FP] )?)?/;
const HINT =
  /pass|pwd|_pw|(?:bind|root)pw|secret|token|cred|key|psk|authori[sz]ation|cookie|auth|licen[cs]e|docker|sessi|signature|mnemonic|(?:pat|salt|otp|pin|seed|phrase)(?![a-z])/gi;
const LINE_START = /^[\s#;>-]{0,64}(?:export |set |env )?\$?(?:\\{0,15}["'`])?$/i;
const SEPARATOR =
  /(?:\\{0,15}["'`])?[ \t]{0,16}(?::=|=>|=(?![=~])|:(?![:])|%3[Dd]|\\{1,8}u003[dD])[ \t]{0,64}/y;
const FLAG_GAP = /(?:\\{0,15}["'],?)?[ \t]{0,16}/y;
/** One word, or one quoted text, to the end of the line. */
const SINGLE_WORD = /^(["'][^"']{1,256}["'];?|[^ \t"'{}()=:]{3,256})[ \t]*$/;
const LOGIN = /\blogin[ \t]{1,4}[^ \t]{1,200}[ \t]{1,4}$/;
const STRUCTURE = /^(?:[{[]\s{0,8}(?:["'\\]|[\w-]{1,64}\s?:|$|[}\]])|map\[|&\{)/;
const PROSE = /^[A-Za-z][A-Za-z0-9/_-]*[:.,;!]?$/;
/** `password: |` of YAML: the value is on the lines below. */
const BLOCK_HEADER = /^[|>][+-]?\d?[+-]?$/;
/** The header detector takes what follows the scheme. */
const SCHEME = /^(?:basic|bearer|token|digest|negotiate|ntlm|apikey|key|hmac|aws4-hmac-sha256)\s/i;
/** Single words that, alone after `token:`, explain rather than give it. */
const VERDICT =
  /^(?:invalid|unauthorized|forbidden|expired|missing|required|empty|denied|unknown|revoked|rejected)[.!]?$/i;
/** Names that prose rarely puts before a colon: only a known word makes it prose. */
const STRONG = /pass|pw|key/i;
/** First words of a sentence about a token: a passphrase of several words begins with anything else. */
const COMPLAINT = /^(?:failed|cannot|unable|could|not|no|error|does|must|is|was|should|has)$/i;

/** Parts of telling names; short ones with what follows them, to pass by `bypass`, `keyboard` and `author`. */
const TRIGGERS: readonly string[] = [
  ...[
    'assw',
    'ASSW',
    'assp',
    'ASSP',
    'repa',
    'secr',
    'Secr',
    'SECR',
    'toke',
    'Toke',
    'TOKE',
    'cred',
    'Cred',
    'CRED',
  ],
  ...[
    'icen',
    'ICEN',
    'ooki',
    'OOKI',
    'oriz',
    'ORIZ',
    'natu',
    'NATU',
    'rcon',
    'rcfg',
    'PHPS',
    'phps',
    'JSES',
    'jses',
    'raut',
    'ndpw',
    'NDPW',
    'otpw',
    'mnem',
    'MNEM',
    'salt',
    'SALT',
    'Salt',
    '_pat',
    '_PAT',
    'HPAT',
    'bPat',
    '_otp',
    '_OTP',
    '_pin',
    '_PIN',
    'seed',
    'SEED',
  ],
  ...[
    'key',
    'Key',
    'KEY',
    'ass',
    'ASS',
    'pwd',
    'Pwd',
    'PWD',
    'psk',
    'PSK',
    'uth',
    'UTH',
    '_pw',
    '_PW',
  ].flatMap((part) => ['=', ':', '"', "'", '`', '\\', ' ', '>', '\t'].map((next) => part + next)),
  ...['pat', 'PAT', 'Pat', 'otp', 'OTP', 'pin', 'PIN'].flatMap((part) =>
    ['=', ':', '"'].map((next) => part + next),
  ),
  ...['key-', 'key_', 'KEY_', 'eyDa', 'eyId', 'key.', 'apiK', 'ApiK', 'key%', 'pwd%', 'ass%'],
];

/** `password=x`, `"token": "x"`, `--api-key x`, `<password>x</password>` and their relatives. */
export const namedValues: Detector = {
  triggers: TRIGGERS,
  find(text, atLineStart, spans) {
    HINT.lastIndex = 0;
    let searched = 0;
    for (let hit = HINT.exec(text); hit; hit = HINT.exec(text)) {
      const name = identifierAround(text, hit.index, searched);
      searched = Math.max(name.end, hit.index + hit[0].length);
      HINT.lastIndex = searched;
      const before = spans.length;
      addValue(text, name, atLineStart, spans);
      // What belongs to a secret holds no further names; reading it again would be quadratic.
      for (const { end } of spans.slice(before)) HINT.lastIndex = Math.max(HINT.lastIndex, end);
    }
  },
};

/** The value after a telling name whose separator begins at `position`; undefined when it is harmless. */
export function secretValue(
  text: string,
  position: number,
  name: {
    readonly text: string;
    readonly kind: Telling;
    readonly atLineStart: boolean;
    readonly prose: boolean;
  },
): ValueAt | undefined {
  const quoted = readQuoted(text, position);
  if (!quoted && (STRUCTURE.test(text.slice(position, position + 80)) || text.startsWith('//', position))) {
    return undefined;
  }
  const value = quoted ?? readPlain(text, position, name.atLineStart);
  const found = text.slice(value.start, value.end);
  if (found === '' || isHarmless(name.text, name.kind, found)) return undefined;
  if (value.quoted) return value;
  if (BLOCK_HEADER.test(found) || (/authorization$/i.test(name.text) && SCHEME.test(found))) return undefined;
  const plain = found.replace(/[ \t]#.*$/, '');
  if (isHarmless(name.text, name.kind, plain)) return undefined;
  if (name.prose && isProse(text, value, { plain, strong: STRONG.test(name.text) })) return undefined;
  return value;
}

function addValue(text: string, identifier: Identifier, atLineStart: boolean, spans: Span[]): void {
  const value = placeAfter(text, identifier);
  if (value === undefined) return;
  const name: Name = { ...identifier, kind: tellingAt(text, identifier) };
  if (name.kind === undefined) return;
  const { position, separator } = value;
  const rule = name.flag ? 'argument' : 'named-value';
  if (separator === '>') {
    const end = text.indexOf('<', position);
    const closed = end !== -1 && text[end + 1] === '/';
    if (closed && !isHarmless(name.text, name.kind, text.slice(position, end)))
      spans.push({ start: position, end, rule });
    return;
  }
  if (text[position] === '[' && addArray(text, position, name, spans)) return;
  const found = secretValue(text, position, {
    text: name.text,
    kind: name.kind,
    atLineStart: atLineStart && !name.flag && beginsLine(text, name.start),
    prose: separator === '' || separator.includes(':'),
  });
  if (found && !(separator === '' && text[found.start] === '-')) {
    spans.push({ start: found.start, end: found.end, rule });
  }
}

interface Name extends Identifier {
  readonly kind: Telling;
}

/** Where the value after a name begins, and what separates them; undefined: no value follows. */
function placeAfter(text: string, name: Identifier): { position: number; separator: string } | undefined {
  if (text[name.end] === '>')
    return text[name.start - 1] === '<' ? { position: name.end + 1, separator: '>' } : undefined;
  SEPARATOR.lastIndex = name.end;
  const separator = SEPARATOR.exec(text);
  if (separator) return { position: SEPARATOR.lastIndex, separator: separator[0] };
  const position = afterBlank(text, name);
  return position === undefined || position >= text.length ? undefined : { position, separator: '' };
}

/** Where the value of `--token x`, `"--token", "x"`, `requirepass x` or netrc's `password x` begins. */
function afterBlank(text: string, name: Identifier): number | undefined {
  if (name.flag) {
    FLAG_GAP.lastIndex = name.end;
    FLAG_GAP.exec(text);
    return FLAG_GAP.lastIndex > name.end ? FLAG_GAP.lastIndex : undefined;
  }
  const position = skipBlanks(text, name.end);
  if (position === name.end) return undefined;
  if (/^(?:requirepass|masterauth)$/.test(name.text)) return position;
  if (isSetting(text, name, position)) return position;
  if (name.text !== 'password') return undefined;
  return LOGIN.test(text.slice(Math.max(0, name.start - 220), name.start)) ? position : undefined;
}

/** `smtp_auth_password x` of a configuration file: a line of a telling name and one word, which is no prose. */
function isSetting(text: string, name: Identifier, position: number): boolean {
  if (!STRONG.test(name.text) || !beginsLine(text, name.start)) return false;
  const rest = SINGLE_WORD.exec(text.slice(position, position + 300))?.[1];
  return (
    rest !== undefined &&
    position + rest.length >= text.trimEnd().length &&
    !PROSE_WORDS.has(rest.toLowerCase())
  );
}

function beginsLine(text: string, start: number): boolean {
  return start < 200 && LINE_START.test(text.slice(0, start).replace(LINE_PREFIX, ''));
}

function addArray(text: string, position: number, name: Name, spans: Span[]): boolean {
  let at = skipBlanks(text, position + 1);
  const first = readQuoted(text, at);
  for (let value = first; value; value = readQuoted(text, at)) {
    if (!isHarmless(name.text, name.kind, text.slice(value.start, value.end))) {
      spans.push({ start: value.start, end: value.end, rule: 'named-value' });
    }
    const closing = text.indexOf(text[value.start - 1] ?? '"', value.end);
    if (closing === -1) break;
    at = skipBlanks(text, closing + 1);
    if (text[at] !== ',') break;
    at = skipBlanks(text, at + 1);
  }
  return first !== undefined;
}

function isProse(
  text: string,
  value: ValueAt,
  { plain, strong }: { plain: string; strong: boolean },
): boolean {
  const words = plain.split(/[ \t]/, 2);
  const first = words[0] ?? '';
  if (!PROSE.test(first)) return false;
  const known = PROSE_WORDS.has(first.toLowerCase().replace(/[:.,;!]$/, ''));
  if (value.wholeLine) return VERDICT.test(first) || (words.length > 1 && COMPLAINT.test(first));
  if (known || strong) return known;
  return /^[A-Za-z]+$/.test(first) && /^(?:: |[,.]? [a-z[])/.test(text.slice(value.end, value.end + 3));
}
