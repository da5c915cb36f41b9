import { evictedPods } from '../../../analyzers/workload/evicted-pods.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { deployments } from '../../../src/artifacts/workload-resources.ts';
import { ago, deployment, node, pod } from '../../support/builders.ts';
import { readySibling, unreadyPod } from '../../support/probe-builders.ts';
import { failedPod } from '../../support/run-time-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const LOW =
  'The node was low on resource: ephemeral-storage. Threshold quantity: 1, available: 0. Container app was using 3Gi, request is 0, has larger consumption of ephemeral-storage. ';
const CONDITION = 'Pod was rejected: The node had condition: [DiskPressure]. ';
const subject = 'Node/node-1';
const one = node('node-1');
/** It misses the pod: none of it is left. */
const web = deployment('web');

testAnalyzer(evictedPods, {
  silent: [
    { name: 'a pod that runs', given: { objects: [pod('web')] } },
    { name: 'a pod that failed by itself', given: { objects: [failedPod('a', 'Error', '')] } },
    {
      name: 'limits of the pod itself',
      given: {
        objects: [
          failedPod('a', 'Evicted', 'Usage of EmptyDir volume "v" exceeds the limit "256Mi". '),
          failedPod(
            'b',
            'Evicted',
            'Pod ephemeral local storage usage exceeds the total limit of containers 10Mi. ',
          ),
          failedPod('c', 'Evicted', 'Container app exceeded its local ephemeral storage limit "10Mi". '),
        ],
      },
    },
    {
      name: 'leftovers of an owner whose pods are all ready',
      given: { objects: [one, failedPod('a', 'Evicted', LOW), readySibling('web-5d4f9-b')] },
      info: [{ message: 'nodeRanLow', subject, severity: 'info' }],
    },
    {
      name: 'leftovers of an owner that is scaled to zero',
      given: { objects: [one, failedPod('a', 'Evicted', LOW), deployment('web', { spec: { replicas: 0 } })] },
      info: [{ message: 'nodeRanLow', subject, severity: 'info' }],
    },
    {
      name: 'leftovers of days ago, though their owner misses a pod now',
      given: {
        objects: [
          one,
          web,
          failedPod('a', 'Evicted', LOW, {
            status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(200_000) }] },
          }),
        ],
      },
      info: [{ message: 'nodeRanLow', subject, severity: 'info' }],
    },
    {
      name: 'whether the owner misses the pod is not known when Deployments were refused',
      given: { objects: [one, failedPod('a', 'Evicted', LOW)], forbidden: [deployments] },
      status: 'unknown',
      info: [{ message: 'nodeRanLow', subject, severity: 'info' }],
    },
  ],
  reports: [
    {
      name: 'one finding for a node and a resource, whether evicted or turned away',
      given: {
        objects: [
          one,
          web,
          failedPod('a', 'Evicted', LOW),
          failedPod('b', 'Evicted', CONDITION, {
            status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(600) }] },
          }),
        ],
      },
      expect: [
        {
          message: 'nodeRanLow',
          subject,
          severity: 'warning',
          values: {
            resource: 'ephemeral-storage',
            count: 2,
            detail: 'Pod was rejected: The node had condition: [DiskPressure]',
          },
          since: ago(600),
        },
      ],
    },
    {
      name: 'a warning while another pod of the owner is not ready',
      given: { objects: [one, failedPod('a', 'Evicted', LOW), unreadyPod('web-5d4f9-b')] },
      expect: [{ message: 'nodeRanLow', subject, severity: 'warning' }],
    },
    {
      name: 'no room, on a node that is not in the bundle',
      given: {
        objects: [
          web,
          failedPod(
            'a',
            'OutOfcpu',
            "Pod was rejected: Node didn't have enough resource: cpu, requested: 64000, used: 0, capacity: 2000",
          ),
        ],
      },
      expect: [{ message: 'noRoom', subject, values: { resource: 'cpu', count: 1 } }],
    },
    {
      name: 'labels that no longer fit, a device that is not there, and a shutdown',
      given: {
        objects: [
          one,
          web,
          failedPod('a', 'NodeAffinity', 'Pod was rejected: Predicate NodeAffinity failed'),
          failedPod('b', 'UnexpectedAdmissionError', 'Allocate failed due to no healthy devices'),
          failedPod('c', 'Terminated', 'Pod was terminated in response to imminent node shutdown.'),
        ],
      },
      expect: [
        { message: 'labelsNoLongerFit', subject },
        { message: 'rejected', subject, values: { reason: 'UnexpectedAdmissionError' } },
        { message: 'nodeShutDown', subject },
      ],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
