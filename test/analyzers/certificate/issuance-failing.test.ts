import { issuanceFailing } from '../../../analyzers/certificate/issuance-failing.ts';
import { certManagerCertificates } from '../../../src/artifacts/cert-manager-resources.ts';
import { ago, anyObject, type Built, condition } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const API = 'cert-manager.io/v1';
const ACME = 'acme.cert-manager.io/v1';
const subject = 'Certificate/shop/web';
const NOT_READY = condition('Ready', 'False', {
  reason: 'DoesNotExist',
  message: 'Issuing certificate as Secret does not exist.',
});

function certificate(
  conditions: readonly object[],
  parts: { spec?: object; status?: object; metadata?: object } = {},
): Built {
  return anyObject(API, 'Certificate', 'web', 'shop', {
    metadata: parts.metadata ?? {},
    spec: { secretName: 'web-tls', issuerRef: { name: 'ca' }, ...parts.spec },
    status: { conditions, ...parts.status },
  });
}

function issuer(status: 'True' | 'False', message = ''): Built {
  return anyObject(API, 'Issuer', 'ca', 'shop', {
    status: { conditions: [condition('Ready', status, { message })] },
  });
}

function step(apiVersion: string, kind: string, owner: { kind: string; name: string }, parts: object): Built {
  return anyObject(apiVersion, kind, 'web-1', 'shop', {
    metadata: { ownerReferences: [{ apiVersion, ...owner, uid: 'u', controller: true }] },
    ...parts,
  });
}

const OWNER = { kind: 'Certificate', name: 'web' };
const request = (conditions: readonly object[]) =>
  step(API, 'CertificateRequest', OWNER, { status: { conditions } });
const order = (status: object) =>
  step(ACME, 'Order', { kind: 'CertificateRequest', name: 'web-1' }, { status });

testAnalyzer(issuanceFailing, {
  silent: [
    { name: 'no Certificate at all', given: {}, status: 'not-applicable' },
    {
      name: 'ready, renewal to come',
      given: {
        objects: [
          certificate([condition('Ready', 'True')], { status: { renewalTime: ago(-86_400) } }),
          issuer('True'),
        ],
      },
    },
    {
      name: 'asked for five minutes ago',
      given: { objects: [certificate([{ ...NOT_READY, lastTransitionTime: ago(300) }]), issuer('True')] },
    },
  ],
  reports: [
    {
      name: 'no such issuer',
      given: { objects: [certificate([NOT_READY])] },
      expect: [{ message: 'issuerMissing', subject, severity: 'warning' }],
    },
    {
      name: 'no such ClusterIssuer, no condition yet',
      given: { objects: [certificate([], { spec: { issuerRef: { name: 'ca', kind: 'ClusterIssuer' } } })] },
      expect: [{ message: 'issuerMissing', subject }],
    },
    {
      name: 'the issuer is not ready',
      given: { objects: [certificate([NOT_READY]), issuer('False', 'Failed to register ACME account.')] },
      expect: [{ message: 'issuerNotReady', subject, values: { detail: 'Failed to register ACME account' } }],
    },
    {
      name: 'the request was denied',
      given: {
        objects: [
          certificate([NOT_READY]),
          issuer('True'),
          request([condition('Denied', 'True', { message: 'No policy approved this request' })]),
        ],
      },
      expect: [{ message: 'requestDenied', subject, values: { detail: 'No policy approved this request' } }],
    },
    {
      name: 'the request failed',
      given: {
        objects: [
          certificate([NOT_READY]),
          issuer('True'),
          request([condition('Ready', 'False', { reason: 'Failed', message: 'Vault is sealed' })]),
        ],
      },
      expect: [{ message: 'requestFailed', subject, values: { detail: 'Vault is sealed' } }],
    },
    {
      name: 'the challenge does not pass',
      given: {
        objects: [
          certificate([NOT_READY]),
          issuer('True'),
          request([condition('Ready', 'False', { reason: 'Pending' })]),
          order({ state: 'pending' }),
          step(
            ACME,
            'Challenge',
            { kind: 'Order', name: 'web-1' },
            {
              spec: { dnsName: 'web.example', type: 'HTTP-01' },
              status: {
                state: 'pending',
                reason: "Waiting for HTTP-01 challenge propagation: wrong status code '404'",
              },
            },
          ),
        ],
      },
      expect: [{ message: 'challengeFails', subject, values: { host: 'web.example', type: 'HTTP-01' } }],
    },
    {
      name: 'the order failed',
      given: {
        objects: [
          certificate([NOT_READY]),
          issuer('True'),
          request([]),
          order({ state: 'errored', reason: '429 urn:ietf:params:acme:error:rateLimited' }),
        ],
      },
      expect: [{ message: 'orderFails', subject }],
    },
    {
      name: 'an issuer of another group: its own words',
      given: {
        objects: [
          certificate([NOT_READY], {
            spec: { issuerRef: { name: 'pca', kind: 'AWSPCAIssuer', group: 'awspca.example' } },
          }),
        ],
      },
      expect: [
        { message: 'notReady', subject, values: { detail: 'Issuing certificate as Secret does not exist' } },
      ],
    },
    {
      name: 'ready, but the renewal is two hours late',
      given: {
        objects: [
          certificate([condition('Ready', 'True')], {
            status: { renewalTime: ago(7200), notAfter: ago(-86_400) },
          }),
          issuer('True'),
        ],
      },
      expect: [{ message: 'renewalLate', subject, since: ago(7200), values: { detail: 'No step says why' } }],
    },
  ],
  unknown: [
    {
      name: 'Certificates were refused',
      given: { forbidden: [certManagerCertificates] },
      reason: /not allowed/,
    },
  ],
});
