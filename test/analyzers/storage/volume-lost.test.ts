import { expect } from 'vitest';
import { volumeLost } from '../../../analyzers/storage/volume-lost.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../../src/artifacts/storage-resources.ts';
import { ago } from '../../support/builders.ts';
import { claim, pendingClaim, user, volume } from '../../support/storage-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'PersistentVolumeClaim/shop/data';
const LOST = { status: { phase: 'Lost' } };

testAnalyzer(volumeLost, {
  silent: [
    { name: 'bound', given: { objects: [claim('data'), volume('pv-data', 'data')] } },
    { name: 'pending', given: { objects: [pendingClaim('data')] } },
    {
      name: 'a claim that is being deleted',
      given: { objects: [claim('data', { metadata: { deletionTimestamp: ago(5) } })] },
    },
    {
      name: 'volumes were refused, and the claim is bound',
      given: { objects: [claim('data')], forbidden: [persistentVolumes] },
      status: 'unknown',
    },
  ],
  reports: [
    {
      name: 'the volume is gone under a claim in use',
      given: { objects: [claim('data'), user('web', ['data'])] },
      expect: [{ message: 'volumeGone', subject, severity: 'critical', values: { name: 'pv-data' } }],
    },
    {
      name: 'the volume is gone under a claim nobody uses',
      given: { objects: [claim('data', LOST)] },
      expect: [{ message: 'volumeGone', subject, severity: 'warning' }],
    },
    {
      name: 'the volume belongs to another claim',
      given: { objects: [claim('data', LOST), volume('pv-data', 'other')] },
      expect: [
        {
          message: 'boundToOther',
          subject,
          values: { other: expect.objectContaining({ name: 'other' }) as never },
        },
      ],
    },
    {
      name: 'lost, and volumes were refused',
      given: { objects: [claim('data', LOST)], forbidden: [persistentVolumes] },
      expect: [{ message: 'claimLost', subject, values: { name: 'pv-data' } }],
    },
    {
      name: 'a volume that could not be deleted',
      given: {
        objects: [
          volume('pv-old', 'old', { status: { phase: 'Failed', message: 'VolumeInUse: disk is attached.' } }),
        ],
      },
      expect: [
        {
          message: 'reclaimFailed',
          subject: 'PersistentVolume/pv-old',
          values: { detail: 'VolumeInUse: disk is attached' },
        },
      ],
    },
  ],
  unknown: [
    { name: 'claims were refused', given: { forbidden: [persistentVolumeClaims] }, reason: /not allowed/ },
  ],
});
