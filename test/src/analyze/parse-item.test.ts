import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepsField, parseItem } from '../../../src/analyze/parse-item.ts';

describe('parseItem', () => {
  it('leaves managedFields out, whatever brackets and quotes are in them', () => {
    const fields = [{ fieldsV1: { 'k:{"name":"a]\\"b"}': { '.': [[]] } } }];
    const text = JSON.stringify({ metadata: { name: 'a', managedFields: fields, labels: { x: 'y' } } });

    expect(parseItem(Buffer.from(text), false)).toEqual({
      metadata: { name: 'a', managedFields: [], labels: { x: 'y' } },
    });
  });

  it('keeps them for who reads them', () => {
    const item = { metadata: { managedFields: [{ manager: 'm' }] } };

    expect(parseItem(Buffer.from(JSON.stringify(item)), true)).toEqual(item);
  });

  it('parses everything else as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseItem(Buffer.from(text), false)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is not misled by the key inside a string', () => {
    const item = { data: { note: '"managedFields":[ ]' }, spec: [1] };

    expect(parseItem(Buffer.from(JSON.stringify(item)), false)).toEqual(item);
  });

  it('throws for what is cut inside them', () => {
    expect(() => parseItem(Buffer.from('{"metadata":{"managedFields":[{"a":1}'), false)).toThrow(SyntaxError);
  });
});

describe('keepsField', () => {
  it('finds a field at any depth, and assumes it below what is kept whole', () => {
    expect(keepsField({ metadata: { managedFields: { time: true } } }, 'managedFields')).toBe(true);
    expect(keepsField({ spec: { template: true } }, 'managedFields')).toBe(false);
  });
});
