import { webhookKeyPublic } from '../../../analyzers/virtual-environment/webhook-key-public.ts';
import { mutatingWebhookConfigurations } from '../../../src/artifacts/extension-resources.ts';
import { pod } from '../../support/builders.ts';
import { issue } from '../../support/issued-certificates.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import { SHIPPED_AUTHORITY } from '../../support/virtual-environment-authority.ts';
import { virtualEnvironment } from '../../support/virtual-environment-builders.ts';
import { tagWebhook, webhookPod } from '../../support/virtual-environment-tag-builders.ts';

const { pem } = await issue('own-ca', { ca: true });
const subject = 'MutatingWebhookConfiguration/virtual-environment-webhook';

function trusting(caBundle: string) {
  const service = { namespace: 'kt-virtual-environment', name: 'webhook-server', path: '/inject', port: 443 };
  return tagWebhook({ clientConfig: { service, caBundle } });
}

testAnalyzer(webhookKeyPublic, {
  silent: [
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'no webhook of KtEnv',
      given: { objects: [virtualEnvironment()] },
      status: 'not-applicable',
    },
    {
      name: 'an authority of its own',
      given: { objects: [virtualEnvironment(), trusting(Buffer.from(pem).toString('base64'))] },
    },
    { name: 'no authority at all', given: { objects: [trusting('')] } },
  ],
  reports: [
    {
      name: 'the pair of v0.6.0, with the webhook configured only',
      given: { objects: [trusting(SHIPPED_AUTHORITY)] },
      expect: [
        {
          message: 'keyPublic',
          subject,
          severity: 'warning',
          confidence: 'certain',
          values: { versions: 'v0.6.0', host: 'webhook-server.kt-virtual-environment.svc', names: '' },
        },
      ],
    },
    {
      name: 'among others, and wrapped',
      given: {
        objects: [
          trusting(
            Buffer.from(`${pem}\n${Buffer.from(SHIPPED_AUTHORITY, 'base64').toString()}`).toString('base64'),
          ),
        ],
      },
      expect: [{ message: 'keyPublic', subject }],
    },
  ],
  unknown: [
    {
      name: 'configurations were refused where KtEnv runs',
      given: { objects: [webhookPod()], forbidden: [mutatingWebhookConfigurations] },
      reason: /MutatingWebhook/,
    },
  ],
});
