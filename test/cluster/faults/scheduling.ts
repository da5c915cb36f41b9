import type { Fault } from './fault.ts';
import { node } from './healthy.ts';
import { APP, claim, DATA_VOLUME, object, pod, podSpec, resources, workload } from './objects.ts';
import type { Seen } from './seen.ts';

const refused =
  (text: string) =>
  (seen: Seen): boolean =>
    seen.event('FailedScheduling', text);

/** A pod of its own that is not scheduled; nodes of the pool `name` are its alone. */
function unscheduled(
  name: string,
  message: string,
  {
    text,
    spec,
    objects = [],
  }: {
    /** What the scheduler says. */
    readonly text: string;
    readonly spec: Record<string, unknown>;
    readonly objects?: Fault['objects'];
  },
): Fault {
  return {
    name,
    objects: [...objects, pod(name, spec)],
    settled: refused(text),
    expect: { analyzer: 'workload/pod-unschedulable', message, subject: `Pod ${name}/${APP}` },
  };
}

/** Spec of a pod that only nodes of this pool take. */
function pooled(pool: string, container: Record<string, unknown> = {}, spec: Record<string, unknown> = {}) {
  return podSpec(container, { nodeSelector: { pool }, ...spec });
}

function beside(rule: 'podAffinity' | 'podAntiAffinity', app: string): Record<string, unknown> {
  const term = { labelSelector: { matchLabels: { app } }, topologyKey: 'kubernetes.io/hostname' };
  return { affinity: { [rule]: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
}

/** A pod that is already on the node of its fault. */
function resident(namespace: string, spec: Record<string, unknown>) {
  return object(
    'v1',
    'Pod',
    { name: 'resident', namespace, labels: { app: 'resident' } },
    {
      spec: { ...spec, nodeName: `${namespace}-node` },
    },
  );
}

/** Each reason the scheduler has for leaving a pod where it is. */
export const schedulingFaults: readonly Fault[] = [
  unscheduled('resources-short', 'resourceShort', {
    text: 'Insufficient cpu',
    objects: [
      node('resources-short-node', { pool: 'resources-short' }),
      resident('resources-short', podSpec(resources({ cpu: '3' }))),
    ],
    spec: pooled('resources-short', resources({ cpu: '2' })),
  }),
  unscheduled('resources-too-large', 'resourceTooLarge', {
    text: 'Insufficient memory',
    spec: podSpec(resources({ memory: '64Gi' })),
  }),
  unscheduled('device-absent', 'resourceTooLarge', {
    text: 'Insufficient example.com/gpu',
    spec: podSpec(resources({ 'example.com/gpu': '1' }, { 'example.com/gpu': '1' })),
  }),
  unscheduled('node-full', 'tooManyPods', {
    text: 'Too many pods',
    objects: [
      node('node-full-node', { pool: 'node-full' }, { capacity: { pods: '1' } }),
      resident('node-full', podSpec()),
    ],
    spec: pooled('node-full'),
  }),
  unscheduled('selector-unmatched', 'labelNotMatched', {
    text: "didn't match Pod's node affinity/selector",
    spec: podSpec({}, { nodeSelector: { disktype: 'nvme' } }),
  }),
  unscheduled('affinity-unmatched', 'labelNotMatched', {
    text: "didn't match Pod's node affinity/selector",
    spec: podSpec(
      {},
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: 'pool', operator: 'In', values: ['batch', 'spare'] }] },
              ],
            },
          },
        },
      },
    ),
  }),
  unscheduled('pod-affinity', 'affinityUnmet', {
    text: "didn't match pod affinity rules",
    spec: podSpec({}, beside('podAffinity', 'cache')),
  }),
  unscheduled('pod-anti-affinity', 'antiAffinity', {
    text: "didn't match pod anti-affinity rules",
    objects: [
      node('pod-anti-affinity-node', { pool: 'pod-anti-affinity' }),
      resident('pod-anti-affinity', podSpec()),
    ],
    spec: pooled('pod-anti-affinity', {}, beside('podAntiAffinity', 'resident')),
  }),
  unscheduled('taint', 'taintNotTolerated', {
    text: 'untolerated taint',
    objects: [
      node(
        'taint-node',
        { pool: 'taint' },
        {
          spec: { taints: [{ key: 'dedicated', value: 'ingress', effect: 'NoSchedule' }] },
        },
      ),
    ],
    spec: pooled('taint'),
  }),
  unscheduled('cordon', 'cordoned', {
    text: 'were unschedulable',
    objects: [node('cordon-node', { pool: 'cordon' }, { spec: { unschedulable: true } })],
    spec: pooled('cordon'),
  }),
  unscheduled('host-port', 'hostPortTaken', {
    text: "didn't have free ports",
    objects: [
      node('host-port-node', { pool: 'host-port' }),
      resident('host-port', podSpec({ ports: [{ containerPort: 80, hostPort: 8080 }] })),
    ],
    spec: pooled('host-port', { ports: [{ containerPort: 80, hostPort: 8080 }] }),
  }),
  unscheduled('topology-spread', 'spreadUnmet', {
    text: "didn't match pod topology spread constraints",
    objects: [
      node('topology-spread-node', { pool: 'topology-spread', zone: 'one' }),
      node('topology-spread-full', { pool: 'topology-spread', zone: 'two' }, { capacity: { pods: '0' } }),
      object(
        'v1',
        'Pod',
        { name: 'resident', namespace: 'topology-spread', labels: { app: APP } },
        {
          spec: { ...podSpec(), nodeName: 'topology-spread-node' },
        },
      ),
    ],
    spec: pooled(
      'topology-spread',
      {},
      {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'zone',
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { app: APP } },
          },
        ],
      },
    ),
  }),
  unscheduled('claim-absent', 'claimMissing', {
    text: 'persistentvolumeclaim "data" not found',
    spec: podSpec({}, DATA_VOLUME),
  }),
  {
    name: 'claim-unbound',
    objects: [
      claim('claim-unbound', { storageClassName: 'fault-absent-class' }),
      pod('claim-unbound', podSpec({}, DATA_VOLUME)),
    ],
    settled: refused('unbound immediate PersistentVolumeClaims'),
    expect: {
      analyzer: 'storage/claim-pending',
      message: 'classMissing',
      subject: 'PersistentVolumeClaim claim-unbound/data',
    },
  },
  {
    name: 'scheduler-unknown',
    objects: [workload('scheduler-unknown', 'Deployment', { spec: podSpec({}, { schedulerName: 'batch' }) })],
    settled: (seen) => seen.of('Pod').length === 1,
    expect: {
      analyzer: 'workload/pod-unschedulable',
      message: 'schedulerMissing',
      subject: 'Pod scheduler-unknown/app-*',
    },
  },
  {
    name: 'scheduling-gate',
    objects: [pod('scheduling-gate', podSpec({}, { schedulingGates: [{ name: 'example.com/approval' }] }))],
    settled: (seen) => seen.condition('Pod', 'PodScheduled', 'False'),
    expect: 'fine',
  },
];
