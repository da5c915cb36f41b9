import { OBSERVED } from './given.ts';

/** A Kubernetes object as JSON, open for a case to add any field. */
export type Built = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [field: string]: unknown };
  [field: string]: unknown;
};

type Parts = Record<string, unknown>;

/** An ISO time so many seconds before the moment everything is observed. */
export function ago(seconds: number): string {
  return new Date(Date.parse(OBSERVED) - seconds * 1000).toISOString().replace('.000Z', 'Z');
}

let uids = 0;

function object(
  apiVersion: string,
  kind: string,
  name: string,
  namespace: string | undefined,
  parts: Parts,
): Built {
  const { metadata, ...rest } = parts as { metadata?: Parts };
  uids += 1;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: `00000000-0000-4000-8000-${String(uids).padStart(12, '0')}`,
      creationTimestamp: ago(86_400),
      ...metadata,
    },
    ...rest,
  };
}

/** A pod that runs and is ready, one container `app`. */
export function pod(
  name: string,
  parts: Parts & { spec?: Parts; status?: Parts; metadata?: Parts } = {},
): Built {
  const { spec, status, ...rest } = parts;
  return object('v1', 'Pod', name, 'shop', {
    ...rest,
    spec: {
      nodeName: 'node-1',
      containers: [{ name: 'app', image: 'registry.example/shop/app:1.2' }],
      ...spec,
    },
    status: {
      phase: 'Running',
      podIP: '10.1.0.7',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(3600) }],
      containerStatuses: [containerStatus('app')],
      ...status,
    },
  });
}

/** A status of a running, ready container. */
export function containerStatus(name: string, parts: Parts = {}): Parts {
  return {
    name,
    ready: true,
    started: true,
    restartCount: 0,
    image: 'registry.example/shop/app:1.2',
    state: { running: { startedAt: ago(3600) } },
    lastState: {},
    ...parts,
  };
}

/** The owner reference of a controller. */
export function controlledBy(kind: string, name: string, apiVersion = 'apps/v1'): Parts {
  return { ownerReferences: [{ apiVersion, kind, name, uid: `uid-of-${name}`, controller: true }] };
}

/** A node that is Ready, with room for 110 pods. */
export function node(name: string, parts: Parts & { spec?: Parts; status?: Parts } = {}): Built {
  const { status, ...rest } = parts;
  return object('v1', 'Node', name, undefined, {
    ...rest,
    status: {
      conditions: [condition('Ready', 'True', { reason: 'KubeletReady', lastTransitionTime: ago(86_400) })],
      allocatable: { cpu: '4', memory: '16Gi', pods: '110' },
      capacity: { cpu: '4', memory: '16Gi', pods: '110' },
      addresses: [{ type: 'InternalIP', address: '192.0.2.11' }],
      nodeInfo: { kubeletVersion: 'v1.34.1', containerRuntimeVersion: 'containerd://2.0.0' },
      ...status,
    },
  });
}

export function condition(type: string, status: 'True' | 'False' | 'Unknown', parts: Parts = {}): Parts {
  return { type, status, lastTransitionTime: ago(3600), ...parts };
}

/** A lease renewed two seconds ago by a leader of 15 s. */
export function lease(name: string, parts: Parts & { spec?: Parts } = {}, namespace = 'kube-system'): Built {
  const { spec, ...rest } = parts;
  return object('coordination.k8s.io/v1', 'Lease', name, namespace, {
    ...rest,
    spec: {
      holderIdentity: 'cp-1_0b7c',
      leaseDurationSeconds: 15,
      acquireTime: `${ago(86_400).slice(0, -1)}.000000Z`,
      renewTime: `${ago(2).slice(0, -1)}.000000Z`,
      leaseTransitions: 1,
      ...spec,
    },
  });
}

/** A ClusterIP Service that selects `app=<name>`. */
export function service(name: string, parts: Parts & { spec?: Parts } = {}): Built {
  const { spec, ...rest } = parts;
  return object('v1', 'Service', name, 'shop', {
    ...rest,
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.21',
      selector: { app: name },
      ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
      ...spec,
    },
  });
}

/** A slice of a Service's endpoints, one entry per address. */
export function endpointSlice(
  serviceName: string,
  addresses: readonly { ip: string; ready?: boolean; pod?: string }[],
  parts: Parts = {},
): Built {
  return object('discovery.k8s.io/v1', 'EndpointSlice', `${serviceName}-abcde`, 'shop', {
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: addresses.map(({ ip, ready = true, pod: target }) => ({
      addresses: [ip],
      conditions: { ready, serving: ready, terminating: false },
      ...(target === undefined ? {} : { targetRef: { kind: 'Pod', namespace: 'shop', name: target } }),
    })),
    ...parts,
    metadata: { labels: { 'kubernetes.io/service-name': serviceName }, ...(parts.metadata as Parts) },
  });
}

/** An event about an object, last seen a minute ago. */
export function event(about: Built, parts: Parts & { reason: string; message: string }): Built {
  const { name, namespace, uid } = about.metadata as { name: string; namespace?: string; uid: string };
  uids += 1;
  return object('v1', 'Event', `${name}.${uids.toString(16)}`, namespace ?? 'default', {
    type: 'Warning',
    count: 1,
    firstTimestamp: ago(60),
    lastTimestamp: ago(60),
    involvedObject: { apiVersion: about.apiVersion, kind: about.kind, namespace, name, uid },
    source: { component: 'kubelet' },
    ...parts,
  });
}

/** Any object of any kind; `namespace` null is cluster-scoped. */
export function anyObject(
  apiVersion: string,
  kind: string,
  name: string,
  namespace: string | null,
  parts: Parts = {},
): Built {
  return object(apiVersion, kind, name, namespace ?? undefined, parts);
}

export function deployment(name: string, parts: Parts & { spec?: Parts; status?: Parts } = {}): Built {
  const { spec, status, ...rest } = parts;
  return object('apps/v1', 'Deployment', name, 'shop', {
    ...rest,
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } } },
      ...spec,
    },
    status: { replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1, ...status },
  });
}

export function namespace(name: string, parts: Parts = {}): Built {
  return object('v1', 'Namespace', name, undefined, { status: { phase: 'Active' }, ...parts });
}

export function secret(name: string, parts: Parts = {}): Built {
  return object('v1', 'Secret', name, 'shop', { type: 'kubernetes.io/tls', ...parts });
}
