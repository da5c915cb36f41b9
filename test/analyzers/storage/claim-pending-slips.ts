import { pendingClaim, storageClass, volume } from '../../support/storage-builders.ts';
import type { AnalyzerCases } from '../../support/test-analyzer.ts';
import { NONE, named, subject } from './claim-pending-cases.ts';

/** What a provisioner writes on the volumes it makes. */
export const PROVISIONED = {
  metadata: { annotations: { 'pv.kubernetes.io/provisioned-by': 'disk.csi.example.com' } },
};

/** Claims and volumes made by hand, whose classes are names only. */
export const slips: AnalyzerCases['reports'] = [
  {
    name: 'a class that is no object, whose volume made by hand is taken',
    given: { objects: [pendingClaim('data'), volume('pv-1', 'other')] },
    expect: [{ message: 'volumeTaken', subject, values: { volume: named('pv-1') as never } }],
  },
  {
    name: 'a free volume whose class was left out',
    given: { objects: [pendingClaim('data'), volume('pv-1', null, { spec: NONE })] },
    expect: [
      {
        message: 'volumeMismatch',
        subject,
        values: { field: 'storageClassName', wanted: 'fast', offered: 'none' },
      },
    ],
  },
  {
    name: 'a free volume with a class for a claim that wants none',
    given: { objects: [pendingClaim('data', { spec: NONE }), volume('pv-1', null)] },
    expect: [
      {
        message: 'volumeMismatch',
        subject,
        values: { field: 'storageClassName', wanted: 'none', offered: 'fast' },
      },
    ],
  },
  {
    name: 'a free volume whose class is written otherwise',
    given: {
      objects: [pendingClaim('data'), volume('pv-1', null, { spec: { storageClassName: 'fasst' } })],
    },
    expect: [{ message: 'volumeMismatch', subject, values: { wanted: 'fast', offered: 'fasst' } }],
  },
  {
    name: 'a free volume of quite another class',
    given: {
      objects: [pendingClaim('data'), volume('pv-1', null, { spec: { storageClassName: 'archive' } })],
    },
    expect: [{ message: 'classMissing', subject, values: { storageClass: 'fast' } }],
  },
  {
    name: 'a free volume without the class and too small as well',
    given: {
      objects: [
        pendingClaim('data'),
        volume('pv-1', null, { spec: { ...NONE, capacity: { storage: '1Gi' } } }),
      ],
    },
    expect: [{ message: 'classMissing', subject }],
  },
  {
    name: 'a free volume of some class for a claim that leaves the class to the default',
    given: {
      objects: [
        pendingClaim('data', { spec: { storageClassName: undefined } }),
        volume('pv-1', null, { spec: { storageClassName: 'archive' } }),
        storageClass('other'),
      ],
    },
    expect: [{ message: 'noDefaultClass', subject }],
  },
];
