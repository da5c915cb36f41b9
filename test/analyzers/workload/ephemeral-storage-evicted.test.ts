import { ephemeralStorageEvicted } from '../../../analyzers/workload/ephemeral-storage-evicted.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { deployments } from '../../../src/artifacts/workload-resources.ts';
import { ago, containerStatus, controlledBy, deployment, pod } from '../../support/builders.ts';
import { evictedPod } from '../../support/kong-pods.ts';
import { crashingPod, ended } from '../../support/start-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const EMPTY_DIR = 'Usage of EmptyDir volume "cache" exceeds the limit "10Mi". ';
const OWNED = { labels: { 'pod-template-hash': '5d4f9' }, ...controlledBy('ReplicaSet', 'web-5d4f9') };

function evicted(name: string, message: string, metadata: object = OWNED, seconds = 600) {
  return pod(name, {
    metadata: { ...metadata },
    status: {
      phase: 'Failed',
      reason: 'Evicted',
      message,
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(seconds) }],
      containerStatuses: [],
    },
  });
}

const successor = pod('web-5d4f9-2', { metadata: OWNED });
const subject = 'Pod/shop/web-5d4f9-1';

/** A pod with a volume in memory at /scratch. */
const memoryPod = {
  containers: [
    { name: 'app', image: 'shop/app:1', volumeMounts: [{ name: 'scratch', mountPath: '/scratch/' }] },
  ],
  volumes: [{ name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: '256Mi' } }],
};

function fullLog(text: string) {
  return [{ namespace: 'shop', pod: 'kong-1', container: 'app', text }];
}

testAnalyzer(ephemeralStorageEvicted, {
  silent: [
    { name: 'a running pod', given: { objects: [pod('web')] } },
    {
      name: 'an eviction because the node was low is another finding',
      given: {
        objects: [
          evicted(
            'web-5d4f9-1',
            'The node was low on resource: ephemeral-storage. Threshold quantity: 1, available: 0. ',
          ),
        ],
      },
    },
    {
      name: 'the prefix of Kong, which kong/prefix-volume-full judges',
      given: { objects: [evictedPod('kong-dp-kong-6d9c7b8f54-1', 60)] },
    },
    {
      name: 'a leftover of an owner that is well',
      given: { objects: [evicted('web-5d4f9-1', EMPTY_DIR), successor] },
      info: [{ message: 'emptyDirLimit', subject, values: { volume: 'cache', limit: '10Mi', count: 1 } }],
    },
    {
      name: 'a leftover of a Deployment scaled to zero',
      given: { objects: [evicted('web-5d4f9-1', EMPTY_DIR), deployment('web', { spec: { replicas: 0 } })] },
      info: [{ message: 'emptyDirLimit', subject }],
    },
    {
      name: 'a leftover of hours ago, though its owner is not well now',
      given: {
        objects: [evicted('web-5d4f9-1', EMPTY_DIR, OWNED, 9000), deployment('web')],
      },
      info: [{ message: 'emptyDirLimit', subject }],
    },
    {
      name: 'a pod without a controller, evicted days ago',
      given: { objects: [evicted('job-1', EMPTY_DIR, {}, 200_000)] },
      info: [{ message: 'emptyDirLimit', subject: 'Pod/shop/job-1' }],
    },
    {
      name: 'a full file system elsewhere',
      given: {
        objects: [crashingPod('kong-1', ended('Error', 1), { spec: memoryPod })],
        logs: fullLog('write /var/cache/x: no space left on device\n'),
      },
    },
    {
      name: 'a full memory volume of a container that is ready',
      given: {
        objects: [pod('kong-1', { spec: memoryPod })],
        logs: fullLog('write /scratch/x: no space left on device\n'),
      },
    },
    {
      name: 'a memory volume that was full hours ago',
      given: {
        objects: [
          pod('kong-1', {
            spec: memoryPod,
            status: { containerStatuses: [containerStatus('app', { ready: false })] },
          }),
        ],
        logs: fullLog(`${ago(9000)} write /scratch/x: no space left on device\n`),
      },
    },
  ],
  reports: [
    {
      name: 'an emptyDir over its limit, no pod ready since; the newest of two is the subject',
      given: {
        objects: [
          evicted('web-5d4f9-0', EMPTY_DIR, OWNED, 5000),
          evicted('web-5d4f9-1', EMPTY_DIR),
          pod('web-5d4f9-2', {
            metadata: OWNED,
            status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(60) }] },
          }),
        ],
      },
      expect: [
        {
          message: 'emptyDirLimit',
          subject,
          severity: 'critical',
          since: ago(600),
          values: {
            count: 2,
            owner: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' },
          },
        },
      ],
    },
    {
      name: 'a container over its limit, of a pod nobody replaces',
      given: {
        objects: [evicted('job-1', 'Container app exceeded its local ephemeral storage limit "1Gi". ', {})],
      },
      expect: [
        {
          message: 'containerLimit',
          subject: 'Pod/shop/job-1',
          severity: 'critical',
          values: { container: 'app', limit: '1Gi' },
        },
      ],
    },
    {
      name: 'a pod over the sum of its limits, whose owner was not seen',
      given: {
        objects: [
          evicted(
            'web-5d4f9-1',
            'Pod ephemeral local storage usage exceeds the total limit of containers 10Mi. ',
          ),
        ],
        forbidden: [deployments],
      },
      expect: [{ message: 'podLimit', subject, severity: 'info', values: { limit: '10Mi' } }],
      status: 'unknown',
    },
    {
      name: 'a full memory volume of a container that crashes',
      given: {
        objects: [crashingPod('kong-1', ended('Error', 1), { spec: memoryPod })],
        logs: fullLog(
          'nginx: [emerg] open() "/scratch/logs/error.log" failed (28: No space left on device)\n',
        ),
      },
      expect: [
        {
          message: 'memoryVolumeFull',
          subject: 'Pod/shop/kong-1',
          severity: 'critical',
          confidence: 'likely',
          values: { volume: 'scratch', path: '/scratch', limit: 'sizeLimit 256Mi' },
        },
      ],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
