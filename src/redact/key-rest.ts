import { isCutMarker } from './cut.ts';
import { LINE_PREFIX } from './named.ts';
import { KEY_END, KEY_MATERIAL, PUBLIC_BEGIN, PUBLIC_END } from './pem.ts';

/** Lines held at most: a key of 16,384 bits has 194; a longer run of them is never shown. */
export const MAX_REST_LINES = 256;
/** Shortest whole line of a key; the last one may be shorter. */
export const SHORTEST_BODY = 40;
/** Longest line of many: timestamp, indentation, 76 characters of base64 and blanks behind them. */
export const LONGEST_BODY = 240;
/** Longest line that can be a part of a key; a key of 16,384 bits on one line has 12,400 characters. */
export const LONGEST_PART = 32 * 1024;

/** Whole lines of PEM have 64 characters, of others up to 76; several of this length are taken for those of a key. */
const FULL_BODY = 60;
const FEWEST_FULL = 2;
const FULL = new RegExp(`[A-Za-z0-9+/]{${FULL_BODY}}`);
/** Several of them on one line, with escaped line breaks. */
const ESCAPED_FULL = new RegExp(`[A-Za-z0-9+/]{${FULL_BODY}}\\\\{1,15}n[A-Za-z0-9+/]{${FULL_BODY}}`);
/** A line of a container as Docker writes it (`json-file`); what is behind the text is not part of the line. */
const DOCKER_HEAD = /{"log":"/y;
const DOCKER_TAIL = /(?:\\r)?\\n","stream":"std(?:out|err)".*$|(?:\\r)?\\n"[,}].*$|"[,}].*$/;

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
  return partFrom(line, contentStart(line));
}

function partFrom(whole: string, from: number): KeyPart | undefined {
  const line = isDockerLine(whole, from) ? whole.replace(DOCKER_TAIL, '') : whole;
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
  DOCKER_HEAD.lastIndex = at;
  return DOCKER_HEAD.test(line) ? DOCKER_HEAD.lastIndex : at;
}

/** What stands behind the text of a line in a file of Docker; empty for any other line. */
export function contentTail(line: string): string {
  return isDockerLine(line, contentStart(line)) ? (DOCKER_TAIL.exec(line)?.[0] ?? '') : '';
}

function isDockerLine(line: string, from: number): boolean {
  return line.charCodeAt(from - 1) === 34 && line.endsWith('{"log":"', from);
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
  /** Those before are hidden, the line is held. */
  | 'renew'
  /** Both are hidden: more lines than any key has, and what they are is not known. */
  | 'hide'
  /** Both are hidden, what follows the key on the line is not. */
  | 'end'
  /** Those before are hidden, the line is shown. */
  | 'close';

/** Follows the lines outside of every known key, to find the rest of one whose beginning is missing. */
export interface KeyRest {
  take(line: string): RestVerdict;
  /** Whether what is held when the text ends, or when a gap follows, is hidden. */
  readonly likely: boolean;
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
  let full = 0;
  let isPublic = false;
  return {
    get likely() {
      return isLikely();
    },
    get attentive() {
      return afterGap || stage !== 'none' || isPublic;
    },
    reset() {
      stage = 'none';
      afterGap = false;
      full = 0;
      isPublic = false;
    },
    take(line) {
      const part = keyPart(line);
      if (part === undefined) return close(line);
      const begins = afterGap;
      afterGap = false;
      if (part === 'body') return takeBody(line);
      if (part === 'wide') return takeWide(line);
      const open = stage;
      if (part === 'checksum' && (open !== 'none' || begins)) return hold('tail', 'hold');
      if (part === 'last' && (open === 'body' || (open === 'none' && begins))) return hold('tail', 'hold');
      if (part !== 'end' || open === 'none') return close(line);
      close(line);
      return 'end';
    },
  };

  /** A line that is none of a key. A run of whole lines before it is one, unless what is around says it is public. */
  function close(line: string): RestVerdict {
    const likely = isLikely() && !PUBLIC_END.test(line);
    stage = 'none';
    full = 0;
    isPublic = PUBLIC_BEGIN.test(line);
    afterGap = isCutMarker(line);
    return likely ? 'close' : 'show';
  }

  function isLikely(): boolean {
    return !isPublic && full >= FEWEST_FULL;
  }

  /** What becomes of the lines before one that begins a run. */
  function begin(): 'restart' | 'renew' {
    const verdict = isLikely() ? 'renew' : 'restart';
    full = 0;
    return verdict;
  }

  function takeWide(line: string): RestVerdict {
    const verdict = stage === 'none' ? 'hold' : begin();
    full += ESCAPED_FULL.test(line) ? FEWEST_FULL : 0;
    return hold('tail', verdict);
  }

  function takeBody(line: string): RestVerdict {
    const verdict = stage === 'tail' ? begin() : 'hold';
    if (stage !== 'body') lines = 0;
    lines++;
    if (FULL.test(line)) full++;
    if (lines > maxLines) {
      full = 0;
      return 'hide';
    }
    return hold('body', verdict);
  }

  function hold(next: Stage, verdict: RestVerdict): RestVerdict {
    stage = next;
    return verdict;
  }
}
