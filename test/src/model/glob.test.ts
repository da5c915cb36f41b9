import { expect, it } from 'vitest';
import { globMatches } from '../../../src/model/glob.ts';

it.each([
  ['kong/*', 'kong/data-plane-not-connected', true],
  ['kong/*', 'network/kong', false],
  ['*', 'kong/data-plane-not-connected', true],
  ['*/expired', 'certificate/expired', true],
  ['certificate/expired', 'certificate/expired', true],
  ['certificate/expire', 'certificate/expired', false],
  ['a*b*c', 'a/b/c', true],
  ['a*b*c', 'a/c', false],
  ['ab*ba', 'aba', false],
  ['a.b', 'a/b', false],
])('%s against %s is %s', (glob, id, expected) => {
  expect(globMatches(glob, id)).toBe(expected);
});

it('takes time linear in the id, however many stars there are', () => {
  expect(globMatches(`${'*a'.repeat(50)}b`, 'a'.repeat(100_000))).toBe(false);
});
