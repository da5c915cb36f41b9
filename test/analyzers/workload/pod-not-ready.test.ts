import { podNotReady } from '../../../analyzers/workload/pod-not-ready.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, condition, containerStatus, node, pod } from '../../support/builders.ts';
import { httpProbe, readySibling, unhealthy, unreadyPod } from '../../support/probe-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import { silentPods } from './pod-not-ready-cases.ts';

const REFUSED = 'dial tcp 10.1.0.7:8080: connect: connection refused';
const subject = 'Pod/shop/web-5d4f9-a';
const web = unreadyPod('web-5d4f9-a');
const owner = { namespace: 'shop', pod: 'web-5d4f9-a', container: 'app' };
const down = node('node-1', { status: { conditions: [condition('Ready', 'Unknown')] } });

/** A pod, an event of its readiness probe, and what is expected of them. */
function met(detail: string, container: object = {}) {
  const one = unreadyPod('web-5d4f9-a', { ...container });
  return { objects: [one, unhealthy(one, `Readiness probe failed: ${detail}`)] };
}

testAnalyzer(podNotReady, {
  silent: silentPods,
  reports: [
    {
      name: 'nothing listens, and no other pod serves',
      given: met(REFUSED),
      expect: [
        {
          message: 'notListening',
          subject,
          severity: 'critical',
          values: { port: '8080', probe: 'readiness' },
          since: ago(1200),
        },
      ],
    },
    {
      name: 'a warning while another pod serves',
      given: { objects: [...met(REFUSED).objects, readySibling('web-5d4f9-b')] },
      expect: [{ message: 'notListening', subject, severity: 'warning' }],
    },
    {
      name: 'an event from long before it became unready does not tell why',
      given: {
        objects: [web, unhealthy(web, `Readiness probe failed: ${REFUSED}`, { lastTimestamp: ago(3000) })],
      },
      expect: [{ message: 'unexplained', subject }],
    },
    {
      name: 'the log names another port',
      given: { ...met(REFUSED), logs: [{ ...owner, text: 'listening on :9000\n' }] },
      expect: [{ message: 'wrongPort', subject, confidence: 'likely', values: { listening: ['9000'] } }],
    },
    {
      name: 'the declared ports hint at another',
      given: met(REFUSED, { ports: [{ containerPort: 9000 }] }),
      expect: [{ message: 'wrongPort', subject, confidence: 'possible' }],
    },
    {
      name: 'a port name that does not exist, after a minute',
      given: {
        objects: [
          unreadyPod(
            'web-5d4f9-a',
            { readinessProbe: httpProbe({}, { port: 'web' }) },
            { state: { running: { startedAt: ago(90) } } },
            ago(90),
          ),
        ],
      },
      expect: [{ message: 'portNotNamed', subject, values: { port: 'web' } }],
    },
    {
      name: 'the loopback address',
      given: { ...met(REFUSED), logs: [{ ...owner, text: 'listening on 127.0.0.1:8080\n' }] },
      expect: [{ message: 'listensOnLoopback', subject, values: { address: '127.0.0.1:8080' } }],
    },
    {
      name: 'plain HTTP asked of TLS',
      given: met('Get "http://x": malformed HTTP response "\\x15\\x03\\x01"'),
      expect: [{ message: 'wrongScheme', subject, confidence: 'certain', values: { spoken: 'HTTPS' } }],
    },
    {
      name: 'perhaps plain HTTP asked of TLS',
      given: met('HTTP probe failed with statuscode: 400', { readinessProbe: httpProbe({}, { port: 8443 }) }),
      expect: [{ message: 'wrongScheme', subject, confidence: 'possible' }],
    },
    {
      name: 'a path that does not exist',
      given: met('HTTP probe failed with statuscode: 404'),
      expect: [{ message: 'wrongPath', subject, values: { path: '/ready', status: '404' } }],
    },
    {
      name: 'a path that wants credentials',
      given: met('HTTP probe failed with statuscode: 403'),
      expect: [{ message: 'refused', subject, values: { answer: 'HTTP 403' } }],
    },
    {
      name: 'it lost its readiness two minutes ago and nothing else serves',
      given: {
        objects: [
          unreadyPod('web-5d4f9-a', {}, {}, ago(120)),
          unhealthy(web, 'Readiness probe failed: HTTP probe failed with statuscode: 503', {
            involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-5d4f9-a' },
          }),
        ],
      },
      expect: [{ message: 'answersWithError', subject, values: { answer: 'HTTP 503' }, since: ago(120) }],
    },
    {
      name: 'no answer in time',
      given: met(
        'Get "http://x": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      ),
      expect: [{ message: 'tooImpatient', subject, values: { timeout: 1 } }],
    },
    {
      name: 'a pod the kubelet does not reach',
      given: met('Get "http://10.1.0.7:8080/ready": dial tcp 10.1.0.7:8080: i/o timeout'),
      expect: [{ message: 'unreachable', subject }],
    },
    {
      name: 'a command that is not there, and one that fails',
      given: {
        objects: [
          ...met('failed to exec in container: exec: "/x": no such file or directory', {
            readinessProbe: { exec: { command: ['/x'] } },
          }).objects,
          ...['web-5d4f9-c'].flatMap((name) => {
            const one = unreadyPod(name, { readinessProbe: { exec: { command: ['/bin/check'] } } });
            return [one, unhealthy(one, 'Readiness probe failed: not yet')];
          }),
        ],
      },
      expect: [
        { message: 'commandMissing', subject, values: { command: '/x' } },
        { message: 'commandFails', subject: 'Pod/shop/web-5d4f9-c', values: { output: 'not yet' } },
      ],
    },
    {
      name: 'anything else the kubelet says',
      given: met('Get "http://x": read: connection reset by peer'),
      expect: [{ message: 'other', subject }],
    },
    {
      name: 'a startup probe that has not passed in twenty minutes',
      given: {
        objects: [
          unreadyPod(
            'web-5d4f9-a',
            { startupProbe: httpProbe({ failureThreshold: 900 }) },
            { started: false },
          ),
        ],
      },
      expect: [{ message: 'unexplained', subject, values: { probe: 'startup' } }],
    },
    {
      name: 'a native sidecar whose startup probe holds the pod back',
      given: {
        objects: [
          pod('web', {
            spec: {
              initContainers: [{ name: 'mesh', restartPolicy: 'Always', startupProbe: httpProbe() }],
            },
            status: {
              phase: 'Pending',
              conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(1200) }],
              initContainerStatuses: [containerStatus('mesh', { ready: false, started: false })],
              containerStatuses: [
                containerStatus('app', { ready: false, state: { waiting: { reason: 'PodInitializing' } } }),
              ],
            },
          }),
        ],
      },
      expect: [
        { message: 'unexplained', subject: 'Pod/shop/web', values: { container: 'mesh', probe: 'startup' } },
      ],
    },
    {
      name: 'a readiness gate',
      given: {
        objects: [
          pod('web', {
            status: {
              conditions: [
                {
                  type: 'Ready',
                  status: 'False',
                  reason: 'ReadinessGatesNotReady',
                  message: 'corresponding condition of pod readiness gate "lb/attached" does not exist.',
                  lastTransitionTime: ago(1200),
                },
              ],
              containerStatuses: [containerStatus('app')],
            },
          }),
        ],
      },
      expect: [
        {
          message: 'readinessGate',
          subject: 'Pod/shop/web',
          values: { detail: 'corresponding condition of pod readiness gate "lb/attached" does not exist' },
        },
      ],
    },
    {
      name: 'a node that is not ready, whatever the old status of the containers says',
      given: { objects: [unreadyPod('web-5d4f9-a', {}, {}, ago(90)), down] },
      expect: [{ message: 'nodeNotReady', subject, severity: 'critical', since: ago(90) }],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
