import { describe, expect, it } from 'vitest';
import { partJoinedNames } from '../../../src/analyze/joined-log-names.ts';
import { addItem, createStore, type Item, type LogSection } from '../../../src/analyze/store.ts';
import { type Scope, scopeKey } from '../../../src/model/scope.ts';

function podItem(name: string, containers: readonly string[], initContainers: readonly string[] = []): Item {
  const named = (names: readonly string[]) => names.map((one) => ({ name: one }));
  const spec = { containers: named(containers), initContainers: named(initContainers) };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name }, spec } as unknown as Item;
}

function joined(words: readonly string[], pods: readonly Item[], namespace = 'shop') {
  const store = createStore();
  for (const word of words) {
    const scope: Scope = { type: 'container', namespace, pod: '', container: word };
    store.logs.push({ path: `${word}.log`, scope, lines: 1, bytes: 1, matches: new Map() } as LogSection);
    store.rows.push({ artifact: 'logs', scope, outcome: 'collected' });
  }
  for (const item of pods) addItem(store, 'resources:core/Pod', 0, item);
  partJoinedNames(store);
  return store;
}

function keys(store: ReturnType<typeof createStore>): string[] {
  return store.logs.map(({ scope }) => scopeKey(scope));
}

describe('logs named by pod and container in one word', () => {
  it('are of the container the word is made of, the one before included', () => {
    const pods = [podItem('web-1', ['app', 'istio-proxy'], ['istio-init']), podItem('web', ['app'])];
    const words = ['web-1-app', 'web-1-istio-proxy-previous', 'web-1-istio-init', 'web-app'];

    const store = joined(words, pods);

    expect(keys(store)).toEqual([
      'container/shop/web-1/app',
      'container/shop/web-1/istio-proxy/previous',
      'container/shop/web-1/istio-init',
      'container/shop/web/app',
    ]);
    expect(store.rows.map(({ scope }) => scopeKey(scope))).toEqual(keys(store));
  });

  it.each([
    ['two pods', 'web-a-b', [podItem('web', ['a-b']), podItem('web-a', ['b'])]],
    [
      'a container and the one before of another',
      'web-app-previous',
      [podItem('web', ['app', 'app-previous'])],
    ],
  ])('that fit %s are nobody’s, and the row says so', (_name, word, pods) => {
    const store = joined([word], pods);

    expect(store.logs).toEqual([]);
    expect(store.rows).toMatchObject([
      { outcome: 'skipped', reason: expect.stringContaining('does not tell whose') },
    ]);
  });

  it('are never taken for those of a pod that has the whole word as its name', () => {
    const store = joined(['web-1-app'], [podItem('web-1-app', ['main'])]);

    expect(store.logs).toEqual([]);
    expect(store.rows).toMatchObject([{ outcome: 'skipped' }]);
  });

  it('stay whole where the pod is not known', () => {
    expect(keys(joined(['gone-5f-app'], [podItem('web', ['app'])]))).toEqual(['container/shop/gone-5f-app/']);
    expect(keys(joined(['gone-5f-app'], []))).toEqual(['container/shop/gone-5f-app/']);
  });

  it('in a folder that is no namespace with pods are logs of the pod the folder is named by', () => {
    const store = joined(['app', 'app-previous'], [podItem('web-1', ['app'])], 'web-1');

    expect(keys(store)).toEqual(['container//web-1/app', 'container//web-1/app/previous']);
  });
});
