import { sidecarMissing } from '../../../analyzers/virtual-environment/sidecar-missing.ts';
import { namespaces, pods } from '../../../src/artifacts/resources.ts';
import { type Built, controlledBy, namespace, pod } from '../../support/builders.ts';
import { webhook, webhookConfiguration } from '../../support/extension-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import { virtualEnvironment } from '../../support/virtual-environment-builders.ts';
import { coveredNamespace, taggedPod } from '../../support/virtual-environment-tag-builders.ts';

const subject = 'VirtualEnvironment/shop/demo-virtualenv';
const missing = (app: string, parts: Record<string, unknown> = {}) =>
  taggedPod(app, 'dev', { none: true }, parts);

/** Istio's webhook for namespaces labelled `istio-injection=enabled`. */
function injector(): Built {
  const hook = webhook('namespace.sidecar-injector.istio.io', {
    namespaceSelector: { matchLabels: { 'istio-injection': 'enabled' } },
    objectSelector: {
      matchExpressions: [{ key: 'sidecar.istio.io/inject', operator: 'NotIn', values: ['false'] }],
    },
    clientConfig: { service: { namespace: 'istio-system', name: 'istiod', path: '/inject', port: 443 } },
  });
  return webhookConfiguration('istio-sidecar-injector', [hook], { kind: 'MutatingWebhookConfiguration' });
}

function unlabelled(labels: Readonly<Record<string, string>> = {}): Built {
  return namespace('shop', { metadata: { labels } });
}

testAnalyzer(sidecarMissing, {
  silent: [
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'regular and native proxies',
      given: {
        objects: [
          virtualEnvironment(),
          unlabelled(),
          taggedPod('app-js', 'dev', {}),
          taggedPod('app-go', 'dev', { native: true }),
        ],
      },
    },
    {
      name: 'an injector is called for the pod: that is for Istio to explain',
      given: { objects: [virtualEnvironment(), coveredNamespace(), injector(), missing('app-js')] },
    },
    {
      name: 'a proxy is asked for and there is no injector: that as well',
      given: { objects: [virtualEnvironment(), coveredNamespace(), missing('app-js')] },
    },
    {
      name: 'pods of Jobs, ended pods and pods without the label',
      given: {
        objects: [
          virtualEnvironment(),
          unlabelled(),
          injector(),
          missing('migrate', { metadata: controlledBy('Job', 'migrate', 'batch/v1') }),
          missing('old', { status: { phase: 'Failed' } }),
          missing('redis', { metadata: { labels: { app: 'redis' } } }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'the namespace is not labelled for Istio',
      given: {
        objects: [
          virtualEnvironment(),
          unlabelled(),
          injector(),
          missing('app-js'),
          taggedPod('app-go', 'dev', {}),
        ],
      },
      expect: [
        {
          message: 'withoutProxy',
          subject,
          severity: 'warning',
          values: {
            count: 1,
            all: 2,
            why: 'neither the labels of the namespace nor their own ask Istio for one',
          },
        },
      ],
    },
    {
      name: 'requests need not be tagged for it to matter',
      given: {
        objects: [
          virtualEnvironment({ envHeader: { autoInject: false } }),
          coveredNamespace(),
          missing('app-js', { metadata: { annotations: { 'sidecar.istio.io/inject': 'false' } } }),
        ],
      },
      expect: [
        {
          message: 'withoutProxy',
          subject,
          values: { why: 'they ask to be left out (`sidecar.istio.io/inject: "false"`)' },
        },
      ],
    },
    {
      name: 'ambient mode',
      given: {
        objects: [
          virtualEnvironment(),
          unlabelled({ 'istio.io/dataplane-mode': 'ambient' }),
          injector(),
          missing('app-js'),
        ],
      },
      expect: [{ message: 'withoutProxy', subject }],
    },
  ],
  unknown: [
    {
      name: 'pods were refused',
      given: { objects: [virtualEnvironment()], forbidden: [pods] },
      reason: /Pod/,
    },
    {
      name: 'namespaces were refused',
      given: { objects: [virtualEnvironment(), missing('app-js')], forbidden: [namespaces] },
      reason: /Namespace/,
    },
  ],
});
