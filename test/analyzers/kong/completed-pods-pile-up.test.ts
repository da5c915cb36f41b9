import { completedPodsPileUp } from '../../../analyzers/kong/completed-pods-pile-up.ts';
import { pods, secrets } from '../../../src/artifacts/resources.ts';
import { ago, type Built, controlledBy, event, pod, secret } from '../../support/builders.ts';
import { replicaSet } from '../../support/controller-builders.ts';
import { chartPod, endedPod, evictedPod, migrationPod } from '../../support/kong-pods.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const OWNER = 'Deployment/kong/kong-dp-kong';
const SHUTDOWN = {
  reason: 'Terminated',
  message: 'Pod was terminated in response to imminent node shutdown.',
};
const LOW = {
  reason: 'Evicted',
  message: 'The node was low on resource: memory. Threshold quantity: 100Mi. ',
};
const DISK = {
  reason: 'Evicted',
  message: 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ',
};

function pile(count: number, make: (name: string, seconds: number) => Built, seconds = 90_000): Built[] {
  return Array.from({ length: count }, (_, index) =>
    make(`kong-dp-kong-6d9c7b8f54-${index}`, seconds + index * 60),
  );
}

function revision(number: number, seconds: number): Built {
  return replicaSet('kong-dp-kong-6d9c7b8f54', {
    metadata: {
      namespace: 'kong',
      ...controlledBy('Deployment', 'kong-dp-kong'),
      creationTimestamp: ago(seconds),
      annotations: { 'deployment.kubernetes.io/revision': String(number) },
    },
  });
}

function release(number: number, seconds: number): Built {
  return secret(`sh.helm.release.v1.kong-dp.v${number}`, {
    metadata: { namespace: 'kong', creationTimestamp: ago(seconds) },
    type: 'helm.sh/release.v1',
  });
}

testAnalyzer(completedPodsPileUp, {
  silent: [
    { name: 'a node that runs', given: { objects: [chartPod('kong-dp-0')] } },
    { name: 'no Kong at all', given: { objects: [pod('web')] }, status: 'not-applicable' },
    { name: 'two evicted pods are no pile', given: { objects: pile(2, evictedPod) } },
    {
      name: 'a container that ended with 0 and runs again is no ended pod',
      given: {
        objects: [
          chartPod('kong-dp-0', {
            containerStatus: {
              restartCount: 4,
              lastState: { terminated: { reason: 'Completed', exitCode: 0 } },
            },
          }),
        ],
      },
    },
    {
      name: 'a migration is by design, and one pod of it is told',
      given: { objects: [migrationPod()] },
      info: [
        {
          message: 'migrations',
          subject: 'Job/kong/kong-cp-kong-init-migrations',
          values: { count: 1, shown: ['Completed: 1'] },
        },
      ],
    },
    {
      name: 'a Job of its own that runs Kong',
      given: {
        objects: [
          endedPod(
            'dump-1',
            90_000,
            { phase: 'Succeeded' },
            { metadata: controlledBy('Job', 'dump', 'batch/v1') },
          ),
        ],
      },
      info: [{ message: 'jobs', subject: 'Job/kong/dump' }],
    },
    {
      name: 'evicted pods read Completed; the last rollout has nothing to do with them',
      given: { objects: [...pile(3, evictedPod), revision(7, 200_000), release(7, 200_000)] },
      info: [
        {
          message: 'volumeLimit',
          subject: OWNER,
          severity: 'info',
          values: {
            count: 3,
            volume: 'kong-dp-kong-prefix-dir',
            limit: '256Mi',
            shown: ['Completed: 3'],
            coincidence: `none of them ended within ten minutes of one of the rollouts and Helm releases kept (2, the last revision 7 at ${ago(200_000)})`,
          },
        },
      ],
    },
    {
      name: 'a node shutdown leaves Succeeded pods of a ReplicaSet, at a rollout',
      given: {
        objects: [
          ...pile(3, (name, seconds) => endedPod(name, seconds, { ...SHUTDOWN, phase: 'Succeeded' })),
          release(3, 90_300),
        ],
      },
      info: [
        {
          message: 'nodeShutdown',
          subject: OWNER,
          values: {
            count: 3,
            coincidence: `all of them ended within ten minutes of one of the rollouts and Helm releases kept (1, the last release kong-dp v3 at ${ago(90_300)})`,
          },
        },
      ],
    },
    {
      name: 'what nodes did is judged elsewhere, however fresh',
      given: {
        objects: [
          ...pile(5, (name, seconds) => endedPod(name, seconds, LOW), 60),
          ...pile(5, (name, seconds) => endedPod(`${name}-a`, seconds, { reason: 'OutOfcpu' }), 60),
          ...pile(5, (name, seconds) => endedPod(`${name}-b`, seconds, DISK), 60),
        ],
      },
      info: [
        { message: 'nodePressure', subject: OWNER, values: { resource: 'memory' } },
        { message: 'turnedAway', subject: OWNER, values: { reason: 'OutOfcpu' } },
        { message: 'storageLimit', subject: OWNER, values: { limit: '1Gi' } },
      ],
    },
    {
      name: 'twenty have a price; a threshold that is set is told',
      given: {
        objects: [
          ...pile(20, (name, seconds) => endedPod(name, seconds, { phase: 'Succeeded' })),
          pod('kube-controller-manager-cp-1', {
            spec: {
              containers: [
                { name: 'kube-controller-manager', command: ['x', '--terminated-pod-gc-threshold=100'] },
              ],
            },
          }),
        ],
      },
      info: [
        { message: 'exitedZero', subject: OWNER, severity: 'info', values: { count: 20 } },
        {
          message: 'cost',
          subject: 'Namespace/kong',
          values: { count: 20, total: 20, threshold: 100, rule: '' },
        },
      ],
    },
    {
      name: 'rollouts that were not seen',
      given: { objects: pile(3, evictedPod), forbidden: [secrets] },
      info: [
        { message: 'volumeLimit', subject: OWNER, values: { coincidence: 'no rollout of it was seen' } },
      ],
    },
  ],
  reports: [
    {
      name: 'evictions for the prefix go on, with their events',
      given: {
        objects: [
          ...pile(5, evictedPod, 60),
          event(evictedPod('kong-dp-kong-6d9c7b8f54-0', 60), {
            reason: 'Evicted',
            message: 'Usage of EmptyDir',
          }),
        ].map((one, _index, all) => (one.kind === 'Event' ? about(one, all[0] as Built) : one)),
      },
      expect: [
        {
          message: 'volumeLimit',
          subject: OWNER,
          severity: 'warning',
          values: {
            count: 5,
            coincidence: 'no revision and no Helm release of it is kept; events still there: Evicted: 1',
          },
        },
      ],
    },
    {
      name: 'pods fail or end with 0 and nobody says why, again and again',
      given: {
        objects: [
          ...pile(5, (name, seconds) => endedPod(name, seconds, { phase: 'Succeeded' }), 60),
          ...pile(5, (name, seconds) => endedPod(`${name}-f`, seconds), 60),
        ],
      },
      expect: [
        { message: 'exitedZero', subject: OWNER, severity: 'warning' },
        { message: 'failed', subject: OWNER, severity: 'warning', values: { reason: 'Error' } },
      ],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});

/** An event about the pod of a pile, whose uid the builder gave. */
function about(one: Built, target: Built): Built {
  return { ...one, involvedObject: { ...(one.involvedObject as object), uid: target.metadata.uid } };
}
