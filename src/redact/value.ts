/** Where a value lies in a text, and the value as a person would read it. */
export interface ValueAt {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  /** Whether nothing but the value stands between the separator and the end of the line. */
  readonly wholeLine: boolean;
}

const QUOTE = /(\\{0,15})(["'`])/y;
/** Another key on the same line: what follows the value is not part of it. */
const NEXT_KEY = /[ \t,;&|][A-Za-z_][\w.-]{0,63}[ \t]?[=:](?!\/\/)/;
/** A separator that ends an unquoted value, because a space, the end or another key follows it. */
const CUT = /[,;&|](?=$|[ \t\r\n]|[A-Za-z_][\w.-]{0,63}[=:])/;
const CLOSING = /[)\]}>,;.:|]{1,8}$/;

/** The quoted text that begins at `position`: its inside; unterminated quotes run to the end. */
export function readQuoted(text: string, position: number): ValueAt | undefined {
  QUOTE.lastIndex = position;
  const opening = QUOTE.exec(text);
  if (!opening) return undefined;
  const depth = opening[1]?.length ?? 0;
  const quote = opening[2] ?? '"';
  const start = QUOTE.lastIndex;
  let end = text.indexOf(quote, start);
  while (end !== -1 && !closes(text, { start, end, depth })) {
    // Doubled single quotes stand for one in YAML, SQL and shells.
    end = text.indexOf(quote, end + (doubled(text, end, depth) ? 2 : 1));
  }
  if (end === -1) return { start, end: text.length, quoted: true, wholeLine: true };
  return { start, end: end - depth, quoted: true, wholeLine: false };
}

/** The unquoted value that begins at `position`; at the start of a line it may hold spaces and separators. */
export function readPlain(text: string, position: number, atLineStart: boolean): ValueAt {
  if (atLineStart) {
    const rest = text.slice(position);
    if (!NEXT_KEY.test(rest)) {
      return { start: position, end: endOfText(text), quoted: false, wholeLine: true };
    }
  }
  let end = position;
  while (end < text.length && !endsPlain(text, end)) end++;
  const run = text.slice(position, end);
  const cut = CUT.exec(run);
  const value = (cut ? run.slice(0, cut.index) : run).replace(CLOSING, '');
  return { start: position, end: position + value.length, quoted: false, wholeLine: false };
}

/** Where a text ends when blanks behind it do not count; only ASCII ones, for bytes of other letters look like others. */
function endOfText(text: string): number {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) <= 32) end--;
  return end;
}

/** The position of the first character at or after `position` that is neither space nor tab. */
export function skipBlanks(text: string, position: number): number {
  let at = position;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
  return at;
}

/**
 * Text within JSON within JSON doubles its backslashes: a quote that opened behind `depth` of them is closed
 * by one behind an odd multiple; any other number belongs to an escaped quote inside.
 */
function closes(text: string, at: { start: number; end: number; depth: number }): boolean {
  if (at.end > at.start && doubled(text, at.end, at.depth)) return false;
  let backslashes = 0;
  while (at.end - backslashes > at.start && text.charCodeAt(at.end - backslashes - 1) === 92) backslashes++;
  return backslashes % (2 * (at.depth + 1)) === at.depth;
}

function doubled(text: string, at: number, depth: number): boolean {
  return depth === 0 && text[at] === "'" && text[at + 1] === "'";
}

function endsPlain(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code <= 32 || code === 34 || code === 39 || code === 60 || code === 62 || code === 96) return true;
  return code === 92 && /["'nrtu`]/.test(text[at + 1] ?? '');
}
