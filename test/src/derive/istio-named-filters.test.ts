import { describe, expect, it } from 'vitest';
import type { EnvoyFilterItem } from '../../../src/artifacts/istio-workload-resources.ts';
import { isOfVirtualEnvironments, namedFilters } from '../../../src/derive/istio-named-filters.ts';

function filter(name: string, ...adds: readonly unknown[]): EnvoyFilterItem {
  const configPatches = adds.map((one) => ({ patch: { value: { name: one } } }));
  return { metadata: { name, namespace: 'shop' }, spec: { configPatches } } as unknown as EnvoyFilterItem;
}
const namesOf = (found: readonly EnvoyFilterItem[]) => found.map(({ metadata }) => metadata.name);

describe('the EnvoyFilters a refusal is about', () => {
  it('are those of whose patches one bears a name that is quoted', () => {
    const named = namedFilters([filter('guard', 'a.first', 'shop.guard'), filter('other', 'shop.other')]);

    expect(namesOf(named("no implementation for 'shop.guard'"))).toEqual(['guard']);
  });

  it('are none for a name too short to be one, no name, no patch and no words', () => {
    const broken = { metadata: { name: 'broken' }, spec: null } as unknown as EnvoyFilterItem;
    const named = namedFilters([filter('short', 'lua'), filter('number', 15), broken]);

    expect(named('no lua of 15 here')).toEqual([]);
    expect(named('')).toEqual([]);
  });

  it('are looked for once for the same words', () => {
    const named = namedFilters([filter('guard', 'shop.guard')]);

    expect(named('no shop.guard')).toBe(named('no shop.guard'));
  });

  it('are left to KtEnv where the words are about its filter', () => {
    expect(isOfVirtualEnvironments("for name: 'virtual.environment.lua'")).toBe(true);
    expect(isOfVirtualEnvironments("for name: 'shop.guard'")).toBe(false);
  });
});
