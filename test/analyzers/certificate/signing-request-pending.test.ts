import { signingRequestPending } from '../../../analyzers/certificate/signing-request-pending.ts';
import { certificateSigningRequests } from '../../../src/artifacts/extension-resources.ts';
import { ago, anyObject } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';
const SERVING = 'kubernetes.io/kubelet-serving';

function request(name: string, parts: { signer?: string; status?: object; seconds?: number } = {}) {
  const { signer = SERVING, status = {}, seconds = 3600 } = parts;
  return anyObject('certificates.k8s.io/v1', 'CertificateSigningRequest', name, null, {
    metadata: { creationTimestamp: ago(seconds) },
    spec: { signerName: signer, username: 'system:node:node-1' },
    status,
  });
}

function answered(type: string, parts: object = {}) {
  return { conditions: [{ type, status: 'True', ...parts }] };
}

const subject = 'CertificateSigningRequest/csr-1';

testAnalyzer(signingRequestPending, {
  silent: [
    {
      name: 'issued',
      given: { objects: [request('csr-1', { status: { ...answered('Approved'), certificate: 'LS0t' } })] },
    },
    { name: 'asked for five minutes ago', given: { objects: [request('csr-1', { seconds: 300 })] } },
    {
      name: 'of some other signer',
      given: { objects: [request('csr-1', { signer: 'shop.example/internal' })] },
      info: [{ message: 'otherPending', subject }],
    },
  ],
  reports: [
    {
      name: 'serving certificates of one kubelet, asked for three times',
      given: {
        objects: [request('csr-3', { seconds: 1200 }), request('csr-1'), request('csr-2', { seconds: 2400 })],
      },
      expect: [
        {
          message: 'servingPending',
          subject,
          severity: 'warning',
          values: { count: 3, age: 3600 },
          since: ago(3600),
        },
      ],
    },
    {
      name: 'client certificate of a kubelet',
      given: { objects: [request('csr-1', { signer: CLIENT })] },
      expect: [{ message: 'clientPending', subject }],
    },
    {
      name: 'approved, not signed',
      given: { objects: [request('csr-1', { status: answered('Approved') })] },
      expect: [{ message: 'notSigned', subject }],
    },
    {
      name: 'denied',
      given: {
        objects: [
          request('csr-1', { seconds: 60, status: answered('Denied', { message: 'names do not match.' }) }),
        ],
      },
      expect: [{ message: 'denied', subject, values: { detail: 'names do not match' } }],
    },
    {
      name: 'refused by the signer',
      given: {
        objects: [
          request('csr-1', {
            status: {
              conditions: [
                { type: 'Approved', status: 'True' },
                { type: 'Failed', status: 'True', reason: 'SignerValidationFailure' },
              ],
            },
          }),
        ],
      },
      expect: [{ message: 'failed', subject, values: { detail: 'SignerValidationFailure' } }],
    },
  ],
  unknown: [
    {
      name: 'requests were refused',
      given: { forbidden: [certificateSigningRequests] },
      reason: /not allowed/,
    },
  ],
});
