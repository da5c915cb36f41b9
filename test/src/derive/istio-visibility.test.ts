import { expect, it } from 'vitest';
import { firstSeen } from '../../../src/derive/istio-visibility.ts';

interface Item {
  readonly name: string;
  readonly metadata: { readonly namespace: string };
  readonly spec: { readonly exportTo?: readonly string[] };
}

function item(name: string, namespace: string, exportTo?: readonly string[]): Item {
  return { name, metadata: { namespace }, spec: exportTo ? { exportTo } : {} };
}

function winner(items: readonly Item[], last: Item, staysHome = false): string | undefined {
  const seen = firstSeen<Item>((one) => one, staysHome);
  for (const one of items) seen.add(one);
  return seen.before(last)?.name;
}

it.each([
  ['all see both', [item('a', 'x')], item('b', 'y'), 'a'],
  [
    'the namespace of one is among those that see the other',
    [item('a', 'x', ['y'])],
    item('b', 'y', ['.']),
    'a',
  ],
  ['one of all and one of its own', [item('a', 'x', ['.'])], item('b', 'y'), 'a'],
  ['each is of its own', [item('a', 'x', ['.'])], item('b', 'y', ['.']), undefined],
  ['one is for nobody', [item('a', 'x', ['~'])], item('b', 'y'), undefined],
  ['the other is for nobody', [item('a', 'x')], item('b', 'y', ['~']), undefined],
  ['the first of several', [item('a', 'y', ['.']), item('b', 'x')], item('c', 'y', ['.']), 'a'],
  ['the first that is seen', [item('a', 'z', ['.']), item('b', 'x')], item('c', 'y', ['.']), 'b'],
])('%s', (_, items, last, expected) => {
  expect(winner(items, last)).toBe(expected);
});

it('keeps objects at home where that is the default', () => {
  expect(winner([item('a', 'x')], item('b', 'y'), true)).toBeUndefined();
  expect(winner([item('a', 'x')], item('b', 'x'), true)).toBe('a');
});
