import { ago, condition, DAY, objectOf, type Parts } from './object.ts';
import type { ApiObject } from './scenario.ts';

/** One pod of a workload. */
export interface Replica {
  /** What the name ends in, behind the workload's own. */
  readonly suffix: string;
  readonly node: string;
  readonly ip: string;
  /** Seconds since it was made; that of the workload unless said. */
  readonly age?: number;
  readonly ready?: boolean;
  /** Seconds since its container was started again, once. */
  readonly restarted?: number;
}

/** A Deployment, DaemonSet or static pod set, as far as samples need it; one container each. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  /** Pod template hash. */
  readonly hash: string;
  readonly age?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly container: Parts & { readonly name: string; readonly image: string };
  readonly volumes?: readonly Parts[];
  readonly replicas: readonly Replica[];
}

/** A Deployment with its ReplicaSet and pods. */
export function deployment(workload: Workload): ApiObject[] {
  const { namespace, name, hash, age, labels, replicas } = workload;
  const template = { metadata: { labels }, spec: podSpec(workload) };
  const counts = countsOf(replicas);
  const set = `${name}-${hash}`;
  const owner = objectOf(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace,
      name,
      age,
      labels,
      annotations: { 'deployment.kubernetes.io/revision': '1' },
    },
    {
      spec: { replicas: replicas.length, selector: { matchLabels: labels }, template },
      status: {
        observedGeneration: 1,
        updatedReplicas: replicas.length,
        ...counts,
        conditions: progress(counts, age),
      },
    },
  );
  const labelled = { ...labels, 'pod-template-hash': hash };
  const replicaSet = objectOf(
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace, name: set, age, labels: labelled, owner },
    {
      spec: { replicas: replicas.length, selector: { matchLabels: labelled }, template },
      status: { observedGeneration: 1, fullyLabeledReplicas: replicas.length, ...counts },
    },
  );
  return [
    owner,
    replicaSet,
    ...replicas.map((one) => podOf({ ...workload, labels: labelled }, one, replicaSet, set)),
  ];
}

/** A DaemonSet with its pods. */
export function daemonSet(workload: Workload): ApiObject[] {
  const { namespace, name, age, labels, replicas } = workload;
  const count = replicas.length;
  const owner = objectOf(
    { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace, name, age, labels },
    {
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(workload) },
      },
      status: {
        currentNumberScheduled: count,
        desiredNumberScheduled: count,
        numberReady: count,
        numberAvailable: count,
        numberMisscheduled: 0,
        updatedNumberScheduled: count,
        observedGeneration: 1,
      },
    },
  );
  return [owner, ...replicas.map((one) => podOf(workload, one, owner, name))];
}

/** The static pod of a control plane component. */
export function staticPod(workload: Workload, replica: Replica): ApiObject {
  const { labels } = workload;
  const annotations = { 'kubernetes.io/config.mirror': workload.hash, 'kubernetes.io/config.source': 'file' };
  return podOf(
    { ...workload, labels: { tier: 'control-plane', ...labels } },
    replica,
    undefined,
    workload.name,
    annotations,
  );
}

function countsOf(replicas: readonly Replica[]): Parts & { readonly readyReplicas?: number } {
  const ready = replicas.filter((one) => one.ready !== false).length;
  const missing = replicas.length - ready;
  return {
    replicas: replicas.length,
    ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
    ...(missing > 0 ? { unavailableReplicas: missing } : {}),
  };
}

function progress(counts: Parts, age = 41 * DAY): Parts[] {
  const isAvailable = counts.unavailableReplicas === undefined;
  const available = isAvailable
    ? { reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : { reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' };
  return [
    condition('Available', isAvailable ? 'True' : 'False', age - 20, available),
    condition('Progressing', 'True', age - 20, { reason: 'NewReplicaSetAvailable' }),
  ];
}

function podSpec({ container, volumes = [] }: Workload): Parts {
  return {
    containers: [{ imagePullPolicy: 'IfNotPresent', ...container }],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    schedulerName: 'default-scheduler',
    ...(volumes.length > 0 ? { volumes } : {}),
  };
}

function podOf(
  workload: Workload,
  replica: Replica,
  owner: ApiObject | undefined,
  prefix: string,
  annotations?: Readonly<Record<string, string>>,
): ApiObject {
  const { namespace, labels, container, age: workloadAge = 41 * DAY } = workload;
  const { suffix, node, ip, age = workloadAge, ready = true, restarted } = replica;
  return objectOf(
    { kind: 'Pod', namespace, name: `${prefix}-${suffix}`, age, labels, annotations, owner },
    {
      spec: { ...podSpec(workload), nodeName: node },
      status: {
        phase: 'Running',
        conditions: [
          condition('PodScheduled', 'True', age),
          condition('Initialized', 'True', age),
          condition(
            'ContainersReady',
            ready ? 'True' : 'False',
            age - 12,
            ready ? {} : notReady(container.name),
          ),
          condition('Ready', ready ? 'True' : 'False', age - 12, ready ? {} : notReady(container.name)),
        ],
        hostIP: NODE_ADDRESSES[node],
        podIP: ip,
        podIPs: [{ ip }],
        startTime: ago(age),
        containerStatuses: [
          {
            name: container.name,
            state: { running: { startedAt: ago(restarted ?? age - 4) } },
            lastState: restarted === undefined ? {} : { terminated: ended(age - 4, restarted + 1) },
            ready,
            restartCount: restarted === undefined ? 0 : 1,
            image: container.image,
            imageID: '',
            started: true,
          },
        ],
        qosClass: 'Burstable',
      },
    },
  );
}

function ended(started: number, finished: number): Parts {
  return { exitCode: 0, reason: 'Completed', startedAt: ago(started), finishedAt: ago(finished) };
}

function notReady(container: string): Parts {
  return { reason: 'ContainersNotReady', message: `containers with unready status: [${container}]` };
}

/** Addresses of the nodes of every sample. */
export const NODE_ADDRESSES: Readonly<Record<string, string>> = {
  'cp-1': '192.0.2.11',
  'worker-1': '192.0.2.21',
  'worker-2': '192.0.2.22',
};

/** A Service over pods, with its EndpointSlice. */
export function service(what: {
  readonly namespace: string;
  readonly name: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly clusterIP: string;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly targetPort: number }[];
  readonly pods: readonly ApiObject[];
  readonly age?: number;
}): ApiObject[] {
  const { namespace, name, selector, clusterIP, ports, pods, age } = what;
  const owner = objectOf(
    { kind: 'Service', namespace, name, age, labels: selector },
    {
      spec: {
        type: 'ClusterIP',
        clusterIP,
        clusterIPs: [clusterIP],
        selector,
        ports: ports.map((port) => ({ protocol: 'TCP', ...port })),
        sessionAffinity: 'None',
      },
      status: { loadBalancer: {} },
    },
  );
  const slice = objectOf(
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      namespace,
      name: `${name}-${String(owner.metadata.uid).slice(0, 5)}`,
      age,
      labels: {
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      owner,
    },
    {
      addressType: 'IPv4',
      ports: ports.map(({ name: port, targetPort }) => ({ name: port, port: targetPort, protocol: 'TCP' })),
      endpoints: pods.map(endpointOf),
    },
  );
  return [owner, slice];
}

function endpointOf(pod: ApiObject): Parts {
  const status = pod.status as { podIP: string; containerStatuses: { ready: boolean }[] };
  const ready = status.containerStatuses.every((one) => one.ready);
  const { name, namespace, uid } = pod.metadata;
  return {
    addresses: [status.podIP],
    conditions: { ready, serving: ready, terminating: false },
    nodeName: (pod.spec as { nodeName: string }).nodeName,
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

/** The pods among some objects. */
export function podsIn(objects: readonly ApiObject[]): ApiObject[] {
  return objects.filter(({ kind }) => kind === 'Pod');
}
