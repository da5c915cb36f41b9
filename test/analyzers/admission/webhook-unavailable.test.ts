import { webhookUnavailable } from '../../../analyzers/admission/webhook-unavailable.ts';
import { validatingWebhookConfigurations } from '../../../src/artifacts/extension-resources.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { ago, condition, endpointSlice, namespace, pod, service } from '../../support/builders.ts';
import { webhook, webhookConfiguration } from '../../support/extension-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'ValidatingWebhookConfiguration/policy';
const hook = service('hook', { spec: { ports: [{ port: 443, targetPort: 8443, protocol: 'TCP' }] } });
const ready = endpointSlice('hook', [{ ip: '10.1.0.9' }]);
const notReady = endpointSlice('hook', [{ ip: '10.1.0.9', ready: false }]);
const shop = namespace('shop', { metadata: { labels: { 'kubernetes.io/metadata.name': 'shop' } } });
const OWN_LEFT_OUT = {
  matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['shop'] }],
};

function config(parts: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}) {
  return webhookConfiguration('policy', [webhook('pods.policy.example', parts)], { metadata });
}

function own(parts: Record<string, unknown>) {
  return pod('hook-1', { metadata: { labels: { app: 'hook' } }, ...parts });
}

const broken = own({
  status: { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(900) })] },
});

testAnalyzer(webhookUnavailable, {
  silent: [
    {
      name: 'a ready endpoint',
      given: { objects: [config({ namespaceSelector: OWN_LEFT_OUT }), hook, ready, shop] },
    },
    {
      name: 'reached by URL',
      given: { objects: [config({ clientConfig: { url: 'https://policy.example/validate' } }), shop] },
    },
    {
      name: 'an installation of two minutes ago',
      given: { objects: [config({}, { creationTimestamp: ago(120) }), hook] },
    },
    {
      name: 'its only pod became unready a moment ago',
      given: {
        objects: [
          config(),
          hook,
          notReady,
          own({ status: { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(10) })] } }),
        ],
      },
    },
    {
      name: 'reachable, but its own pods are subject to it',
      given: { objects: [config(), hook, ready, shop] },
      info: [{ message: 'canLockItself', subject }],
    },
    {
      name: 'reachable, and its own pods are left out by their labels',
      given: {
        objects: [
          config({ objectSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } }),
          hook,
          ready,
          shop,
          own({}),
        ],
      },
    },
    {
      name: 'a Service that leads outside',
      given: {
        objects: [
          config(),
          service('hook', { spec: { type: 'ExternalName', externalName: 'policy.example' } }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'no such Service',
      given: { objects: [config()] },
      expect: [
        {
          message: 'serviceMissing',
          subject,
          severity: 'critical',
          values: { rules: 'CREATE of pods', where: 'all namespaces', consequence: 'is refused' },
        },
      ],
    },
    {
      name: 'no such Service, failures ignored: a warning',
      given: { objects: [config({ failurePolicy: 'Ignore' })] },
      expect: [{ message: 'serviceMissing', subject, severity: 'warning' }],
    },
    {
      name: 'no such Service, only custom resources are held up: a warning',
      given: {
        objects: [
          config({ rules: [{ operations: ['*'], apiGroups: ['shop.example'], resources: ['carts'] }] }),
        ],
      },
      expect: [
        {
          message: 'serviceMissing',
          subject,
          severity: 'warning',
          values: { rules: 'every change of carts.shop.example' },
        },
      ],
    },
    {
      name: 'the Service has another port',
      given: { objects: [config(), service('hook'), ready] },
      expect: [{ message: 'portMissing', subject, values: { port: '443' } }],
    },
    {
      name: 'no ready endpoint, its own namespace left out',
      given: { objects: [config({ namespaceSelector: OWN_LEFT_OUT }), hook, notReady, shop, broken] },
      expect: [
        {
          message: 'noEndpoints',
          subject,
          severity: 'critical',
          values: { where: 'namespaces where kubernetes.io/metadata.name NotIn (shop)' },
        },
      ],
    },
    {
      name: 'no ready endpoint, and its own pods are subject to it',
      given: { objects: [config(), hook, notReady, shop, broken] },
      expect: [{ message: 'lockedOut', subject, severity: 'critical' }],
    },
    {
      name: 'scaled to zero is down all the same',
      given: { objects: [config({ namespaceSelector: OWN_LEFT_OUT }), hook, shop] },
      expect: [{ message: 'noEndpoints', subject }],
    },
  ],
  unknown: [
    {
      name: 'webhooks were refused',
      given: { forbidden: [validatingWebhookConfigurations] },
      reason: /not allowed/,
    },
    { name: 'Services were refused', given: { objects: [config()], forbidden: [services] } },
  ],
});
