import { crashLoop } from '../../../analyzers/workload/crash-loop.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, containerStatus, controlledBy, event, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const BACK_OFF = {
  waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=app' },
};

function terminated(reason: string, exitCode: number, parts: object = {}): object {
  return { terminated: { reason, exitCode, startedAt: ago(130), finishedAt: ago(120), ...parts } };
}

function crashing(lastState: object, state: object = BACK_OFF, spec: object = {}) {
  return pod('web-5d4f9-abcde', {
    metadata: controlledBy('ReplicaSet', 'web-5d4f9'),
    spec: { containers: [{ name: 'app', image: 'shop/app:1', ...spec }] },
    status: {
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(1800) }],
      containerStatuses: [containerStatus('app', { ready: false, restartCount: 7, state, lastState })],
    },
  });
}

const probed = crashing(terminated('Error', 137));
const subject = 'Pod/shop/web-5d4f9-abcde';

testAnalyzer(crashLoop, {
  silent: [
    {
      name: 'a running pod with restarts from a reboot long ago',
      given: {
        objects: [
          pod('web', {
            status: {
              containerStatuses: [
                containerStatus('app', {
                  restartCount: 96,
                  lastState: terminated('Unknown', 255, { finishedAt: ago(7200) }),
                }),
              ],
            },
          }),
        ],
      },
    },
    {
      name: 'one restart while not ready',
      given: {
        objects: [
          pod('web', {
            status: {
              containerStatuses: [
                containerStatus('app', { ready: false, restartCount: 1, lastState: terminated('Error', 1) }),
              ],
            },
          }),
        ],
      },
    },
    {
      name: 'many restarts, not ready, but the last end is an hour ago',
      given: {
        objects: [
          crashing(terminated('Error', 1, { finishedAt: ago(3600) }), { running: { startedAt: ago(3600) } }),
        ],
      },
    },
    {
      name: 'a pod that is being deleted',
      given: {
        objects: [
          {
            ...crashing(terminated('Error', 1)),
            metadata: { name: 'web', namespace: 'shop', deletionTimestamp: ago(20) },
          },
        ],
      },
    },
    {
      name: 'a completed Job pod',
      given: {
        objects: [
          pod('job', {
            status: {
              phase: 'Succeeded',
              containerStatuses: [
                containerStatus('app', { ready: false, restartCount: 4, state: terminated('Completed', 0) }),
              ],
            },
          }),
        ],
      },
    },
    {
      name: 'a failing postStart hook is another fault',
      given: {
        objects: [crashing(terminated('Completed', 0), { waiting: { reason: 'PostStartHookError' } })],
      },
    },
    {
      name: 'an image that cannot be pulled is not a crash',
      given: {
        objects: [
          pod('web', {
            status: {
              containerStatuses: [
                containerStatus('app', { ready: false, state: { waiting: { reason: 'ImagePullBackOff' } } }),
              ],
            },
          }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'memory limit exceeded, with the limit quoted',
      given: {
        objects: [
          crashing(terminated('OOMKilled', 137), BACK_OFF, { resources: { limits: { memory: '256Mi' } } }),
        ],
      },
      expect: [
        {
          message: 'outOfMemory',
          subject,
          severity: 'critical',
          values: { limit: '256Mi', restarts: 7 },
          since: ago(1800),
        },
      ],
    },
    {
      name: 'a command that does not exist',
      given: {
        objects: [
          crashing(
            terminated('StartError', 128, {
              message:
                'failed to create containerd task: exec: "srv": executable file not found in $PATH: unknown',
            }),
          ),
        ],
      },
      expect: [
        {
          message: 'notStarted',
          subject,
          values: {
            detail:
              'failed to create containerd task: exec: "srv": executable file not found in $PATH: unknown',
          },
        },
      ],
    },
    {
      name: 'killed by its liveness probe, as an event says',
      given: {
        objects: [
          probed,
          event(probed, {
            reason: 'Killing',
            type: 'Normal',
            message: 'Container app failed liveness probe, will be restarted',
          }),
        ],
      },
      expect: [{ message: 'killedByLivenessProbe', subject, confidence: 'likely' }],
    },
    {
      name: 'a command that finishes',
      given: { objects: [crashing(terminated('Completed', 0))] },
      expect: [{ message: 'endsByItself', subject, confidence: 'certain' }],
    },
    {
      name: 'an exit code, with the last words of the previous log',
      given: {
        objects: [crashing(terminated('Error', 1))],
        logs: [
          {
            namespace: 'shop',
            pod: 'web-5d4f9-abcde',
            container: 'app',
            previous: true,
            text: 'start\nAccess denied for user\n',
          },
        ],
      },
      expect: [{ message: 'exits', subject, values: { code: 1, container: 'app' } }],
    },
    {
      name: 'no back-off shown between two starts',
      given: { objects: [crashing(terminated('Error', 2), { running: { startedAt: ago(4) } })] },
      expect: [{ message: 'exits', subject, values: { code: 2 } }],
    },
    {
      name: 'a probe event of another container does not explain this one',
      given: {
        objects: [
          probed,
          event(probed, {
            reason: 'Killing',
            message: 'Container istio-proxy failed liveness probe, will be restarted',
          }),
        ],
      },
      expect: [{ message: 'exits', subject, values: { code: 137 } }],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
