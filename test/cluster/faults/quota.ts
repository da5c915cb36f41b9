import type { ExpectedCause, Fault } from './fault.ts';
import {
  APP,
  claimSpec,
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

const refused = (seen: Seen): boolean => seen.event('FailedCreate', 'exceeded quota: team');

function exceeded(namespace: string): ExpectedCause {
  return notCreated('quotaExceeded', `Deployment ${namespace}/${APP}`);
}

function notCreated(message: string, subject: string): ExpectedCause {
  return { analyzer: 'workload/pods-not-created', message, subject };
}

/** Three pods of this size under a quota. */
function limited(name: string, hard: Record<string, string>, container: Record<string, unknown>): Fault {
  return {
    name,
    objects: [quota(name, hard), workload(name, 'Deployment', { replicas: 3, spec: podSpec(container) })],
    settled: refused,
    expect: exceeded(name),
  };
}

function template(name: string, spec: Record<string, unknown>): Record<string, unknown> {
  return { volumeClaimTemplates: [{ metadata: { name }, spec: claimSpec(spec) }] };
}

/** A quota a controller runs into, of each class. */
export const quotaFaults: readonly Fault[] = [
  limited('quota-requests', { 'requests.cpu': '500m' }, resources({ cpu: '200m' })),
  limited('quota-limits', { 'limits.memory': '250Mi' }, resources({ memory: '10Mi' }, { memory: '100Mi' })),
  limited('quota-pods', { pods: '1' }, {}),
  limited('quota-object-count', { 'count/pods': '2' }, {}),
  {
    name: 'quota-unspecified',
    objects: [
      quota('quota-unspecified', { 'requests.cpu': '4' }),
      workload('quota-unspecified', 'Deployment'),
    ],
    settled: (seen) => seen.event('FailedCreate', 'must specify requests.cpu'),
    expect: notCreated('quotaWantsValues', `Deployment quota-unspecified/${APP}`),
  },
  {
    name: 'quota-best-effort',
    objects: [
      quota('quota-best-effort', { pods: '0' }, { scopes: ['BestEffort'] }),
      workload('quota-best-effort', 'Deployment'),
    ],
    settled: refused,
    expect: exceeded('quota-best-effort'),
  },
  {
    name: 'quota-priority',
    objects: [
      object('scheduling.k8s.io/v1', 'PriorityClass', { name: 'fault-high' }, { value: 1000 }),
      quota(
        'quota-priority',
        { pods: '1' },
        {
          scopeSelector: {
            matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['fault-high'] }],
          },
        },
      ),
      workload('quota-priority', 'Deployment', {
        replicas: 2,
        spec: podSpec({}, { priorityClassName: 'fault-high' }),
      }),
    ],
    settled: refused,
    expect: exceeded('quota-priority'),
  },
  {
    name: 'quota-replica-sets',
    objects: [
      quota('quota-replica-sets', { 'count/replicasets.apps': '0' }),
      workload('quota-replica-sets', 'Deployment'),
    ],
    settled: (seen) => seen.condition('Deployment', 'ReplicaFailure') || seen.event('ReplicaSetCreateError'),
    expect: exceeded('quota-replica-sets'),
  },
  {
    name: 'quota-claims',
    objects: [
      quota('quota-claims', { persistentvolumeclaims: '0' }),
      workload('quota-claims', 'StatefulSet', { fields: template('data', {}) }),
    ],
    settled: refused,
    expect: notCreated('quotaExceeded', `StatefulSet quota-claims/${APP}`),
  },
  {
    name: 'quota-storage',
    objects: [
      quota('quota-storage', { 'requests.storage': '512Mi' }),
      workload('quota-storage', 'StatefulSet', { fields: template('data', {}) }),
    ],
    settled: refused,
    expect: notCreated('quotaExceeded', `StatefulSet quota-storage/${APP}`),
  },
  {
    name: 'quota-class-storage',
    objects: [
      quota('quota-class-storage', { 'gold.storageclass.storage.k8s.io/requests.storage': '512Mi' }),
      workload('quota-class-storage', 'StatefulSet', {
        fields: template('data', { storageClassName: 'gold' }),
      }),
    ],
    settled: refused,
    expect: notCreated('quotaExceeded', `StatefulSet quota-class-storage/${APP}`),
  },
  {
    name: 'quota-daemon-set',
    objects: [quota('quota-daemon-set', { pods: '0' }), workload('quota-daemon-set', 'DaemonSet')],
    settled: refused,
    expect: notCreated('quotaExceeded', `DaemonSet quota-daemon-set/${APP}`),
  },
  {
    name: 'quota-job',
    objects: [quota('quota-job', { pods: '0' }), job('quota-job')],
    settled: refused,
    expect: notCreated('quotaExceeded', `Job quota-job/${APP}`),
  },
  {
    name: 'quota-cron-job',
    objects: [
      quota('quota-cron-job', { 'count/jobs.batch': '0' }),
      object(
        'batch/v1',
        'CronJob',
        { name: APP, namespace: 'quota-cron-job' },
        {
          spec: { schedule: '*/5 * * * *', jobTemplate: { spec: jobSpec({}) } },
        },
      ),
    ],
    // What was due since the CronJob was made is made up for at once.
    afterwards: ({ backdate }) => backdate('cronjobs/quota-cron-job'),
    settled: refused,
    expect: {
      analyzer: 'workload/cron-job-not-running',
      message: 'jobsRefused',
      subject: `CronJob quota-cron-job/${APP}`,
    },
  },
  lowered('quota-load-balancers', 'services.loadbalancers', 'LoadBalancer'),
  lowered('quota-node-ports', 'services.nodeports', 'NodePort'),
];

/** A quota on Services that was lowered below what is there: the API server turns the next one away at its client. */
function lowered(name: string, resource: string, type: string): Fault {
  return {
    name,
    objects: [
      quota(name, { [resource]: '1' }),
      workload(name, 'Deployment'),
      service(name, { type, ...(type === 'LoadBalancer' ? { loadBalancerClass: 'example.com/none' } : {}) }),
    ],
    afterwards: async ({ kubectl }) => {
      const patch = JSON.stringify({ spec: { hard: { [resource]: '0' } } });
      await kubectl(['-n', name, 'patch', 'resourcequota', 'team', '--type=merge', '-p', patch]);
      // What a load balancer would be given, so that its quota is all that is wrong.
      const given = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: '192.0.2.80' }] } } });
      if (type !== 'LoadBalancer') return;
      await kubectl([
        '-n',
        name,
        'patch',
        'service',
        APP,
        '--subresource=status',
        '--type=merge',
        '-p',
        given,
      ]);
    },
    settled: (seen) => {
      const status = seen.of('ResourceQuota')[0]?.status as
        | Record<string, Record<string, string>>
        | undefined;
      return status?.hard?.[resource] === '0' && status.used?.[resource] === '1';
    },
    expect: {
      analyzer: 'kubernetes/quota-exhausted',
      message: 'exceeded',
      subject: `ResourceQuota ${name}/team`,
    },
  };
}
