import type { LogTail } from '../model/log-signals.ts';

/** The line of a log that says most about why a program ended or fails. */
export interface ErrorLine {
  /** Without the time the kubelet put before it, without colours; of a JSON line its message and error. */
  readonly text: string;
  /** 1-based line in its log. */
  readonly line: number;
}

/** Longest text given, in characters. */
const TEXT_MAX = 300;
const KUBELET_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) /;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours begin with the escape character.
const COLOURS = /\u001b\[[\d;]*m/g;

/** Fields by which loggers write level, message and error; a nested error holds a `message` of its own. */
const JSON_FIELD = /"(level|severity|lvl|msg|message|event|error|err|exception)":\s*"((?:[^"\\]|\\.)*)"/g;

/** Frames of stack traces in Java, JavaScript, Python, Go, .NET, Ruby and Rust, and what closes or counts them. */
const FRAME =
  /^\s+at |^\s*at .+\(.*:\d+|^\s*File ".*", line \d+|^\s*\.\.\. \d+ (?:more|common frames)|^goroutine \d+ \[|^\s+\S+\.\w+:\d+(?: \+0x|$)|^\S+\(.*\)$|^\s*from .*:\d+:in |^\s*\d+: .*::|^\s*(?:Traceback \(most|During handling|The above exception|stack backtrace|note: run with)|^\s*\^+$|^created by /;
/** Words of an orderly end, of wrappers that repeat an exit code, and of a program's goodbye. */
const NOISE =
  /^\s*$|^[\s})\];,]+$|^npm (?:ERR!|error|notice|warn)|^Node\.js v\d|^\s*(?:errno|code|syscall|address|port|type|name)\s*[:=]|\bshutting down\b|\bshut ?down (?:complete|finished|gracefully)|\bgraceful(?:ly)?\b|\bSIG(?:TERM|INT|QUIT)\b|\b[Bb]ye\b|^exit(?:ed)? (?:status|code|with)|\bexit status \d+$|\bProcess (?:exited|finished)|^make: \*\*\*|^error Command failed|^info Visit|\bstopp(?:ing|ed)\b(?!.*\berror\b)/;
/** Counts and fields that say there was none. */
const NO_ERROR =
  /\b(?:no|0|zero|without) (?:errors?|failures?)\b|\b(?:errors?|err|failed|failures?)["']?[=:] ?["']?(?:0|null|nil|none|<nil>)(?![\w.])/i;
/** Words that make a line an error. Levels of common loggers come first: klog's `E0115`, `[error]`, `level=fatal`. */
const ERROR =
  /^[EF]\d{4} |\b(?:error|exception|fatal|panic|critical|severe|emerg)\b|(?:Error|Exception)\b|\bfail(?:ed|ure|s)?\b|\brefused\b|\bdenied\b|\bcannot\b|\bcan't\b|\bcould not\b|\bunable to\b|\binvalid\b|\bnot (?:found|permitted|allowed|known|supported)\b|\bmissing\b|\bno such\b|\btimed? ?out\b|\bunknown\b|\bnot set\b|\brequired\b|\bNOAUTH\b|\bENO(?:ENT|SPC|TFOUND|MEM|EXEC|TDIR)\b|\bE[A-Z]{3,}(?:REFUSED|RESET|OUT|UNREACH|INUSE)\b|\bEAI_[A-Z]+\b|\bEACCES\b|\bEPERM\b/i;

/**
 * The last line of a log that tells of an error, frames of stack traces and words of the shutdown left out;
 * undefined when the last lines tell of none.
 */
export function lastErrorLine(tail: Pick<LogTail, 'lines' | 'line'> | undefined): ErrorLine | undefined {
  if (!tail) return undefined;
  for (let index = tail.lines.length - 1; index >= 0; index -= 1) {
    const text = errorText(tail.lines[index] ?? '');
    if (text !== undefined) return { text, line: tail.line + index };
  }
  return undefined;
}

/** What one line says when it tells of an error; undefined for frames, words of the shutdown and all other lines. */
export function errorText(line: string): string | undefined {
  const plain = plainText(line);
  if (FRAME.test(plain) || NOISE.test(plain) || NO_ERROR.test(plain)) return undefined;
  const text = spokenText(plain);
  return ERROR.test(text) ? shortened(text) : undefined;
}

/** A log line as its program wrote it: without the kubelet's time and terminal colours. */
export function plainText(line: string): string {
  return line.replace(KUBELET_TIME, '').replace(COLOURS, '').trimEnd();
}

/** Of a line of JSON the message with its error, which is what a person would read; any other line as it is. */
function spokenText(text: string): string {
  if (!text.startsWith('{')) return text.trim();
  const fields = new Map<string, string>();
  // By expression: the line may be cut, and what is no JSON is text all the same.
  for (const [, name, value] of text.matchAll(JSON_FIELD))
    if (!fields.has(name!)) fields.set(name!, unescaped(value!));
  const message = fields.get('msg') ?? fields.get('message') ?? fields.get('event');
  const inner = fields.has('msg') ? fields.get('message') : undefined;
  const error = fields.get('error') ?? fields.get('err') ?? fields.get('exception') ?? inner;
  const spoken = [message, error].filter((one) => one !== undefined && one !== '').join(': ');
  if (spoken === '') return text;
  const level = fields.get('level') ?? fields.get('severity') ?? fields.get('lvl');
  return level !== undefined && !ERROR.test(spoken) ? `${level}: ${spoken}` : spoken;
}

/** A string of JSON as text, up to its first line break. */
function unescaped(text: string): string {
  return text
    .split('\\n', 1)[0]!
    .replace(/\\t/g, ' ')
    .replace(/\\(["\\/])/g, '$1');
}

function shortened(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}
