import { expect } from 'vitest';
import { ago, type Built, pod } from '../../support/builders.ts';
import {
  claim,
  csiDriver,
  driverController,
  mounting,
  nodePlugin,
  pendingClaim,
  storageClass,
  volume,
} from '../../support/storage-builders.ts';
import type { AnalyzerCases } from '../../support/test-analyzer.ts';

export const subject = 'PersistentVolumeClaim/shop/data';
export const NONE = { storageClassName: '' };
export const LATE = { volumeBindingMode: 'WaitForFirstConsumer' };
export const BY_HAND = { provisioner: 'kubernetes.io/no-provisioner' };
export const SELECTED = { metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'node-1' } } };

export function named(name: string): object {
  return expect.objectContaining({ name });
}

export function unscheduled(...claims: readonly string[]): Built {
  return pod('web', {
    spec: { nodeName: undefined, ...mounting(...claims) },
    status: { phase: 'Pending', conditions: [], containerStatuses: [] },
  });
}

/** Claims that may wait, or wait for no fault of theirs. */
export const silent: AnalyzerCases['silent'] = [
  { name: 'bound', given: { objects: [claim('data'), storageClass('fast'), volume('pv-data', 'data')] } },
  {
    name: 'a class that waits for a pod, and none mounts the claim',
    given: { objects: [pendingClaim('data'), storageClass('fast', LATE)] },
  },
  {
    name: 'a class that waits for a pod that is not scheduled: the pod tells',
    given: { objects: [pendingClaim('data'), storageClass('fast', LATE), unscheduled('data')] },
  },
  {
    name: 'volumes by hand, waiting for a pod, and no pod is there yet',
    given: { objects: [pendingClaim('data'), storageClass('fast', { ...LATE, ...BY_HAND })] },
  },
  {
    name: 'volumes by hand, waiting for a pod, and one fits',
    given: {
      objects: [
        pendingClaim('data'),
        storageClass('fast', { ...LATE, ...BY_HAND }),
        unscheduled('data'),
        volume('pv-1', null),
      ],
    },
  },
  {
    name: 'created half a minute ago',
    given: { objects: [pendingClaim('data', { metadata: { creationTimestamp: ago(30) } })] },
  },
  {
    name: 'being provisioned for four minutes',
    given: {
      objects: [
        pendingClaim('data', { metadata: { creationTimestamp: ago(240) } }),
        storageClass('fast'),
        csiDriver(),
        driverController(),
      ],
    },
  },
  {
    name: 'being deleted',
    given: { objects: [pendingClaim('data', { metadata: { deletionTimestamp: ago(10) } })] },
  },
  {
    name: 'a node plugin is registered and the controller is run by the provider',
    given: {
      objects: [
        pendingClaim('data', { metadata: { creationTimestamp: ago(200) } }),
        storageClass('fast'),
        nodePlugin('node-1'),
      ],
    },
  },
  {
    name: 'a provisioner the controller manager serves itself on an old cluster',
    given: {
      objects: [
        pendingClaim('data', { metadata: { creationTimestamp: ago(200) } }),
        storageClass('fast', { provisioner: 'kubernetes.io/aws-ebs' }),
      ],
    },
  },
  {
    name: 'a provisioner that is no CSI driver and never names itself',
    given: {
      objects: [
        pendingClaim('data', { metadata: { creationTimestamp: ago(200) } }),
        storageClass('fast', { provisioner: 'rancher.io/local-path' }),
        pod('local-path-provisioner-5d-x'),
      ],
    },
  },
];
