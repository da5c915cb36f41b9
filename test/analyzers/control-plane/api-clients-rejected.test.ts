import { apiClientsRejected } from '../../../analyzers/control-plane/api-clients-rejected.ts';
import { componentLog, repeated, staticPod } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const SERVER = staticPod('kube-apiserver', 'cp-1');
const POD = 'Pod/kube-system/kube-apiserver-cp-1';
const head = 'E0115 11:59:30.000000       1 authentication.go:75] "Unable to authenticate the request" err=';
const EXPIRED = `${head}"[x509: certificate has expired or is not yet valid: current time 2026-01-15T11:59:30Z is after 2026-01-14T05:14:21Z, verifying certificate SN=4919, SKID=A6:C4, AKID=E6:F3:4B failed: x509: certificate has expired]"`;
const UNKNOWN = `${head}"[x509: certificate signed by unknown authority, verifying certificate SN=6291, SKID=B7:AA, AKID=36:2B failed: x509: certificate signed by unknown authority]"`;
const SCANNER = `${head}"[x509: certificate signed by unknown authority]"`;
const TOKEN = `${head}"[invalid bearer token, service account token has expired]"`;
const handshake = (error: string) =>
  `I0115 11:59:30.000000       1 log.go:245] http: TLS handshake error from 10.0.0.9:40000: ${error}`;
const given = (line: string, count = 20, secondsAgo = 60) => ({
  objects: [SERVER],
  logs: [componentLog('kube-apiserver', 'cp-1', repeated(count, secondsAgo, line))],
});

testAnalyzer(apiClientsRejected, {
  silent: [
    { name: 'nobody is rejected', given: { objects: [SERVER] } },
    { name: 'the probe of a balancer', given: given(handshake('EOF')) },
    { name: 'a person with an old kubeconfig', given: given(EXPIRED, 3) },
    { name: 'a scanner without a certificate that is named', given: given(SCANNER, 500) },
    { name: 'before the certificates were renewed', given: given(EXPIRED, 500, 7200) },
  ],
  reports: [
    {
      name: 'an expired certificate',
      given: given(EXPIRED),
      expect: [
        {
          message: 'certificateExpired',
          subject: POD,
          values: { count: 20, certificate: 'serial number 4919, authority key id E6:F3:4B' },
        },
      ],
    },
    {
      name: 'a certificate of another authority',
      given: given(UNKNOWN),
      expect: [{ message: 'authorityUnknown', subject: POD }],
    },
    {
      name: 'expired tokens',
      given: given(TOKEN),
      expect: [{ message: 'tokenRejected', subject: POD }],
    },
    {
      name: 'a client that does not trust the server',
      given: given(handshake('remote error: tls: bad certificate')),
      expect: [
        {
          message: 'handshakeFailed',
          subject: POD,
          values: { from: ['10.0.0.9'], error: 'remote error: tls: bad certificate' },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'the logs were not collected',
      given: {
        objects: [SERVER],
        rows: [
          { artifact: 'logs', scope: { type: 'cluster' }, outcome: 'skipped', reason: 'logs were left out' },
        ],
      },
    },
  ],
});
