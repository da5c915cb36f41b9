import { probeKillsContainer } from '../../../analyzers/workload/probe-kills-container.ts';
import { events, pods } from '../../../src/artifacts/resources.ts';
import { ago, type Built } from '../../support/builders.ts';
import { httpProbe, killing, unhealthy, unreadyPod } from '../../support/probe-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const REFUSED = 'Liveness probe failed: dial tcp 10.1.0.7:8080: connect: connection refused';
const subject = 'Pod/shop/web-5d4f9-a';
const owner = { namespace: 'shop', pod: 'web-5d4f9-a', container: 'app' };
const BACK_OFF = { waiting: { reason: 'CrashLoopBackOff' } };

function ended(parts: object = {}): object {
  return {
    terminated: { reason: 'Error', exitCode: 137, startedAt: ago(130), finishedAt: ago(65), ...parts },
  };
}

function killed(container: object = {}, status: object = {}): Built {
  return unreadyPod(
    'web-5d4f9-a',
    { livenessProbe: httpProbe(), ...container },
    { restartCount: 7, state: BACK_OFF, lastState: ended(), ...status },
  );
}

/** The pod, its kill and what its probe met. */
function met(detail: string, container: object = {}) {
  const one = killed(container);
  return { objects: [one, killing(one, 'liveness'), unhealthy(one, `Liveness probe failed: ${detail}`)] };
}

const exec = { livenessProbe: { exec: { command: ['/x'] } } };
const plain = killed();
const oom = killed({}, { lastState: ended({ reason: 'OOMKilled' }) });
const later = killed({}, { lastState: ended({ startedAt: ago(50), finishedAt: ago(20), exitCode: 1 }) });
const well = killed(
  {},
  {
    ready: true,
    state: { running: { startedAt: ago(1700) } },
    lastState: ended({ finishedAt: ago(1800), startedAt: ago(1900) }),
  },
);
const youngAndWell: Built = {
  ...well,
  status: {
    ...(killed({}, { ready: true, state: { running: { startedAt: ago(60) } } }).status as object),
    startTime: ago(900),
  },
};
const serving = killed({}, { ready: true, state: { running: { startedAt: ago(60) } } });
const slow = killed({ startupProbe: httpProbe() }, { lastState: ended({ startedAt: ago(130) }) });

testAnalyzer(probeKillsContainer, {
  silent: [
    { name: 'a crash loop of another kind', given: { objects: [plain] } },
    {
      name: 'a container killed for memory after an earlier probe',
      given: { objects: [oom, killing(oom, 'liveness')] },
    },
    {
      name: 'a kill of an earlier run: the last one ended by itself',
      given: { objects: [later, killing(later, 'liveness', { lastTimestamp: ago(90) })] },
    },
    {
      name: 'killed once and well for half an hour',
      given: { objects: [well, killing(well, 'liveness', { lastTimestamp: ago(1800) })] },
    },
    {
      name: 'killed while it started, and ready now',
      given: { objects: [youngAndWell, killing(youngAndWell, 'liveness')] },
    },
    {
      name: 'a pod that is being deleted',
      given: {
        objects: [
          { ...plain, metadata: { ...plain.metadata, deletionTimestamp: ago(20) } },
          killing(plain, 'liveness'),
        ],
      },
    },
    {
      name: 'the kill of another container',
      given: {
        objects: [
          plain,
          killing(plain, 'liveness', { message: 'Container proxy failed liveness probe, will be restarted' }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'nothing listens',
      given: met('dial tcp 10.1.0.7:8080: connect: connection refused'),
      expect: [
        {
          message: 'notListening',
          subject,
          severity: 'critical',
          values: { probe: 'liveness', restarts: 7, port: '8080' },
          since: ago(1200),
        },
      ],
    },
    {
      name: 'a kill without an event of the probe',
      given: { objects: [plain, killing(plain, 'liveness')] },
      expect: [{ message: 'unexplained', subject }],
    },
    {
      name: 'a start that takes longer than the probe allows',
      given: {
        objects: [slow, killing(slow, 'startup'), unhealthy(slow, REFUSED.replace('Liveness', 'Startup'))],
        logs: [{ ...owner, text: `${ago(70)} listening on :8080\n` }],
      },
      expect: [
        { message: 'startsTooSlowly', subject, values: { probe: 'startup', needed: 60, allowed: 30 } },
      ],
    },
    {
      name: 'a warning when it serves between kills long after its start',
      given: { objects: [serving, killing(serving, 'liveness', { lastTimestamp: ago(66) })] },
      expect: [{ message: 'unexplained', subject, severity: 'warning' }],
    },
    {
      name: 'the log of the run before names another port',
      given: {
        ...met('dial tcp 10.1.0.7:8080: connect: connection refused'),
        logs: [{ ...owner, previous: true, text: 'listening on :9000\n' }],
      },
      expect: [{ message: 'wrongPort', subject }],
    },
    {
      name: 'a port that is not named',
      given: met('x', { livenessProbe: httpProbe({}, { port: 'web' }) }),
      expect: [{ message: 'portNotNamed', subject }],
    },
    {
      name: 'the loopback address',
      given: {
        ...met('dial tcp 10.1.0.7:8080: connect: connection refused'),
        logs: [{ ...owner, text: 'listening on 127.0.0.1:8080\n' }],
      },
      expect: [{ message: 'listensOnLoopback', subject }],
    },
    {
      name: 'a wrong scheme',
      given: met('Get "https://x": http: server gave HTTP response to HTTPS client'),
      expect: [{ message: 'wrongScheme', subject }],
    },
    {
      name: 'a wrong path',
      given: met('HTTP probe failed with statuscode: 404'),
      expect: [{ message: 'wrongPath', subject }],
    },
    {
      name: 'an answer of 401',
      given: met('HTTP probe failed with statuscode: 401'),
      expect: [{ message: 'refused', subject }],
    },
    {
      name: 'an answer of 500',
      given: met('HTTP probe failed with statuscode: 500'),
      expect: [{ message: 'answersWithError', subject }],
    },
    {
      name: 'no answer in a second',
      given: met(
        'Get "http://x": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      ),
      expect: [{ message: 'tooImpatient', subject, values: { timeout: 1 } }],
    },
    {
      name: 'no way to the pod',
      given: met('dial tcp 10.1.0.7:8080: connect: no route to host'),
      expect: [{ message: 'unreachable', subject }],
    },
    {
      name: 'a command that is missing',
      given: met('failed to exec in container: exec: "/x": executable file not found in $PATH', exec),
      expect: [{ message: 'commandMissing', subject }],
    },
    {
      name: 'a command that fails',
      given: met('exiting with 3', exec),
      expect: [{ message: 'commandFails', subject, values: { output: 'exiting with 3' } }],
    },
    {
      name: 'anything else',
      given: met('EOF'),
      expect: [{ message: 'other', subject, values: { detail: 'EOF' } }],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'the events were refused, which alone tell a kill by a probe from another end',
      given: { objects: [plain], forbidden: [events] },
      reason: /not allowed/,
    },
  ],
});
