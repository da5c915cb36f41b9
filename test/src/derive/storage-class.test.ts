import { describe, expect, it } from 'vitest';
import {
  type PersistentVolumeClaimItem,
  type StorageClassItem,
  storageClasses,
} from '../../../src/artifacts/storage-resources.ts';
import { classOfClaim, defaultClasses, driverOf } from '../../../src/derive/storage-class.ts';
import { ago, type Built } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { DEFAULT_CLASS, pendingClaim, storageClass } from '../../support/storage-builders.ts';

function classOf(spec: Record<string, unknown>, objects: readonly Built[], metadata = {}) {
  const { classes } = inputsFrom({ classes: storageClasses }, { objects });
  const claim = pendingClaim('data', { spec, metadata }) as unknown as PersistentVolumeClaimItem;
  return classOfClaim(claim, classes);
}

describe('the class of a claim', () => {
  const byDefault = storageClass('standard', { metadata: DEFAULT_CLASS });

  it('is the one it names, in the field or the old annotation', () => {
    const annotations = { 'volume.beta.kubernetes.io/storage-class': 'old' };

    expect(classOf({ storageClassName: 'fast' }, [storageClass('fast')])).toMatchObject({ state: 'found' });
    expect(classOf({ storageClassName: 'fast' }, [])).toEqual({ state: 'missing', name: 'fast' });
    expect(classOf({ storageClassName: 'fast' }, [], { annotations })).toMatchObject({ name: 'old' });
  });

  it('is the default one when it names none', () => {
    const none = { storageClassName: undefined };

    expect(classOf(none, [storageClass('fast'), byDefault])).toMatchObject({
      state: 'found',
      name: 'standard',
    });
    expect(classOf(none, [storageClass('fast')])).toEqual({ state: 'no-default' });
  });

  it('is none when it says so, whatever the default', () => {
    expect(classOf({ storageClassName: '' }, [byDefault])).toEqual({ state: 'none' });
  });

  it('is not known where classes were refused', () => {
    const { classes } = inputsFrom({ classes: storageClasses }, { forbidden: [storageClasses] });
    const claim = pendingClaim('data') as unknown as PersistentVolumeClaimItem;

    expect(classOfClaim(claim, classes).state).toBe('unseen');
  });
});

describe('default classes', () => {
  it('come newest first', () => {
    const old = storageClass('old', { metadata: { ...DEFAULT_CLASS, creationTimestamp: ago(100) } });
    const fresh = storageClass('fresh', { metadata: { ...DEFAULT_CLASS, creationTimestamp: ago(1) } });
    const found = defaultClasses([old, storageClass('other'), fresh] as unknown as StorageClassItem[]);

    expect(found.map((one) => one.metadata.name)).toEqual(['fresh', 'old']);
  });
});

describe('a provisioner of former in-tree volumes', () => {
  it('is served by the CSI driver that took over', () => {
    expect(driverOf('kubernetes.io/aws-ebs')).toBe('ebs.csi.aws.com');
    expect(driverOf('rancher.io/local-path')).toBe('rancher.io/local-path');
  });
});
