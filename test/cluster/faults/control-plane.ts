import type { Fault } from './fault.ts';
import { MAIN_POOL } from './healthy.ts';
import { object, pod, podSpec, workload } from './objects.ts';

/** A node whose kubelet reported once and then fell silent: nothing renews its lease. */
export const SILENT_NODE = 'silent-node';

const REPORTED = {
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: 'kubelet is posting ready status',
      lastHeartbeatTime: new Date().toISOString(),
      lastTransitionTime: new Date().toISOString(),
    },
  ],
};

/** What is wrong for as long as the control plane runs. */
export const clusterFaults: readonly Fault[] = [
  {
    name: 'api-service-gone',
    objects: [
      object(
        'apiregistration.k8s.io/v1',
        'APIService',
        { name: 'v1.fault.example.com' },
        {
          spec: {
            group: 'fault.example.com',
            version: 'v1',
            groupPriorityMinimum: 1000,
            versionPriority: 15,
            service: { namespace: 'api-service-gone', name: 'api' },
          },
        },
      ),
    ],
    settled: (seen) =>
      seen
        .of('APIService')
        .some(
          ({ metadata, status }) =>
            metadata.name === 'v1.fault.example.com' &&
            status?.conditions?.some(({ type, status: state }) => type === 'Available' && state === 'False'),
        ),
    expect: {
      analyzer: 'kubernetes/api-group-unavailable',
      message: 'serviceMissing',
      subject: 'APIService v1.fault.example.com',
    },
  },
  {
    name: 'namespace-held',
    objects: [pod('namespace-held', podSpec({}, MAIN_POOL))],
    afterwards: async ({ kubectl }) => {
      await kubectl(['delete', 'namespace', 'namespace-held', '--wait=false']);
    },
    settled: (seen) =>
      seen
        .of('Namespace')
        .some(
          ({ metadata, status }) =>
            metadata.name === 'namespace-held' &&
            status?.conditions?.some(
              ({ type, status: state }) => type === 'NamespaceDeletionDiscoveryFailure' && state === 'True',
            ),
        ),
    expect: {
      analyzer: 'kubernetes/api-group-unavailable',
      message: 'serviceMissing',
      subject: 'APIService v1.fault.example.com',
    },
  },
  {
    name: 'node-silent',
    objects: [
      object(
        'v1',
        'Node',
        { name: SILENT_NODE, labels: { 'kubernetes.io/hostname': SILENT_NODE } },
        {
          status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' }, ...REPORTED },
        },
      ),
      workload('node-silent', 'Deployment', { spec: podSpec({}, { nodeName: SILENT_NODE }) }),
    ],
    settled: (seen) => seen.condition('Node', 'Ready', 'Unknown'),
    expect: { analyzer: 'node/not-ready', message: 'stoppedReporting', subject: `Node ${SILENT_NODE}` },
  },
];
