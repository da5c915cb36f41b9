import { apiServerCheckFailing } from '../../../analyzers/control-plane/api-server-check-failing.ts';
import { apiServerHealth } from '../../../src/artifacts/api-server-health.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, endpointSlice, lease } from '../../support/builders.ts';
import {
  addressOf,
  apiHealth,
  componentLog,
  controlPlaneNode,
  staticPod,
} from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const serverOf = (nodeName: string) => `https://${addressOf(nodeName)}:6443`;
const SLICE = {
  ...endpointSlice('kubernetes', [{ ip: addressOf('cp-1') }, { ip: addressOf('cp-2') }]),
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { 'kubernetes.io/service-name': 'kubernetes' },
  },
};
const pod = (nodeName: string, startedAt = ago(86_400)) =>
  staticPod('kube-apiserver', nodeName, { container: { state: { running: { startedAt } } } });
const identity = (nodeName: string, renewed: number) =>
  lease(`apiserver-${nodeName}`, {
    metadata: {
      labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': nodeName },
    },
    spec: { leaseDurationSeconds: 3600, renewTime: ago(renewed) },
  });
const row = (nodeName: string) =>
  ({
    artifact: apiServerHealth.id,
    scope: { type: 'endpoint', endpoint: `${serverOf(nodeName)}/readyz` },
    outcome: 'error',
    reason: 'connect ECONNREFUSED',
  }) as const;
const HOOK = 'poststarthook/rbac/bootstrap-roles';

testAnalyzer(apiServerCheckFailing, {
  silent: [
    { name: 'all checks pass', given: { documents: [apiHealth('/livez'), apiHealth('/readyz')] } },
    {
      name: 'a hook of the start, half a minute after it',
      given: {
        objects: [pod('cp-1', ago(30))],
        documents: [apiHealth('/readyz', [HOOK], serverOf('cp-1'))],
      },
    },
    {
      name: 'a hook of the start of whichever instance answered',
      given: { objects: [pod('cp-1')], documents: [apiHealth('/readyz', [HOOK])] },
    },
    { name: 'an instance that shuts down', given: { documents: [apiHealth('/readyz', ['shutdown'])] } },
    {
      name: 'no instance is reachable from here, the balancer is',
      given: { objects: [SLICE], documents: [apiHealth('/readyz')], rows: [row('cp-1'), row('cp-2')] },
      status: 'unknown',
    },
    {
      name: 'the identity lease of a node that was removed',
      given: {
        objects: [controlPlaneNode('cp-1'), identity('cp-1', 5), identity('cp-9', 4000)],
        documents: [apiHealth('/readyz')],
      },
    },
  ],
  reports: [
    {
      name: 'etcd does not answer, told twice through the balancer',
      given: {
        objects: [pod('cp-1')],
        documents: [apiHealth('/livez', ['etcd']), apiHealth('/readyz', ['etcd', 'etcd-readiness'])],
        logs: [
          componentLog('kube-apiserver', 'cp-1', [
            [10, '[-]etcd failed: error getting data from etcd: context deadline exceeded'],
          ]),
        ],
      },
      expect: [
        {
          message: 'etcdFails',
          subject: 'host:cluster.test:6443',
          values: { checks: ['etcd', 'etcd-readiness'] },
        },
      ],
    },
    {
      name: 'the instance tells it, the balancer repeats it',
      given: {
        objects: [pod('cp-1')],
        documents: [apiHealth('/readyz', ['etcd']), apiHealth('/readyz', ['etcd'], serverOf('cp-1'))],
        logs: [
          componentLog('kube-apiserver', 'cp-1', [
            [10, '[-]etcd failed: error getting data from etcd: context deadline exceeded'],
          ]),
        ],
      },
      expect: [
        {
          message: 'etcdFails',
          subject: 'Pod/kube-system/kube-apiserver-cp-1',
          values: { detail: 'error getting data from etcd: context deadline exceeded' },
        },
      ],
    },
    {
      name: 'the encryption provider does not answer',
      given: { documents: [apiHealth('/readyz', ['kms-provider-0'])] },
      expect: [
        {
          message: 'checkFails',
          subject: 'host:cluster.test:6443',
          values: {
            checks: ['kms-provider-0'],
            meaning: 'the provider that encrypts Secrets does not answer; Secrets cannot be read or written',
          },
        },
      ],
    },
    {
      name: 'a hook that has not ended a day after the start',
      given: { objects: [pod('cp-1')], documents: [apiHealth('/readyz', [HOOK], serverOf('cp-1'))] },
      expect: [{ message: 'checkFails', subject: 'Pod/kube-system/kube-apiserver-cp-1' }],
    },
    {
      name: 'one of two instances does not answer',
      given: {
        objects: [SLICE],
        documents: [apiHealth('/readyz'), apiHealth('/readyz', [], serverOf('cp-1'))],
        rows: [row('cp-2')],
      },
      expect: [
        {
          message: 'instanceSilent',
          subject: 'host:10.0.0.2:6443',
          values: { detail: 'connect ECONNREFUSED' },
        },
      ],
    },
    {
      name: 'one of two identities is not renewed',
      given: {
        objects: [
          controlPlaneNode('cp-1'),
          controlPlaneNode('cp-2'),
          identity('cp-1', 5),
          identity('cp-2', 300),
        ],
        documents: [apiHealth('/readyz')],
      },
      expect: [
        {
          message: 'identityStale',
          subject: 'Lease/kube-system/apiserver-cp-2',
          values: { host: 'cp-2', age: 300 },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'an identity is not renewed, and whether its pod is down was not seen',
      given: {
        objects: [
          controlPlaneNode('cp-1'),
          controlPlaneNode('cp-2'),
          identity('cp-1', 5),
          identity('cp-2', 300),
        ],
        documents: [apiHealth('/readyz')],
        forbidden: [pods],
      },
      reason: /not allowed/,
    },
    { name: 'health was not collected', given: { forbidden: [apiServerHealth] }, reason: /not allowed/ },
  ],
});
