import { describe, expect, it } from 'vitest';
import { closestName, isAlike, nameFinder } from '../../../src/derive/name-likeness.ts';

describe('closestName', () => {
  it.each([
    ['db-pass', ['db-pas', 'registry'], 'db-pas'],
    ['app-config', ['app-config-7h2k9', 'web'], 'app-config-7h2k9'],
    ['app-config-7h2k9', ['app-config'], 'app-config'],
    ['db-pass', ['db-past', 'db-pasr'], undefined],
    ['db-pass', ['db-pasx', 'db-pass1'], undefined],
    ['db', ['dc', 'db-1', 'db-2'], undefined],
    ['db-pass', ['orders', 'unrelated-secret'], undefined],
    ['db-pass', [], undefined],
  ])('for %s of %j is %s', (wanted, names, expected) => {
    expect(closestName(wanted, names)).toBe(expected);
  });
});

describe('nameFinder', () => {
  it('looks in the namespace of the question only', () => {
    const item = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db-pas', namespace: 'other' } };
    const find = nameFinder([item]);

    expect(find('shop', 'db-pass')).toBeUndefined();
    expect(find('other', 'db-pass')).toBe('db-pas');
  });
});

describe('isAlike', () => {
  it('takes parts and two edits for the same word', () => {
    expect([isAlike('web', 'web-2'), isAlike('wbe1', 'web1'), isAlike('web', 'api')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
