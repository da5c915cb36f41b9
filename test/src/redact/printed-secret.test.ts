import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactDocument, redactItem } from '../../../src/redact/document.ts';
import { createTextRedactor, redactText } from '../../../src/redact/text.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const ONE = base64('swordfish one');
const TWO = base64('swordfish two');
const MARK = '[REDACTED:secret-data]';
const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

describe('a Secret printed as YAML', () => {
  it('loses its values, whether its kind stands before or behind them', () => {
    const data = ['data:', `  any: ${ONE}`, `  more: ${TWO}`];
    const other = ['metadata:', '  name: login', 'type: Opaque'];

    for (const document of [
      ['apiVersion: v1', 'kind: Secret', ...other, ...data],
      ['apiVersion: v1', ...data, 'kind: Secret', ...other],
    ]) {
      const { text, redactions } = redactText(lines('before', ...document, 'I0303 behind'));
      expect(text).toBe(
        lines('before', ...document, 'I0303 behind')
          .replace(ONE, MARK)
          .replace(TWO, MARK),
      );
      expect([...redactions]).toEqual([['secret-data', 2]]);
    }
  });

  it('loses plain values, blocks of lines among them', () => {
    const text = lines(
      'kind: Secret',
      'stringData:',
      '  any: plain',
      '  file: |',
      '    user: bob',
      '',
      '    last',
      'type: x',
    );

    expect(redactText(text).text).toBe(
      lines(
        'kind: Secret',
        'stringData:',
        `  any: ${MARK}`,
        '  file: |',
        `    ${MARK}`,
        '',
        `    ${MARK}`,
        'type: x',
      ),
    );
  });

  it('loses values in a list, with timestamps, in a diff and with carriage returns', () => {
    const document = ['- apiVersion: v1', '  data:', `    any: ${ONE}`, '  kind: Secret'];
    const stamp = '2026-03-03T09:29:00.184020417Z ';

    for (const text of [
      lines('items:', ...document),
      lines(...document.map((line) => stamp + line)),
      lines(...document.map((line) => `+${line}`)),
      document.map((line) => `${line}\r\n`).join(''),
    ])
      expect(redactText(text).text).toBe(text.replace(ONE, MARK));
  });

  it('stays apart from the ConfigMap before and behind it', () => {
    const map = ['apiVersion: v1', 'data:', '  mode: standard', `  any: ${TWO}`, 'kind: ConfigMap', '---'];
    const secret = ['apiVersion: v1', 'data:', `  any: ${ONE}`, 'kind: Secret', '---'];

    const text = lines(...map, ...secret, ...map);

    expect(redactText(text).text).toBe(text.replace(ONE, MARK));
  });

  it('keeps what is below `data` in anything that is no object', () => {
    const text = lines('data:', '  mode: standard', '  size: 12', 'done', 'received data:', '  next');

    expect(redactText(text).text).toBe(text);
  });

  it('loses what looks encoded where its kind was cut off', () => {
    const cut = lines(`  any: ${ONE}`, `  more: ${TWO}`, 'kind: Secret');

    expect(redactText(cut).text).toBe(cut.replace(ONE, MARK).replace(TWO, MARK));
    expect(redactText(lines('apiVersion: v1', 'data:', `  any: ${ONE}`)).text).not.toContain(ONE);
  });

  it('is read in indented JSON', () => {
    const object = {
      apiVersion: 'v1',
      data: { any: ONE, more: TWO },
      kind: 'Secret',
      metadata: { name: 'a' },
    };

    const { text } = redactText(`applying\n${JSON.stringify(object, null, 2)}\ndone\n`);

    expect(text).toBe(
      `applying\n${JSON.stringify({ ...object, data: { any: MARK, more: MARK } }, null, 2)}\ndone\n`,
    );
  });

  it('does not make the text that is held grow without end', () => {
    const redactor = createTextRedactor();
    let shown = redactor.push(Buffer.from('data:\n')).length;
    for (let index = 0; index < 10_000; index++)
      shown += redactor.push(Buffer.from(`  key-${index}: value\n`)).length;

    expect(shown).toBeGreaterThan(5000 * 10);
  });
});

describe('a Secret printed on one line', () => {
  const FORMS: Readonly<Record<string, string>> = {
    JSON: JSON.stringify({ kind: 'Secret', data: { any: ONE } }),
    'JSON, kind behind': `x ${JSON.stringify({ data: { any: ONE, more: TWO }, kind: 'Secret' })} y`,
    'JSON in JSON': JSON.stringify({ msg: JSON.stringify({ kind: 'Secret', data: { any: ONE } }) }),
    'YAML with escapes': JSON.stringify({ msg: `kind: Secret\ndata:\n  any: ${ONE}\n` }),
    'a Go struct': `&Secret{Data:map[string][]byte{any: [83 87],},StringData:map[string]string{any: ${ONE},},}`,
  };
  for (const [name, text] of Object.entries(FORMS)) {
    it(`loses its values: ${name}`, () => {
      const shown = redactText(`got ${text}`).text;

      expect(shown).not.toContain(ONE);
      expect(shown).not.toContain('83 87');
      expect(shown).toContain(MARK);
    });
  }

  it('leaves a ConfigMap alone', () => {
    const text = `got ${JSON.stringify({ kind: 'ConfigMap', data: { mode: 'standard' } })}`;

    expect(redactText(text).text).toBe(text);
  });
});

describe('a Secret within a text of an object', () => {
  const manifest = `apiVersion: v1\ndata:\n  any: ${ONE}\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\n`;

  it('loses its values in a template that is no YAML', () => {
    const object = { kind: 'ConfigMap', data: { 'secret.yaml': manifest } };

    expect(redactItem(object, JSON.stringify(object)).text).not.toContain(ONE);
    expect(redactDocument(Buffer.from(manifest), 'text').bytes.toString()).toBe(manifest.replace(ONE, MARK));
  });
});

it('a stream gives for any chunks what the whole text gives', () => {
  const soup = fc.constantFrom(
    'data:',
    'stringData:',
    'kind: Secret',
    'kind: ConfigMap',
    '  kind: Secret',
    '---',
    `  any: ${ONE}`,
    '  plain: value',
    '  block: |',
    '    inner',
    '    data:',
    `      deep: ${TWO}`,
    '- item: x',
    '"data": {',
    '},',
    '',
    'I0303 a message',
    `${'Ab1'.repeat(21)}x`,
    '-----BEGIN CERTIFICATE-----',
    '{"log":"-----BEGIN CERTIFICATE-----\\n","stream":"stdout"}',
    `{"log":"${'Ab1'.repeat(21)}x\\n","stream":"stdout"}`,
  );
  fc.assert(
    fc.property(
      fc.array(soup, { maxLength: 25 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
      (parts, sizes) => {
        const text = parts.join('\n');
        const bytes = Buffer.from(text);
        const redactor = createTextRedactor();
        const out: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          out.push(Buffer.from(redactor.push(bytes.subarray(at, at + size))));
          at += size;
        }
        out.push(redactor.end());
        const whole = redactText(text).text;
        expect(Buffer.concat(out).toString()).toBe(whole);
        expect(whole.split('\n')).toHaveLength(text.split('\n').length);
        expect(redactText(whole).text).toBe(whole);
      },
    ),
    { numRuns: 4000 },
  );
});
