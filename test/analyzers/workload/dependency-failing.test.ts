import { dependencyFailing } from '../../../analyzers/workload/dependency-failing.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, containerStatus, pod, service } from '../../support/builders.ts';
import { unreadyPod } from '../../support/probe-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Pod/shop/web-5d4f9-a';
const owner = { namespace: 'shop', pod: 'web-5d4f9-a', container: 'app' };
const BACK_OFF = { restartCount: 7, state: { waiting: { reason: 'CrashLoopBackOff' } } };
const crashing = unreadyPod('web-5d4f9-a', {}, BACK_OFF);
const running = unreadyPod('web-5d4f9-a');
const db = service('db', { spec: { clusterIP: '10.96.0.9' } });

/** A pod in a crash loop whose previous log ends with these lines. */
function said(...lines: string[]) {
  return {
    objects: [crashing, db],
    logs: [{ ...owner, previous: true, text: `${['starting', ...lines].join('\n')}\n` }],
  };
}

/** A pod that runs, is not ready, and wrote a line so many seconds ago. */
function wrote(line: string, seconds: number) {
  return {
    objects: [running, db],
    logs: [{ ...owner, text: `${ago(seconds).replace('Z', '.000000000Z')} ${line}\n` }],
  };
}

testAnalyzer(dependencyFailing, {
  silent: [
    {
      name: 'a healthy pod, whatever its log says',
      given: {
        objects: [pod('web')],
        logs: [{ ...owner, pod: 'web', text: 'dial tcp 10.96.0.9:5432: connect: connection refused\n' }],
      },
    },
    {
      name: 'a proxy of Istio that does not reach its control plane, which has an analyzer of its own',
      given: {
        objects: [unreadyPod('web-5d4f9-a', { name: 'istio-proxy' }, { name: 'istio-proxy' }), db],
        logs: [
          {
            ...owner,
            container: 'istio-proxy',
            text: `${ago(20).replace('Z', '.000000000Z')} error\tcitadelclient\tdial tcp: lookup istiod.istio-system.svc on 10.96.0.10:53: no such host\n`,
          },
        ],
      },
    },
    { name: 'a crash of its own', given: said('TypeError: x is not a function') },
    {
      name: 'a running container that complained ten minutes ago',
      given: wrote('dial tcp 10.96.0.9:5432: connect: connection refused', 600),
    },
    {
      name: 'a running container whose log before the restart complained',
      given: { ...said('connection refused'), objects: [running] },
    },
    {
      name: 'a pod that has ended, one that is being deleted, and one that waits for its image',
      given: {
        objects: [
          { ...crashing, status: { ...(crashing.status as object), phase: 'Failed' } },
          {
            ...unreadyPod('b', {}, BACK_OFF),
            metadata: { name: 'b', namespace: 'shop', deletionTimestamp: ago(5) },
          },
          unreadyPod('c', {}, { state: { waiting: { reason: 'ImagePullBackOff' } } }),
        ],
        logs: said('dial tcp: lookup db: no such host').logs,
      },
    },
    {
      name: 'an init container that is done',
      given: {
        objects: [
          pod('web-5d4f9-a', {
            status: {
              initContainerStatuses: [
                containerStatus('app', { ready: true, state: { terminated: { exitCode: 0 } } }),
              ],
              containerStatuses: [],
            },
          }),
        ],
        logs: said('connection refused').logs,
      },
    },
  ],
  reports: [
    {
      name: 'a Service that refuses, told by its address',
      given: said('dial tcp 10.96.0.9:5432: connect: connection refused'),
      expect: [
        {
          message: 'connectionRefused',
          subject,
          severity: 'warning',
          confidence: 'likely',
          values: { target: 'db.shop:5432', line: 'dial tcp 10.96.0.9:5432: connect: connection refused' },
          since: ago(1200),
        },
      ],
    },
    {
      name: 'not the last error, but among the last lines',
      given: said('dial tcp 10.96.0.9:5432: connect: connection refused', 'fatal: giving up'),
      expect: [{ message: 'connectionRefused', subject, confidence: 'possible' }],
    },
    {
      name: 'a stack trace that has pushed the error out of the last words',
      given: said(
        'java.net.ConnectException: Connection refused',
        ...Array.from(
          { length: 40 },
          (_, index) => `\tat com.example.shop.checkout.Step${index}.run(Step.java:${index})`,
        ),
      ),
      expect: [{ message: 'unnamed', subject, confidence: 'possible' }],
    },
    {
      name: 'a running container that complains now',
      given: wrote('dial tcp 10.96.0.9:5432: i/o timeout', 30),
      expect: [{ message: 'noAnswer', subject, values: { target: 'db.shop:5432' } }],
    },
    {
      name: 'a running container whose log carries no times',
      given: { objects: [running], logs: [{ ...owner, text: 'dial tcp 192.0.2.7:5432: i/o timeout\n' }] },
      expect: [{ message: 'noAnswer', subject, values: { target: '192.0.2.7:5432' } }],
    },
    {
      name: 'an init container that waits for a name',
      given: {
        objects: [
          pod('web-5d4f9-a', {
            status: {
              phase: 'Pending',
              conditions: [],
              initContainerStatuses: [
                containerStatus('app', { ready: false, state: { running: { startedAt: ago(900) } } }),
              ],
              containerStatuses: [],
            },
          }),
        ],
        logs: wrote('getaddrinfo ENOTFOUND db.example.com', 10).logs,
      },
      expect: [{ message: 'nameUnknown', subject, values: { target: 'db.example.com' } }],
    },
    {
      name: 'the name of a Service that is not there',
      given: said('dial tcp: lookup cache on 10.96.0.10:53: no such host'),
      expect: [{ message: 'serviceMissing', subject, values: { target: 'cache.shop' } }],
    },
    {
      name: 'a certificate nobody trusts',
      given: said(
        'Get "https://api.example/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      ),
      expect: [{ message: 'tlsFails', subject, values: { target: 'api.example' } }],
    },
    {
      name: 'credentials, from the termination message where there is no log',
      given: {
        objects: [
          unreadyPod(
            'web-5d4f9-a',
            {},
            {
              ...BACK_OFF,
              lastState: {
                terminated: {
                  exitCode: 1,
                  message: 'FATAL:  password authentication failed for user "app"\n',
                },
              },
            },
          ),
        ],
      },
      expect: [{ message: 'credentialsRefused', subject }],
    },
    {
      name: 'no connection left',
      given: said('FATAL: sorry, too many clients already'),
      expect: [{ message: 'tooManyConnections', subject }],
    },
    {
      name: 'a replica that refuses writes',
      given: said("ReplyError: READONLY You can't write against a read only replica."),
      expect: [{ message: 'writeRefused', subject }],
    },
    {
      name: 'an address inside its own pod',
      given: said('Error: connect ECONNREFUSED 127.0.0.1:5432'),
      expect: [{ message: 'ownPodRefuses', subject, values: { target: '127.0.0.1:5432' } }],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'the log of an unhealthy container was refused',
      given: { objects: [crashing], forbidden: [{ id: 'logs' }] },
      reason: /not allowed/,
    },
  ],
});
