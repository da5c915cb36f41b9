import { isCutMarker } from './cut.ts';
import { LINE_PREFIX } from './named.ts';
import { KEY_END, KEY_MATERIAL } from './pem.ts';

/** Lines held at most: a key of 16,384 bits has 194; a longer run of them is never shown. */
export const MAX_REST_LINES = 256;
/** Shortest whole line of a key; the last one may be shorter. */
export const SHORTEST_BODY = 40;
/** Longest line of many: timestamp, indentation, 76 characters of base64 and blanks behind them. */
export const LONGEST_BODY = 240;
/** Longest line that can be a part of a key; a key of 16,384 bits on one line has 12,400 characters. */
export const LONGEST_PART = 32 * 1024;

/** Nothing but base64 and escaped line breaks, up to the end of the line or of the key: all other lines fail here. */
const PART = /[A-Za-z0-9+/=\\]*(?:[\0- ]*$|-{4,5} ?END )/y;
/** Lines of hexadecimal digits are digests. */
const BODY = /^(?![0-9a-f]+$)[A-Za-z0-9+/]{40,76}={0,2}$/;
const LAST = /^[A-Za-z0-9+/]{1,39}={0,2}$/;
/** OpenPGP's checksum below the last line (RFC 9580 §6.1). */
const CHECKSUM = /^=[A-Za-z0-9+/]{4}$/;

/** What a line can be of a private key whose beginning is not in the text. */
export type KeyPart =
  | 'body'
  /** The whole rest on one line, with escaped line breaks or none. */
  | 'wide'
  | 'last'
  | 'checksum'
  /** `-----END PRIVATE KEY-----`, maybe behind the last of the body. */
  | 'end';

/** What a line without its line break can be of a key; undefined: of none. */
export function keyPart(line: string): KeyPart | undefined {
  const from = contentStart(line);
  PART.lastIndex = from;
  if (line.length > LONGEST_PART || !PART.test(line)) return undefined;
  const content = line.slice(from, contentEnd(line));
  if (content === '') return undefined;
  if (line.length <= LONGEST_BODY && BODY.test(content)) return 'body';
  if (LAST.test(content)) return 'last';
  if (CHECKSUM.test(content)) return 'checksum';
  const dash = content.indexOf('-');
  if (dash !== -1) return KEY_END.exec(content)?.index === dash ? 'end' : undefined;
  return content.length > 76 && KEY_MATERIAL.test(content) ? 'wide' : undefined;
}

/** Where a line begins behind timestamp and indentation. */
export function contentStart(line: string): number {
  let at = LINE_PREFIX.exec(line)?.[0].length ?? 0;
  while (line.charCodeAt(at) === 32 || line.charCodeAt(at) === 9) at++;
  return at;
}

function contentEnd(line: string): number {
  let end = line.length;
  while (end > 0 && line.charCodeAt(end - 1) <= 32) end--;
  return end;
}

/** What becomes of a line, and of those held before it. */
export type RestVerdict =
  /** Both are shown. */
  | 'show'
  /** The line is held too. */
  | 'hold'
  /** Those before are shown, the line is held. */
  | 'restart'
  /** Both are hidden: more lines than any key has, and what they are is not known. */
  | 'hide'
  /** Both are hidden, what follows the key on the line is not. */
  | 'end';

/** Follows the lines outside of every known key, to find the rest of one whose beginning is missing. */
export interface KeyRest {
  take(line: string): RestVerdict;
  /** Begins anew in the middle of a text. */
  reset(): void;
  /** Whether the next line must be taken, whatever it is. */
  readonly attentive: boolean;
}

type Stage = 'none' | 'body' | 'tail';

/** A text begins or goes on behind a gap: only there the rest can be no more than the last line of a key. */
export function createKeyRest(maxLines: number): KeyRest {
  let stage: Stage = 'none';
  let lines = 0;
  let afterGap = true;
  return {
    get attentive() {
      return afterGap || stage !== 'none';
    },
    reset() {
      stage = 'none';
      afterGap = false;
    },
    take(line) {
      const part = keyPart(line);
      const begins = afterGap;
      afterGap = part === undefined && isCutMarker(line);
      if (part === 'body') return takeBody();
      if (part === 'wide') return hold('tail', stage === 'none' ? 'hold' : 'restart');
      const open = stage;
      if (part === 'checksum' && (open !== 'none' || begins)) return hold('tail', 'hold');
      if (part === 'last' && (open === 'body' || (open === 'none' && begins))) return hold('tail', 'hold');
      stage = 'none';
      return part === 'end' && open !== 'none' ? 'end' : 'show';
    },
  };

  function takeBody(): RestVerdict {
    if (stage !== 'body') lines = 0;
    lines++;
    if (lines > maxLines) return 'hide';
    return hold('body', stage === 'tail' ? 'restart' : 'hold');
  }

  function hold(next: Stage, verdict: 'hold' | 'restart'): RestVerdict {
    stage = next;
    return verdict;
  }
}
