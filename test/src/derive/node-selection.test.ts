import { describe, expect, it } from 'vitest';
import type { NodeItem, PodItem } from '../../../src/artifacts/resources.ts';
import { isKeptAway, pinnedNode, unmatchedSelection } from '../../../src/derive/node-selection.ts';
import { node, pod } from '../../support/builders.ts';

function asking(spec: Record<string, unknown>): PodItem {
  return pod('web', { spec }) as unknown as PodItem;
}

function required(...nodeSelectorTerms: object[]): Record<string, unknown> {
  const requirement = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return { affinity: { nodeAffinity: requirement } };
}

const labels = { disk: 'hdd', zone: 'a', cores: '16' };
const target = node('worker-1', { metadata: { labels } }) as unknown as NodeItem;

describe('a taint', () => {
  const taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' };

  it.each([
    [[], true],
    [[{ operator: 'Exists' }], false],
    [[{ key: 'dedicated', operator: 'Exists' }], false],
    [[{ key: 'dedicated', value: 'gpu' }], false],
    [[{ key: 'dedicated', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' }], false],
    [[{ key: 'dedicated', value: 'cpu' }], true],
    [[{ key: 'dedicated', operator: 'Exists', effect: 'NoExecute' }], true],
    [[{ key: 'other', operator: 'Exists' }], true],
  ])('with the tolerations %j keeps the pod away: %s', (tolerations, away) => {
    expect(isKeptAway(asking({ tolerations }), taint)).toBe(away);
  });

  it('that is only a preference keeps no pod away', () => {
    expect(isKeptAway(asking({}), { ...taint, effect: 'PreferNoSchedule' })).toBe(false);
  });
});

describe('a node', () => {
  it.each([
    [{}, []],
    [{ nodeSelector: { disk: 'hdd' } }, []],
    [{ nodeSelector: { disk: 'ssd', zone: 'a' } }, ['disk=ssd']],
    [
      required({ matchExpressions: [{ key: 'zone', operator: 'In', values: ['b', 'c'] }] }),
      ['zone in (b, c)'],
    ],
    [required({ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }), ['zone notin (a)']],
    [required({ matchExpressions: [{ key: 'gpu', operator: 'Exists' }] }), ['gpu']],
    [required({ matchExpressions: [{ key: 'disk', operator: 'DoesNotExist' }] }), ['!disk']],
    [required({ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['8'] }] }), []],
    [required({ matchExpressions: [{ key: 'cores', operator: 'Lt', values: ['8'] }] }), ['cores < 8']],
    [required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['worker-1'] }] }), []],
  ])('lacks for %j: %j', (spec, missing) => {
    expect(unmatchedSelection(asking(spec), target)).toEqual(missing);
  });

  it('matches when one of several terms does, else the nearest term is told', () => {
    const far = {
      matchExpressions: [
        { key: 'x', operator: 'Exists' },
        { key: 'y', operator: 'Exists' },
      ],
    };
    const near = { matchExpressions: [{ key: 'zone', operator: 'In', values: ['b'] }] };
    const fits = { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] };

    expect(unmatchedSelection(asking(required(far, fits)), target)).toEqual([]);
    expect(unmatchedSelection(asking(required(far, near)), target)).toEqual(['zone=b']);
  });
});

describe('a pod', () => {
  const pin = (name: string) => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] });

  it('of a DaemonSet is pinned to its node', () => {
    expect(pinnedNode(asking(required(pin('worker-1'))))).toBe('worker-1');
  });

  it('with a choice of nodes is not pinned', () => {
    expect(pinnedNode(asking(required(pin('worker-1'), pin('worker-2'))))).toBeUndefined();
    expect(pinnedNode(asking({ nodeSelector: { disk: 'ssd' } }))).toBeUndefined();
  });
});
