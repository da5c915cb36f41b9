import { describe, expect, it } from 'vitest';
import { addItem, createStore, type Item, type Store } from '../../../src/analyze/store.ts';
import { noteUnreadLogs } from '../../../src/analyze/unread-logs.ts';
import { resourcesId } from '../../../src/model/artifact.ts';
import { containerStatus, pod } from '../../support/builders.ts';

const POD = resourcesId('', 'Pod');

function storeOf(...pods: readonly object[]): Store {
  const store = createStore();
  for (const one of pods) addItem(store, POD, 0, one as Item);
  return store;
}

function inShop(name: string, state: object, container = 'app') {
  return pod(name, {
    metadata: { namespace: 'shop' },
    status: { containerStatuses: [containerStatus(container, { state })] },
  });
}

function addLog(store: Store, name: string): void {
  const scope = { type: 'container', namespace: 'shop', pod: name, container: 'app' } as const;
  store.rows.push({ artifact: 'logs', scope, outcome: 'collected' });
}

describe('logs a tool left out without a word', () => {
  it('are those of containers that ran', () => {
    const store = storeOf(
      inShop('a', { running: {} }),
      inShop('b', { running: {} }),
      inShop('c', { terminated: { exitCode: 1 } }),
      inShop('d', { waiting: { reason: 'ImagePullBackOff' } }),
    );
    addLog(store, 'a');

    noteUnreadLogs(store);

    expect(store.rows.slice(1)).toEqual([
      {
        artifact: 'logs',
        scope: { type: 'namespace', namespace: 'shop' },
        outcome: 'skipped',
        reason: 'the bundle holds no log of b/app and of 1 more',
      },
    ]);
  });

  it('are none when every log is there, or none at all', () => {
    const all = storeOf(inShop('a', { running: {} }));
    addLog(all, 'a');
    const without = storeOf(inShop('a', { running: {} }));

    noteUnreadLogs(all);
    noteUnreadLogs(without);

    expect(all.rows).toHaveLength(1);
    expect(without.rows).toEqual([]);
  });

  it('are told of statuses of any shape', () => {
    const store = storeOf(
      pod('a', {
        metadata: { namespace: 'shop' },
        status: { containerStatuses: [null, { name: 3, state: { running: {} } }] },
      }),
      pod('b', { metadata: { namespace: 'shop' }, status: { containerStatuses: 'none' } }),
    );
    addLog(store, 'x');

    noteUnreadLogs(store);

    expect(store.rows).toHaveLength(1);
  });
});
