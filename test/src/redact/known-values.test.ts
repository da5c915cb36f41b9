import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactItem } from '../../../src/redact/document.ts';
import { knownValues } from '../../../src/redact/known-values.ts';
import { BUILT_IN_DETECTORS, createPolicy } from '../../../src/redact/policy.ts';
import { createTextRedactor, redactText } from '../../../src/redact/text.ts';

const VALUE = 'Zq9/hunter+Key"7';
const OTHER = 'correct horse 4711';
const policy = createPolicy([knownValues([VALUE, OTHER, 'short']), ...BUILT_IN_DETECTORS]);

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const shown = (text: string): string => redactText(text, policy).text;

describe('values that are known to be secret', () => {
  const LINES: Readonly<Record<string, string>> = {
    'as they are': `connected as ${VALUE} at last`,
    'in JSON': JSON.stringify({ text: VALUE }),
    'in JSON in JSON': JSON.stringify({ text: JSON.stringify({ text: VALUE }) }),
    'in a URL': `GET /x?name=${encodeURIComponent(VALUE)}&y=1`,
    'in a URL with small letters': `GET /x?name=${encodeURIComponent(VALUE).replace(/%../g, (part) => part.toLowerCase())}`,
    'in base64': `payload ${base64(VALUE)} sent`,
    'in base64, one byte in': `payload ${base64(`a${VALUE}bc`)} sent`,
    'in base64, two bytes in': `payload ${base64(`ab${VALUE}c`)} sent`,
    'in base64 of URLs': `payload ${Buffer.from(`ab${VALUE}c`).toString('base64url')} sent`,
  };
  for (const [name, line] of Object.entries(LINES)) {
    it(`go ${name}`, () => {
      const { text, redactions } = redactText(line, policy);

      expect(text).not.toContain('hunter');
      expect(text).not.toContain(base64(VALUE).slice(4, 14));
      expect(redactions.get('known-value')).toBe(1);
    });
  }

  it('go with what is around them kept', () => {
    expect(shown(`a ${OTHER} b`)).toBe('a [REDACTED:known-value] b');
  });

  it('go from every string of an object', () => {
    const object = {
      kind: 'ConfigMap',
      data: { a: `x ${OTHER} y`, b: base64(`some text, ${VALUE} and more`) },
    };

    const { text } = redactItem(object, JSON.stringify(object), { policy });

    expect(JSON.parse(text ?? '').data.a).toBe('x [REDACTED:known-value] y');
    expect(Buffer.from(JSON.parse(text ?? '').data.b, 'base64').toString()).toBe(
      'some text, [REDACTED:known-value] and more',
    );
  });

  it('stay when they are too short to mean anything', () => {
    expect(shown('a short text')).toBe('a short text');
  });

  it('leave everything else alone', () => {
    const text = 'correct horse 471 and hunter+Key, postgres at db:5432\n';

    expect(shown(text)).toBe(text);
  });

  it('go wherever the borders of chunks lie', () => {
    const noise = fc.string({ maxLength: 30 }).map((text) => text.replaceAll('\n', ' '));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(noise, fc.constant(VALUE), fc.constant(OTHER), fc.constant('\n')), {
          maxLength: 20,
        }),
        fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 6 }),
        (parts, sizes) => {
          const bytes = Buffer.from(parts.join(''), 'latin1');
          const redactor = createTextRedactor(policy);
          const out: Uint8Array[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1;
            out.push(Buffer.from(redactor.push(bytes.subarray(at, at + size))));
            at += size;
          }
          out.push(redactor.end());
          const text = Buffer.concat(out).toString('latin1');
          expect(text).toBe(redactText(bytes.toString('latin1'), policy).text);
          expect(text).not.toContain(VALUE);
          expect(text).not.toContain(OTHER);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('go in a line that is too long to be held', () => {
    const redactor = createTextRedactor(policy);
    const parts: Uint8Array[] = [];
    for (let index = 0; index < 40; index++)
      parts.push(Buffer.from(redactor.push(Buffer.from(`${'lorem ipsum '.repeat(9000)}${VALUE}`))));
    parts.push(redactor.end());

    const text = Buffer.concat(parts).toString();

    expect(text).not.toContain(VALUE);
    expect(text.match(/\[REDACTED:known-value\]/g)).toHaveLength(40);
  });
});
