import { rolloutStuck } from '../../../analyzers/workload/rollout-stuck.ts';
import { deployments } from '../../../src/artifacts/workload-resources.ts';
import { ago, type Built, condition, deployment } from '../../support/builders.ts';
import { daemonSet, replicaSet, statefulSet } from '../../support/controller-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const SUBJECT = 'Deployment/shop/web';

function template(image: string): object {
  return { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image }] } };
}

/** A Deployment in the middle of a rollout: two old pods ready, one new. */
function rolling(progress: object, status: object = {}, spec: object = {}): Built {
  return deployment('web', {
    spec: { replicas: 3, template: template('shop/app:2'), ...spec },
    status: {
      replicas: 4,
      readyReplicas: 3,
      availableReplicas: 3,
      updatedReplicas: 1,
      conditions: [condition('Progressing', 'True', { reason: 'ReplicaSetUpdated', ...progress })],
      ...status,
    },
  });
}

function revision(name: string, number: number, image: string): Built {
  return replicaSet(name, {
    metadata: { annotations: { 'deployment.kubernetes.io/revision': String(number) } },
    spec: { template: template(image) },
  });
}

const TIMED_OUT = { status: 'False', reason: 'ProgressDeadlineExceeded', lastTransitionTime: ago(1200) };
const UNAVAILABLE = {
  readyReplicas: 0,
  availableReplicas: 0,
  updatedReplicas: 3,
  conditions: [condition('Available', 'False', { lastTransitionTime: ago(1800) })],
};

testAnalyzer(rolloutStuck, {
  silent: [
    { name: 'a Deployment that is complete', given: { objects: [deployment('web')] } },
    {
      name: 'a rollout that moved five minutes ago',
      given: { objects: [rolling({ lastTransitionTime: ago(9000), lastUpdateTime: ago(300) })] },
    },
    {
      name: 'a rollout within a longer deadline',
      given: { objects: [rolling({ lastUpdateTime: ago(1200) }, {}, { progressDeadlineSeconds: 3600 })] },
    },
    {
      name: 'complete, scaled up since: no rollout is under way',
      given: { objects: [rolling({ reason: 'NewReplicaSetAvailable', lastUpdateTime: ago(9000) })] },
    },
    {
      name: 'not available for a minute',
      given: {
        objects: [
          rolling(
            {},
            {
              ...UNAVAILABLE,
              conditions: [condition('Available', 'False', { lastTransitionTime: ago(60) })],
            },
          ),
        ],
      },
    },
    {
      name: 'scaled to zero',
      given: {
        objects: [deployment('web', { spec: { replicas: 0 }, status: { replicas: 0, ...UNAVAILABLE } })],
      },
    },
    {
      name: 'a Deployment that is being deleted',
      given: {
        objects: [
          { ...rolling(TIMED_OUT), metadata: { name: 'web', namespace: 'shop', deletionTimestamp: ago(5) } },
        ],
      },
    },
    {
      name: 'changed a moment ago',
      given: {
        objects: [
          deployment('web', {
            metadata: { generation: 3, managedFields: [{ time: ago(20) }] },
            status: { observedGeneration: 2 },
          }),
        ],
      },
    },
    {
      name: 'an unobserved generation of unknown age',
      given: {
        objects: [deployment('web', { metadata: { generation: 3 }, status: { observedGeneration: 2 } })],
      },
    },
    {
      name: 'paused',
      given: {
        objects: [rolling({ reason: 'DeploymentPaused', lastUpdateTime: ago(9000) }, {}, { paused: true })],
      },
      info: [{ message: 'paused', subject: SUBJECT }],
    },
  ],
  reports: [
    {
      name: 'past its deadline, with the image that changed; old pods still serve',
      given: {
        objects: [rolling(TIMED_OUT), revision('web-1', 1, 'shop/app:1'), revision('web-2', 2, 'shop/app:2')],
      },
      expect: [
        {
          message: 'deadlineExceeded',
          subject: SUBJECT,
          severity: 'warning',
          since: ago(1200),
          values: { updated: 1, wanted: 3, ready: 3, change: 'app: shop/app:1 → shop/app:2' },
        },
      ],
    },
    {
      name: 'past its deadline and nothing is available',
      given: { objects: [rolling(TIMED_OUT, { availableReplicas: 0, readyReplicas: 0 })] },
      expect: [
        {
          message: 'deadlineExceeded',
          subject: SUBJECT,
          severity: 'critical',
          values: { change: 'there is no revision before' },
        },
      ],
    },
    {
      name: 'past its deadline, which no controller has noticed',
      given: { objects: [rolling({ lastUpdateTime: ago(3600) })] },
      expect: [{ message: 'stalled', subject: SUBJECT, severity: 'warning', values: { age: 3600 } }],
    },
    {
      name: 'without a deadline and condition, two hours after the change',
      given: {
        objects: [
          {
            ...rolling({}, { conditions: [] }, { progressDeadlineSeconds: 2147483647 }),
            metadata: { name: 'web', namespace: 'shop', managedFields: [{ time: ago(7200) }] },
          },
        ],
      },
      expect: [{ message: 'stalled', subject: SUBJECT, values: { age: 7200 } }],
    },
    {
      name: 'up to date but not available for half an hour',
      given: { objects: [rolling({}, UNAVAILABLE)] },
      expect: [
        {
          message: 'notAvailable',
          subject: SUBJECT,
          severity: 'warning',
          since: ago(1800),
          values: { ready: 0, wanted: 3 },
        },
      ],
    },
    {
      name: 'paused and not available',
      given: { objects: [rolling({ reason: 'DeploymentPaused' }, UNAVAILABLE, { paused: true })] },
      expect: [
        { message: 'paused', subject: SUBJECT },
        { message: 'notAvailable', subject: SUBJECT },
      ],
    },
    {
      name: 'several kinds no controller looks at',
      given: {
        objects: [
          deployment('web', {
            metadata: {
              generation: 3,
              managedFields: [{ time: ago(900) }, { time: ago(5), subresource: 'status' }],
            },
            status: { observedGeneration: 2 },
          }),
          statefulSet('db', { metadata: { generation: 1, creationTimestamp: ago(700) } }),
          daemonSet('agent', {
            metadata: { generation: 2, managedFields: [{ time: ago(800) }] },
            status: { observedGeneration: 1 },
          }),
        ],
      },
      expect: [
        { message: 'notReconciled', subject: SUBJECT, since: ago(900), values: { age: 900 } },
        { message: 'notReconciled', subject: 'StatefulSet/shop/db', values: { age: 700 } },
        { message: 'notReconciled', subject: 'DaemonSet/shop/agent', values: { age: 800 } },
      ],
    },
  ],
  unknown: [{ name: 'Deployments were not seen', given: { forbidden: [deployments] }, reason: /Deployment/ }],
});
