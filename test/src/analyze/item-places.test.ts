import { describe, expect, it } from 'vitest';
import { createItemPlaces } from '../../../src/analyze/item-places.ts';
import type { Item } from '../../../src/analyze/store.ts';

const POD = 'resources:core/Pod';

function item(namespace: string | undefined, uid: string | undefined = 'u'): Item {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace, uid } } as Item;
}

function scopeOf(...items: readonly Item[]) {
  const places = createItemPlaces();
  for (const one of items) places.add(POD, one);
  return places.scopeOf(POD);
}

describe('what a list covers by its items', () => {
  it('is the namespace of all of them', () => {
    expect(scopeOf(item('shop'), item('shop'))).toEqual({ type: 'namespace', namespace: 'shop' });
  });

  it('is the cluster for several namespaces, and for none', () => {
    expect(scopeOf(item('shop'), item('other'))).toEqual({ type: 'cluster' });
    expect(scopeOf(item(undefined))).toEqual({ type: 'cluster' });
  });

  it('is not known of an empty list, and of one somebody wrote', () => {
    expect(scopeOf()).toBeUndefined();
    const written = { ...item('shop'), metadata: { name: 'a', namespace: 'shop' } } as Item;
    expect(scopeOf(item('shop'), written)).toBeUndefined();
  });
});
