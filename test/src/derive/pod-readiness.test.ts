import { expect, it } from 'vitest';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { hasEnded, isReady, readinessSince } from '../../../src/derive/pod-readiness.ts';
import { ago, condition, pod } from '../../support/builders.ts';

function given(status: Record<string, unknown>, metadata: Record<string, unknown> = {}): PodItem {
  return pod('web', { metadata, status }) as unknown as PodItem;
}

it('a pod takes traffic while it is Ready and not being deleted', () => {
  const ready = { conditions: [condition('Initialized', 'True'), condition('Ready', 'True')] };

  expect(isReady(given(ready))).toBe(true);
  expect(isReady(given(ready, { deletionTimestamp: ago(1) }))).toBe(false);
  expect(isReady(given({ conditions: [condition('Ready', 'Unknown')] }))).toBe(false);
  expect(isReady(given({ conditions: [] }))).toBe(false);
});

it('a pod has ended when it completed or failed', () => {
  expect(['Pending', 'Running', 'Succeeded', 'Failed'].map((phase) => hasEnded(given({ phase })))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

it('readiness dates from the deletion, the condition, or the creation', () => {
  const conditions = [condition('Ready', 'False', { lastTransitionTime: ago(50) })];

  expect(readinessSince(given({ conditions }, { deletionTimestamp: ago(20) }))).toBe(ago(20));
  expect(readinessSince(given({ conditions }))).toBe(ago(50));
  expect(readinessSince(given({ conditions: [] }, { creationTimestamp: ago(90) }))).toBe(ago(90));
});
