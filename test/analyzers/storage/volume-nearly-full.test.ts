import { volumeNearlyFull } from '../../../analyzers/storage/volume-nearly-full.ts';
import { kubeletStatsSummary } from '../../../src/artifacts/kubelet-stats-summary.ts';
import { pod } from '../../support/builders.ts';
import { claim, storageClass, user } from '../../support/storage-builders.ts';
import { type Given, testAnalyzer } from '../../support/test-analyzer.ts';

const GI = 2 ** 30;
const subject = 'PersistentVolumeClaim/shop/data';

/** One kubelet's reply with one volume of the pod shop/web. */
function measured(volume: Record<string, unknown>, objects: readonly object[] = [claim('data')]): Given {
  return { objects, documents: [summary('node-1', volume)] };
}

function summary(node: string, volume: Record<string, unknown>) {
  const pvcRef = { name: 'data', namespace: 'shop' };
  const body = {
    node: { nodeName: node },
    pods: [{ podRef: { name: 'web', namespace: 'shop' }, volume: [{ name: 'data', pvcRef, ...volume }] }],
  };
  return {
    artifact: kubeletStatsSummary,
    scope: { type: 'node', node } as const,
    bytes: JSON.stringify(body),
  };
}

function space(availableBytes: number, more: Record<string, unknown> = {}) {
  return { availableBytes, capacityBytes: 100 * GI, usedBytes: 100 * GI - availableBytes, ...more };
}

function mountedReadOnly() {
  const volumeMounts = [{ name: 'data', mountPath: '/data', readOnly: true }];
  return pod('web', {
    spec: {
      containers: [{ name: 'app', volumeMounts }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    },
  });
}

testAnalyzer(volumeNearlyFull, {
  silent: [
    { name: 'a quarter left', given: measured(space(25 * GI, { inodes: 1000, inodesFree: 900 })) },
    { name: 'an emptyDir', given: measured(space(GI, { pvcRef: undefined })) },
    {
      name: 'a volume many read and nobody writes',
      given: measured(space(0), [claim('data', { spec: { accessModes: ['ReadOnlyMany'] } })]),
    },
    {
      name: 'a block device',
      given: measured(space(0), [claim('data', { spec: { volumeMode: 'Block' } })]),
    },
    { name: 'mounted read-only', given: measured(space(0), [claim('data'), mountedReadOnly()]) },
    {
      name: 'a file system that makes inodes as it needs them',
      given: measured(space(50 * GI, { inodes: 0, inodesFree: 0 })),
    },
    { name: 'not measured', given: measured({}) },
  ],
  reports: [
    {
      name: 'two percent left, and the class allows more',
      given: measured(space(2 * GI), [
        claim('data'),
        storageClass('fast', { allowVolumeExpansion: true }),
        user('web', ['data']),
      ]),
      expect: [
        {
          message: 'full',
          subject,
          severity: 'critical',
          values: { available: 2 * GI, capacity: 100 * GI, percent: '2 %', expansion: 'class fast does' },
        },
      ],
    },
    {
      name: 'a tenth left, told once by two nodes that share the volume',
      given: {
        objects: [claim('data'), storageClass('fast')],
        documents: [summary('node-1', space(10 * GI)), summary('node-2', space(10 * GI))],
      },
      expect: [
        {
          message: 'fillingUp',
          subject,
          severity: 'warning',
          values: { percent: '10 %', expansion: 'class fast does not' },
        },
      ],
    },
    {
      name: 'no inodes left, and claims were refused',
      given: { ...measured(space(60 * GI, { inodes: 1000, inodesFree: 0 }), []) },
      expect: [{ message: 'inodesUsedUp', subject, values: { free: 0, total: 1000, percent: '0 %' } }],
    },
    {
      name: 'few inodes left',
      given: measured(space(60 * GI, { inodes: 1000, inodesFree: 100 })),
      expect: [{ message: 'inodesShort', subject, severity: 'warning', values: { percent: '10 %' } }],
    },
  ],
  unknown: [
    { name: 'kubelets were refused', given: { forbidden: [kubeletStatsSummary] }, reason: /not allowed/ },
  ],
});
