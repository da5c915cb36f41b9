import { containerNotCreated } from '../../../analyzers/workload/container-not-created.ts';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { ago, node, pod } from '../../support/builders.ts';
import { crashingPod, ended, waitingPod } from '../../support/start-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const OCI =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';
const NOT_FOUND = `${OCI}exec: "/nosuch": stat /nosuch: no such file or directory: unknown`;

function failing(message: string, reason = 'RunContainerError') {
  return waitingPod('web-1', { reason, message });
}

/** The log of a container whose program the kernel does not execute. */
function formatLog(text: string) {
  return { namespace: 'shop', pod: 'web-1', container: 'app', previous: true, text };
}

const subject = 'Pod/shop/web-1';
const armNode = node('node-1', { status: { nodeInfo: { architecture: 'arm64' } } });

testAnalyzer(containerNotCreated, {
  silent: [
    { name: 'a running pod', given: { objects: [pod('web')] } },
    {
      name: 'a container that starts and ends by itself',
      given: { objects: [crashingPod('web-1', ended('Error', 127))] },
    },
    {
      name: 'a container that runs now and failed to start before',
      given: {
        objects: [
          pod('web-1', {
            status: {
              containerStatuses: [
                {
                  name: 'app',
                  ready: true,
                  started: true,
                  restartCount: 1,
                  image: 'shop/app:1',
                  state: { running: { startedAt: ago(60) } },
                  lastState: ended('StartError', 128, { message: NOT_FOUND }),
                },
              ],
            },
          }),
        ],
      },
    },
    {
      name: 'a container that waits for its new image after a failed start',
      given: {
        objects: [
          waitingPod(
            'web-1',
            { reason: 'ImagePullBackOff' },
            { container: { lastState: ended('StartError', 128, { message: NOT_FOUND }) } },
          ),
        ],
      },
    },
    {
      name: 'a limit too low to begin is told by workload/out-of-memory',
      given: { objects: [failing(`${OCI}container init was OOM-killed (memory limit too low?): unknown`)] },
    },
    {
      name: 'a Job pod that ended for good',
      given: {
        objects: [
          waitingPod(
            'web-1',
            {},
            {
              status: { phase: 'Failed' },
              container: { state: ended('StartError', 128, { message: NOT_FOUND }) },
            },
          ),
        ],
      },
    },
    {
      name: 'an application that speaks of a format',
      given: {
        objects: [crashingPod('web-1', ended('Error', 1))],
        logs: [formatLog('cannot read config.yaml: unknown exec format errors are ignored\n')],
      },
    },
  ],
  reports: [
    {
      name: 'a command that does not exist',
      given: { objects: [failing(NOT_FOUND)] },
      expect: [
        {
          message: 'commandNotFound',
          subject,
          severity: 'critical',
          confidence: 'certain',
          since: ago(600),
          values: {
            command: '/nosuch',
            detail: 'exec: "/nosuch": stat /nosuch: no such file or directory',
          },
        },
      ],
    },
    {
      name: 'the same in back-off, from the last state',
      given: { objects: [crashingPod('web-1', ended('StartError', 128, { message: NOT_FOUND }))] },
      expect: [{ message: 'commandNotFound', subject, values: { command: '/nosuch' } }],
    },
    {
      name: 'a command of crun that does not exist',
      given: {
        objects: [
          failing(
            'container create failed: executable file `srv` not found in $PATH: No such file or directory',
            'CreateContainerError',
          ),
        ],
      },
      expect: [{ message: 'commandNotFound', subject, values: { command: 'srv' } }],
    },
    {
      name: 'a file that may not be executed',
      given: { objects: [failing(`${OCI}exec: "/noexec": permission denied: unknown`)] },
      expect: [{ message: 'notExecutable', subject, values: { command: '/noexec' } }],
    },
    {
      name: 'a program for another architecture, from the runtime',
      given: { objects: [failing(`${OCI}exec /usr/bin/srv: exec format error: unknown`), armNode] },
      expect: [
        { message: 'wrongArchitecture', subject, confidence: 'likely', values: { architecture: 'arm64' } },
      ],
    },
    {
      name: 'a program for another architecture, from the last words; the node was not seen',
      given: {
        objects: [crashingPod('web-1', ended('Error', 255))],
        logs: [formatLog('exec /usr/bin/srv: exec format error\n')],
        forbidden: [nodes],
      },
      expect: [{ message: 'wrongArchitecture', subject, values: { architecture: 'not recorded' } }],
    },
    {
      name: 'a directory over a file',
      given: {
        objects: [
          failing(
            `${OCI}error during container init: error mounting "/var/lib/kubelet/pods/1/volume-subpaths/cfg/app/0" to rootfs at "/etc/app/app.conf": mount src=/var/lib/kubelet, dst=/etc/app/app.conf: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`,
          ),
        ],
      },
      expect: [{ message: 'mountKindDiffers', subject, values: { path: '/etc/app/app.conf' } }],
    },
    {
      name: 'a mount below a read-only one',
      given: {
        objects: [
          failing(
            `${OCI}error mounting "/var/lib/kubelet/pods/1/volumes/kubernetes.io~secret/t" to rootfs at "/data/tls": create mountpoint for /data/tls mount: mkdirat /data/tls: read-only file system: unknown`,
          ),
        ],
      },
      expect: [{ message: 'mountFailed', subject, values: { path: '/data/tls' } }],
    },
    {
      name: 'a working directory that cannot be entered',
      given: {
        objects: [
          failing(`${OCI}chdir to cwd ("/srv") set in config.json failed: permission denied: unknown`),
        ],
      },
      expect: [{ message: 'workingDirectory', subject, values: { path: '/srv' } }],
    },
    {
      name: 'a user the image does not know',
      given: {
        objects: [failing(`${OCI}unable to find user web: no matching entries in passwd file: unknown`)],
      },
      expect: [{ message: 'userUnknown', subject, values: { user: 'web' } }],
    },
    {
      name: 'no command at all',
      given: {
        objects: [
          failing(
            'failed to generate container "a1" spec: failed to generate spec: no command specified',
            'CreateContainerError',
          ),
        ],
      },
      expect: [{ message: 'noCommand', subject }],
    },
    {
      name: 'a full disk',
      given: {
        objects: [
          failing(
            'failed to create containerd container: failed to prepare extraction snapshot: mkdir /var/lib/containerd/x: no space left on device',
            'CreateContainerError',
          ),
        ],
      },
      expect: [
        { message: 'diskFull', subject, values: { node: { group: '', kind: 'Node', name: 'node-1' } } },
      ],
    },
    {
      name: 'a runtime that is gone',
      given: {
        objects: [
          failing(
            'connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"',
            'CreateContainerError',
          ),
        ],
      },
      expect: [{ message: 'runtimeNotAnswering', subject }],
    },
    {
      name: 'a runtime that is still at an earlier try',
      given: {
        objects: [
          failing(
            'failed to reserve container name "app_web-1_shop_3bd9_0": name "app_web-1_shop_3bd9_0" is reserved for "a1b2"',
            'CreateContainerError',
          ),
        ],
      },
      expect: [{ message: 'runtimeBusy', subject, confidence: 'likely' }],
    },
    {
      name: 'a profile the node does not have',
      given: {
        objects: [
          failing(
            'failed to generate container "a1" spec: failed to generate spec opts: seccomp profile "profiles/web.json" not found',
            'CreateContainerError',
          ),
        ],
      },
      expect: [{ message: 'profileRefused', subject }],
    },
    {
      name: 'a GPU without its driver',
      given: {
        objects: [
          failing(
            `${OCI}error running prestart hook #0: exit status 1, stdout: , stderr: nvidia-container-cli: initialization error: driver error: unknown`,
          ),
        ],
      },
      expect: [{ message: 'deviceMissing', subject }],
    },
    {
      name: 'words nobody knows',
      given: { objects: [failing(`${OCI}can't get final child's PID from pipe: EOF: unknown`)] },
      expect: [
        { message: 'notStarted', subject, values: { detail: "can't get final child's PID from pipe: EOF" } },
      ],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'the log of a container that ends at once was refused',
      given: {
        objects: [crashingPod('web-1', ended('Error', 255, { startedAt: ago(121) }))],
        forbidden: [{ id: 'logs' }],
      },
      reason: /not allowed/,
    },
  ],
});
