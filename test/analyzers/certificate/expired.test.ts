import { expired } from '../../../analyzers/certificate/expired.ts';
import { certificates } from '../../../src/artifacts/certificates.ts';
import { nodeCertificates } from '../../../src/artifacts/node-certificates.ts';
import { secrets } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, pod, secret } from '../../support/builders.ts';
import { base64, certificatePem } from '../../support/certificates.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import { TOLD_REPORTS, TOLD_SILENT, told } from './expired/told.ts';

const DAY = 86_400;
const YEAR = 365 * DAY;

const past = await certificatePem('web.example', ago(YEAR), ago(6 * DAY));
const fine = await certificatePem('web.example', ago(DAY), ago(-YEAR));
const lastDays = await certificatePem('web.example', ago(YEAR), ago(-3 * DAY));
const lastWeeks = await certificatePem('web.example', ago(YEAR), ago(-20 * DAY));
const rotating = await certificatePem('kubelet', ago(60 * DAY), ago(-30 * DAY));
const notRotated = await certificatePem('kubelet', ago(85 * DAY), ago(-5 * DAY));
const oldCa = await certificatePem('old-ca', ago(10 * YEAR), ago(DAY), { ca: true });
const lateCa = await certificatePem('ca', ago(9 * YEAR), ago(-100 * DAY), { ca: true });
const newCa = await certificatePem('new-ca', ago(DAY), ago(-5 * YEAR), { ca: true });

const user = pod('web', { spec: { volumes: [{ name: 'tls', secret: { secretName: 'web-tls' } }] } });

function kept(pem: string, key = 'tls.crt') {
  return secret('web-tls', { data: { [key]: base64(pem) } });
}

function served(pem: string) {
  return {
    artifact: certificates,
    bytes: JSON.stringify({
      certificates: [{ source: { type: 'served', endpoint: 'cp.example:6443', authorized: false }, pem }],
    }),
  };
}

function ofPod(pem: string, purpose: 'service' | 'etcd') {
  const source = { type: 'pod', namespace: 'shop', name: 'web', port: 8443, purpose, services: [] };
  return { artifact: certificates, bytes: JSON.stringify({ certificates: [{ source, pem }] }) };
}

function file(path: string, pem: string) {
  return {
    artifact: nodeCertificates,
    scope: { type: 'node', node: 'cp-1' },
    bytes: `==> ${path} 644 root:root <==\n${pem}`,
  } as const;
}

const subject = 'Secret/shop/web-tls';

testAnalyzer(expired, {
  silent: [
    { name: 'valid for a year', given: { objects: [kept(fine), user] } },
    {
      name: 'a short-lived certificate in the middle of its life',
      given: { objects: [kept(rotating), user] },
    },
    {
      name: 'expired, but nothing uses the Secret',
      given: { objects: [kept(past)] },
      info: [{ message: 'expired', subject, severity: 'info' }],
    },
    {
      name: 'an expired CA behind its successor',
      given: { objects: [kept(newCa + oldCa, 'ca.crt'), user] },
      info: [{ message: 'expired', subject, severity: 'info' }],
    },
    {
      name: 'a value that is no certificate',
      given: { objects: [kept('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'), user] },
    },
    {
      name: 'just past its end, within the error of the clock',
      given: { objects: [kept(lastDays), user], observed: ago(-3 * DAY - 60), errorSeconds: 300 },
    },
    {
      name: 'a CA with a hundred days left is a question of its own',
      given: { objects: [kept(lateCa, 'ca.crt'), user] },
    },
    {
      name: 'an earlier certificate that the kubelet keeps beside its own',
      given: { documents: [file('/var/lib/kubelet/pki/kubelet-client-2025-01-01-10-00-00.pem', past)] },
      info: [{ message: 'kubeletExpired', subject: 'Node/cp-1', severity: 'info' }],
    },
    {
      name: 'copies of the CA in tokens of ServiceAccounts count once',
      given: {
        objects: ['a', 'b'].map((name) =>
          secret(name, {
            type: 'kubernetes.io/service-account-token',
            data: { 'ca.crt': base64(oldCa) },
          }),
        ),
      },
      info: [{ message: 'expired', subject: 'Secret/shop/a', severity: 'info' }],
    },
    ...TOLD_SILENT,
    {
      name: 'expired when the report is read, not when it was collected',
      given: { objects: [kept(past), user], observed: ago(60 * DAY) },
    },
  ],
  reports: [
    {
      name: 'served by a pod, though no Secret holds it',
      given: { objects: [user], documents: [ofPod(past, 'service')] },
      expect: [
        {
          message: 'expired',
          subject: 'Pod/shop/web',
          severity: 'critical',
          values: { place: 'served at port 8443 of' },
        },
      ],
    },
    {
      name: 'served by etcd, soon',
      given: { objects: [user], documents: [ofPod(lastDays, 'etcd')] },
      expect: [{ message: 'controlPlaneExpiresSoon', subject: 'Pod/shop/web', severity: 'critical' }],
    },
    {
      name: 'expired and mounted',
      given: { objects: [kept(past), user] },
      expect: [
        {
          message: 'expired',
          subject,
          severity: 'critical',
          values: { subject: 'CN=web.example', since: 6 * DAY },
          since: ago(6 * DAY),
        },
      ],
    },
    {
      name: 'expired, pods unseen: a warning',
      given: { objects: [kept(past)], forbidden: [{ id: 'resources:core/Pod' }] },
      expect: [{ message: 'expired', subject, severity: 'warning' }],
    },
    {
      name: 'the API server serves an expired certificate',
      given: { documents: [served(past)] },
      expect: [
        {
          message: 'controlPlaneExpired',
          subject: 'host:cp.example:6443',
          severity: 'critical',
          values: { place: 'served by' },
        },
      ],
    },
    {
      name: 'the API server serves one that ends in three days',
      given: { documents: [served(lastDays)] },
      expect: [{ message: 'controlPlaneExpiresSoon', subject: 'host:cp.example:6443', severity: 'critical' }],
    },
    {
      name: 'three days left',
      given: { objects: [kept(lastDays), user] },
      expect: [{ message: 'expiresSoon', subject, severity: 'critical' }],
    },
    {
      name: 'twenty days left',
      given: { objects: [kept(lastWeeks), user] },
      expect: [{ message: 'expiresSoon', subject, severity: 'warning' }],
    },
    {
      name: 'a renewal that did not come',
      given: { objects: [kept(notRotated), user] },
      expect: [{ message: 'expiresSoon', subject, severity: 'warning' }],
    },
    {
      name: 'a file of a control plane node, with the name to renew it by',
      given: { documents: [file('/etc/kubernetes/pki/apiserver-etcd-client.crt', past)] },
      expect: [
        {
          message: 'fileExpired',
          subject: 'Node/cp-1',
          severity: 'critical',
          values: {
            name: 'apiserver-etcd-client',
            place: 'file /etc/kubernetes/pki/apiserver-etcd-client.crt on',
          },
        },
      ],
    },
    {
      name: 'a kubeconfig of a control plane node ends in three days',
      given: { documents: [file('/etc/kubernetes/scheduler.conf', lastDays)] },
      expect: [
        {
          message: 'fileExpiresSoon',
          subject: 'Node/cp-1',
          severity: 'critical',
          values: { name: 'scheduler.conf' },
        },
      ],
    },
    ...TOLD_REPORTS,
    {
      name: 'kubeadm tells what the file says itself: once',
      given: {
        documents: [
          file('/etc/kubernetes/scheduler.conf', lastDays),
          told('scheduler.conf', 'Jan 18, 2026 12:00 UTC'),
        ],
      },
      expect: [{ message: 'fileExpiresSoon', subject: 'Node/cp-1', severity: 'critical' }],
    },
    {
      name: 'the certificate of a kubelet has ended',
      given: { documents: [file('/var/lib/kubelet/pki/kubelet-client-current.pem', past)] },
      expect: [{ message: 'kubeletExpired', subject: 'Node/cp-1', severity: 'critical' }],
    },
    {
      name: 'the certificate of a kubelet was not rotated',
      given: { documents: [file('/var/lib/kubelet/pki/kubelet-client-current.pem', notRotated)] },
      expect: [{ message: 'kubeletExpiresSoon', subject: 'Node/cp-1', severity: 'warning' }],
    },
    {
      name: 'renewed on the node, the old one still served',
      given: { documents: [served(past), file('/etc/kubernetes/pki/apiserver.crt', fine)] },
      expect: [
        {
          message: 'oldStillServed',
          subject: 'host:cp.example:6443',
          severity: 'critical',
          values: { place: 'file /etc/kubernetes/pki/apiserver.crt on' },
        },
      ],
    },
    {
      name: 'a CA bundle of a webhook has ended',
      given: {
        objects: [
          anyObject('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'policy', null, {
            webhooks: [{ name: 'policy.example', clientConfig: { caBundle: base64(oldCa) } }],
          }),
        ],
      },
      expect: [
        {
          message: 'expired',
          subject: 'ValidatingWebhookConfiguration/policy',
          severity: 'critical',
          values: { place: 'field /webhooks/0/clientConfig/caBundle of' },
        },
      ],
    },
    {
      name: 'an Ingress refers to it',
      given: {
        objects: [
          kept(past),
          anyObject('networking.k8s.io/v1', 'Ingress', 'web', 'shop', {
            spec: { tls: [{ secretName: 'web-tls' }] },
          }),
        ],
      },
      expect: [{ message: 'expired', subject, severity: 'critical' }],
    },
  ],
  unknown: [
    { name: 'Secrets were refused', given: { forbidden: [secrets] }, reason: /not allowed/ },
    {
      name: 'certificate files of nodes were to be read and are lost',
      given: { forbidden: [nodeCertificates] },
      reason: /not allowed/,
    },
  ],
});
