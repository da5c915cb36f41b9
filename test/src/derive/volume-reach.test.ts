import { describe, expect, it } from 'vitest';
import { nodes } from '../../../src/artifacts/resources.ts';
import type { PersistentVolumeItem } from '../../../src/artifacts/storage-resources.ts';
import { volumeReach } from '../../../src/derive/volume-reach.ts';
import { node } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import type { Given } from '../../support/given.ts';
import { volume } from '../../support/storage-builders.ts';

type Term = Record<string, unknown>;

function reach(given: Given, ...nodeSelectorTerms: Term[]) {
  const spec = nodeSelectorTerms.length > 0 ? { nodeAffinity: { required: { nodeSelectorTerms } } } : {};
  const item = volume('pv-1', 'data', { spec }) as unknown as PersistentVolumeItem;
  return derivedFrom(volumeReach, given)(item);
}

const zone = (...values: string[]): Term => ({ matchExpressions: [{ key: 'zone', operator: 'In', values }] });
const given: Given = { objects: [node('a', { metadata: { labels: { zone: 'z1', disk: 'ssd' } } })] };

describe('a volume', () => {
  it('is reached from a node that meets one of its terms whole', () => {
    const both = {
      matchExpressions: [
        { key: 'zone', operator: 'In', values: ['z1'] },
        { key: 'disk', operator: 'Exists' },
      ],
    };

    expect(reach(given)).toEqual({ state: 'reached' });
    expect(reach(given, zone('z9'), zone('z1')).state).toBe('reached');
    expect(reach(given, both).state).toBe('reached');
    expect(reach(given, { matchExpressions: [{ key: 'gpu', operator: 'DoesNotExist' }] }).state).toBe(
      'reached',
    );
  });

  it('is reached from nowhere when no node meets a term', () => {
    const both = {
      matchExpressions: [
        { key: 'zone', operator: 'In', values: ['z1'] },
        { key: 'gpu', operator: 'Exists' },
      ],
    };
    const field = { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['gone'] }] };

    expect(reach(given, both)).toEqual({ state: 'nowhere', wanted: ['zone=z1 and gpu'], nodeOnly: false });
    expect(reach(given, field)).toEqual({ state: 'nowhere', wanted: ['metadata.name=gone'], nodeOnly: true });
  });

  it('is not known to be out of reach where nodes were refused', () => {
    expect(reach({ forbidden: [nodes] }, zone('z9')).state).toBe('unseen');
  });
});
