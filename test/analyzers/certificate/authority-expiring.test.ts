import { authorityExpiring } from '../../../analyzers/certificate/authority-expiring.ts';
import { secrets } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, pod, secret } from '../../support/builders.ts';
import { base64 } from '../../support/certificates.ts';
import { issue, issueCa } from '../../support/issued-certificates.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const DAY = 86_400;

function lasting(days: number, since = 3000) {
  return issueCa('ca', { notBefore: ago(since * DAY), notAfter: ago(-days * DAY) });
}

const fine = await lasting(2000);
const thisYear = await lasting(300);
const halfYear = await lasting(100);
const thisMonth = await lasting(20);
const over = await lasting(-1);
const rotating = await lasting(30, 60);
const notRotated = await lasting(5, 85);
const issuer = await lasting(200);
const outliving = await issue('web', { issuer, notAfter: ago(-900 * DAY) });

const user = pod('web', { spec: { volumes: [{ name: 'tls', secret: { secretName: 'ca' } }] } });
const subject = 'Secret/shop/ca';

function kept(pem: string, key = 'ca.crt') {
  return secret('ca', { data: { [key]: base64(pem) } });
}

testAnalyzer(authorityExpiring, {
  silent: [
    { name: 'five years left', given: { objects: [kept(fine.pem), user] } },
    { name: 'already over: reported as expired', given: { objects: [kept(over.pem), user] } },
    { name: 'a CA that is renewed by a machine', given: { objects: [kept(rotating.pem), user] } },
    {
      name: 'less than a year left',
      given: { objects: [kept(thisYear.pem), user] },
      info: [{ message: 'expiresSoon', subject, severity: 'info' }],
    },
    {
      name: 'its successor lies beside it',
      given: { objects: [kept(thisMonth.pem + fine.pem), user] },
      info: [{ message: 'expiresSoon', subject, severity: 'info' }],
    },
    {
      name: 'a certificate that outlives its authority',
      given: { objects: [kept(outliving.pem + issuer.pem, 'tls.crt'), user] },
      info: [
        { message: 'outlived', subject },
        { message: 'expiresSoon', subject, severity: 'info' },
      ],
    },
  ],
  reports: [
    {
      name: 'a hundred days left',
      given: { objects: [kept(halfYear.pem), user] },
      expect: [{ message: 'expiresSoon', subject, severity: 'warning', values: { left: 100 * DAY } }],
    },
    {
      name: 'twenty days left',
      given: { objects: [kept(thisMonth.pem), user] },
      expect: [{ message: 'expiresSoon', subject, severity: 'critical' }],
    },
    {
      name: 'a short-lived CA that was not renewed',
      given: { objects: [kept(notRotated.pem), user] },
      expect: [{ message: 'expiresSoon', subject, severity: 'warning' }],
    },
    {
      name: 'the authority of the cluster',
      given: {
        objects: [
          anyObject('v1', 'ConfigMap', 'kube-root-ca.crt', 'shop', { data: { 'ca.crt': thisMonth.pem } }),
        ],
      },
      expect: [
        { message: 'clusterExpiresSoon', subject: 'ConfigMap/shop/kube-root-ca.crt', severity: 'critical' },
      ],
    },
  ],
  unknown: [{ name: 'Secrets were refused', given: { forbidden: [secrets] }, reason: /not allowed/ }],
});
