import { contentStart, contentTail, createKeyRest, MAX_REST_LINES } from './key-rest.ts';
import { LINE_PREFIX, secretValue } from './named.ts';
import { telling } from './names.ts';
import { KEY_END, type KeyBlock, openKeyBlock, privateKeys } from './pem.ts';
import { type RedactionPolicy, redactOneLine } from './policy.ts';
import { createPrintedSecrets } from './printed-secret.ts';
import { mark, type Tally } from './rules.ts';
import { printedSecrets } from './secret-line.ts';
import { createWindows, MAX_LINE } from './windows.ts';

/** Redacts the lines of one text in order; what spans several lines is kept in mind between them. */
export interface LineRedactor {
  /**
   * The line, without its line break, as it may be shown, behind lines that were held back. `undefined`: it is
   * held back itself, because the lines below tell whether it is a part of a private key.
   */
  line(text: string): string | undefined;
  /** Tells that a line too long to be held passes by; blocks do not continue behind it. What was held back comes back. */
  skipLongLine(): string;
  /** The same for the last line, which has no line break; nothing is held back any longer. */
  end(text: string): string;
  /** Whether the next line must be given even when the prefilter finds nothing in it. */
  readonly insideBlock: boolean;
}

/** `password: |` of YAML: the indented lines below are the value. */
const BLOCK_SCALAR =
  /^([\s-]*)["']?([\w./-]{2,256})["']?[ \t]*:[ \t]*(?:!!?\w+ |&\w+ )?[|>][+-]?\d?[+-]?[ \t]*(?:#.*)?$/;
/** `- name: DB_PASSWORD` of YAML, or the same line of indented JSON: the value is on the next line. */
const NAME_LINE = /^[\s-]*["']?(?:[Nn]ame|[Kk]ey)["']?[ \t]*[:=][ \t]*["']?([\w./-]{2,256})["']?,?[ \t]*$/;
const VALUE_LINE = /^[\s-]*["']?[Vv]alue["']?[ \t]*[:=][ \t]*/;
const VALUE_BLOCK = /^([\s-]*)["']?value["']?[ \t]*:[ \t]*[|>][+-]?\d?[ \t]*$/;

/**
 * A redactor for the lines of one text or log: Secrets that are printed in it over several lines lose their values
 * first, since their names need not tell anything.
 */
export function createLineRedactor(
  policy: RedactionPolicy,
  tally: Tally,
  options: { readonly maxHeld?: number } = {},
): LineRedactor {
  const inner = createPlainRedactor(policy, tally, options);
  if (!policy.detectors.includes(printedSecrets)) return inner;
  const printed = createPrintedSecrets(tally);
  return {
    get insideBlock() {
      return inner.insideBlock || printed.attentive;
    },
    line(text) {
      if (text.length > MAX_LINE) return before(printed.release(), inner.line(text));
      return joined(printed.take(text).map((one) => inner.line(one)));
    },
    skipLongLine: () => joinedLines(printed.release()) + inner.skipLongLine(),
    end(text) {
      const lines = [...printed.take(text), ...printed.release()];
      const last = lines.pop() ?? '';
      return joinedLines(lines) + inner.end(last);
    },
  };

  function joinedLines(lines: readonly string[]): string {
    const shown = joined(lines.map((one) => inner.line(one)));
    return shown === undefined ? '' : `${shown}\n`;
  }

  function before(lines: readonly string[], shown: string | undefined): string | undefined {
    return joined([...lines.map((one) => inner.line(one)), shown]);
  }
}

/** Lines without those that are held back; undefined: all of them are. */
function joined(lines: readonly (string | undefined)[]): string | undefined {
  const shown = lines.filter((line) => line !== undefined);
  return shown.length === 0 ? undefined : shown.join('\n');
}

/**
 * What follows keys and named values over several lines. With `maxHeld` it holds no more lines back and hides longer runs
 * that might be keys; without, it may hold all.
 */
function createPlainRedactor(
  policy: RedactionPolicy,
  tally: Tally,
  { maxHeld = MAX_REST_LINES }: { readonly maxHeld?: number } = {},
): LineRedactor {
  const rest = policy.detectors.includes(privateKeys) ? createKeyRest(maxHeld) : undefined;
  let held: { readonly text: string; readonly ending: string }[] = [];
  let hiding = false;
  let key: KeyBlock | undefined;
  let block: { readonly indent: number } | undefined;
  let pair: string | undefined;
  return {
    get insideBlock() {
      return key !== undefined || block !== undefined || pair !== undefined || rest?.attentive === true;
    },
    skipLongLine,
    line,
    end(text) {
      const shown = line(text);
      const before = held.length > 0 && shown !== undefined ? `${shown}\n` : (shown ?? '');
      const last = rest?.likely === true ? hideAll() : release();
      return before + last.slice(0, -1);
    },
  };

  function line(text: string): string | undefined {
    if (text.length > MAX_LINE) {
      const before = skipLongLine();
      const windows = createWindows(policy, tally);
      return before + windows.push(text) + windows.end();
    }
    const ending = text.endsWith('\r') ? '\r' : '';
    return redact(ending === '' ? text : text.slice(0, -1), ending);
  }

  function skipLongLine(): string {
    key = undefined;
    block = undefined;
    pair = undefined;
    const likely = rest?.likely === true;
    rest?.reset();
    return likely ? hideAll() : release();
  }

  function redact(text: string, ending: string): string | undefined {
    if (key) {
      const replaced = key.line(text);
      if (replaced === undefined || replaced.over) key = undefined;
      if (replaced) return replaced.text + (replaced.rest === '' ? '' : plain(replaced.rest)) + ending;
    }
    if (block) {
      const replaced = blockLine(text, block.indent);
      if (replaced !== undefined) return replaced + ending;
      block = undefined;
    }
    const name = pair;
    pair = undefined;
    return outside(name === undefined ? text : valueLine(text, name), ending);
  }

  /** A line outside of every block; it may be one of a key whose beginning is missing. */
  function outside(text: string, ending: string): string | undefined {
    const verdict = rest?.take(text) ?? 'show';
    if (verdict === 'hold') {
      held.push({ text, ending });
      return undefined;
    }
    if (verdict === 'restart') return restart(release(), { text, ending });
    if (verdict === 'renew') return restart(hideAll(), { text, ending });
    if (verdict === 'show') return release() + plain(text) + ending;
    if (verdict === 'close') return hideAll() + plain(text) + ending;
    const before = hide();
    hiding = verdict === 'hide';
    if (hiding) return before + hiddenLine(text) + ending;
    const after = text.slice(text.search(KEY_END)).replace(KEY_END, '');
    return before + hiddenHead(text) + (after === '' ? '' : plain(after)) + ending;
  }

  function restart(
    before: string,
    line: { readonly text: string; readonly ending: string },
  ): string | undefined {
    held.push(line);
    // What is shown ends without its line break, as every line does.
    return before === '' ? undefined : before.slice(0, -1);
  }

  /** The lines held back, as they may be shown, each with its line break. */
  function release(): string {
    hiding = false;
    return takeHeld((text) => redactOneLine(text, policy, tally));
  }

  /** Lines held back that are those of a key although neither its beginning nor its end was seen. */
  function hideAll(): string {
    const shown = hide();
    hiding = false;
    return shown;
  }

  function hide(): string {
    if (!hiding) tally.add('private-key');
    return takeHeld(hiddenLine);
  }

  function takeHeld(shown: (text: string) => string): string {
    const lines = held;
    held = [];
    return lines.map(({ text, ending }) => `${shown(text)}${ending}\n`).join('');
  }

  /** A line outside of every block; it may open one. */
  function plain(text: string): string {
    if (policy.prefilter.hits(text) === 0) return text;
    const prefix = LINE_PREFIX.exec(text)?.[0].length ?? 0;
    const body = text.slice(prefix);
    const scalar = BLOCK_SCALAR.exec(body);
    if (scalar && telling(scalar[2] ?? '') !== undefined)
      block = { indent: prefix + (scalar[1] ?? '').length };
    const named = NAME_LINE.exec(body)?.[1];
    if (named !== undefined && telling(named) !== undefined) pair = named;
    key = openKeyBlock(text);
    return redactOneLine(text, policy, tally);
  }

  function blockLine(text: string, indent: number): string | undefined {
    const prefix = LINE_PREFIX.exec(text)?.[0] ?? '';
    const body = text.slice(prefix.length);
    if (body.trim() === '') return text;
    const own = (/^[ \t]*/.exec(body)?.[0] ?? '').length;
    if (prefix.length + own <= indent) return undefined;
    const replaced = prefix + body.slice(0, own) + mark('named-value');
    if (replaced !== text) tally.add('named-value');
    return replaced;
  }

  function valueLine(text: string, name: string): string {
    const prefix = LINE_PREFIX.exec(text)?.[0].length ?? 0;
    const body = text.slice(prefix);
    const scalar = VALUE_BLOCK.exec(body);
    if (scalar) {
      block = { indent: prefix + (scalar[1] ?? '').length };
      return text;
    }
    const head = VALUE_LINE.exec(body);
    if (!head) return text;
    const at = prefix + head[0].length;
    const value = secretValue(text, at, { text: name, kind: telling(name), atLineStart: true, prose: false });
    if (!value) return text;
    tally.add('env-value');
    const shown = tally.mark('env-value', text.slice(value.start, value.end));
    return text.slice(0, value.start) + shown + text.slice(value.end);
  }
}

function hiddenLine(text: string): string {
  return hiddenHead(text) + contentTail(text);
}

function hiddenHead(text: string): string {
  return text.slice(0, contentStart(text)) + mark('private-key');
}
