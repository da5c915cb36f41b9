import { describe, expect, it } from 'vitest';
import { certificates } from '../../../collectors/certificate/certificates.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { apiResource, COMMON_KINDS, fakeKube, refused } from '../../support/fake-kube.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nMIICkey\n-----END PRIVATE KEY-----\n';
const BASE64 = Buffer.from(PEM).toString('base64');

const KINDS = [
  ...COMMON_KINDS,
  apiResource(
    'admissionregistration.k8s.io',
    'MutatingWebhookConfiguration',
    'mutatingwebhookconfigurations',
    {
      namespaced: false,
    },
  ),
  apiResource('apiregistration.k8s.io', 'APIService', 'apiservices', { namespaced: false }),
  apiResource('certificates.k8s.io', 'CertificateSigningRequest', 'certificatesigningrequests', {
    namespaced: false,
  }),
];

function found(bundle: { json(path: string): unknown }): unknown[] {
  const stored = bundle.json('documents/certificates/_cluster.json') as {
    certificates: { source: unknown }[];
  };
  return stored.certificates;
}

describe('certificate/certificates', () => {
  it('takes the certificates of the kubeconfig and leaves its key', async () => {
    const credentials = { serverCa: PEM, clientCertificate: `${KEY}${PEM}` };

    const bundle = await collectBundle(fakeKube({ credentials }), [certificates]);

    expect(bundle.json('documents/certificates/_object/Kubeconfig/test.json')).toEqual({
      certificates: [
        { source: { type: 'kubeconfig', field: 'certificate-authority' }, pem: PEM },
        { source: { type: 'kubeconfig', field: 'client-certificate' }, pem: PEM },
      ],
    });
  });

  it('takes the chain the API server serves', async () => {
    const bundle = await collectBundle(fakeKube({ handshake: { chain: [PEM, PEM] } }), [certificates]);

    expect(bundle.json('documents/certificates/_endpoint/cluster.test%3A6443.json')).toEqual({
      certificates: [
        { source: { type: 'served', endpoint: 'cluster.test:6443', authorized: true }, pem: `${PEM}${PEM}` },
      ],
    });
  });

  it('records a handshake that failed', async () => {
    const failure = {
      stage: 'tcp',
      kind: 'timeout',
      message: 'cluster.test:6443: connection timed out',
    } as const;

    const bundle = await collectBundle(fakeKube({ handshake: { failure } }), [certificates]);

    expect(bundle.row('certificates', 'endpoint/cluster.test:6443')).toMatchObject({
      outcome: 'timed-out',
      reason: failure.message,
    });
  });

  it('finds CA bundles, issued requests and the published kubeconfig, each with its field', async () => {
    const kube = fakeKube({
      resources: KINDS,
      objects: [
        {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'MutatingWebhookConfiguration',
          metadata: { name: 'hook' },
          webhooks: [
            { name: 'a', clientConfig: {} },
            { name: 'b', clientConfig: { caBundle: BASE64 } },
          ],
        },
        {
          apiVersion: 'apiregistration.k8s.io/v1',
          kind: 'APIService',
          metadata: { name: 'v1.things' },
          spec: { caBundle: BASE64 },
        },
        {
          apiVersion: 'certificates.k8s.io/v1',
          kind: 'CertificateSigningRequest',
          metadata: { name: 'pending' },
          status: {},
        },
        {
          apiVersion: 'certificates.k8s.io/v1',
          kind: 'CertificateSigningRequest',
          metadata: { name: 'node' },
          status: { certificate: BASE64 },
        },
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { namespace: 'kube-public', name: 'cluster-info' },
          data: { kubeconfig: `clusters:\n- cluster:\n    certificate-authority-data: ${BASE64}\n` },
        },
      ],
    });

    const bundle = await collectBundle(kube, [certificates]);

    const pointers = found(bundle).map(
      (one) => (one as { source: { kind: string; pointer: string } }).source,
    );
    expect(pointers.map(({ kind, pointer }) => `${kind} ${pointer}`)).toEqual([
      'CertificateSigningRequest /status/certificate',
      'MutatingWebhookConfiguration /webhooks/1/clientConfig/caBundle',
      'APIService /spec/caBundle',
      'ConfigMap /data/kubeconfig',
    ]);
    expect(bundle.row('certificates')?.outcome).toBe('collected');
  });

  it('names the kinds it was refused and the rule that is missing', async () => {
    const failures = {
      '/apis/apiregistration.k8s.io/v1/apiservices': refused('apiregistration.k8s.io', 'apiservices'),
    };

    const bundle = await collectBundle(fakeKube({ resources: KINDS, failures }), [certificates]);

    expect(bundle.row('certificates')).toMatchObject({
      outcome: 'partial',
      fix: { rule: { resources: ['apiservices'] } },
    });
    expect(bundle.row('certificates')?.reason).toContain('APIService objects');
  });
});
