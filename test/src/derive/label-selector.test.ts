import { expect, it } from 'vitest';
import { matchesLabels } from '../../../src/derive/label-selector.ts';

it.each([
  [{ app: 'web', tier: 'front' }, { app: 'web' }, true],
  [{ app: 'web' }, { app: 'web', tier: 'front' }, false],
  [{ app: 'web' }, { app: 'Web' }, false],
  [undefined, { app: 'web' }, false],
  [{ app: 'web' }, {}, true],
])('labels %j match selector %j: %s', (labels, selector, expected) => {
  expect(matchesLabels(labels, selector as Record<string, string>)).toBe(expected);
});
