import { crashLoop } from '../../../analyzers/workload/crash-loop.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, containerStatus, controlledBy, pod } from '../../support/builders.ts';
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

function log(text: string) {
  return { namespace: 'shop', pod: 'web-5d4f9-abcde', container: 'app', previous: true, text };
}

const probed = crashing(terminated('Error', 137, { startedAt: ago(180) }), BACK_OFF, {
  livenessProbe: { httpGet: { path: '/', port: 8080 } },
});
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
      name: 'one end after a long run, as a reboot leaves it behind',
      given: {
        objects: [
          crashing(terminated('Unknown', 255, { startedAt: ago(90_000) }), {
            running: { startedAt: ago(9) },
          }),
        ],
      },
    },
    {
      name: 'a kill for memory is told by workload/out-of-memory',
      given: { objects: [crashing(terminated('OOMKilled', 137))] },
    },
    {
      name: 'a command that does not exist is told by workload/container-not-created',
      given: { objects: [crashing(terminated('StartError', 128, { message: 'exec: "srv": not found' }))] },
    },
    {
      name: 'an init container is told by workload/init-container-stuck',
      given: {
        objects: [
          pod('web-5d4f9-abcde', {
            spec: { initContainers: [{ name: 'migrate', image: 'shop/app:1' }] },
            status: {
              phase: 'Pending',
              initContainerStatuses: [
                containerStatus('migrate', {
                  ready: false,
                  restartCount: 7,
                  state: BACK_OFF,
                  lastState: terminated('Error', 1),
                }),
              ],
              containerStatuses: [],
            },
          }),
        ],
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
      name: 'a postStart hook that fails',
      given: {
        objects: [
          crashing(terminated('Completed', 0), {
            waiting: {
              reason: 'PostStartHookError',
              message:
                'Exec lifecycle hook ([/nosuch]) for Container "app" in Pod "web_shop(26d4)" failed - error: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "d9ca": OCI runtime exec failed: exec failed: unable to start container process: exec: "/nosuch": stat /nosuch: no such file or directory: unknown, message: ""',
            },
          }),
        ],
      },
      expect: [
        {
          message: 'postStartHookFails',
          subject,
          severity: 'critical',
          since: ago(1800),
          values: { detail: 'exec: "/nosuch": stat /nosuch: no such file or directory' },
        },
      ],
    },
    {
      name: 'a native sidecar that ends',
      given: {
        objects: [
          pod('web-5d4f9-abcde', {
            spec: { initContainers: [{ name: 'proxy', image: 'shop/proxy:1', restartPolicy: 'Always' }] },
            status: {
              initContainerStatuses: [
                containerStatus('proxy', {
                  ready: false,
                  restartCount: 7,
                  state: BACK_OFF,
                  lastState: terminated('Error', 1),
                }),
              ],
            },
          }),
        ],
      },
      expect: [{ message: 'exits', subject, values: { container: 'proxy' } }],
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
        logs: [log('start\nAccess denied for user\n')],
      },
      expect: [{ message: 'exits', subject, values: { code: 1, container: 'app' } }],
    },
    {
      name: 'no back-off shown between two starts',
      given: { objects: [crashing(terminated('Error', 2), { running: { startedAt: ago(4) } })] },
      expect: [{ message: 'exits', subject, values: { code: 2 } }],
    },
    {
      name: 'a stop as a failing probe makes it',
      given: { objects: [probed] },
      expect: [
        { message: 'isStopped', subject, confidence: 'likely', values: { code: 137, probe: 'liveness' } },
      ],
    },
    {
      name: 'an orderly end on being stopped for a startup probe',
      given: {
        objects: [
          crashing(terminated('Completed', 0, { startedAt: ago(170) }), BACK_OFF, {
            startupProbe: { tcpSocket: { port: 8080 }, periodSeconds: 5, failureThreshold: 10 },
          }),
        ],
      },
      expect: [{ message: 'isStopped', subject, values: { code: 0, probe: 'startup' } }],
    },
    {
      name: 'a command that finishes before its probe can have failed',
      given: {
        objects: [
          crashing(terminated('Completed', 0), BACK_OFF, { livenessProbe: { tcpSocket: { port: 8080 } } }),
        ],
      },
      expect: [{ message: 'endsByItself', subject }],
    },
    {
      name: 'an address in use, which workload/port-conflict explains',
      given: {
        objects: [crashing(terminated('Error', 1))],
        logs: [log('listen tcp :8080: bind: address already in use\n')],
      },
      expect: [{ message: 'exits', subject, values: { code: 1 } }],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
