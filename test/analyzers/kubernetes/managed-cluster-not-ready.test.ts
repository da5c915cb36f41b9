import { managedClusterNotReady } from '../../../analyzers/kubernetes/managed-cluster-not-ready.ts';
import { capiMachines } from '../../../src/artifacts/cluster-api-resources.ts';
import { ago, anyObject, type Built, condition } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const CAPI = 'cluster.x-k8s.io/v1beta1';

function unready(reason: string, parts: object = {}) {
  return condition('Ready', 'False', {
    reason,
    severity: 'Warning',
    lastTransitionTime: ago(3600),
    ...parts,
  });
}

function cluster(status: object, spec: object = {}): Built {
  return anyObject(CAPI, 'Cluster', 'edge', 'fleet', { spec, status });
}

function machine(status: object, age = 86_400): Built {
  return anyObject(CAPI, 'Machine', 'edge-1', 'fleet', {
    metadata: { creationTimestamp: ago(age) },
    spec: { clusterName: 'edge' },
    status,
  });
}

function kommander(phase: string | undefined, age = 86_400): Built {
  return anyObject('kommander.mesosphere.io/v1beta1', 'KommanderCluster', 'edge', 'fleet', {
    metadata: { creationTimestamp: ago(age) },
    spec: { clusterRef: { capiCluster: { name: 'edge' } } },
    status: phase === undefined ? {} : { phase },
  });
}

const NODE = { nodeRef: { name: 'edge-1' }, phase: 'Running' };
const READY = { conditions: [condition('Ready', 'True')] };

testAnalyzer(managedClusterNotReady, {
  silent: [
    { name: 'no managed clusters', given: {}, status: 'not-applicable' },
    {
      name: 'all is ready and joined',
      given: { objects: [cluster(READY), machine({ ...NODE, ...READY }), kommander('Joined')] },
    },
    {
      name: 'not ready with severity Info: under way',
      given: { objects: [cluster({ conditions: [unready('WaitingForNode', { severity: 'Info' })] })] },
    },
    {
      name: 'not ready for five minutes',
      given: { objects: [cluster({ conditions: [unready('X', { lastTransitionTime: ago(300) })] })] },
    },
    { name: 'paused', given: { objects: [cluster({ conditions: [unready('X')] }, { paused: true })] } },
    {
      name: 'paused by annotation, and a machine of a cluster that is paused',
      given: {
        objects: [
          cluster({}, { paused: true }),
          machine({ phase: 'Provisioning' }),
          anyObject(CAPI, 'Cluster', 'other', 'fleet', {
            metadata: { annotations: { 'cluster.x-k8s.io/paused': '' } },
            status: { conditions: [unready('X')] },
          }),
        ],
      },
    },
    { name: 'a machine made ten minutes ago', given: { objects: [machine({ phase: 'Provisioning' }, 600)] } },
    { name: 'a cluster that joins, made five minutes ago', given: { objects: [kommander('Joining', 300)] } },
  ],
  reports: [
    {
      name: 'a machine that failed for good, and the cluster says so too',
      given: {
        objects: [
          cluster({ conditions: [unready('ScalingUp', { message: 'Scaling up to 3 replicas.' })] }),
          machine({ ...NODE, failureMessage: 'UpdateError: instance is terminated' }),
        ],
      },
      expect: [
        {
          message: 'failed',
          subject: 'Machine/fleet/edge-1',
          severity: 'warning',
          values: { detail: 'UpdateError: instance is terminated' },
        },
        {
          message: 'notReady',
          subject: 'Cluster/fleet/edge',
          since: ago(3600),
          values: { age: 3600, reason: 'ScalingUp', detail: 'Scaling up to 3 replicas' },
        },
      ],
    },
    {
      name: 'a control plane that is not available (v1beta2)',
      given: {
        objects: [
          anyObject('controlplane.cluster.x-k8s.io/v1beta2', 'KubeadmControlPlane', 'edge-cp', 'fleet', {
            status: {
              conditions: [
                condition('Available', 'False', { reason: 'NotAvailable', lastTransitionTime: ago(7200) }),
              ],
            },
          }),
        ],
      },
      expect: [{ message: 'notReady', subject: 'KubeadmControlPlane/fleet/edge-cp', values: { age: 7200 } }],
    },
    {
      name: 'a machine of which no node has come',
      given: { objects: [machine({ phase: 'Provisioned' })] },
      expect: [
        { message: 'machineWithoutNode', subject: 'Machine/fleet/edge-1', values: { phase: 'Provisioned' } },
      ],
    },
    {
      name: 'a cluster that did not join',
      given: { objects: [kommander('Failed')] },
      expect: [{ message: 'notJoined', subject: 'KommanderCluster/fleet/edge', values: { phase: 'Failed' } }],
    },
    {
      name: 'a cluster without a phase',
      given: { objects: [kommander(undefined)] },
      expect: [
        {
          message: 'notJoined',
          subject: 'KommanderCluster/fleet/edge',
          values: { phase: 'without a phase' },
        },
      ],
    },
  ],
  unknown: [{ name: 'Machines were refused', given: { forbidden: [capiMachines] }, reason: /not allowed/ }],
});
