import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactDocument } from '../../../src/redact/document.ts';
import { redactObject } from '../../../src/redact/object.ts';
import { redactText } from '../../../src/redact/text.ts';
import { textSoup } from './text-soup.ts';

const key = fc.constantFrom(
  'name',
  'value',
  'password',
  'token',
  'data',
  'kind',
  'env',
  'x',
  'auth',
  'license',
  'key',
  'spec',
);
const leaf = fc.oneof(
  textSoup,
  fc.constantFrom('Secret', 'DB_PASSWORD', 'a', ''),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
  ),
}));

describe('redacting what is redacted', () => {
  it('changes no text', () => {
    fc.assert(
      fc.property(textSoup, (text) => {
        const once = redactText(text).text;
        expect(redactText(once).text).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it('changes no object and counts nothing', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const once = redactObject(value).value;
        const twice = redactObject(once);
        expect(twice.value).toEqual(once);
      }),
      { numRuns: 1000 },
    );
  });

  it('changes no JSON document, which stays the JSON of the redacted object', () => {
    fc.assert(
      fc.property(tree, fc.constantFrom(undefined, 2), (value, indent) => {
        const bytes = Buffer.from(JSON.stringify(value, undefined, indent));
        const once = redactDocument(bytes, 'json').bytes;
        expect(JSON.parse(once.toString())).toEqual(redactObject(JSON.parse(bytes.toString())).value);
        expect(redactDocument(once, 'json').bytes.toString()).toBe(once.toString());
      }),
      { numRuns: 500 },
    );
  });
});
