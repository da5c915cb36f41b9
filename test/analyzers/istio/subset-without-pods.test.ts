import { subsetWithoutPods } from '../../../analyzers/istio/subset-without-pods.ts';
import { destinationRules } from '../../../src/artifacts/istio-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, deployment, pod, service } from '../../support/builders.ts';
import {
  destinationRule,
  meshPod,
  networking,
  virtualService,
} from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const web = service('web');
const v1 = meshPod('web-1', { app: 'web', version: 'v1' });
const toV2 = virtualService('web', { host: 'web', subset: 'v2' });
const rule = destinationRule('web', ['v1', 'v2']);
const subject = 'DestinationRule/shop/web';

testAnalyzer(subsetWithoutPods, {
  silent: [
    { name: 'no DestinationRule', given: { objects: [web, v1] }, status: 'not-applicable' },
    {
      name: 'pods of every subset',
      given: { objects: [web, v1, meshPod('web-2', { app: 'web', version: 'v2' }), rule, toV2] },
    },
    { name: 'a Service without any pod', given: { objects: [web, rule, toV2] } },
    {
      name: 'a Service without a selector, and a host of a ServiceEntry',
      given: {
        objects: [
          service('web', { spec: { selector: undefined } }),
          networking('ServiceEntry', 'pay', { hosts: ['pay.example'] }),
          rule,
          toV2,
          destinationRule('pay.example', ['v2']),
        ],
      },
    },
    {
      name: 'a subset of machines outside of Kubernetes',
      given: {
        objects: [
          web,
          v1,
          rule,
          toV2,
          networking('WorkloadEntry', 'vm', { address: '10.9.9.9', labels: { app: 'web', version: 'v2' } }),
        ],
      },
    },
    {
      name: 'labels of the node',
      given: {
        objects: [
          web,
          v1,
          toV2,
          networking('DestinationRule', 'web', {
            host: 'web',
            subsets: [{ name: 'v2', labels: { 'topology.kubernetes.io/zone': 'a' } }],
          }),
        ],
      },
    },
    {
      name: 'a rule of KtEnv, and one made a moment ago',
      given: {
        objects: [
          web,
          v1,
          toV2,
          networking(
            'DestinationRule',
            'made',
            { host: 'web', subsets: [{ name: 'v2', labels: { v: '2' } }] },
            {
              metadata: {
                ownerReferences: [{ apiVersion: 'x/v1', kind: 'VirtualEnvironment', name: 'a', uid: 'u' }],
              },
            },
          ),
          networking(
            'DestinationRule',
            'new',
            { host: 'web', subsets: [{ name: 'v2', labels: { v: '2' } }] },
            {
              metadata: { creationTimestamp: ago(10) },
            },
          ),
        ],
      },
    },
    {
      name: 'a workload scaled to zero that no route uses',
      given: {
        objects: [
          web,
          v1,
          rule,
          deployment('web-v2', {
            spec: { replicas: 0, template: { metadata: { labels: { app: 'web', version: 'v2' } } } },
          }),
        ],
      },
    },
    {
      name: 'a subset nobody uses',
      given: { objects: [web, v1, rule] },
      info: [{ message: 'unused', subject, values: { subset: 'v2' } }],
    },
  ],
  reports: [
    {
      name: 'traffic to a subset without pods',
      given: { objects: [web, v1, pod('old', { status: { phase: 'Failed' } }), rule, toV2] },
      expect: [
        {
          message: 'empty',
          subject,
          severity: 'critical',
          values: { subset: 'v2', labels: '`version=v2`', routes: ['shop/web'] },
        },
      ],
    },
    {
      name: 'labels that contradict the selector of the Service',
      given: {
        objects: [
          web,
          v1,
          meshPod('other-1', { app: 'other' }),
          toV2,
          networking('DestinationRule', 'web', {
            host: 'web.shop.svc.cluster.local',
            subsets: [{ name: 'v2', labels: { app: 'other' } }],
          }),
        ],
      },
      expect: [{ message: 'empty', subject }],
    },
    {
      name: 'traffic to a workload scaled to zero',
      given: {
        objects: [
          web,
          v1,
          rule,
          toV2,
          deployment('web-v2', {
            spec: { replicas: 0, template: { metadata: { labels: { app: 'web', version: 'v2' } } } },
          }),
        ],
      },
      expect: [
        { message: 'asleep', subject, severity: 'warning', values: { workloads: ['Deployment web-v2'] } },
      ],
    },
  ],
  unknown: [
    {
      name: 'pods of other clusters of the mesh',
      given: {
        objects: [
          web,
          v1,
          rule,
          toV2,
          anyObject('v1', 'Secret', 'istio-remote-secret-b', 'istio-system', {
            metadata: { labels: { 'istio/multiCluster': 'true' } },
          }),
        ],
      },
      reason: /other clusters/,
    },
    { name: 'DestinationRules', given: { objects: [v1], forbidden: [destinationRules] } },
    { name: 'pods', given: { objects: [web, rule, toV2], forbidden: [pods] } },
  ],
});
