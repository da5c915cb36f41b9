import type { Detector } from './detector.ts';
import type { Span } from './span.ts';
import { readQuoted, skipBlanks } from './value.ts';

const RULE = 'secret-data';
const KIND = /(?:\b|\\[nrt])kind\\{0,15}["']?\s{0,4}:\s{0,4}\\{0,15}["']?Secret(?:List)?(?![\w-])/;
const DATA = /\\{0,15}["'](data|stringData)\\{0,15}["']\s{0,4}:\s{0,4}\{/g;
/** YAML with escaped line breaks: `data:\n  foo: x\nkind: Secret`. */
const ESCAPED_DATA = /(?:\b|\\[nrt])(?:data|stringData):[ ]{0,4}((?:\\{1,15}n[ ]{1,64}[^\\]{0,1048576})+)/dg;
const ESCAPED_ENTRY = /\\{1,15}n[ ]{1,64}(?:[\w./-]{1,253}:[ ]{0,4})?([^\\]*)/dg;
/** `Data:map[string][]byte{…}` and `Data:map[foo:[1 2]]` as Go prints Secrets. */
const GO_DATA = [
  /\bData:map\[string\]\[\]byte\{([^}]{1,1048576})/dg,
  /\bData:map\[((?:[\w.-]{1,253}:\[[\d ]*\][ ]?){1,1000})\]/dg,
  /\bStringData:map\[string\]string\{([^}]{1,1048576})/dg,
  /\bStringData:map\[([\w.-]{1,253}:[^\]]{1,1048576})\]/dg,
];

/** Secrets printed on one line: as JSON, as YAML with escaped line breaks, as Go prints its structs. */
export const printedSecrets: Detector = {
  // `ata:`, `ata"` and `ind:` lead the line redactor to Secrets printed over several lines.
  triggers: ['Secr', 'ngDa', 'Data', 'ata:', 'ata"', "ata'", 'ind:', 'ind"', "ind'"],
  find(text, _atLineStart, spans) {
    const isSecret = text.includes('Secret') && KIND.test(text);
    if (isSecret || text.includes('stringData')) {
      for (const match of text.matchAll(DATA)) {
        if (isSecret || match[1] === 'stringData') addEntries(text, match.index + match[0].length, spans);
      }
    }
    if (isSecret && text.includes('\\n')) addEscaped(text, spans);
    if (!text.includes('ata:map[')) return;
    for (const pattern of GO_DATA) {
      for (const match of text.matchAll(pattern)) add(match, spans);
    }
  },
};

/** The values of a flat JSON object that begins at `from`. */
function addEntries(text: string, from: number, spans: Span[]): void {
  let at = skipBlanks(text, from);
  for (let key = readQuoted(text, at); key; key = readQuoted(text, at)) {
    const colon = text.indexOf(':', key.end);
    if (colon === -1 || colon > key.end + 32) return;
    const value = readQuoted(text, skipBlanks(text, colon + 1));
    if (!value) return;
    spans.push({ start: value.start, end: value.end, rule: RULE });
    const comma = text.indexOf(',', value.end);
    if (comma === -1 || comma > value.end + 32) return;
    at = skipBlanks(text, comma + 1);
  }
}

function addEscaped(text: string, spans: Span[]): void {
  for (const block of text.matchAll(ESCAPED_DATA)) {
    const [from] = block.indices?.[1] ?? [0];
    for (const entry of (block[1] ?? '').matchAll(ESCAPED_ENTRY)) {
      const [start, end] = entry.indices?.[1] ?? [0, 0];
      if (!/^[|>][+-]?$/.test(entry[1] ?? ''))
        spans.push({ start: from + start, end: from + end, rule: RULE });
    }
  }
}

function add(match: RegExpExecArray, spans: Span[]): void {
  const [start, end] = match.indices?.[1] ?? [0, 0];
  spans.push({ start, end, rule: RULE });
}
