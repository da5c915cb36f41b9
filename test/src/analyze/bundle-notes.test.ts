import { describe, expect, it } from 'vitest';
import { emptyNotes, noteItem, observe, settle } from '../../../src/analyze/bundle-notes.ts';
import type { Item } from '../../../src/analyze/store.ts';

function node(conditions: unknown): Item {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1', creationTimestamp: '2026-01-01T00:00:00Z' },
    status: { conditions },
  } as Item;
}

describe('the time of a bundle that does not tell its own', () => {
  it.each([
    ['changed', [{ lastTransitionTime: '2026-02-01T00:00:00Z' }], '2026-02-01T00:00:00Z'],
    ['was confirmed', [{ lastHeartbeatTime: '2026-02-02T00:00:00Z' }], '2026-02-02T00:00:00Z'],
    ['is of another shape', [null, 'x', { lastTransitionTime: 5 }], '2026-01-01T00:00:00Z'],
    ['is none', 'x', '2026-01-01T00:00:00Z'],
  ])('is not before a condition %s', (_name, conditions, newest) => {
    const notes = emptyNotes();

    noteItem(notes, node(conditions));

    expect(notes.times.observation()?.time).toBe(newest);
  });

  it('is given to every entry of a file of several', () => {
    const notes = emptyNotes();
    const [first, second] = [observe(notes, 'dump.txt', undefined), observe(notes, 'dump.txt', undefined)];
    noteItem(notes, node([]));

    settle(notes, undefined, undefined);

    for (const one of [first, second])
      expect(one).toMatchObject({ time: '2026-01-01T00:00:00Z', source: 'newest-timestamp' });
  });

  it.each([
    ['a heartbeat beside it', '2026-02-02T00:00:00Z', 300],
    ['a heartbeat long before it', '2026-01-31T00:00:00Z', 3600],
  ])('is known as well as something in it never rests: %s', (_name, lastHeartbeatTime, errorSeconds) => {
    const notes = emptyNotes();
    noteItem(notes, node([{ lastHeartbeatTime, lastTransitionTime: '2026-02-02T00:01:00Z' }]));

    expect(notes.times.observation()).toMatchObject({ time: '2026-02-02T00:01:00Z', errorSeconds });
  });
});
