import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { READ_LIMITS } from '../../../src/bundle/limits.ts';
import type { ItemPosition, ItemsEnd, ListHead } from '../../../src/layouts/item-visitor.ts';
import { createResourceItems, itemType } from '../../../src/layouts/items.ts';

interface Split {
  readonly items: { readonly value: unknown; readonly position: ItemPosition; readonly head: ListHead }[];
  readonly end: ItemsEnd;
}

function split(
  text: string,
  options: {
    format?: 'json' | 'yaml';
    lines?: boolean;
    piece?: number;
    maxItemBytes?: number;
    cut?: boolean;
  } = {},
): Split {
  const { format = 'json', lines, piece = 1_000_000, maxItemBytes = READ_LIMITS.maxItemBytes } = options;
  const items: Split['items'] = [];
  let end: ItemsEnd | undefined;
  const sink = createResourceItems(
    { format, lines },
    {
      item: (bytes, position, head) =>
        void items.push({ value: JSON.parse(bytes.toString()), position, head }),
      end: (ended) => {
        end = ended;
      },
    },
    { ...READ_LIMITS, maxItemBytes, maxYamlBytes: maxItemBytes },
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += piece) sink.chunk(Buffer.from(bytes.subarray(at, at + piece)));
  sink.end(options.cut !== true);
  if (end === undefined) throw new Error('no end');
  return { items, end };
}

const A = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: { 'x"]}': '\\"}{[' } } };
const B = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' }, items: [{ not: 'an item' }] };

describe('every shape of a resource file', () => {
  const list = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [A, B] };
  const lineList = `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[\n${JSON.stringify(A)},\n${JSON.stringify(B)}\n]}\n`;

  it.each([
    ['a list with one item per line', lineList, { lines: true }, ['/items/0', '/items/1'], [2, 3]],
    ['the same, by brackets', lineList, {}, ['/items/0', '/items/1'], [2, 3]],
    ['a compact List', JSON.stringify(list), {}, ['/items/0', '/items/1'], [1, 1]],
    [
      'a compact List where lines were expected',
      JSON.stringify(list),
      { lines: true },
      ['/items/0', '/items/1'],
      [1, 1],
    ],
    ['a pretty-printed List', JSON.stringify(list, null, 4), {}, ['/items/0', '/items/1'], [6, 16]],
    [
      'a List with its type behind the items',
      JSON.stringify({ apiVersion: 'v1', items: [A, B], kind: 'List', metadata: {} }, null, 2),
      {},
      ['/items/0', '/items/1'],
      [4, 14],
    ],
    ['a bare array', JSON.stringify([A, B]), {}, ['/0', '/1'], [1, 1]],
    ['objects one after another', `${JSON.stringify(A)}\n${JSON.stringify(B)}\n`, {}, ['', ''], [1, 2]],
  ])('%s gives the same items', (_name, text, options, pointers, lines) => {
    for (const piece of [1, 7, 100_000]) {
      const { items, end } = split(text, { ...options, piece });

      expect(items.map((item) => item.value)).toEqual([A, B]);
      expect(items.map((item) => item.position.pointer)).toEqual(pointers);
      expect(items.map((item) => item.position.line)).toEqual(lines);
      expect(end).toMatchObject({ items: 2, complete: true, problems: [] });
      expect(end.list).toBe(pointers[0] !== '');
    }
  });

  it('a single object is one item, also when it has a field called items', () => {
    const { items, end } = split(JSON.stringify({ kind: 'Menu', apiVersion: 'x/v1', items: [{ a: 1 }] }));

    expect(items.map((item) => item.position)).toEqual([{ line: 1, pointer: '' }]);
    expect(end).toMatchObject({ list: false, complete: true });
  });

  it.each([
    ['items: null', '{"kind":"PodList","apiVersion":"v1","metadata":{},"items":null}'],
    ['no items', '{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}\n'],
    ['an empty array', '[]'],
  ])('an empty list is a list read to its end: %s', (_name, text) => {
    for (const lines of [true, false]) {
      expect(split(text, { lines }).end).toMatchObject({ items: 0, list: true, complete: true });
    }
  });

  it('the head of a list is known with its items', () => {
    const { items, end } = split('{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a"}}]}');

    expect(items[0]?.head).toEqual({ kind: 'PodList', apiVersion: 'v1' });
    expect(end.head).toEqual({ kind: 'PodList', apiVersion: 'v1' });
  });

  it('elements that are no objects keep their places', () => {
    const { items } = split('[null, {"a":1}, ["x",{"b":2}], "s", {"c":3}]');

    expect(items.map((item) => [item.value, item.position.pointer])).toEqual([
      [{ a: 1 }, '/1'],
      [{ c: 3 }, '/4'],
    ]);
  });
});

describe('a file that is cut or wrong', () => {
  it('gives the items before the cut and is not complete, wherever it is cut', () => {
    const texts = [
      [JSON.stringify({ kind: 'PodList', apiVersion: 'v1', items: [A, B] }), false],
      [
        `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[\n${JSON.stringify(A)},\n${JSON.stringify(B)}\n]}\n`,
        true,
      ],
    ] as const;
    for (const [text, lines] of texts) {
      for (let length = 0; length < text.trimEnd().length; length++) {
        const { items, end } = split(text.slice(0, length), { lines, cut: true });

        expect(end.complete).toBe(false);
        expect(items.map((item) => item.value)).toEqual([A, B].slice(0, items.length));
      }
    }
  });

  it.each([
    ['text', 'hello'],
    ['a string', '"hello"'],
    ['too many brackets', '{"a":1}}'],
  ])('is said not to be JSON: %s', (_name, text) => {
    expect(split(text).end).toMatchObject({ complete: false, problems: ['line 1: is not JSON'] });
  });

  it('leaves out an item above the limit and goes on', () => {
    const big = { kind: 'Pod', text: 'x'.repeat(500) };
    const text = `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[\n${JSON.stringify(big)},\n{"a":1}\n]}\n`;
    for (const lines of [true, false]) {
      const { items, end } = split(text, { lines, maxItemBytes: 200, piece: 50 });

      expect(items.map((item) => item.value)).toEqual([{ a: 1 }]);
      expect(end).toMatchObject({ complete: false });
      expect(end.problems.join()).toContain('line 2');
    }
  });
});

describe('YAML', () => {
  it('gives the items of a List with pointers and lines', () => {
    const text =
      'apiVersion: v1\nitems:\n- kind: Pod\n  apiVersion: v1\n  spec:\n    args:\n    - one\n- kind: Pod\nkind: List\n';

    const { items, end } = split(text, { format: 'yaml', piece: 10 });

    expect(items.map((item) => item.position)).toEqual([
      { line: 3, pointer: '/items/0' },
      { line: 8, pointer: '/items/1' },
    ]);
    expect(end).toMatchObject({ items: 2, list: true, complete: true });
  });

  it('gives every document of a stream, with the line it begins on, and keeps times as text', () => {
    const text = '---\nkind: A\nat: 2026-01-31T08:00:00Z\n---\nkind: B\n';

    const { items } = split(text, { format: 'yaml' });

    expect(items.map((item) => [item.value, item.position.line])).toEqual([
      [{ kind: 'A', at: '2026-01-31T08:00:00Z' }, 2],
      [{ kind: 'B' }, 5],
    ]);
  });

  it.each([
    ['is not YAML', 'a: [1', 'is not YAML'],
    ['would grow without end', 'a: &x [1,2]\nb: [*x,*x]\n', 'is not YAML'],
    ['is above the limit', 'a: '.padEnd(2000, 'x'), 'left out'],
  ])('that %s is a problem of the file', (_name, text, words) => {
    const { items, end } = split(text, { format: 'yaml', maxItemBytes: 1000 });

    expect(items).toEqual([]);
    expect(end.complete).toBe(false);
    expect(end.problems.join()).toContain(words);
  });
});

describe('the type of an item', () => {
  it('is its own, else that of its list, else what the layout knows', () => {
    const head = { apiVersion: 'apps/v1', kind: 'DeploymentList' };
    const hint = { apiVersion: 'batch/v1', kind: 'Job' };

    expect(itemType({ apiVersion: 'v1', kind: 'Pod' }, head, hint)).toMatchObject({ group: '', kind: 'Pod' });
    expect(itemType({}, head, hint)).toMatchObject({ group: 'apps', kind: 'Deployment' });
    expect(itemType({}, { apiVersion: 'v1', kind: 'List' }, hint)).toMatchObject({
      group: 'batch',
      kind: 'Job',
    });
    expect(itemType({}, {}, undefined)).toBeUndefined();
  });
});

it('splitting agrees with JSON.parse for any list, printed in any way, in pieces of any size', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(
      fc.array(object),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 4 }),
      (list, piece, indent) => {
        const text = JSON.stringify(
          { kind: 'XList', apiVersion: 'v1', metadata: {}, items: list },
          null,
          indent,
        );

        const { items, end } = split(text, { piece });

        expect(items.map((item) => item.value)).toEqual(JSON.parse(JSON.stringify(list)));
        expect(end.complete).toBe(true);
        const lines = text.split('\n');
        for (const { position } of items) expect(lines[position.line - 1]).toContain('{');
      },
    ),
  );
});
