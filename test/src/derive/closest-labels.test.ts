import { describe, expect, it } from 'vitest';
import { closestLabels, distinctLabels } from '../../../src/derive/closest-labels.ts';

type Labels = Record<string, string>;

function closest(selector: Labels, ...sets: Labels[]) {
  return closestLabels(sets, (labels) => labels, selector);
}

describe('the closest labels', () => {
  it('differ in the fewest pairs', () => {
    const near = { app: 'web', tier: 'back' };

    expect(closest({ app: 'web', tier: 'front' }, { app: 'api', tier: 'db' }, near)).toEqual({
      item: near,
      differences: [{ label: 'tier', wanted: 'front', found: 'back' }],
    });
  });

  it('may lack a label altogether', () => {
    const found = closest({ app: 'web', release: 'blue' }, { app: 'web' });

    expect(found?.differences).toEqual([{ label: 'release', wanted: 'blue' }]);
  });

  it.each(['shop-web', 'webb', 'web2'])('of a single pair look alike: %s', (value) => {
    expect(closest({ app: 'web' }, { app: value })?.item).toEqual({ app: value });
  });

  it('are misspelt by two letters at most', () => {
    expect(closest({ app: 'payment' }, { app: 'payemnt' })).toBeDefined();
    expect(closest({ app: 'payment' }, { app: 'shipment' })).toBeUndefined();
  });

  it('are none when nothing is near', () => {
    expect(closest({ app: 'web' }, { app: 'api' }, {}, { tier: 'web' })).toBeUndefined();
    expect(closest({ app: 'web' })).toBeUndefined();
  });
});

describe('distinct labels', () => {
  it('leave out what controllers generate, and end at 500 sets', () => {
    const replicas = ['1', '2'].map((hash) => ({ app: 'web', 'pod-template-hash': hash }));
    const many = Array.from({ length: 900 }, (_, index) => ({ app: `a${index}` }));

    expect(distinctLabels(replicas, (labels) => labels)).toEqual([replicas[0]]);
    expect(distinctLabels(many, (labels) => labels)).toHaveLength(500);
  });
});
