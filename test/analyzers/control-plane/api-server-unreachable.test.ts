import { apiServerUnreachable } from '../../../analyzers/control-plane/api-server-unreachable.ts';
import { apiServerReachability } from '../../../src/artifacts/api-server-reachability.ts';
import { type Given, testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'host:cp.example:6443';

function reached(layers: object): Given {
  const bytes = JSON.stringify({
    server: 'https://cp.example:6443',
    dns: { addresses: ['192.0.2.1'] },
    ...layers,
  });
  return { documents: [{ artifact: apiServerReachability, bytes }] };
}

const TLS = { tcp: { ok: true }, tls: { ok: true, authorized: true, chain: [] } };

testAnalyzer(apiServerUnreachable, {
  silent: [
    { name: 'every layer answered', given: reached({ ...TLS, http: { ok: true, status: 200 } }) },
    {
      name: 'a 403 is an answer',
      given: reached({ ...TLS, http: { ok: false, status: 403, kind: 'forbidden' } }),
    },
    {
      name: 'a self-signed certificate the user chose to accept',
      given: reached({
        tcp: { ok: true },
        tls: { ok: true, authorized: false, error: 'SELF_SIGNED_CERT_IN_CHAIN: self-signed', chain: [] },
        http: { ok: true },
      }),
    },
    {
      name: 'objects were collected, so it answered',
      given: { rows: [{ artifact: 'resources:core/Pod', scope: { type: 'cluster' }, outcome: 'collected' }] },
    },
  ],
  reports: [
    {
      name: 'the name does not resolve',
      given: reached({ dns: { addresses: [], error: 'getaddrinfo ENOTFOUND cp.example' } }),
      expect: [
        { message: 'nameNotResolved', subject, values: { detail: 'getaddrinfo ENOTFOUND cp.example' } },
      ],
    },
    {
      name: 'connection refused',
      given: reached({ tcp: { ok: false, error: 'connection refused by 192.0.2.1:6443' } }),
      expect: [{ message: 'refused', subject, confidence: 'certain' }],
    },
    {
      name: 'no route or no answer',
      given: reached({ tcp: { ok: false, error: 'no answer within 5 s' } }),
      expect: [{ message: 'noRoute', subject }],
    },
    {
      name: 'the handshake fails',
      given: reached({ tcp: { ok: true }, tls: { ok: false, error: 'wrong version number', chain: [] } }),
      expect: [{ message: 'handshakeFailed', subject, values: { detail: 'wrong version number' } }],
    },
    {
      name: 'the served certificate is expired',
      given: reached({
        tcp: { ok: true },
        tls: { ok: true, authorized: false, error: 'CERT_HAS_EXPIRED: certificate has expired', chain: [] },
        http: { ok: false, kind: 'tls', error: 'certificate has expired' },
      }),
      expect: [
        {
          message: 'certificateNotAccepted',
          subject,
          values: { detail: 'CERT_HAS_EXPIRED: certificate has expired' },
        },
      ],
    },
    {
      name: '401 for the credentials',
      given: reached({
        ...TLS,
        http: { ok: false, status: 401, kind: 'unauthorized', error: 'Unauthorized' },
      }),
      expect: [{ message: 'credentialsRejected', subject }],
    },
    {
      name: 'a server error',
      given: reached({ ...TLS, http: { ok: false, status: 503, kind: 'unavailable', error: 'HTTP 503' } }),
      expect: [{ message: 'serverFails', subject, values: { detail: 'HTTP 503' } }],
    },
  ],
  unknown: [
    {
      name: 'nothing of the cluster was collected',
      given: {
        rows: [
          {
            artifact: 'api-server-reachability',
            scope: { type: 'cluster' },
            outcome: 'skipped',
            reason: 'not tried',
          },
        ],
      },
      reason: /not tried/,
    },
  ],
});
