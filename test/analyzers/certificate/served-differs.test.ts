import { servedDiffers } from '../../../analyzers/certificate/served-differs.ts';
import { type CertificateSource, certificates } from '../../../src/artifacts/certificates.ts';
import { nodeCertificates } from '../../../src/artifacts/node-certificates.ts';
import { secrets } from '../../../src/artifacts/resources.ts';
import { ago, node, pod, secret } from '../../support/builders.ts';
import { base64, certificatePem } from '../../support/certificates.ts';
import { issue, issueCa } from '../../support/issued-certificates.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const DAY = 86_400;
const YEAR = 365 * DAY;
const HOST = 'hook.shop.svc';
const SCOPE = { type: 'object', kind: 'Pod', namespace: 'shop', name: 'hook-0' } as const;

const ca = await issueCa('shop-ca');
const otherCa = await issueCa('new-ca');
const made = (from: string, until: string, issuer = ca) =>
  issue(HOST, { names: [HOST], issuer, notBefore: from, notAfter: until });
const { pem: old } = await made(ago(200 * DAY), ago(-165 * DAY));
const { pem: over } = await made(ago(YEAR), ago(DAY));
const { pem: late } = await made(ago(YEAR - 5 * DAY), ago(-5 * DAY));
const { pem: renewed } = await made(ago(3 * DAY), ago(3 * DAY - YEAR));
const { pem: justNow } = await made(ago(300), ago(-YEAR));
const { pem: byOther } = await made(ago(3 * DAY), ago(-YEAR), otherCa);
const { pem: forOthers } = await issue('other.shop.svc', { names: ['other.shop.svc'], issuer: ca });
const etcdOld = await certificatePem('cp-1', ago(YEAR), ago(-10 * DAY));
const etcdNew = await certificatePem('cp-1', ago(YEAR), ago(-YEAR));

const hook = pod('hook-0', { spec: { volumes: [{ name: 'tls', secret: { secretName: 'hook-tls' } }] } });

function kept(pem: string, name = 'hook-tls') {
  return secret(name, { data: { 'tls.crt': base64(pem) } });
}

function served(pem: string, source: Partial<Extract<CertificateSource, { type: 'pod' }>> = {}) {
  const whole = {
    ...{ type: 'pod', namespace: 'shop', name: 'hook-0', port: 8443, purpose: 'service' },
    services: [{ namespace: 'shop', name: 'hook' }],
    ...source,
  };
  const bytes = JSON.stringify({ certificates: [{ source: whole, pem }] });
  return { artifact: certificates, scope: SCOPE, bytes };
}

const etcd = pod('etcd-cp-1', { metadata: { namespace: 'kube-system' }, spec: { nodeName: 'cp-1' } });
const ofEtcd = {
  namespace: 'kube-system',
  name: 'etcd-cp-1',
  port: 2379,
  purpose: 'etcd',
  services: [],
} as const;

function file(pem: string, path = '/etc/kubernetes/pki/etcd/server.crt') {
  const bytes = `==> ${path} 644 root:root <==\n${pem}`;
  return { artifact: nodeCertificates, scope: { type: 'node', node: 'cp-1' }, bytes } as const;
}

const subject = 'Pod/shop/hook-0';

testAnalyzer(servedDiffers, {
  silent: [
    { name: 'no pod was asked', given: { objects: [hook, kept(renewed)] }, status: 'not-applicable' },
    {
      name: 'what is stored is served',
      given: { objects: [hook, kept(renewed)], documents: [served(renewed)] },
    },
    {
      name: 'an older one is stored than the one that is served',
      given: { objects: [hook, kept(old)], documents: [served(renewed)] },
    },
    {
      name: 'renewed five minutes before',
      given: { objects: [hook, kept(justNow)], documents: [served(old)] },
    },
    {
      name: 'the newer one is for another holder',
      given: { objects: [hook, kept(forOthers)], documents: [served(old)] },
    },
    {
      name: 'the newer one lies in a Secret the pod does not mount',
      given: { objects: [hook, kept(renewed, 'another')], documents: [served(old)] },
    },
    {
      name: 'the newer peer certificate of the same etcd',
      given: {
        objects: [etcd, node('cp-1')],
        documents: [served(etcdOld, ofEtcd), file(etcdNew, '/etc/kubernetes/pki/etcd/peer.crt')],
      },
    },
    {
      name: 'renewed by the same authority, long before the end',
      given: { objects: [hook, kept(renewed)], documents: [served(old)] },
      info: [{ message: 'notReloaded', subject, severity: 'info', values: { port: '8443', age: 3 * DAY } }],
    },
  ],
  reports: [
    {
      name: 'the old one has ended',
      given: { objects: [hook, kept(renewed)], documents: [served(over)] },
      expect: [{ message: 'expiredServed', subject, severity: 'critical', since: ago(DAY) }],
    },
    {
      name: 'the old one has ended, though the new one was made just now',
      given: { objects: [hook, kept(justNow)], documents: [served(over)] },
      expect: [{ message: 'expiredServed', subject }],
    },
    {
      name: 'the old one ends in days',
      given: { objects: [hook, kept(renewed)], documents: [served(late)] },
      expect: [{ message: 'notReloaded', subject, severity: 'warning' }],
    },
    {
      name: 'the new one is signed by another authority',
      given: { objects: [hook, kept(byOther)], documents: [served(old)] },
      expect: [{ message: 'notReloaded', subject, severity: 'warning' }],
    },
    {
      name: 'etcd with a renewed file of the same beginning, as kubeadm makes it',
      given: { objects: [etcd, node('cp-1')], documents: [served(etcdOld, ofEtcd), file(etcdNew)] },
      expect: [{ message: 'notReloaded', subject: 'Pod/kube-system/etcd-cp-1', severity: 'warning' }],
    },
  ],
  unknown: [
    {
      name: 'no pod could be asked',
      given: { objects: [hook, kept(renewed)], forbidden: [certificates] },
    },
    {
      name: 'Secrets were refused',
      given: { objects: [hook], documents: [served(old)], forbidden: [secrets] },
    },
  ],
});
