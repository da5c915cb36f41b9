import { chainMismatch } from '../../../analyzers/certificate/chain-mismatch.ts';
import { certificates } from '../../../src/artifacts/certificates.ts';
import { nodeCertificates } from '../../../src/artifacts/node-certificates.ts';
import { secrets } from '../../../src/artifacts/resources.ts';
import { anyObject, pod, secret, service } from '../../support/builders.ts';
import { base64 } from '../../support/certificates.ts';
import { apiService, customResourceDefinition } from '../../support/extension-builders.ts';
import { issue, issueCa } from '../../support/issued-certificates.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const ca = await issueCa('kubernetes');
const sameName = await issueCa('kubernetes');
const otherCa = await issueCa('proxy-ca');
const middle = await issueCa('middle', { issuer: ca });
const leaf = await issue('kube-apiserver', { issuer: ca, names: ['cp.example'] });
const byMiddle = await issue('kube-apiserver', { issuer: middle, names: ['cp.example'] });
const metrics = await issue('metrics', { issuer: ca, names: ['metrics.shop.svc'] });

const server = 'host:cp.example:6443';
const WHY_OTHER = 'none of the trusted authorities signed it';

function connection(trusted: string, served: string) {
  const found = [
    { source: { type: 'kubeconfig', field: 'certificate-authority' }, pem: trusted },
    { source: { type: 'served', endpoint: 'cp.example:6443', authorized: false }, pem: served },
  ];
  return { artifact: certificates, bytes: JSON.stringify({ certificates: found }) };
}

function files(...parts: readonly (readonly [string, string])[]) {
  return {
    artifact: nodeCertificates,
    scope: { type: 'node', node: 'cp-1' },
    bytes: parts.map(([path, pem]) => `==> ${path} 644 root:root <==\n${pem}`).join(''),
  } as const;
}

const CA = '/etc/kubernetes/pki/ca.crt';
const APISERVER = '/etc/kubernetes/pki/apiserver.crt';
const service443 = service('metrics');
const mounting = pod('metrics-1', {
  metadata: { labels: { app: 'metrics' } },
  spec: { volumes: [{ name: 'tls', secret: { secretName: 'metrics-tls' } }] },
});
const kept = secret('metrics-tls', { data: { 'tls.crt': base64(metrics.pem) } });
const DOWN = { conditions: [{ type: 'Available', status: 'False', reason: 'FailedDiscoveryCheck' }] };

function aggregated(caPem: string, status: Record<string, unknown> = DOWN) {
  return apiService('v1beta1.metrics.k8s.io', { spec: { caBundle: base64(caPem) }, status });
}

function converted(caPem: string) {
  const clientConfig = { caBundle: base64(caPem), service: { namespace: 'shop', name: 'metrics' } };
  return customResourceDefinition('Cart', {
    spec: { conversion: { strategy: 'Webhook', webhook: { clientConfig } } },
  });
}

testAnalyzer(chainMismatch, {
  silent: [
    { name: 'signed by the CA of the kubeconfig', given: { documents: [connection(ca.pem, leaf.pem)] } },
    {
      name: 'through an intermediate that is served too',
      given: { documents: [connection(ca.pem, byMiddle.pem + middle.pem)] },
    },
    {
      name: 'one of two CAs in the kubeconfig',
      given: { documents: [connection(otherCa.pem + ca.pem, leaf.pem)] },
    },
    {
      name: 'files of one node that belong together',
      given: { documents: [files([CA, ca.pem], [APISERVER, leaf.pem])] },
    },
    { name: 'only the leaf of a node was collected', given: { documents: [files([APISERVER, leaf.pem])] } },
    {
      name: 'an APIService that is available, whatever Secrets lie about',
      given: {
        objects: [
          aggregated(otherCa.pem, { conditions: [{ type: 'Available', status: 'True' }] }),
          service443,
          mounting,
          kept,
        ],
      },
    },
    {
      name: 'an APIService that is down, but trusts what is mounted',
      given: { objects: [aggregated(ca.pem), service443, mounting, kept] },
    },
  ],
  reports: [
    {
      name: 'the kubeconfig trusts another CA',
      given: { documents: [connection(otherCa.pem, leaf.pem)] },
      expect: [
        { message: 'serverNotTrusted', subject: server, severity: 'critical', values: { why: WHY_OTHER } },
      ],
    },
    {
      name: 'the CA was made anew under its old name',
      given: { documents: [connection(sameName.pem, leaf.pem)] },
      expect: [
        {
          message: 'serverNotTrusted',
          subject: server,
          values: {
            why: 'an authority of the same name is trusted, but with another key: it was made anew under its old name',
          },
        },
      ],
    },
    {
      name: 'the intermediate is not served',
      given: { documents: [connection(ca.pem, byMiddle.pem)] },
      expect: [{ message: 'serverNotTrusted', subject: server, values: { why: WHY_OTHER } }],
    },
    {
      name: 'a file of a node that another CA signed',
      given: { documents: [files([CA, otherCa.pem], [APISERVER, leaf.pem])] },
      expect: [
        { message: 'fileNotSigned', subject: 'Node/cp-1', values: { path: APISERVER, authority: CA } },
      ],
    },
    {
      name: 'the front proxy certificate and the authority the cluster publishes',
      given: {
        objects: [
          anyObject('v1', 'ConfigMap', 'extension-apiserver-authentication', 'kube-system', {
            data: { 'requestheader-client-ca-file': otherCa.pem },
          }),
        ],
        documents: [files(['/etc/kubernetes/pki/front-proxy-client.crt', leaf.pem])],
      },
      expect: [{ message: 'fileNotSigned', subject: 'Node/cp-1' }],
    },
    {
      name: 'an APIService that does not trust what is mounted',
      given: { objects: [aggregated(otherCa.pem), service443, mounting, kept] },
      expect: [
        {
          message: 'apiServiceNotTrusted',
          subject: 'APIService/v1beta1.metrics.k8s.io',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'a conversion webhook, its Secret not mounted',
      given: { objects: [converted(otherCa.pem), service443, kept] },
      expect: [
        {
          message: 'conversionNotTrusted',
          subject: 'CustomResourceDefinition/carts.shop.example',
          confidence: 'possible',
        },
      ],
    },
  ],
  unknown: [{ name: 'Secrets were refused', given: { forbidden: [secrets] }, reason: /not allowed/ }],
});
