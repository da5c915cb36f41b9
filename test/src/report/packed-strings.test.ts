import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MARK, packString } from '../../../src/report/packed-strings.ts';

/** What the browser script does with a packed string. */
function unpack(template: string, numbers: readonly number[], name: string, namespace: string): string {
  let next = 0;
  return template.replace(/[\uE000\uE001\uE002]/g, (mark) => {
    if (mark === MARK.name) return name;
    return mark === MARK.namespace ? namespace : String(numbers[next++]);
  });
}

describe('packString', () => {
  it('leaves one template for strings that differ in name, namespace and numbers', () => {
    const packed = ['api-7', 'web-12'].map((name, index) =>
      packString(`logs/shop-${index}/${name}/app.log:${index + 40}`, name, `shop-${index}`),
    );

    expect(new Set(packed.map(({ template }) => template)).size).toBe(1);
  });

  it('is undone exactly, leading zeros and long digits included', () => {
    const text = fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', 'b', '/', '-') });
    fc.assert(
      fc.property(text, text, text, (string, name, namespace) => {
        const { template, numbers } = packString(string, name, namespace);

        expect(unpack(template, numbers, name, namespace)).toBe(string);
      }),
    );
  });

  it('takes no word apart where it is told so, and is undone as well', () => {
    const { template, numbers } = packString(
      'ko7 and ko7x9 at 10.1.2.3:80, 12 times, web-ko7',
      'web-ko7',
      'ko7',
      true,
    );
    expect(template).toBe(`${MARK.namespace} and ko7x9 at 10.1.2.3:80, ${MARK.number} times, ${MARK.name}`);
    const text = fc.string({ unit: fc.constantFrom('0', '1', 'a', '/', '-', '.', ' ') });
    fc.assert(
      fc.property(text, text, text, (string, name, namespace) => {
        const packed = packString(string, name, namespace, true);
        expect(unpack(packed.template, packed.numbers, name, namespace)).toBe(string);
      }),
    );
    expect(numbers).toEqual([12]);
  });
});
