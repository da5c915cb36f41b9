import { expect, it } from 'vitest';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { claimRef, podClaims } from '../../../src/derive/pod-claims.ts';
import { pod } from '../../support/builders.ts';

it('a pod mounts the claims it names and those made for it', () => {
  const volumes = [
    { name: 'data', persistentVolumeClaim: { claimName: 'shared', readOnly: true } },
    { name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } },
    { name: 'tmp', emptyDir: {} },
  ];
  const claims = podClaims(pod('web', { spec: { volumes } }) as unknown as PodItem);

  expect(claims.map(({ volume, readOnly }) => [volume, readOnly])).toEqual([
    ['data', true],
    ['scratch', false],
  ]);
  expect(claims.map(claimRef)).toEqual([
    { group: '', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'shared' },
    { group: '', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'web-scratch' },
  ]);
});
