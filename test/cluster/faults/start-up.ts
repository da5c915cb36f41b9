import type { Fault } from './fault.ts';
import { APP, object, podSpec, resources, workload } from './objects.ts';
import {
  container,
  type KubeletEvent,
  NO_SANDBOX,
  podState,
  podStatus,
  running,
  waiting,
} from './pod-status.ts';
import type { Seen } from './seen.ts';

/** A Deployment whose one pod gets this status from its kubelet. */
export function kubeletSays(
  name: string,
  [analyzer, message]: readonly [string, string],
  options: {
    readonly status: Record<string, unknown>;
    readonly events?: readonly KubeletEvent[];
    readonly spec?: Record<string, unknown>;
    readonly logs?: Fault['logs'];
    readonly objects?: Fault['objects'];
  },
): Fault {
  const { status, events = [], spec = podSpec(), logs, objects = [] } = options;
  return {
    name,
    objects: [...objects, workload(name, 'Deployment', { state: name, spec })],
    kwok: podState(name, status, ...events),
    ...(logs ? { logs } : {}),
    settled: (seen) => hasStatus(seen) && events.every(({ reason }) => seen.event(reason)),
    expect: { analyzer, message, subject: `Pod ${name}/${APP}-*` },
  };
}

function hasStatus(seen: Seen): boolean {
  return seen.of('Pod').some(({ status }) => status?.startTime !== undefined);
}

const BACK_OFF = `back-off 5m0s restarting failed container=${APP} pod=${APP}`;
const CRASHED: KubeletEvent = {
  type: 'Warning',
  reason: 'BackOff',
  message: `Back-off restarting failed container ${APP} in pod ${APP}`,
};
const NOT_FOUND =
  'failed to pull and unpack image "registry.example/app:1.4": failed to resolve reference ' +
  '"registry.example/app:1.4": registry.example/app:1.4: not found';
const NO_ROUTE =
  'failed to pull and unpack image "registry.example/app:1.4": failed to resolve reference ' +
  '"registry.example/app:1.4": failed to do request: Head "https://registry.example/v2/app/manifests/1.4": ' +
  'dial tcp: lookup registry.example on 192.0.2.53:53: no such host';

/** Containers that do not start or do not stay, as kubelets tell it. */
export const startUpFaults: readonly Fault[] = [
  kubeletSays('crash-loop', ['workload/crash-loop', 'exits'], {
    status: podStatus('Running', [waiting('CrashLoopBackOff', BACK_OFF, { exitCode: 1 })]),
    events: [CRASHED],
    logs: { previous: ['starting', 'panic: config key "listen" is not set'] },
  }),
  kubeletSays('out-of-memory', ['workload/out-of-memory', 'limitExceeded'], {
    status: podStatus('Running', [
      waiting('CrashLoopBackOff', BACK_OFF, { exitCode: 137, reason: 'OOMKilled' }),
    ]),
    events: [CRASHED],
    spec: podSpec(resources({ memory: '64Mi' }, { memory: '64Mi' })),
  }),
  kubeletSays('image-absent', ['workload/image-pull-failed', 'notFound'], {
    status: podStatus('Pending', [
      waiting(
        'ImagePullBackOff',
        `Back-off pulling image "registry.example/app:1.4": ErrImagePull: rpc error: code = NotFound desc = ${NOT_FOUND}`,
      ),
    ]),
    events: [
      {
        type: 'Warning',
        reason: 'Failed',
        message: `Failed to pull image "registry.example/app:1.4": rpc error: code = NotFound desc = ${NOT_FOUND}`,
      },
    ],
  }),
  kubeletSays('registry-name', ['workload/image-pull-failed', 'nameNotResolved'], {
    status: podStatus('Pending', [
      waiting(
        'ImagePullBackOff',
        `Back-off pulling image "registry.example/app:1.4": ErrImagePull: ${NO_ROUTE}`,
      ),
    ]),
    events: [
      {
        type: 'Warning',
        reason: 'Failed',
        message: `Failed to pull image "registry.example/app:1.4": ${NO_ROUTE}`,
      },
    ],
  }),
  kubeletSays('config-map-missing', ['workload/container-config-error', 'sourceMissing'], {
    status: podStatus('Pending', [waiting('CreateContainerConfigError', 'configmap "settings" not found')]),
    events: [{ type: 'Warning', reason: 'Failed', message: 'Error: configmap "settings" not found' }],
    spec: podSpec({ envFrom: [{ configMapRef: { name: 'settings' } }] }),
  }),
  kubeletSays('key-missing', ['workload/container-config-error', 'keyMissing'], {
    status: podStatus('Pending', [
      waiting('CreateContainerConfigError', "couldn't find key password in Secret key-missing/database"),
    ]),
    events: [
      {
        type: 'Warning',
        reason: 'Failed',
        message: "Error: couldn't find key password in Secret key-missing/database",
      },
    ],
    spec: podSpec({
      env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } }],
    }),
    objects: [
      object(
        'v1',
        'Secret',
        { name: 'database', namespace: 'key-missing' },
        { stringData: { user: 'shop' } },
      ),
    ],
  }),
  kubeletSays('command-missing', ['workload/container-not-created', 'commandNotFound'], {
    status: podStatus('Running', [
      waiting('CrashLoopBackOff', BACK_OFF, {
        exitCode: 128,
        reason: 'StartError',
        message:
          'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create ' +
          'failed: unable to start container process: error during container init: exec: "/app/serve": ' +
          'stat /app/serve: no such file or directory',
      }),
    ]),
    events: [CRASHED],
    spec: podSpec({ command: ['/app/serve'] }),
  }),
  kubeletSays('secret-not-mounted', ['workload/volume-mount-failed', 'sourceMissing'], {
    status: podStatus('Pending', [waiting('ContainerCreating', '')], NO_SANDBOX),
    events: [
      {
        type: 'Warning',
        reason: 'FailedMount',
        message: 'MountVolume.SetUp failed for volume "tls" : secret "shop-tls" not found',
      },
    ],
    spec: podSpec(
      { volumeMounts: [{ name: 'tls', mountPath: '/etc/tls' }] },
      { volumes: [{ name: 'tls', secret: { secretName: 'shop-tls' } }] },
    ),
  }),
  kubeletSays('no-pod-network', ['workload/sandbox-not-created', 'networkNotReady'], {
    status: podStatus('Pending', [waiting('ContainerCreating', '')], NO_SANDBOX),
    events: [
      {
        type: 'Warning',
        reason: 'NetworkNotReady',
        message:
          'network is not ready: container runtime network not ready: NetworkReady=false ' +
          'reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
      },
    ],
  }),
  kubeletSays('init-crash', ['workload/init-container-stuck', 'crashes'], {
    status: podStatus('Pending', [waiting('PodInitializing', '')], {
      initContainerStatuses: [
        container('prepare', {
          state: { waiting: { reason: 'CrashLoopBackOff', message: BACK_OFF } },
          lastState: {
            terminated: { exitCode: 2, reason: 'Error', startedAt: '{{ Now }}', finishedAt: '{{ Now }}' },
          },
          restartCount: 6,
        }),
      ],
    }),
    events: [CRASHED],
    spec: podSpec({}, { initContainers: [{ name: 'prepare', image: 'registry.example/prepare:2' }] }),
    logs: { previous: ['database schema is newer than this program'] },
  }),
  kubeletSays('init-waits', ['workload/init-container-stuck', 'waitsForMissingService'], {
    status: podStatus('Pending', [waiting('PodInitializing', '')], {
      initContainerStatuses: [
        container('prepare', { started: true, state: { running: { startedAt: '{{ Now }}' } } }),
      ],
    }),
    spec: podSpec(
      {},
      {
        initContainers: [
          {
            name: 'prepare',
            image: 'registry.example/prepare:2',
            command: ['sh', '-c', 'until nc -z database 5432; do sleep 2; done'],
          },
        ],
      },
    ),
  }),
  kubeletSays('readiness-refused', ['workload/pod-not-ready', 'notListening'], {
    status: podStatus('Running', [running({ ready: false })]),
    events: [
      {
        type: 'Warning',
        reason: 'Unhealthy',
        message:
          'Readiness probe failed: Get "http://10.244.0.20:8080/ready": dial tcp 10.244.0.20:8080: connect: ' +
          'connection refused',
      },
    ],
    spec: podSpec({
      ports: [{ name: 'http', containerPort: 8080 }],
      readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
    }),
    objects: [
      object(
        'v1',
        'Service',
        { name: APP, namespace: 'readiness-refused' },
        {
          spec: { selector: { app: APP }, ports: [{ port: 80, targetPort: 8080 }] },
        },
      ),
    ],
  }),
  kubeletSays('liveness-kills', ['workload/probe-kills-container', 'answersWithError'], {
    status: podStatus('Running', [running({ ready: false, last: { exitCode: 137 } })]),
    events: [
      {
        type: 'Warning',
        reason: 'Unhealthy',
        message: 'Liveness probe failed: HTTP probe failed with statuscode: 503',
      },
      {
        type: 'Normal',
        reason: 'Killing',
        message: `Container ${APP} failed liveness probe, will be restarted`,
      },
    ],
    spec: podSpec({ livenessProbe: { httpGet: { path: '/live', port: 8080 } } }),
  }),
];
