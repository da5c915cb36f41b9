import { expect, it } from 'vitest';
import { isEmptySelector, matchesLabels, matchesSelector } from '../../../src/derive/label-selector.ts';

it.each([
  [{ app: 'web', tier: 'front' }, { app: 'web' }, true],
  [{ app: 'web' }, { app: 'web', tier: 'front' }, false],
  [{ app: 'web' }, { app: 'Web' }, false],
  [undefined, { app: 'web' }, false],
  [{ app: 'web' }, {}, true],
])('labels %j match selector %j: %s', (labels, selector, expected) => {
  expect(matchesLabels(labels, selector as Record<string, string>)).toBe(expected);
});

const labels = { app: 'web', tier: 'front' };

it.each([
  [{ matchLabels: { app: 'web' } }, true],
  [{ matchLabels: { app: 'api' } }, false],
  [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['api', 'web'] }] }, true],
  [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
  [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, true],
  [{ matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, true],
  [{ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
  [{ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'zone', operator: 'Exists' }] }, false],
  [{}, true],
])('a selector with expressions %j matches: %s', (selector, expected) => {
  expect(matchesSelector(labels, selector)).toBe(expected);
});

it('an empty selector asks for nothing', () => {
  expect(isEmptySelector({})).toBe(true);
  expect(isEmptySelector({ matchLabels: {}, matchExpressions: [] })).toBe(true);
  expect(isEmptySelector({ matchLabels: { app: 'web' } })).toBe(false);
});
