import { describe, expect, it } from 'vitest';
import type {
  PersistentVolumeClaimItem,
  PersistentVolumeItem,
} from '../../../src/artifacts/storage-resources.ts';
import { nearestVolume, volumeMismatches } from '../../../src/derive/volume-match.ts';
import { pendingClaim, volume } from '../../support/storage-builders.ts';

function asked(spec: Record<string, unknown> = {}): PersistentVolumeClaimItem {
  return pendingClaim('data', { spec }) as unknown as PersistentVolumeClaimItem;
}

function offered(spec: Record<string, unknown> = {}, labels?: Record<string, string>): PersistentVolumeItem {
  const metadata = labels ? { metadata: { labels } } : {};
  return volume('pv-1', null, { spec, ...metadata }) as unknown as PersistentVolumeItem;
}

describe('a volume for a claim', () => {
  it.each([
    [{}, {}, []],
    [{ volumeMode: 'Filesystem' }, { capacity: { storage: '11Gi' } }, []],
    [{}, { capacity: { storage: '9Gi' } }, ['capacity']],
    [{}, { storageClassName: 'slow' }, ['storageClassName']],
    [{ volumeMode: 'Block' }, {}, ['volumeMode']],
    [{ accessModes: ['ReadWriteOnce'] }, { accessModes: ['ReadWriteOnce', 'ReadWriteMany'] }, []],
    [{ accessModes: ['ReadWriteMany'] }, {}, ['accessModes']],
    [{ selector: { matchLabels: { tier: 'gold' } } }, {}, ['selector']],
  ])('asked for with %j and offered as %j differs in %j', (spec, offer, fields) => {
    expect(volumeMismatches(asked(spec), 'fast', offered(offer)).map((one) => one.field)).toEqual(fields);
  });

  it.each([
    ['In', ['gold'], true],
    ['In', ['silver'], false],
    ['NotIn', ['silver'], true],
    ['Exists', undefined, true],
    ['DoesNotExist', undefined, false],
  ])('is chosen by an expression %s %j: %s', (operator, values, fits) => {
    const selector = { matchExpressions: [{ key: 'tier', operator, ...(values ? { values } : {}) }] };
    const found = volumeMismatches(asked({ selector }), 'fast', offered({}, { tier: 'gold' }));

    expect(found.length === 0).toBe(fits);
  });

  it('says what was wanted and what is there', () => {
    expect(volumeMismatches(asked(), '', offered({ capacity: { storage: '1Gi' } }))).toEqual([
      { field: 'storageClassName', wanted: 'none', offered: 'fast' },
      { field: 'capacity', wanted: '10Gi', offered: '1Gi' },
    ]);
  });
});

describe('the nearest volume', () => {
  it('has fewest mismatches, and of equals most space', () => {
    const far = offered({ capacity: { storage: '1Gi' }, volumeMode: 'Block' });
    const near = offered({ capacity: { storage: '5Gi' } });
    const small = offered({ capacity: { storage: '2Gi' } });

    expect(nearestVolume(asked(), 'fast', [far, small, near])?.volume).toBe(near);
    expect(nearestVolume(asked(), 'fast', [])).toBeUndefined();
  });
});
