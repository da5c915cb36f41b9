import { webhookSlow } from '../../../analyzers/admission/webhook-slow.ts';
import { validatingWebhookConfigurations } from '../../../src/artifacts/extension-resources.ts';
import { webhook, webhookConfiguration } from '../../support/extension-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'ValidatingWebhookConfiguration/policy';

function config(parts: Record<string, unknown> = {}) {
  return webhookConfiguration('policy', [webhook('pods.policy.example', parts)]);
}

function timeouts(count: number, day = '15') {
  const line = (second: number) =>
    `2026-01-${day}T11:58:${String(second).padStart(2, '0')}Z E0115 publisher.go:146] "Unhandled Error" err="failed calling webhook \\"pods.policy.example\\": failed to call webhook: Post \\"https://hook.shop.svc:443/?timeout=10s\\": context deadline exceeded"`;
  return {
    namespace: 'kube-system',
    pod: 'kcm',
    container: 'kube-controller-manager',
    text: `${Array.from({ length: count }, (_, index) => line(index)).join('\n')}\n`,
  };
}

testAnalyzer(webhookSlow, {
  silent: [
    { name: 'no timeouts', given: { objects: [config()] } },
    { name: 'four timeouts', given: { objects: [config()], logs: [timeouts(4)] } },
    { name: 'many timeouts a day ago', given: { objects: [config()], logs: [timeouts(9, '14')] } },
    { name: 'timeouts of a webhook that is gone', given: { logs: [timeouts(9)] } },
    {
      name: 'a long timeout that is not used up',
      given: { objects: [config({ timeoutSeconds: 30 })] },
      info: [{ message: 'longTimeout', subject, values: { timeout: 30 } }],
    },
  ],
  reports: [
    {
      name: 'seven timeouts in the last minutes',
      given: { objects: [config()], logs: [timeouts(7)] },
      expect: [
        {
          message: 'timesOut',
          subject,
          severity: 'warning',
          confidence: 'likely',
          values: { count: 7, timeout: 10, detail: 'context deadline exceeded' },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'webhooks were refused',
      given: { forbidden: [validatingWebhookConfigurations] },
      reason: /not allowed/,
    },
  ],
});
