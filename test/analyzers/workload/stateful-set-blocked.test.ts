import { statefulSetBlocked } from '../../../analyzers/workload/stateful-set-blocked.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, type Built, service } from '../../support/builders.ts';
import { notReady, statefulPod, statefulSet } from '../../support/controller-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const SUBJECT = 'StatefulSet/shop/db';
const headless = service('db');
const UPDATING = { currentRevision: 'db-a', updateRevision: 'db-b', readyReplicas: 2 };

function broken(ordinal: number, seconds = 1800, revision = 'db-a'): Built {
  return statefulPod('db', ordinal, {
    metadata: { labels: { app: 'db', 'controller-revision-hash': revision } },
    status: notReady(seconds),
  });
}

function template(storageClassName: string): Record<string, unknown> {
  return { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName } }] };
}

function claim(phase: string): Built {
  return anyObject('v1', 'PersistentVolumeClaim', 'data-db-0', 'shop', {
    metadata: { annotations: { 'volume.kubernetes.io/storage-provisioner': 'csi.example' } },
    status: { phase },
  });
}

const complete = [0, 1, 2].map((ordinal) => statefulPod('db', ordinal));

testAnalyzer(statefulSetBlocked, {
  silent: [
    { name: 'all pods are ready', given: { objects: [headless, statefulSet('db'), ...complete] } },
    {
      name: 'a pod that has been starting for two minutes',
      given: {
        objects: [headless, statefulSet('db', { status: { replicas: 1, readyReplicas: 0 } }), broken(0, 120)],
      },
    },
    {
      name: 'a pod that is being deleted',
      given: {
        objects: [
          headless,
          statefulSet('db'),
          statefulPod('db', 0, { metadata: { deletionTimestamp: ago(900) }, status: notReady(900) }),
        ],
      },
    },
    {
      name: 'scaled to zero',
      given: { objects: [headless, statefulSet('db', { spec: { replicas: 0 }, status: { replicas: 0 } })] },
    },
    {
      name: 'Services were not seen: nothing is said of them',
      given: { objects: [statefulSet('db'), ...complete], forbidden: [services] },
    },
    {
      name: 'a claim that waits for its missing class is told elsewhere',
      given: {
        objects: [headless, statefulSet('db', { spec: template('gone') }), ...complete, claim('Pending')],
      },
    },
    {
      name: 'the class of bound claims is gone',
      given: {
        objects: [headless, statefulSet('db', { spec: template('gone') }), ...complete, claim('Bound')],
      },
      info: [{ message: 'storageClassMissing', subject: SUBJECT, values: { class: 'gone' } }],
    },
  ],
  reports: [
    {
      name: 'the first pod holds up the two after it',
      given: {
        objects: [headless, statefulSet('db', { status: { replicas: 1, readyReplicas: 0 } }), broken(0)],
      },
      expect: [
        {
          message: 'ordinalHeld',
          subject: SUBJECT,
          severity: 'critical',
          since: ago(1800),
          values: { missing: 2, age: 1800 },
        },
      ],
    },
    {
      name: 'an old revision that never became ready is not replaced',
      given: {
        objects: [
          headless,
          statefulSet('db', { status: { ...UPDATING, updatedReplicas: 0 } }),
          complete[0] as Built,
          complete[1] as Built,
          broken(2),
        ],
      },
      expect: [
        {
          message: 'brokenRevision',
          subject: SUBJECT,
          severity: 'warning',
          values: { revision: 'db-a', wanted: 'db-b' },
        },
      ],
    },
    {
      name: 'the update stops at a pod of the new revision; a partition keeps one pod back',
      given: {
        objects: [
          headless,
          statefulSet('db', {
            spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
            status: { ...UPDATING, updatedReplicas: 1 },
          }),
          complete[0] as Built,
          complete[1] as Built,
          broken(2, 1800, 'db-b'),
        ],
      },
      expect: [{ message: 'updateHeld', subject: SUBJECT, values: { updated: 1, wanted: 2 } }],
    },
    {
      name: 'pods made in parallel are only not ready',
      given: {
        objects: [
          headless,
          statefulSet('db', { spec: { podManagementPolicy: 'Parallel' }, status: { readyReplicas: 2 } }),
          complete[0] as Built,
          broken(1),
          complete[2] as Built,
        ],
      },
      expect: [
        { message: 'notReady', subject: SUBJECT, severity: 'warning', values: { ready: 2, wanted: 3 } },
      ],
    },
    {
      name: 'its Service does not exist',
      given: { objects: [statefulSet('db'), ...complete] },
      expect: [{ message: 'serviceMissing', subject: SUBJECT, values: { service: 'db' } }],
    },
  ],
  unknown: [
    {
      name: 'pods were not seen',
      given: { objects: [headless, statefulSet('db')], forbidden: [pods] },
      reason: /Pod/,
    },
  ],
});
