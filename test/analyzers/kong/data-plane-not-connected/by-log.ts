import { ago } from '../../../support/builders.ts';
import { ADDRESS, broken, kongLogOf, registry, row } from '../../../support/kong.ts';
import type { AnalyzerCases, Expected, Given } from '../../../support/test-analyzer.ts';
import { given, logOnly, subject } from './given-kong.ts';

/** Ten minutes of silence, and a log whose last line names why. */
function failing(error: string): Given {
  return given({
    documents: [registry([row('kong-dp-0', 600)])],
    logs: [kongLogOf('kong-dp-0', [300, broken(error)], [8, broken(error)])],
  });
}

type Reported = { name: string; given: Given; expect: readonly Expected[] };

function link(message: string, error: string, detail = error): Reported {
  return {
    name: `${message}: ${error.slice(0, 60)}`,
    given: failing(error),
    expect: [
      {
        message,
        subject,
        severity: 'critical',
        confidence: 'certain',
        since: ago(600),
        values: { address: ADDRESS, detail },
      },
    ],
  };
}

/** What the log names, with and without the list of the control plane. */
export const byLog: AnalyzerCases['reports'] = [
  link(
    'dnsFailed',
    'failed to connect: [cosocket] DNS resolution failed: dns server error: 3 name error. Tried: ["(short)kong-cp:(na) - cache-miss"]',
    'failed to connect: [cosocket] DNS resolution failed: dns server error: 3 name error',
  ),
  link('unreachable', 'failed to connect: connection refused'),
  link('unreachable', 'failed to connect: timeout'),
  link('tlsExpired', 'ssl handshake failed: 10: certificate has expired'),
  link('tlsUntrusted', 'ssl handshake failed: 18: self-signed certificate'),
  link('tlsChain', 'ssl handshake failed: 2: unable to get issuer certificate'),
  link('hostMismatch', 'ssl handshake failed: certificate host mismatch'),
  link('tlsFailed', 'ssl handshake failed: handshake failed'),
  link('rejectedByControlPlane', 'failed to receive response header: closed'),
  link('rejectedByControlPlane', 'unexpected HTTP response code: 400'),
  link('wrongBackend', 'unexpected HTTP response code: 502'),
  link('proxyFailed', 'error establishing a connection to the proxy server, got status 403'),
  link('interrupted', 'closed'),
  {
    name: 'a configuration larger than one message',
    given: given({
      documents: [registry([row('kong-dp-0', 600)])],
      logs: [
        kongLogOf('kong-dp-0', [
          8,
          '[clustering] error while receiving frame from control plane: exceeding max payload len [kong-cp:8005], context: ngx.timer',
        ]),
      ],
    }),
    expect: [{ message: 'payloadTooBig', subject, confidence: 'certain' }],
  },
  {
    name: 'no control plane asked: the log makes it likely, if it goes on',
    given: logOnly([200, broken('failed to connect: timeout')], [5, broken('failed to connect: timeout')]),
    expect: [{ message: 'unreachable', subject, confidence: 'likely' }],
  },
  {
    name: 'a list without the data plane, and a log that says why',
    given: given({
      documents: [registry([])],
      logs: [
        kongLogOf('kong-dp-0', [
          5,
          broken('ssl handshake failed: 20: unable to get local issuer certificate'),
        ]),
      ],
    }),
    expect: [{ message: 'tlsUntrusted', subject, confidence: 'certain' }],
  },
];
