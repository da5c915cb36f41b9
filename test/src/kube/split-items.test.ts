import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listItem } from '../../../src/kube/list-item.ts';
import { createItemSplitter, type ListEnvelope } from '../../../src/kube/split-items.ts';
import { KubeError } from '../../../src/model/kube.ts';

function split(text: string, cuts: readonly number[] = []): { items: string[]; envelope: ListEnvelope } {
  const bytes = Buffer.from(text);
  const splitter = createItemSplitter();
  const items: string[] = [];
  let from = 0;
  for (const cut of [...cuts.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    // A copy, as the buffers of a stream are not views of one text.
    for (const item of splitter.push(Buffer.from(bytes.subarray(from, cut)))) items.push(item.toString());
    from = cut;
  }
  return { items, envelope: splitter.end() };
}

describe('createItemSplitter', () => {
  it('gives the same items as JSON.parse, whatever the items and wherever the chunks end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(undefined, 2, '\t'),
        fc.array(fc.nat()),
        (items, rest, indent, cuts) => {
          delete rest.items;
          const text = JSON.stringify({ ...rest, items, after: ['"items":[', { items: [1] }] }, null, indent);

          const result = split(text, cuts);

          const expected = JSON.parse(text);
          expect(result.items.map((item) => JSON.parse(item))).toEqual(expected.items);
          expect(result.envelope).toEqual({ ...expected, items: [] });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps the bytes of an item: order of keys, unknown fields, text of numbers, escapes', () => {
    const item = '{"z":9007199254740993,"a":1.50,"future":{"e":1e3},"s":"\\u00e9\\/ \\"]},{"}';

    const { items } = split(`{"kind":"PodList","items":[${item},${item}]}`, [30, 55]);

    expect(items).toEqual([item, item]);
  });

  it('follows strings and escapes when each byte comes alone', () => {
    const text = JSON.stringify({ items: ['\\', '"', '\\"', ']},{[', { 'a"\\': ['é', '\\\\'] }] });

    const { items } = split(
      text,
      Array.from(Buffer.from(text), (_byte, index) => index),
    );

    expect(items.map((item) => JSON.parse(item))).toEqual(JSON.parse(text).items);
  });

  it('knows the metadata before the items when the server sends it first', () => {
    const splitter = createItemSplitter();

    splitter.push(
      Buffer.from('{"kind":"PodList","metadata":{"resourceVersion":"7","continue":"c"},"items":[{"a"'),
    );

    expect(splitter.head()).toEqual({
      kind: 'PodList',
      metadata: { resourceVersion: '7', continue: 'c' },
      items: [],
    });
  });

  it('reads the metadata of custom resources, which comes after the items', () => {
    const { envelope } = split(
      '{"apiVersion":"a/v1","items":[{"x":1}],"kind":"TList","metadata":{"continue":"c"}}',
    );

    expect(envelope.metadata?.continue).toBe('c');
  });

  it('takes "items": null as a list without items', () => {
    expect(split('{"kind":"PodList","metadata":{},"items":null}').items).toEqual([]);
  });

  it('refuses a text that ends too early, wherever it is cut', () => {
    const text = '{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":[{"a":"b"},{"c":[1]}]}';

    for (let length = 0; length < text.length; length++) {
      expect(() => split(text.slice(0, length)), `cut at ${length}`).toThrow(KubeError);
    }
  });

  it('refuses what is no list', () => {
    for (const text of ['[1]', '"x"', '{"kind":"Pod"}', '<html></html>', '{"items":[]} trailing']) {
      expect(() => split(text), text).toThrow(KubeError);
    }
  });

  it('refuses an item above the limit instead of holding it', () => {
    const splitter = createItemSplitter({ maxItemBytes: 10 });
    splitter.push(Buffer.from('{"items":["0123'));

    expect(() => splitter.push(Buffer.from('45678901'))).toThrow(/larger than 10 bytes/);
  });
});

describe('listItem', () => {
  it('drops line breaks of a pretty-printed item and nothing else', () => {
    const item = listItem(Buffer.from('{\n  "metadata": {\r\n "name": "a\\nb" } }'));

    expect(item.text).toBe('{  "metadata": { "name": "a\\nb" } }');
    expect(item.name).toBe('a\nb');
    expect(item.namespace).toBeUndefined();
  });

  it('says which list is broken when an item is not JSON', () => {
    const item = listItem(Buffer.from('{"a":}'));

    expect(() => item.value).toThrow(/not JSON/);
  });
});
