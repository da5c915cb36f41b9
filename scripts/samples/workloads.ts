import { ago, condition, DAY, objectOf, type Parts } from './object.ts';
import type { ApiObject } from './scenario.ts';

/** One pod of a workload. */
export interface Replica {
  /** What the name ends in, behind the workload's own. */
  readonly suffix: string;
  /** Absent: no node was found for it. */
  readonly node?: string;
  /** Absent: it was never given one. */
  readonly ip?: string;
  /** Seconds since it was made; that of the workload unless said. */
  readonly age?: number;
  readonly ready?: boolean;
  /** Seconds since its container was started again, once. */
  readonly restarted?: number;
  /** Seconds since it is ready or no longer so; 12 after it was made unless said. */
  readonly changed?: number;
  /** `Running` unless said. */
  readonly phase?: string;
  /** What differs in the status of its container: `state`, `lastState`, `restartCount`. */
  readonly container?: Parts;
  /** What differs in its status. */
  readonly status?: Parts;
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
  /** What else stands in the spec of its pods: `initContainers`, `tolerations`, `nodeSelector`. */
  readonly spec?: Parts;
  readonly replicas: readonly Replica[];
  /** Replicas wanted, when some of them do not exist. */
  readonly wanted?: number;
  /** Whether the newest pods became available; `stuck` is past `progressDeadlineSeconds`. */
  readonly rollout?: 'done' | 'under-way' | 'stuck';
  /** Seconds since it lacks pods; about its age unless said. */
  readonly unavailable?: number;
  /** Why its ReplicaSet cannot create pods, as both say in their conditions. */
  readonly refused?: { readonly message: string; readonly since: number };
}

/** A Deployment with its ReplicaSet and pods. */
export function deployment(workload: Workload): ApiObject[] {
  const { namespace, name, hash, age, labels, replicas } = workload;
  const template = { metadata: { labels }, spec: podSpec(workload) };
  const wanted = workload.wanted ?? replicas.length;
  const { unavailableReplicas, ...counts } = countsOf(replicas, wanted);
  const failure = refusal(workload);
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
      spec: { replicas: wanted, selector: { matchLabels: labels }, template },
      status: {
        observedGeneration: 1,
        updatedReplicas: replicas.length,
        ...counts,
        ...(unavailableReplicas === undefined ? {} : { unavailableReplicas }),
        conditions: [...progress(workload, unavailableReplicas === undefined), ...failure],
      },
    },
  );
  const labelled = { ...labels, 'pod-template-hash': hash };
  const replicaSet = objectOf(
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace, name: set, age, labels: labelled, owner },
    {
      spec: { replicas: wanted, selector: { matchLabels: labelled }, template },
      status: {
        observedGeneration: 1,
        fullyLabeledReplicas: replicas.length,
        ...counts,
        ...(failure.length > 0 ? { conditions: failure } : {}),
      },
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

interface Counts extends Parts {
  readonly unavailableReplicas?: number;
}

function countsOf(replicas: readonly Replica[], wanted: number): Counts {
  const ready = replicas.filter(isReady).length;
  const missing = Math.max(wanted, replicas.length) - ready;
  return {
    replicas: replicas.length,
    ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
    ...(missing > 0 ? { unavailableReplicas: missing } : {}),
  };
}

function refusal({ refused }: Workload): Parts[] {
  if (!refused) return [];
  const { message, since } = refused;
  return [condition('ReplicaFailure', 'True', since, { reason: 'FailedCreate', message })];
}

function isReady({ node, ready = node !== undefined }: Replica): boolean {
  return ready;
}

function progress(workload: Workload, isAvailable: boolean): Parts[] {
  const { name, hash, age = 41 * DAY, rollout = 'done', unavailable = age - 20 } = workload;
  const available = isAvailable
    ? { reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : { reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' };
  const set = `ReplicaSet "${name}-${hash}"`;
  const progressing = {
    done: condition('Progressing', 'True', age - 20, { reason: 'NewReplicaSetAvailable' }),
    'under-way': condition('Progressing', 'True', age, {
      reason: 'ReplicaSetUpdated',
      message: `${set} is progressing.`,
    }),
    // Ten minutes, the default of progressDeadlineSeconds.
    stuck: condition('Progressing', 'False', age - 600, {
      reason: 'ProgressDeadlineExceeded',
      message: `${set} has timed out progressing.`,
    }),
  };
  return [
    condition('Available', isAvailable ? 'True' : 'False', isAvailable ? age - 20 : unavailable, available),
    progressing[rollout],
  ];
}

/** The pod spec a template and its pods have. */
export function podSpec({ container, volumes = [], spec = {} }: Workload): Parts {
  return {
    containers: [{ imagePullPolicy: 'IfNotPresent', ...container }],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    schedulerName: 'default-scheduler',
    ...(volumes.length > 0 ? { volumes } : {}),
    ...spec,
  };
}

/** One pod of a workload; its name is the prefix and what the replica ends in. */
export function podOf(
  workload: Workload,
  replica: Replica,
  owner: ApiObject | undefined,
  prefix: string,
  annotations?: Readonly<Record<string, string>>,
): ApiObject {
  const { namespace, labels, age: workloadAge = 41 * DAY } = workload;
  const { suffix, node, age = workloadAge, status } = replica;
  return objectOf(
    { kind: 'Pod', namespace, name: `${prefix}-${suffix}`, age, labels, annotations, owner },
    {
      spec: { ...podSpec(workload), ...(node === undefined ? {} : { nodeName: node }) },
      status: {
        ...(node === undefined
          ? { phase: 'Pending', qosClass: 'Burstable' }
          : startedStatus(workload, { ...replica, node, age })),
        ...status,
      },
    },
  );
}

/** The status the kubelet writes; that of a pod without a node is for the scenario to say. */
function startedStatus({ container }: Workload, replica: Replica & { node: string; age: number }): Parts {
  const { node, ip, age, ready = true, restarted, changed = age - 12, phase = 'Running' } = replica;
  const readiness = ready ? 'True' : 'False';
  return {
    phase,
    conditions: [
      condition('PodScheduled', 'True', age),
      condition('Initialized', 'True', age),
      condition('ContainersReady', readiness, changed, ready ? {} : notReady(container.name)),
      condition('Ready', readiness, changed, ready ? {} : notReady(container.name)),
    ],
    hostIP: NODE_ADDRESSES[node],
    ...(ip === undefined ? {} : { podIP: ip, podIPs: [{ ip }] }),
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
        ...replica.container,
      },
    ],
    qosClass: 'Burstable',
  };
}

function ended(started: number, finished: number): Parts {
  return { exitCode: 0, reason: 'Completed', startedAt: ago(started), finishedAt: ago(finished) };
}

/** What the kubelet writes beside a condition that containers are not ready. */
export function notReady(container: string): Parts {
  return { reason: 'ContainersNotReady', message: `containers with unready status: [${container}]` };
}

/** Addresses of the nodes of every sample. */
export const NODE_ADDRESSES: Readonly<Record<string, string>> = {
  'cp-1': '192.0.2.11',
  'cp-2': '192.0.2.12',
  'cp-3': '192.0.2.13',
  'worker-1': '192.0.2.21',
  'worker-2': '192.0.2.22',
};

/** The pods among some objects. */
export function podsIn(objects: readonly ApiObject[]): ApiObject[] {
  return objects.filter(({ kind }) => kind === 'Pod');
}
