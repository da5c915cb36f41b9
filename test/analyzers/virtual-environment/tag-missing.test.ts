import { expect, it } from 'vitest';
import { tagMissing } from '../../../analyzers/virtual-environment/tag-missing.ts';
import { mutatingWebhookConfigurations } from '../../../src/artifacts/extension-resources.ts';
import { namespaces, pods } from '../../../src/artifacts/resources.ts';
import { virtualEnvironments } from '../../../src/artifacts/virtual-environment-resources.ts';
import { ago, type Built, endpointSlice, pod, service } from '../../support/builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';
import { virtualEnvironment } from '../../support/virtual-environment-builders.ts';
import {
  coveredNamespace,
  taggedPod,
  tagWebhook,
  WEBHOOK_NAMESPACE,
  WEBHOOK_POD,
  webhookPod,
} from '../../support/virtual-environment-tag-builders.ts';
import { reports } from './tag-missing/reports.ts';
import { scene, tagged } from './tag-missing/scene.ts';

testAnalyzer(tagMissing, {
  silent: [
    { name: 'no virtual environment', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'requests are not to be tagged',
      given: {
        objects: [
          virtualEnvironment({ envHeader: { autoInject: false } }),
          coveredNamespace({ 'environment-tag-injection': 'disabled' }),
          taggedPod('app-js', 'dev', {}),
        ],
      },
      status: 'not-applicable',
    },
    { name: 'all pods are tagged as their label says', given: { objects: scene(tagged) } },
    {
      name: 'a native sidecar that got its tag otherwise',
      given: { objects: scene([taggedPod('app-js', 'dev', { native: true, tag: 'dev' })]) },
    },
    {
      name: 'pods without a proxy are the affair of another analyzer',
      given: { objects: scene([taggedPod('app-js', 'dev', { none: true })]) },
    },
    {
      name: 'pods without the label, ended and leaving ones',
      given: {
        objects: scene([
          ...tagged,
          taggedPod('redis', '', {}, { metadata: { labels: { app: 'redis' }, name: 'redis-0' } }),
          taggedPod('app-js', 'dev', {}, { metadata: { name: 'old-1' }, status: { phase: 'Succeeded' } }),
          taggedPod('app-js', 'dev', {}, { metadata: { name: 'old-2', deletionTimestamp: ago(5) } }),
        ]),
      },
    },
    {
      name: 'labels of the webhook that come from a ConfigMap are not guessed',
      given: {
        objects: [
          ...scene(tagged).filter(({ metadata }) => metadata.name !== WEBHOOK_POD),
          webhookPod({
            env: [{ name: 'envLabel', valueFrom: { configMapKeyRef: { name: 'ktenv', key: 'l' } } }],
          }),
        ],
      },
    },
    {
      name: 'a webhook of its own name and selector',
      given: {
        objects: [
          virtualEnvironment(),
          coveredNamespace({ 'environment-tag-injection': 'no', team: 'shop' }),
          tagWebhook({ name: 'tags.example', namespaceSelector: { matchLabels: { team: 'shop' } } }),
          webhookPod(),
          ...tagged,
        ],
      },
    },
  ],
  reports,
  unknown: [
    {
      name: 'virtual environments were refused, and KtEnv is there',
      given: { objects: [webhookPod()], forbidden: [virtualEnvironments] },
      reason: /not allowed/,
    },
    {
      name: 'webhooks were refused',
      given: {
        objects: [virtualEnvironment(), coveredNamespace(), ...tagged],
        forbidden: [mutatingWebhookConfigurations],
      },
      reason: /MutatingWebhook/,
    },
    {
      name: 'pods were refused',
      given: { objects: [virtualEnvironment(), coveredNamespace(), tagWebhook()], forbidden: [pods] },
      reason: /Pod/,
    },
    {
      name: 'namespaces were refused',
      given: { objects: [virtualEnvironment(), tagWebhook(), ...tagged], forbidden: [namespaces] },
      reason: /Namespace/,
    },
  ],
});

/** The webhook's Service, with a ready endpoint or none. */
function webhookService(ready: boolean): Built[] {
  const metadata = { namespace: WEBHOOK_NAMESPACE };
  return [
    service('webhook-server', { metadata, spec: { ports: [{ port: 443, targetPort: 8443 }] } }),
    endpointSlice('webhook-server', [{ ip: '10.1.0.9', ready }], {
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'webhook-server' } },
    }),
  ];
}

function rowsOf(objects: readonly Built[]) {
  const { rows } = runOn(tagMissing, { objects });
  return Object.fromEntries(rows.map(({ checkId, state, reason }) => [checkId, reason ?? state]));
}

it('fills the rows of the second chapter', () => {
  expect(rowsOf(scene(tagged, webhookService(true)))).toEqual({
    webhook: 'fine',
    namespaceLabel: 'fine',
    labels: 'fine',
    tags: 'fine',
  });
});

it('leaves a webhook that is away to the analyzer of webhooks', () => {
  const away = scene(tagged, webhookService(false)).map((one) =>
    one.metadata.name === WEBHOOK_POD
      ? { ...one, status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(900) }] } }
      : one,
  );

  expect(rowsOf(away).webhook).toMatch(/admission\/webhook-unavailable/);
});
