import { describe, expect, it } from 'vitest';
import { claimPending } from '../../../analyzers/storage/claim-pending.ts';
import {
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
} from '../../../src/artifacts/storage-resources.ts';
import { ago, type Built, event } from '../../support/builders.ts';
import {
  csiDriver,
  DEFAULT_CLASS,
  driverController,
  pendingClaim,
  storageClass,
  user,
  volume,
} from '../../support/storage-builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';
import { BY_HAND, LATE, NONE, named, SELECTED, silent, subject, unscheduled } from './claim-pending-cases.ts';
import { PROVISIONED, slips } from './claim-pending-slips.ts';

/** A pending claim with what its provisioner said last. */
function failing(text: string, parts: Record<string, unknown> = {}): Built[] {
  const asked = pendingClaim('data', parts);
  const message = `failed to provision volume with StorageClass "fast": ${text}`;
  return [asked, event(asked, { reason: 'ProvisioningFailed', message }), csiDriver(), driverController()];
}

testAnalyzer(claimPending, {
  silent,
  reports: [
    {
      name: 'a class that does not exist',
      given: { objects: [pendingClaim('data'), user('web', ['data'])] },
      expect: [
        {
          message: 'classMissing',
          subject,
          severity: 'critical',
          values: { storageClass: 'fast' },
          since: ago(86_400),
        },
      ],
    },
    {
      name: 'a class that does not exist, by an event, for a reader who may not see classes',
      given: {
        objects: failing('storageclass.storage.k8s.io "gone" not found').slice(0, 2),
        forbidden: [storageClasses, persistentVolumes],
      },
      expect: [{ message: 'classMissing', subject, values: { storageClass: 'gone' } }],
    },
    {
      name: 'a class that was deleted, whose volumes are still in use',
      given: { objects: [pendingClaim('data'), volume('pv-1', 'other', PROVISIONED)] },
      expect: [{ message: 'classMissing', subject, severity: 'warning' }],
    },
    ...slips,
    {
      name: 'no class named and no default',
      given: {
        objects: [pendingClaim('data', { spec: { storageClassName: undefined } }), storageClass('fast')],
      },
      expect: [{ message: 'noDefaultClass', subject, severity: 'warning' }],
    },
    {
      name: 'a volume one field short',
      given: {
        objects: [
          pendingClaim('data', { spec: { ...NONE, accessModes: ['ReadWriteMany'] } }),
          volume('pv-small', null, { spec: { ...NONE, capacity: { storage: '1Gi' } } }),
          volume('pv-near', null, { spec: { ...NONE, capacity: { storage: '20Gi' } } }),
        ],
      },
      expect: [
        {
          message: 'volumeMismatch',
          subject,
          values: {
            volume: named('pv-near') as never,
            field: 'accessModes',
            wanted: 'ReadWriteMany',
            offered: 'ReadWriteOnce',
          },
        },
      ],
    },
    {
      name: 'a volume by name that is too small',
      given: {
        objects: [
          pendingClaim('data', { spec: { volumeName: 'pv-1' } }),
          volume('pv-1', null, { spec: { capacity: { storage: '5Gi' } } }),
        ],
      },
      expect: [
        { message: 'volumeMismatch', subject, values: { field: 'capacity', wanted: '10Gi', offered: '5Gi' } },
      ],
    },
    {
      name: 'the fitting volume is bound to another claim',
      given: { objects: [pendingClaim('data', { spec: NONE }), volume('pv-1', 'other', { spec: NONE })] },
      expect: [
        {
          message: 'volumeTaken',
          subject,
          values: { volume: named('pv-1') as never, other: named('other') as never },
        },
      ],
    },
    {
      name: 'the fitting volume is kept for a claim that was deleted',
      given: {
        objects: [
          pendingClaim('data', { spec: NONE }),
          volume('pv-1', 'data-old', { spec: NONE, status: { phase: 'Released' } }),
        ],
      },
      expect: [{ message: 'volumeReserved', subject, values: { other: named('data-old') as never } }],
    },
    {
      name: 'a volume by name that does not exist',
      given: { objects: [pendingClaim('data', { spec: { volumeName: 'gone' } })] },
      expect: [{ message: 'volumeAbsent', subject, values: { name: 'gone' } }],
    },
    {
      name: 'volumes by hand, and none was made',
      given: { objects: [pendingClaim('data'), storageClass('fast', BY_HAND)] },
      expect: [{ message: 'noVolume', subject, values: { storageClass: 'class fast' } }],
    },
    {
      name: 'a fitting volume is free and nobody binds it',
      given: { objects: [pendingClaim('data', { spec: NONE }), volume('pv-1', null, { spec: NONE })] },
      expect: [{ message: 'notBound', subject, values: { age: 86_400, volume: named('pv-1') as never } }],
    },
    {
      name: 'nothing serves the provisioner of the default class',
      given: {
        objects: [
          pendingClaim('data', { spec: { storageClassName: undefined } }),
          storageClass('fast', { metadata: DEFAULT_CLASS }),
        ],
      },
      expect: [
        {
          message: 'provisionerMissing',
          subject,
          values: { provisioner: 'disk.csi.example.com', storageClass: 'fast' },
        },
      ],
    },
    {
      name: 'the provisioner is not ready',
      given: {
        objects: [
          pendingClaim('data', SELECTED),
          storageClass('fast', LATE),
          csiDriver(),
          driverController(false),
        ],
      },
      expect: [
        {
          message: 'provisionerUnready',
          subject,
          values: { instance: named('disk-csi-controller-0') as never },
        },
      ],
    },
    {
      name: 'the provisioner lacks rights',
      given: {
        objects: [...failing('rpc error: code = Internal desc = AccessDenied'), storageClass('fast')],
      },
      expect: [
        {
          message: 'provisioningDenied',
          subject,
          confidence: 'likely',
          values: { detail: 'rpc error: code = Internal desc = AccessDenied' },
        },
      ],
    },
    {
      name: 'the storage is full, told after a chosen node was given back',
      given: {
        objects: [
          ...failing('rpc error: code = ResourceExhausted desc = no space'),
          storageClass('fast', LATE),
          unscheduled('data'),
        ],
      },
      expect: [{ message: 'provisioningExhausted', subject, severity: 'critical' }],
    },
    {
      name: 'the provisioner fails otherwise',
      given: {
        objects: [...failing('rpc error: code = InvalidArgument desc = bad type'), storageClass('fast')],
      },
      expect: [{ message: 'provisioningFailed', subject }],
    },
    {
      name: 'the provisioner says nothing',
      given: { objects: [pendingClaim('data'), storageClass('fast'), csiDriver(), driverController()] },
      expect: [{ message: 'provisionerSilent', subject, confidence: 'possible', values: { age: 86_400 } }],
    },
  ],
  unknown: [
    { name: 'claims were refused', given: { forbidden: [persistentVolumeClaims] }, reason: /not allowed/ },
    {
      name: 'classes were refused',
      given: { objects: [pendingClaim('data')], forbidden: [storageClasses] },
      reason: /StorageClass/,
    },
    {
      name: 'volumes were refused',
      given: { objects: [pendingClaim('data', { spec: NONE })], forbidden: [persistentVolumes] },
      reason: /PersistentVolume/,
    },
  ],
});

describe('a claim whose provisioner is down', () => {
  it('names the pods of the provisioner, so that what ails them explains it', () => {
    const { findings } = runOn(claimPending, {
      objects: [pendingClaim('data'), storageClass('fast'), csiDriver(), driverController(false)],
    });

    expect(findings[0]?.related).toEqual([
      expect.objectContaining({ kind: 'Pod', name: 'disk-csi-controller-0' }),
    ]);
  });
});
