import { LINE_PREFIX, secretValue } from './named.ts';
import { telling } from './names.ts';
import { type KeyBlock, openKeyBlock } from './pem.ts';
import { type RedactionPolicy, redactOneLine } from './policy.ts';
import { mark, type Tally } from './rules.ts';
import { createWindows, MAX_LINE } from './windows.ts';

/** Redacts the lines of one text in order; what spans several lines is kept in mind between them. */
export interface LineRedactor {
  /** The line, without its line break, as it may be shown. */
  line(text: string): string;
  /** Tells that a line too long to be held passed by; blocks do not continue behind it. */
  skipLongLine(): void;
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

/** A redactor for the lines of one text or log. */
export function createLineRedactor(policy: RedactionPolicy, tally: Tally): LineRedactor {
  let key: KeyBlock | undefined;
  let block: { readonly indent: number } | undefined;
  let pair: string | undefined;
  return {
    get insideBlock() {
      return key !== undefined || block !== undefined || pair !== undefined;
    },
    skipLongLine,
    line(text) {
      if (text.length > MAX_LINE) {
        skipLongLine();
        const windows = createWindows(policy, tally);
        return windows.push(text) + windows.end();
      }
      const ending = text.endsWith('\r') ? '\r' : '';
      return redact(ending === '' ? text : text.slice(0, -1)) + ending;
    },
  };

  function skipLongLine(): void {
    key = undefined;
    block = undefined;
    pair = undefined;
  }

  function redact(text: string): string {
    if (key) {
      const replaced = key.line(text);
      if (replaced === undefined || replaced.over) key = undefined;
      if (replaced) return replaced.text + (replaced.rest === '' ? '' : plain(replaced.rest));
    }
    if (block) {
      const replaced = blockLine(text, block.indent);
      if (replaced !== undefined) return replaced;
      block = undefined;
    }
    const name = pair;
    pair = undefined;
    return plain(name === undefined ? text : valueLine(text, name));
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
    return text.slice(0, value.start) + mark('env-value') + text.slice(value.end);
  }
}
