import { KubeError, type KubeErrorKind } from '../../src/model/kube.ts';
import {
  anyObject,
  type Built,
  containerStatus,
  controlledBy,
  lease,
  node,
  pod,
  service,
} from './builders.ts';
import { base64, certificatePem } from './certificates.ts';
import { apiResource, COMMON_KINDS, type FakeCluster, type FakeObject, refused } from './fake-kube.ts';

/** Kinds of the cluster below, in the order they are listed. */
export const SHOP_KINDS = [
  ...COMMON_KINDS,
  apiResource('', 'Node', 'nodes', { namespaced: false }),
  apiResource('', 'Service', 'services'),
  apiResource('apps', 'Deployment', 'deployments'),
  apiResource('apps', 'ReplicaSet', 'replicasets'),
  apiResource('discovery.k8s.io', 'EndpointSlice', 'endpointslices'),
  apiResource('networking.k8s.io', 'Ingress', 'ingresses'),
];

/** ISO time so many seconds before the moment the fake cluster is observed at (2026-03-01T12:00Z). */
export function beforeNow(seconds: number): string {
  return new Date(Date.UTC(2026, 2, 1, 12) - seconds * 1000).toISOString().replace('.000Z', 'Z');
}

let certificate: Promise<string> | undefined;
let served: Promise<string> | undefined;

/**
 * A cluster in which something of every domain is wrong, the same in each namespace: a crash loop with its
 * logs, an image that cannot be pulled, a pod nobody schedules, a Service without endpoints, an expired
 * certificate in use; a node that is not ready; a scheduler that lost its lease.
 */
export async function troubledCluster(
  namespaces: readonly string[],
  { leaders = true }: { readonly leaders?: boolean } = {},
): Promise<FakeCluster> {
  certificate ??= certificatePem('shop.test', '2025-01-01T00:00:00Z', '2026-02-01T00:00:00Z');
  const pem = await certificate;
  const objects = [
    ...['kube-system', ...namespaces].map((name) => anyObject('v1', 'Namespace', name, null)),
    node('node-1', { status: { conditions: [notReady()] } }),
    ...(leaders
      ? [
          stamped(lease('kube-controller-manager', { spec: { renewTime: beforeNow(2) } })),
          stamped(lease('kube-scheduler', { spec: { renewTime: beforeNow(5000) } })),
        ]
      : []),
    ...namespaces.flatMap((namespace) => troubles(namespace, pem)),
  ];
  const logs: Record<string, string> = {};
  for (const namespace of namespaces) {
    logs[`${namespace}/crash-1/app`] = logOf('starting', 'panic: runtime error: no database');
    logs[`${namespace}/crash-1/app/previous`] = logOf('starting', 'panic: runtime error: no database');
  }
  served ??= certificatePem('cluster.test', '2025-06-01T00:00:00Z', '2035-06-01T00:00:00Z');
  const handshake = { chain: [await served] };
  return { resources: SHOP_KINDS, objects: inServerOrder(objects), logs, handshake };
}

/** The same cluster with rights to read one namespace and nothing else. */
export function limitedTo(
  cluster: FakeCluster,
  namespace: string,
  rights: { readonly mayListNamespaces: boolean },
): FakeCluster {
  const failures: Record<string, KubeError> = { ...cluster.failures };
  for (const resource of cluster.resources ?? []) {
    const { group, version, plural, kind } = resource;
    const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    if (kind !== 'Namespace' || !rights.mayListNamespaces)
      failures[`${base}/${plural}`] = refused(group, plural);
    for (const { metadata, kind: other } of cluster.objects ?? []) {
      if (other !== 'Namespace' || metadata.name === namespace || !resource.namespaced) continue;
      failures[`${base}/namespaces/${metadata.name}/${plural}`] = refused(group, plural);
    }
  }
  return { ...cluster, failures, namespace };
}

/** A failure of every LIST of one kind, as `FakeCluster.failures` takes it. */
export function kindFails(cluster: FakeCluster, kind: string, as: KubeErrorKind): Record<string, KubeError> {
  const resource = cluster.resources?.find((one) => one.kind === kind);
  if (!resource) throw new Error(`no ${kind} in the cluster`);
  const base =
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  return { [`${base}/${resource.plural}`]: new KubeError(as, `${resource.plural} cannot be listed`) };
}

function troubles(namespace: string, pem: string): Built[] {
  const metadata = { namespace };
  const owned = { namespace, labels: { app: 'crash' }, ...controlledBy('ReplicaSet', 'crash') };
  const secret = { name: 'tls', secret: { secretName: 'tls' } };
  return [
    anyObject('apps/v1', 'Deployment', 'crash', namespace, {
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'crash' } },
        template: { metadata: { labels: { app: 'crash' } }, spec: { containers: [{ name: 'main' }] } },
      },
      status: { replicas: 1 },
    }),
    anyObject('apps/v1', 'ReplicaSet', 'crash', namespace, { metadata: controlledBy('Deployment', 'crash') }),
    stamped(
      pod('crash-1', {
        metadata: owned,
        spec: { volumes: [secret] },
        status: { conditions: [unready()], containerStatuses: [crashing()] },
      }),
    ),
    stamped(
      pod('pull-1', {
        metadata,
        status: {
          phase: 'Pending',
          conditions: [unready()],
          containerStatuses: [waiting('ImagePullBackOff')],
        },
      }),
    ),
    stamped(
      pod('unscheduled-1', {
        metadata,
        spec: { nodeName: undefined },
        status: { phase: 'Pending', conditions: [unschedulable()], containerStatuses: [] },
      }),
    ),
    service('crash', { metadata }),
    anyObject('discovery.k8s.io/v1', 'EndpointSlice', 'crash-abcde', namespace, {
      metadata: { labels: { 'kubernetes.io/service-name': 'crash' } },
      addressType: 'IPv4',
      ports: [],
      endpoints: [],
    }),
    anyObject('v1', 'Secret', 'tls', namespace, {
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(pem), 'tls.key': base64('none') },
    }),
    anyObject('v1', 'Event', 'unscheduled-1.1', namespace, {
      type: 'Warning',
      reason: 'FailedScheduling',
      message: '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.',
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name: 'unscheduled-1' },
      count: 4,
      firstTimestamp: beforeNow(900),
      lastTimestamp: beforeNow(60),
    }),
  ];
}

function crashing(): object {
  const ended = { exitCode: 2, reason: 'Error', startedAt: beforeNow(70), finishedAt: beforeNow(60) };
  return containerStatus('app', {
    ready: false,
    restartCount: 9,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
    lastState: { terminated: ended },
  });
}

function waiting(reason: string): object {
  const message = 'Back-off pulling image "registry.example/shop/app:1.2": not found';
  return containerStatus('app', { ready: false, started: false, state: { waiting: { reason, message } } });
}

function unready(): object {
  return { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: beforeNow(900) };
}

function notReady(): object {
  const reason = 'NodeStatusUnknown';
  return { type: 'Ready', status: 'Unknown', reason, lastTransitionTime: beforeNow(1800) };
}

function unschedulable(): object {
  const message = '0/1 nodes are available: 1 node(s) had untolerated taint.';
  return {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    lastTransitionTime: beforeNow(900),
  };
}

/** Created a day before the cluster is observed; the builders count from another moment. */
function stamped(object: Built): Built {
  return { ...object, metadata: { ...object.metadata, creationTimestamp: beforeNow(86_400) } };
}

/** Kind by kind, each sorted by namespace, as an API server lists them. */
function inServerOrder(objects: readonly Built[]): FakeObject[] {
  const key = ({ kind, metadata }: Built): string =>
    `${kind}/${String(metadata.namespace ?? '')}/${String(metadata.name)}`;
  return [...objects].sort((a, b) => (key(a) < key(b) ? -1 : 1)) as unknown as FakeObject[];
}

function logOf(...messages: readonly string[]): string {
  return messages
    .map((message, index) => `${beforeNow(100 - index).replace('Z', '.000000000Z')} ${message}\n`)
    .join('');
}
