import { weak } from '../../../analyzers/certificate/weak.ts';
import { secrets } from '../../../src/artifacts/resources.ts';
import { anyObject, pod, secret } from '../../support/builders.ts';
import { base64 } from '../../support/certificates.ts';
import { issue, issueCa } from '../../support/issued-certificates.ts';
import { SHA1_SIGNED, VERSION_1 } from '../../support/old-certificates.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) };

const fine = await issue('web');
const short = await issue('web', { algorithm: { ...RSA, modulusLength: 1024 } });
const longEnough = await issue('web', { algorithm: { ...RSA, modulusLength: 2048 } });
const shared = await issueCa('front-proxy-ca');
const other = await issueCa('kubernetes');

const user = pod('web', { spec: { volumes: [{ name: 'tls', secret: { secretName: 'web-tls' } }] } });
const subject = 'Secret/shop/web-tls';

function kept(pem: string) {
  return secret('web-tls', { data: { 'tls.crt': base64(pem) } });
}

function published(clients: string, proxies: string) {
  const data = { 'client-ca-file': clients, 'requestheader-client-ca-file': proxies };
  return anyObject('v1', 'ConfigMap', 'extension-apiserver-authentication', 'kube-system', { data });
}

testAnalyzer(weak, {
  silent: [
    { name: 'EC P-256', given: { objects: [kept(fine.pem), user] } },
    { name: 'RSA 2048', given: { objects: [kept(longEnough.pem), user] } },
    { name: 'nothing uses it', given: { objects: [kept(short.pem)] } },
    { name: 'two authorities', given: { objects: [published(other.pem, shared.pem)] } },
  ],
  reports: [
    {
      name: 'RSA 1024',
      given: { objects: [kept(short.pem), user] },
      expect: [{ message: 'shortKey', subject, severity: 'info', values: { keyType: 'RSA 1024' } }],
    },
    {
      name: 'signed with SHA-1',
      given: { objects: [kept(SHA1_SIGNED), user] },
      expect: [{ message: 'weakDigest', subject, values: { digest: 'SHA-1' } }],
    },
    {
      name: 'version 1',
      given: { objects: [kept(VERSION_1), user] },
      expect: [{ message: 'oldVersion', subject, values: { version: 1 } }],
    },
    {
      name: 'one authority for clients and the front proxy',
      given: { objects: [published(shared.pem, shared.pem)] },
      expect: [
        {
          message: 'frontProxyShared',
          subject: 'ConfigMap/kube-system/extension-apiserver-authentication',
        },
      ],
    },
  ],
  unknown: [{ name: 'Secrets were refused', given: { forbidden: [secrets] }, reason: /not allowed/ }],
});
