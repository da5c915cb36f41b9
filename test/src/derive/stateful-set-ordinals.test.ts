import { describe, expect, it } from 'vitest';
import { pods } from '../../../src/artifacts/resources.ts';
import { missingOrdinal, placesOf, type StatefulSetItem } from '../../../src/derive/stateful-set-ordinals.ts';
import { notReady, statefulPod, statefulSet } from '../../support/controller-builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';

function seen(...objects: readonly object[]) {
  return inputsFrom({ pods }, { objects }).pods;
}

function set(spec: Record<string, unknown> = {}): StatefulSetItem {
  return statefulSet('db', { spec }) as unknown as StatefulSetItem;
}

describe('placesOf', () => {
  it('begins at the first ordinal', () => {
    const places = [...placesOf(set({ ordinals: { start: 5 }, replicas: 2 }), seen(statefulPod('db', 6)))];

    expect(places.map(({ name, pod }) => [name, pod !== undefined])).toEqual([
      ['db-5', false],
      ['db-6', true],
    ]);
  });
});

describe('missingOrdinal', () => {
  it('is the first place without a pod', () => {
    expect(missingOrdinal(set(), seen(statefulPod('db', 0)))).toBe('db-1');
  });

  it('is none while an earlier pod is not ready, but in parallel', () => {
    const first = seen(statefulPod('db', 0, { status: notReady(60) }));

    expect(missingOrdinal(set(), first)).toBeUndefined();
    expect(missingOrdinal(set({ podManagementPolicy: 'Parallel' }), first)).toBe('db-1');
  });

  it('is none when all are there, or none is wanted', () => {
    const all = seen(...[0, 1, 2].map((ordinal) => statefulPod('db', ordinal)));

    expect(missingOrdinal(set(), all)).toBeUndefined();
    expect(missingOrdinal(set({ replicas: 0 }), all)).toBeUndefined();
  });
});
