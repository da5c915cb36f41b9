import type { Fault } from './fault.ts';
import { MAIN_POOL, node } from './healthy.ts';
import { APP, job, jobSpec, object, pod, podSpec, service, workload } from './objects.ts';
import { podState, podStatus, running, terminated, waiting } from './pod-status.ts';
import { kubeletSays } from './start-up.ts';

const EVICTED =
  'The node was low on resource: ephemeral-storage. Threshold quantity: 10Gi, available: 3Gi. ' +
  'Container app was using 12Gi, request is 0, has larger consumption of ephemeral-storage. ';
const CRASHING = podStatus('Running', [
  waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container', { exitCode: 1 }),
]);
const ENDED_BADLY = podStatus('Failed', [terminated({ exitCode: 3 })]);

function failedJob(name: string, message: string, fields: Record<string, unknown>): Fault {
  return {
    name,
    objects: [job(name, { state: name, fields })],
    kwok: podState(name, message === 'deadline' ? podStatus('Running', [running()]) : ENDED_BADLY),
    settled: (seen) => seen.condition('Job', 'Failed'),
    expect: { analyzer: 'workload/job-failed', message, subject: `Job ${name}/${APP}` },
  };
}

function autoscaler(namespace: string, target: string) {
  return object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    { name: APP, namespace },
    {
      spec: {
        maxReplicas: 5,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } },
          },
        ],
      },
    },
  );
}

/** Workloads that do not do their work although their pods could be created. */
export const runTimeFaults: readonly Fault[] = [
  failedJob('job-failed', 'backOffLimit', {}),
  failedJob('job-deadline', 'deadline', { activeDeadlineSeconds: 2 }),
  failedJob('job-policy', 'failurePolicy', {
    podFailurePolicy: {
      rules: [{ action: 'FailJob', onExitCodes: { containerName: APP, operator: 'In', values: [3] } }],
    },
  }),
  {
    name: 'cron-job-failing',
    objects: [
      object(
        'batch/v1',
        'CronJob',
        { name: APP, namespace: 'cron-job-failing' },
        {
          spec: { schedule: '0 * * * *', jobTemplate: { spec: jobSpec({ state: 'cron-job-failing' }) } },
        },
      ),
    ],
    kwok: podState('cron-job-failing', ENDED_BADLY),
    // What was due since the CronJob was made is made up for at once.
    afterwards: ({ backdate }) => backdate('cronjobs/cron-job-failing'),
    settled: (seen) => seen.condition('Job', 'Failed'),
    expect: {
      analyzer: 'workload/job-failed',
      message: 'backOffLimit',
      subject: 'Job cron-job-failing/app-*',
    },
  },
  {
    name: 'cron-job-held',
    objects: [
      object(
        'batch/v1',
        'CronJob',
        { name: APP, namespace: 'cron-job-held' },
        {
          spec: {
            schedule: '*/10 * * * *',
            concurrencyPolicy: 'Forbid',
            jobTemplate: { spec: jobSpec({ state: 'cron-job-held' }) },
          },
        },
      ),
    ],
    kwok: podState('cron-job-held', podStatus('Running', [running()])),
    afterwards: ({ backdate }) => backdate('cronjobs/cron-job-held'),
    settled: (seen) => seen.of('Job').length === 1 && seen.condition('Pod', 'Ready'),
    expect: {
      analyzer: 'workload/cron-job-not-running',
      message: 'heldByActive',
      subject: `CronJob cron-job-held/${APP}`,
    },
  },
  {
    name: 'stateful-set-blocked',
    objects: [
      workload('stateful-set-blocked', 'StatefulSet', {
        replicas: 3,
        state: 'stateful-set-blocked',
        spec: podSpec({ readinessProbe: { tcpSocket: { port: 5432 } } }),
      }),
    ],
    kwok: podState('stateful-set-blocked', podStatus('Running', [running({ ready: false })]), {
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: dial tcp 10.244.0.20:5432: connect: connection refused',
    }),
    settled: (seen) => seen.event('Unhealthy'),
    expect: {
      analyzer: 'workload/pod-not-ready',
      message: 'notListening',
      subject: 'Pod stateful-set-blocked/app-0',
    },
  },
  {
    name: 'daemon-set-crashing',
    objects: [
      workload('daemon-set-crashing', 'DaemonSet', {
        state: 'daemon-set-crashing',
        spec: podSpec({}, MAIN_POOL),
      }),
    ],
    kwok: podState('daemon-set-crashing', CRASHING),
    settled: (seen) => seen.of('Pod').filter(({ status }) => status?.startTime !== undefined).length === 2,
    expect: { analyzer: 'workload/crash-loop', message: 'exits', subject: 'Pod daemon-set-crashing/app-*' },
  },
  kubeletSays('service-behind-crash', ['workload/crash-loop', 'exits'], {
    status: CRASHING,
    objects: [
      service('service-behind-crash'),
      object(
        'networking.k8s.io/v1',
        'Ingress',
        { name: APP, namespace: 'service-behind-crash' },
        {
          spec: { defaultBackend: { service: { name: APP, port: { number: 80 } } } },
        },
      ),
    ],
  }),
  {
    name: 'evicted',
    objects: [pod('evicted', podSpec({}, MAIN_POOL), 'evicted')],
    kwok: podState(
      'evicted',
      { phase: 'Failed', reason: 'Evicted', message: EVICTED },
      {
        type: 'Warning',
        reason: 'Evicted',
        message: EVICTED,
      },
    ),
    settled: (seen) => seen.of('Pod').some(({ status }) => status?.reason === 'Evicted'),
    expect: { analyzer: 'workload/evicted-pods', message: 'nodeRanLow', subject: 'Node node-*' },
  },
  {
    name: 'budget-blocks-drain',
    objects: [
      node('budget-node', { pool: 'budget' }),
      workload('budget-blocks-drain', 'Deployment', {
        spec: podSpec(
          {},
          {
            nodeSelector: { pool: 'budget' },
            tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }],
          },
        ),
      }),
      object(
        'policy/v1',
        'PodDisruptionBudget',
        { name: APP, namespace: 'budget-blocks-drain' },
        {
          spec: { minAvailable: 1, selector: { matchLabels: { app: APP } } },
        },
      ),
    ],
    afterwards: async ({ kubectl }) => {
      await kubectl(['cordon', 'budget-node']);
    },
    settled: (seen) =>
      seen.condition('Pod', 'Ready') && seen.condition('PodDisruptionBudget', 'DisruptionAllowed', 'False'),
    expect: {
      analyzer: 'workload/disruption-budget-blocks-drain',
      message: 'drainBlocked',
      subject: `PodDisruptionBudget budget-blocks-drain/${APP}`,
    },
  },
  {
    name: 'autoscaler-without-metrics',
    objects: [
      workload('autoscaler-without-metrics', 'Deployment'),
      autoscaler('autoscaler-without-metrics', APP),
    ],
    settled: (seen) => seen.condition('HorizontalPodAutoscaler', 'ScalingActive', 'False'),
    expect: {
      analyzer: 'workload/autoscaling-failed',
      message: 'metricsApiUnavailable',
      subject: `HorizontalPodAutoscaler autoscaler-without-metrics/${APP}`,
    },
  },
  {
    name: 'autoscaler-without-target',
    objects: [autoscaler('autoscaler-without-target', 'shop')],
    settled: (seen) => seen.condition('HorizontalPodAutoscaler', 'AbleToScale', 'False'),
    expect: {
      analyzer: 'workload/autoscaling-failed',
      message: 'targetMissing',
      subject: `HorizontalPodAutoscaler autoscaler-without-target/${APP}`,
    },
  },
];
