import { tagWebhookFailing } from '../../../analyzers/virtual-environment/tag-webhook-failing.ts';
import { mutatingWebhookConfigurations } from '../../../src/artifacts/extension-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { virtualEnvironments } from '../../../src/artifacts/virtual-environment-resources.ts';
import { deployments } from '../../../src/artifacts/workload-resources.ts';
import { ago, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import { virtualEnvironment } from '../../support/virtual-environment-builders.ts';
import {
  tagWebhook,
  WEBHOOK_NAMESPACE,
  WEBHOOK_POD,
  webhookDeployment,
  webhookPod,
} from '../../support/virtual-environment-tag-builders.ts';

const subject = 'MutatingWebhookConfiguration/virtual-environment-webhook';
const OLD = 'registry.example/mirror/virtual-env-admission-webhook:v0.5.4';

function log(seconds: number, text: string) {
  const line = `${ago(seconds)} ${text}\n`;
  return { namespace: WEBHOOK_NAMESPACE, pod: WEBHOOK_POD, container: 'server', text: line };
}

testAnalyzer(tagWebhookFailing, {
  silent: [
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'environments without a webhook',
      given: { objects: [virtualEnvironment()] },
      status: 'not-applicable',
    },
    { name: 'as delivered', given: { objects: [tagWebhook(), webhookDeployment(), webhookPod()] } },
    {
      name: 'an old version as a whole, converted by the API server',
      given: {
        objects: [
          tagWebhook({ admissionReviewVersions: ['v1beta1'] }),
          webhookDeployment(OLD),
          webhookPod({ image: OLD }),
        ],
      },
    },
    {
      name: 'nobody calls it',
      given: { objects: [webhookDeployment(), webhookPod({ env: [] })] },
    },
    {
      name: 'the labels come from a ConfigMap',
      given: {
        objects: [
          tagWebhook(),
          webhookPod({
            env: [{ name: 'envLabel', valueFrom: { configMapKeyRef: { name: 'k', key: 'l' } } }],
          }),
        ],
      },
    },
    {
      name: 'an error of yesterday',
      given: {
        objects: [tagWebhook(), webhookDeployment(), webhookPod()],
        logs: [
          log(86_400, '[Error] 2026-01-14 12:00:00 {could not deserialize request: EOF} Error handling'),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'the labels were emptied',
      given: {
        objects: [tagWebhook(), webhookDeployment(), webhookPod({ env: [{ name: 'envLabel', value: '' }] })],
        logs: [log(20, '[Fatal] 2026-01-15 11:59:40 Cannot determine env label !!')],
      },
      expect: [{ message: 'labelsUnset', subject, severity: 'critical', confidence: 'certain' }],
    },
    {
      name: 'its pod fails for it',
      given: {
        objects: [
          tagWebhook(),
          webhookDeployment(),
          {
            ...webhookPod({ env: [] }),
            status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(60) }] },
          },
        ],
      },
      expect: [{ message: 'labelsUnset', subject: 'Deployment/kt-virtual-environment/webhook-server' }],
    },
    {
      name: 'the variable is not there, and pods are let through',
      given: {
        objects: [tagWebhook({ failurePolicy: 'Ignore' }), webhookDeployment(), webhookPod({ env: [] })],
      },
      expect: [
        {
          message: 'labelsUnset',
          subject,
          severity: 'warning',
          values: { consequence: 'goes on without tags' },
        },
      ],
    },
    {
      name: 'an old image beside a new configuration',
      given: { objects: [tagWebhook(), webhookDeployment(OLD), webhookPod({ image: OLD })] },
      expect: [
        { message: 'reviewsNotAnswered', subject, severity: 'critical', values: { version: 'v0.5.4' } },
      ],
    },
    {
      name: 'its log says it cannot read requests',
      given: {
        objects: [tagWebhook(), webhookPod()],
        logs: [
          log(
            30,
            '[Error] 2026-01-15 11:59:30 {could not deserialize request: unexpected end of JSON input} Error handling webhook request',
          ),
        ],
      },
      expect: [
        {
          message: 'requestsNotRead',
          subject,
          confidence: 'likely',
          values: { detail: 'could not deserialize request: unexpected end of JSON input' },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'webhook configurations were refused',
      given: { objects: [webhookPod()], forbidden: [mutatingWebhookConfigurations] },
      reason: /MutatingWebhook/,
    },
    {
      name: 'its webhook is called, it has no pod, and Deployments were not seen',
      given: { objects: [tagWebhook()], forbidden: [deployments] },
      reason: /Deployment/,
    },
    {
      name: 'neither pods nor environments were seen',
      given: { forbidden: [pods, virtualEnvironments] },
      reason: /VirtualEnvironment/,
    },
  ],
});
