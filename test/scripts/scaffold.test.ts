import { describe, expect, it } from 'vitest';
import { LEFTOVER, scaffold } from '../../scripts/scaffold.ts';
import type { UnitKind } from '../../scripts/units.ts';
import { UserError } from '../../src/model/errors.ts';
import { lines } from '../contract/rules/source-tree.ts';
import { leftoverViolations, unitViolations } from '../contract/rules/units.ts';

describe('scaffold', () => {
  it.each(['analyzer', 'collector'] as const)('makes the three files of an %s of one name', (kind) => {
    const files = scaffold(kind, 'kong/plane-lost');

    expect([...files.keys()]).toEqual([
      `${kind}s/kong/plane-lost.ts`,
      `${kind}s/kong/plane-lost.md`,
      `test/${kind}s/kong/plane-lost.test.ts`,
    ]);
  });

  it.each(['analyzer', 'collector'] as const)('makes an %s that only wants filling in', (kind) => {
    const files = scaffold(kind, 'kong/plane-lost');
    const title = /title: '([^']*)'/.exec(files.get(`${kind}s/kong/plane-lost.ts`) ?? '')?.[1];
    const unit = { meta: { id: 'kong/plane-lost', title } };
    const registry = { analyzers: [], collectors: [], [`${kind}s`]: [unit] };

    expect(lines(unitViolations(files, registry as never))).toEqual([]);
    expect(leftoverViolations(files)).toHaveLength(3);
  });

  it('marks everything to fill in with the same words', () => {
    for (const text of scaffold('analyzer', 'kong/plane-lost').values()) expect(text).toContain(LEFTOVER);
  });

  it.each<[UnitKind, string, string]>([
    ['analyzer', '', 'is not an id'],
    ['analyzer', 'kong', 'is not an id'],
    ['analyzer', 'kong/planeLost', 'is not an id'],
    ['analyzer', 'kong/plane/lost', 'is not an id'],
    ['analyzer', 'kong/../x', 'is not an id'],
    ['analyzer', 'cheese/plane-lost', 'is no domain'],
    ['analyzer', 'kong/no-plane', 'begins with `no-`'],
    ['analyzer', 'kong/check-plane', 'begins with `check-`'],
    ['collector', 'kong/get-planes', 'begins with `get-`'],
  ])('refuses %s %s', (kind, id, message) => {
    expect(() => scaffold(kind, id)).toThrow(UserError);
    expect(() => scaffold(kind, id)).toThrow(message);
  });
});
