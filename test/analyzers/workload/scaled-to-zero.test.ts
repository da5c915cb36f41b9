import { scaledToZero } from '../../../analyzers/workload/scaled-to-zero.ts';
import { mutatingWebhookConfigurations } from '../../../src/artifacts/extension-resources.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { anyObject, deployment, endpointSlice, service } from '../../support/builders.ts';
import { statefulSet } from '../../support/controller-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const SUBJECT = 'Deployment/shop/web';
const off = deployment('web', { spec: { replicas: 0 }, status: { replicas: 0 } });
const ingress = anyObject('networking.k8s.io/v1', 'Ingress', 'front', 'shop', {
  spec: {
    rules: [
      { http: { paths: [{ path: '/', backend: { service: { name: 'web', port: { number: 80 } } } }] } },
    ],
  },
});
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

testAnalyzer(scaledToZero, {
  silent: [
    { name: 'a workload with replicas', given: { objects: [deployment('web'), service('web'), ingress] } },
    { name: 'scaled to zero and nothing names its Service', given: { objects: [off, service('web')] } },
    {
      name: 'scaled to zero without a Service, whoever calls Services',
      given: { objects: [off], forbidden: [mutatingWebhookConfigurations] },
    },
    {
      name: 'another workload stands behind the same Service',
      given: {
        objects: [
          off,
          deployment('web-blue', { spec: { template: { metadata: { labels: { app: 'web' } } } } }),
          service('web'),
          ingress,
        ],
      },
    },
    {
      name: 'the Service has ready endpoints from elsewhere',
      given: { objects: [off, service('web'), ingress, endpointSlice('web', [{ ip: '10.1.0.9' }])] },
    },
    {
      name: 'an autoscaler may have done it, or is turned off by it',
      given: {
        objects: [
          off,
          service('web'),
          ingress,
          anyObject('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', 'shop', {
            spec: { scaleTargetRef: target },
          }),
        ],
      },
      info: [{ message: 'byAutoscaler', subject: SUBJECT }],
    },
    {
      name: 'KEDA scales to zero; its target names no kind',
      given: {
        objects: [
          off,
          service('web'),
          ingress,
          anyObject('keda.sh/v1alpha1', 'ScaledObject', 'web', 'shop', {
            spec: { scaleTargetRef: { name: 'web' } },
          }),
        ],
      },
      info: [{ message: 'byAutoscaler', subject: SUBJECT }],
    },
  ],
  reports: [
    {
      name: 'an Ingress routes to its Service',
      given: { objects: [off, service('web'), ingress] },
      expect: [{ message: 'called', subject: SUBJECT, severity: 'warning', values: { verb: 'routes to' } }],
    },
    {
      name: 'a webhook calls its Service',
      given: {
        objects: [
          statefulSet('hook', { spec: { replicas: 0 } }),
          service('hook'),
          anyObject('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', 'inject', null, {
            webhooks: [
              { name: 'inject.example', clientConfig: { service: { namespace: 'shop', name: 'hook' } } },
            ],
          }),
        ],
      },
      expect: [
        {
          message: 'called',
          subject: 'StatefulSet/shop/hook',
          values: { verb: 'calls', kind: 'statefulset' },
        },
      ],
    },
  ],
  unknown: [
    { name: 'Services were not seen', given: { objects: [off], forbidden: [services] }, reason: /Service/ },
    {
      name: 'it has a Service, and the webhooks that may call it were not seen',
      given: { objects: [off, service('web')], forbidden: [mutatingWebhookConfigurations] },
      reason: /MutatingWebhookConfiguration/,
    },
  ],
});
