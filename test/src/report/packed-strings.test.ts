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
});
