import { ago, anyObject, type Built, condition, containerStatus, controlledBy, pod } from './builders.ts';

type Parts = Record<string, unknown>;

/** What a case changes of a Kong pod of the chart. */
export interface ChartPodParts {
  readonly image?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly container?: Parts;
  readonly containerStatus?: Parts;
  readonly emptyDir?: Parts;
  readonly volumes?: readonly Parts[];
  readonly metadata?: Parts;
  readonly spec?: Parts;
  readonly status?: Parts;
}

const PRE_STOP = { preStop: { exec: { command: ['kong', 'quit', '--wait=15'] } } };
/** Labels and owner of a pod of the release `kong-dp`. */
const OWNED = {
  ...controlledBy('ReplicaSet', 'kong-dp-kong-6d9c7b8f54'),
  labels: {
    'app.kubernetes.io/name': 'kong',
    'app.kubernetes.io/instance': 'kong-dp',
    'app.kubernetes.io/component': 'app',
    'pod-template-hash': '6d9c7b8f54',
  },
};

/** A data plane as the Helm chart makes it: prefix of 256Mi, hook and grace period. */
export function chartPod(name: string, parts: ChartPodParts = {}): Built {
  const env = { KONG_ROLE: 'data_plane', KONG_DATABASE: 'off', KONG_PREFIX: '/kong_prefix/', ...parts.env };
  return pod(name, {
    metadata: { namespace: 'kong', ...OWNED, ...parts.metadata },
    spec: {
      terminationGracePeriodSeconds: 30,
      containers: [
        {
          name: 'proxy',
          image: parts.image ?? 'kong:3.4.2',
          env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
          lifecycle: PRE_STOP,
          volumeMounts: [
            { name: 'kong-dp-kong-prefix-dir', mountPath: '/kong_prefix/' },
            { name: 'kong-dp-kong-tmp', mountPath: '/tmp' },
          ],
          ...parts.container,
        },
      ],
      volumes: parts.volumes ?? [
        { name: 'kong-dp-kong-prefix-dir', emptyDir: { sizeLimit: '256Mi', ...parts.emptyDir } },
        { name: 'kong-dp-kong-tmp', emptyDir: { sizeLimit: '1Gi' } },
      ],
      ...parts.spec,
    },
    status: { containerStatuses: [containerStatus('proxy', parts.containerStatus)], ...parts.status },
  });
}

/** The same pod after it has ended so many seconds ago; nginx ends with 0 on SIGQUIT. */
export function endedPod(
  name: string,
  seconds: number,
  status: Parts = {},
  parts: ChartPodParts = {},
): Built {
  const terminated = { reason: 'Completed', exitCode: 0, finishedAt: ago(seconds) };
  return chartPod(name, {
    ...parts,
    status: {
      phase: 'Failed',
      conditions: [condition('Ready', 'False', { lastTransitionTime: ago(seconds) })],
      containerStatuses: [containerStatus('proxy', { ready: false, state: { terminated } })],
      ...status,
    },
  });
}

/** A pod evicted for the size limit of its prefix. */
export function evictedPod(name: string, seconds: number, parts: ChartPodParts = {}): Built {
  const message = 'Usage of EmptyDir volume "kong-dp-kong-prefix-dir" exceeds the limit "256Mi". ';
  return endedPod(name, seconds, { reason: 'Evicted', message }, parts);
}

/** A Job of the chart's migrations with the pod it left. */
export function migrationJob(
  component: 'init-migrations' | 'pre-upgrade-migrations' | 'post-upgrade-migrations',
  parts: { readonly command?: string; readonly status?: Parts; readonly metadata?: Parts } = {},
): Built {
  const { command = 'kong migrations bootstrap', status, metadata } = parts;
  return anyObject('batch/v1', 'Job', `kong-cp-kong-${component}`, 'kong', {
    metadata: {
      labels: { 'app.kubernetes.io/instance': 'kong-cp', 'app.kubernetes.io/component': component },
      creationTimestamp: ago(7200),
      ...metadata,
    },
    spec: {
      backoffLimit: 6,
      template: {
        spec: {
          containers: [{ name: 'kong-migrations', image: 'kong:3.4.2', args: ['/bin/sh', '-c', command] }],
        },
      },
    },
    status: { startTime: ago(7200), ...status },
  });
}

/** The pod a migration Job left, phase Succeeded. */
export function migrationPod(component = 'init-migrations', parts: ChartPodParts = {}): Built {
  const job = `kong-cp-kong-${component}`;
  const args = ['/bin/sh', '-c', 'kong migrations bootstrap'];
  return endedPod(
    `${job}-x7k2p`,
    90_000,
    { phase: 'Succeeded' },
    {
      container: { name: 'kong-migrations', args },
      env: { KONG_ROLE: 'control_plane', KONG_DATABASE: 'postgres' },
      metadata: {
        ...controlledBy('Job', job, 'batch/v1'),
        labels: { 'app.kubernetes.io/instance': 'kong-cp', 'app.kubernetes.io/component': component },
      },
      ...parts,
    },
  );
}

/** A control plane of the release `kong-cp`, with a database. */
export function databasePlane(name: string, parts: ChartPodParts = {}): Built {
  return chartPod(name, {
    env: { KONG_ROLE: 'control_plane', KONG_DATABASE: 'postgres' },
    ...parts,
    metadata: {
      ...controlledBy('ReplicaSet', 'kong-cp-kong-7c9d6f5b8'),
      labels: {
        'app.kubernetes.io/instance': 'kong-cp',
        'app.kubernetes.io/component': 'app',
        'pod-template-hash': '7c9d6f5b8',
      },
      ...parts.metadata,
    },
  });
}

/** Status of a control plane whose init container waits for the database since so many seconds. */
export function waitingForDatabase(seconds: number): ChartPodParts {
  const running = { startedAt: ago(seconds) };
  return {
    spec: {
      initContainers: [{ name: 'wait-for-db', image: 'kong:3.4.2' }],
      containers: [
        {
          name: 'proxy',
          image: 'kong:3.4.2',
          env: [
            { name: 'KONG_ROLE', value: 'control_plane' },
            { name: 'KONG_DATABASE', value: 'postgres' },
          ],
        },
      ],
    },
    status: {
      phase: 'Pending',
      conditions: [condition('Ready', 'False', { lastTransitionTime: ago(seconds) })],
      initContainerStatuses: [containerStatus('wait-for-db', { ready: false, state: { running } })],
      containerStatuses: [
        containerStatus('proxy', {
          ready: false,
          started: false,
          state: { waiting: { reason: 'PodInitializing' } },
        }),
      ],
    },
  };
}
