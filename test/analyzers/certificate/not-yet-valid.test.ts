import { notYetValid } from '../../../analyzers/certificate/not-yet-valid.ts';
import { secrets } from '../../../src/artifacts/resources.ts';
import { ago, pod, secret } from '../../support/builders.ts';
import { base64, certificatePem } from '../../support/certificates.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const DAY = 86_400;
const future = await certificatePem('web.example', ago(-2 * DAY), ago(-365 * DAY));
const justNow = await certificatePem('web.example', ago(-120), ago(-365 * DAY));
const user = pod('web', { spec: { volumes: [{ name: 'tls', secret: { secretName: 'web-tls' } }] } });
const subject = 'Secret/shop/web-tls';

function kept(pem: string) {
  return secret('web-tls', { data: { 'tls.crt': base64(pem) } });
}

testAnalyzer(notYetValid, {
  silent: [
    { name: 'two minutes ahead: clocks differ', given: { objects: [kept(justNow), user] } },
    {
      name: 'the clock is too coarse to tell',
      given: { objects: [kept(future), user], errorSeconds: 3 * DAY },
    },
    {
      name: 'nothing uses it',
      given: { objects: [kept(future)] },
      info: [{ message: 'notYetValid', subject, severity: 'info' }],
    },
  ],
  reports: [
    {
      name: 'valid in two days',
      given: { objects: [kept(future), user] },
      expect: [{ message: 'notYetValid', subject, severity: 'critical', values: { left: 2 * DAY } }],
    },
  ],
  unknown: [{ name: 'Secrets were refused', given: { forbidden: [secrets] }, reason: /not allowed/ }],
});
