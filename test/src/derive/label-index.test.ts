import { expect, it } from 'vitest';
import { labelIndex, selectorIndex } from '../../../src/derive/label-index.ts';
import type { LabelSelector } from '../../../src/derive/label-selector.ts';

function labelled(name: string, labels: Record<string, string>, namespace = 'shop') {
  return { metadata: { name, namespace, labels } };
}

const items = [
  labelled('a', { app: 'web', tier: 'front' }),
  labelled('b', { app: 'web', tier: 'back' }),
  labelled('c', { app: 'web', tier: 'front' }, 'pay'),
  labelled('d', {}),
];

it.each<[LabelSelector, string[]]>([
  [{ matchLabels: { app: 'web' } }, ['a', 'b']],
  [{ matchLabels: { app: 'web', tier: 'front' } }, ['a']],
  [{ matchLabels: { app: 'gone' } }, []],
  [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, ['d']],
  [{}, ['a', 'b', 'd']],
])('objects are found by selector %j', (selector, expected) => {
  expect(
    labelIndex(items)
      .matching('shop', selector)
      .map(({ metadata }) => metadata.name),
  ).toEqual(expected);
});

it('selectors are found by what they select', () => {
  const index = selectorIndex(
    [
      { metadata: { namespace: 'shop' }, name: 'web', selector: { matchLabels: { app: 'web' } } },
      { metadata: { namespace: 'shop' }, name: 'both', selector: { matchLabels: { app: 'web', tier: 'x' } } },
      { metadata: { namespace: 'shop' }, name: 'all', selector: {} },
      { metadata: { namespace: 'pay' }, name: 'far', selector: {} },
    ],
    (item): LabelSelector => item.selector as LabelSelector,
  );

  expect(index.selecting('shop', { app: 'web' }).map((one) => one.name)).toEqual(['web', 'all']);
  expect(index.selecting('shop', undefined).map((one) => one.name)).toEqual(['all']);
});
