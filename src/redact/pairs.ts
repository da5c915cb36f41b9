import type { Detector } from './detector.ts';
import { isHarmless } from './harmless.ts';
import { namedValues, secretValue } from './named.ts';
import { telling } from './names.ts';

/** `"name":"DB_PASSWORD","value":"x"` in JSON, escaped or not. */
const JSON_PAIR =
  /\\{0,15}["'](?:[Nn]ame|[Kk]ey)\\{0,15}["']\s{0,4}:\s{0,4}\\{0,15}["']([\w./-]{1,256})\\{0,15}["']\s{0,4},\s{0,8}\\{0,15}["'][Vv]alue\\{0,15}["']\s{0,4}:\s{0,4}/g;
/** `{name: DB_PASSWORD, value: x}` of YAML on one line. */
const FLOW_PAIR = /\b(?:name|key):\s{1,4}["']?([\w./-]{1,256})["']?\s{0,4},\s{0,8}value:\s{1,4}/g;
/** `{Name:DB_PASSWORD Value:x ValueFrom:nil}` as Go prints structs. */
const GO_PAIR = /\bName:\s{0,4}"?([\w.-]{1,256})"?[ ,]\s{0,2}Value:\s{0,4}/g;
/** `name="password" value="x"` in XML. */
const XML_PAIR = /\b(?:name|key)="([\w.-]{1,256})"\s{1,8}value=/g;
/** `<name>fs.s3a.secret.key</name><value>x</value>` of Hadoop. */
const XML_ELEMENTS = /<name>([\w.-]{1,256})<\/name>\s{0,8}<value>([^<]{1,4096})<\/value>/g;

/** Values whose telling name stands in a field of its own before them, on the same line. */
export const pairedValues: Detector = {
  // The telling name is a trigger of the named values; these are the endings they do not need.
  // `ame:` leads the line redactor to names whose value is on the next line.
  triggers: [...namedValues.triggers, 'ASS,', 'PWD,', 'ame:'],
  find(text, _atLineStart, spans) {
    if (!text.includes('alue')) return;
    for (const pattern of [JSON_PAIR, FLOW_PAIR, GO_PAIR, XML_PAIR]) {
      for (const match of text.matchAll(pattern)) {
        const name = {
          text: match[1] ?? '',
          kind: telling(match[1] ?? ''),
          atLineStart: false,
          prose: false,
        };
        if (name.kind === undefined) continue;
        const value = secretValue(text, match.index + match[0].length, name);
        if (value) spans.push({ start: value.start, end: value.end, rule: 'env-value' });
      }
    }
    for (const match of text.matchAll(XML_ELEMENTS)) {
      const kind = telling(match[1] ?? '');
      if (kind === undefined || isHarmless(match[1] ?? '', kind, match[2] ?? '')) continue;
      const start = match.index + match[0].indexOf('<value>') + '<value>'.length;
      spans.push({ start, end: start + (match[2] ?? '').length, rule: 'env-value' });
    }
  },
};
