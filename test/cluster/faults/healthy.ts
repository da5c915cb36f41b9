import type { KubernetesObject } from '../workload/object.ts';
import {
  APP,
  claim,
  claimSpec,
  DATA_VOLUME,
  job,
  jobSpec,
  object,
  podSpec,
  quota,
  resources,
  service,
  workload,
} from './objects.ts';
import type { Seen } from './seen.ts';

/** Namespaces in which nothing is wrong: a web shop and batch work. */
export const HEALTHY_NAMESPACES = ['healthy-web', 'healthy-batch'] as const;
const [WEB, BATCH] = HEALTHY_NAMESPACES;

/** Nodes without taints, with room for everything healthy. */
export const READY_NODES = ['node-a', 'node-b'] as const;

/** A Ready node of 4 processors, unless `status` or `spec` says otherwise. */
export function node(
  name: string,
  labels: Readonly<Record<string, string>> = {},
  { spec, capacity }: { readonly spec?: unknown; readonly capacity?: Readonly<Record<string, string>> } = {},
): KubernetesObject {
  const room = { cpu: '4', memory: '8Gi', pods: '110', ...capacity };
  const metadata = {
    name,
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels },
    annotations: { 'kwok.x-k8s.io/node': 'fake' },
  };
  const nodeInfo = { kubeletVersion: 'v1.36.3', containerRuntimeVersion: 'containerd://2.1.4', ...UNKNOWN };
  return object('v1', 'Node', metadata, {
    ...(spec === undefined ? {} : { spec }),
    status: { allocatable: room, capacity: room, nodeInfo },
  });
}

const UNKNOWN = {
  architecture: 'amd64',
  bootID: '',
  kernelVersion: '6.12.0',
  kubeProxyVersion: '',
  machineID: '',
  operatingSystem: 'linux',
  osImage: 'Debian GNU/Linux 13',
  systemUUID: '',
};

/** What works, in every way of working: behind a Service, finished, waiting for its first consumer, not yet due. */
export function healthy(): KubernetesObject[] {
  return [...READY_NODES.map((name) => node(name, { pool: 'main' })), ...web(), ...batch()];
}

function web(): KubernetesObject[] {
  const container = {
    ...resources({ cpu: '100m', memory: '64Mi' }, { cpu: '200m', memory: '128Mi' }),
    ports: [{ name: 'http', containerPort: 80 }],
    envFrom: [{ configMapRef: { name: 'settings' } }],
  };
  return [
    quota(WEB, { pods: '20', 'requests.cpu': '4', 'services.nodeports': '2' }),
    object(
      'v1',
      'LimitRange',
      { name: 'defaults', namespace: WEB },
      {
        spec: { limits: [{ type: 'Container', max: { memory: '1Gi' }, defaultRequest: { cpu: '50m' } }] },
      },
    ),
    object('v1', 'ConfigMap', { name: 'settings', namespace: WEB }, { data: { MODE: 'live' } }),
    workload(WEB, 'Deployment', { replicas: 2, spec: podSpec(container, MAIN_POOL) }),
    service(WEB, { ports: [{ name: 'http', port: 80, targetPort: 'http' }] }),
    object(
      'policy/v1',
      'PodDisruptionBudget',
      { name: APP, namespace: WEB },
      {
        spec: { maxUnavailable: 1, selector: { matchLabels: { app: APP } } },
      },
    ),
  ];
}

function batch(): KubernetesObject[] {
  return [
    job(BATCH),
    object(
      'batch/v1',
      'CronJob',
      { name: 'yearly', namespace: BATCH },
      {
        spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: jobSpec({}) } },
      },
    ),
    object(
      'storage.k8s.io/v1',
      'StorageClass',
      { name: 'healthy-first-consumer' },
      {
        provisioner: 'kubernetes.io/no-provisioner',
        volumeBindingMode: 'WaitForFirstConsumer',
      },
    ),
    claim(BATCH, { storageClassName: 'healthy-first-consumer' }, 'later'),
    object(
      'v1',
      'PersistentVolume',
      { name: 'healthy-volume' },
      {
        spec: {
          ...claimSpec(),
          resources: undefined,
          capacity: { storage: '1Gi' },
          storageClassName: 'healthy-static',
          hostPath: { path: '/srv/data' },
        },
      },
    ),
    claim(BATCH, { storageClassName: 'healthy-static' }),
    workload(BATCH, 'StatefulSet', {
      spec: podSpec(
        { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        { ...DATA_VOLUME, ...MAIN_POOL },
      ),
    }),
  ];
}

/** Whether everything healthy runs, has ended well, or waits as it should. */
export function healthySettled(seen: Seen): boolean {
  const jobs = seen.of('Job').every(() => seen.condition('Job', 'Complete'));
  const done = ['Running', 'Succeeded'];
  const pods = seen.of('Pod');
  return jobs && pods.length > 0 && pods.every(({ status }) => done.includes(status?.phase ?? ''));
}

/** Keeps a pod on the nodes that stay well. */
export const MAIN_POOL = { nodeSelector: { pool: 'main' } };
