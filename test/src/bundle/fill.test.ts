import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { fillResources } from '../../../src/bundle/fill.ts';
import type { Spool } from '../../../src/bundle/spool.ts';
import { itemOf, namespaceScope, passThrough } from './bundle-fixture.ts';

const PAGES = 60;
/** The page under way, the one before it, and what the engine has not let go of yet. */
const FEW = 10;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('holds no page of a list any more once it has been written', async () => {
  const pages: WeakRef<object>[] = [];
  let alive = 0;
  async function* items() {
    for (let number = 0; number < PAGES; number++) {
      const page = [itemOf({ metadata: { name: `web-${number}` } })];
      pages.push(new WeakRef(page));
      yield page;
      await new Promise((resolve) => setImmediate(resolve));
    }
    collectGarbage();
    alive = pages.filter((page) => page.deref() !== undefined).length;
  }
  const spool = { write: () => undefined, size: () => 1 } as unknown as Spool;
  const entry = { type: 'resources', group: '', apiVersion: 'v1', kind: 'Pod', resource: 'pods' } as const;
  const list = { ...entry, scope: namespaceScope('shop'), sample: 0, whole: true, ending: () => ({}) };
  const { signal } = new AbortController();

  const filling = await fillResources({ ...list, items: items(), signal }, spool, passThrough());

  expect(filling).toMatchObject({ items: PAGES, broken: undefined });
  expect(alive).toBeLessThan(FEW);
});
