import { webhookCertificateInvalid } from '../../../analyzers/admission/webhook-certificate-invalid.ts';
import { certificates } from '../../../src/artifacts/certificates.ts';
import { mutatingWebhookConfigurations } from '../../../src/artifacts/extension-resources.ts';
import { secrets } from '../../../src/artifacts/resources.ts';
import { ago, pod, secret, service } from '../../support/builders.ts';
import { base64 } from '../../support/certificates.ts';
import { webhook, webhookConfiguration } from '../../support/extension-builders.ts';
import { issue, issueCa } from '../../support/issued-certificates.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const DAY = 86_400;
const ca = await issueCa('hook-ca');
const sameName = await issueCa('hook-ca');
const otherCa = await issueCa('other-ca');
const endedCa = await issueCa('ended-ca', { notBefore: ago(9 * DAY), notAfter: ago(DAY) });
const names = ['hook.shop.svc', 'hook.shop.svc.cluster.local'];
const leaf = await issue('hook', { issuer: ca, names, usages: ['serverAuth'] });
const ended = await issue('hook', { issuer: ca, names, notBefore: ago(9 * DAY), notAfter: ago(DAY) });
const byEnded = await issue('hook', { issuer: endedCa, names });
const selfSigned = await issue('hook', { names });

const subject = 'ValidatingWebhookConfiguration/policy';
const hook = service('hook');
const mounting = pod('hook-1', {
  metadata: { labels: { app: 'hook' } },
  spec: { volumes: [{ name: 'tls', secret: { secretName: 'hook-tls' } }] },
});

function kept(pem: string) {
  return secret('hook-tls', { data: { 'tls.crt': base64(pem) } });
}

function config(caPem: string | undefined, parts: Record<string, unknown> = {}, metadata: object = {}) {
  const client = {
    service: { namespace: 'shop', name: 'hook' },
    ...(caPem ? { caBundle: base64(caPem) } : {}),
  };
  return webhookConfiguration(
    'policy',
    [webhook('pods.policy.example', { clientConfig: client, ...parts })],
    {
      metadata,
    },
  );
}

/** What replicas of the webhook were seen to serve. */
function served(...chains: readonly string[]) {
  const found = chains.map((pem, index) => ({
    source: {
      ...{ type: 'pod', namespace: 'shop', name: `hook-${index}`, port: 8443, purpose: 'service' },
      services: [{ namespace: 'shop', name: 'hook' }],
    },
    pem,
  }));
  const scope = { type: 'object', kind: 'Pod', namespace: 'shop', name: 'hook-0' } as const;
  return { artifact: certificates, scope, bytes: JSON.stringify({ certificates: found }) };
}

function logOf(time: string, text: string) {
  return {
    namespace: 'kube-system',
    pod: 'kube-apiserver-cp-1',
    container: 'kube-apiserver',
    text: `${time} W0115 11:59:00.1 1 dispatcher.go:217] Failed calling webhook, failing closed pods.policy.example: failed calling webhook "pods.policy.example": failed to call webhook: Post "https://hook.shop.svc:443/?timeout=2s": ${text}\n`,
  };
}

const REFUSED = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
const byUrl = webhookConfiguration('policy', [
  webhook('pods.policy.example', {
    clientConfig: { url: 'https://policy.example/', caBundle: base64(ca.pem) },
  }),
]);

testAnalyzer(webhookCertificateInvalid, {
  silent: [
    {
      name: 'the bundle signed what is mounted',
      given: { objects: [config(ca.pem), hook, mounting, kept(leaf.pem)] },
    },
    {
      name: 'one of two authorities in the bundle signed it',
      given: { objects: [config(otherCa.pem + ca.pem), hook, mounting, kept(leaf.pem)] },
    },
    {
      name: 'the Secret holds one of another authority, but what is served is trusted',
      given: {
        objects: [config(ca.pem), hook, mounting, kept(selfSigned.pem)],
        documents: [served(leaf.pem, leaf.pem)],
      },
    },
    {
      name: 'a self-signed certificate that is itself the bundle',
      given: { objects: [config(selfSigned.pem), hook, mounting, kept(selfSigned.pem)] },
    },
    {
      name: 'a bundle that is injected in a moment',
      given: { objects: [config(undefined, {}, { creationTimestamp: ago(100) })] },
    },
    {
      name: 'no Secret is known to be served: not judged',
      given: { objects: [config(ca.pem), hook, pod('hook-1', { metadata: { labels: { app: 'hook' } } })] },
    },
    {
      name: 'refused yesterday, fine since',
      given: { objects: [byUrl], logs: [logOf('2026-01-14T11:59:00Z', REFUSED)] },
    },
    {
      name: 'it was down, not untrusted',
      given: { objects: [byUrl], logs: [logOf('2026-01-15T11:59:00Z', 'connect: connection refused')] },
    },
  ],
  reports: [
    {
      name: 'no bundle at all',
      given: { objects: [config(undefined)] },
      expect: [{ message: 'noBundle', subject, severity: 'critical', confidence: 'likely' }],
    },
    {
      name: 'one replica serves a certificate of another authority, whatever the Secret holds',
      given: {
        objects: [config(ca.pem), hook, mounting, kept(leaf.pem)],
        documents: [served(leaf.pem, selfSigned.pem)],
      },
      expect: [
        {
          message: 'notTrusted',
          subject,
          confidence: 'certain',
          values: { secret: { group: '', kind: 'Pod', namespace: 'shop', name: 'hook-1' } },
        },
      ],
    },
    {
      name: 'another authority signed what is mounted',
      given: { objects: [config(otherCa.pem), hook, mounting, kept(leaf.pem)] },
      expect: [
        {
          message: 'notTrusted',
          subject,
          severity: 'critical',
          confidence: 'certain',
          values: { why: 'it holds no authority called `CN=hook-ca`' },
        },
      ],
    },
    {
      name: 'the authority was made anew under its old name, failures ignored',
      given: {
        objects: [config(sameName.pem, { failurePolicy: 'Ignore' }), hook, mounting, kept(leaf.pem)],
      },
      expect: [
        {
          message: 'notTrusted',
          subject,
          severity: 'warning',
          values: { why: 'it holds an authority of that name, but with another key' },
        },
      ],
    },
    {
      name: 'a Secret that nothing mounts: possible',
      given: { objects: [config(otherCa.pem), hook, kept(leaf.pem)] },
      expect: [{ message: 'notTrusted', subject, confidence: 'possible' }],
    },
    {
      name: 'the mounted certificate has expired',
      given: { objects: [config(ca.pem), hook, mounting, kept(ended.pem)] },
      expect: [{ message: 'expired', subject, since: ago(DAY) }],
    },
    {
      name: 'the authority in the bundle has expired',
      given: { objects: [config(endedCa.pem), hook, mounting, kept(byEnded.pem)] },
      expect: [{ message: 'expired', subject, since: ago(DAY) }],
    },
    {
      name: 'reached by URL, refused a minute ago',
      given: { objects: [byUrl], logs: [logOf('2026-01-15T11:59:00Z', REFUSED)] },
      expect: [
        {
          message: 'refused',
          subject,
          severity: 'critical',
          confidence: 'likely',
          values: { detail: REFUSED },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'webhooks were refused',
      given: { forbidden: [mutatingWebhookConfigurations] },
      reason: /not allowed/,
    },
    { name: 'Secrets were refused', given: { objects: [config(ca.pem), hook], forbidden: [secrets] } },
  ],
});
