import { expect } from 'vitest';
import { nodes } from '../../../src/artifacts/resources.ts';
import { ago, condition, lease, pod } from '../../support/builders.ts';
import type { AnalyzerCases } from '../../support/test-analyzer.ts';
import { pending, subject, waiting, without, worker } from './pod-unschedulable-cases.ts';

const volumes = [
  { name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } },
  { name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } },
];
const claims = ['data-web-0', 'web-scratch'];
const labelSelector = { matchLabels: { app: 'web' } };
const spread = {
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector,
    },
    { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
  ],
};

function required(kind: 'podAffinity' | 'podAntiAffinity'): Record<string, unknown> {
  const matchExpressions = [{ key: 'app', operator: 'In', values: ['db', 'cache'] }];
  const term = { labelSelector: { matchExpressions }, topologyKey: 'kubernetes.io/hostname' };
  return { affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
}

function told(name: string, message: string, reasons: string, more: { spec?: object; values?: object } = {}) {
  const { spec = {}, values = { count: 3, total: 3 } } = more;
  return {
    name,
    given: { objects: [pending(reasons, spec as Record<string, unknown>), worker('worker-1')] },
    expect: [{ message, subject, values: values as Record<string, never> }],
  };
}

const byHost = ['app in (db, cache) by kubernetes.io/hostname'];

/** Rules beside other pods and devices. */
export const places: AnalyzerCases['reports'] = [
  told('affinity to pods that are nowhere', 'affinityUnmet', "3 node(s) didn't match pod affinity rules", {
    spec: required('podAffinity'),
    values: { rules: byHost, count: 3, rest: ['nothing else'] },
  }),
  told('anti-affinity', 'antiAffinity', "3 node(s) didn't match pod anti-affinity rules", {
    spec: required('podAntiAffinity'),
    values: { rules: byHost, total: 3 },
  }),
  told(
    'the anti-affinity of other pods',
    'othersAntiAffinity',
    "3 node(s) didn't satisfy existing pods anti-affinity rules",
  ),
  told('topology spread', 'spreadUnmet', "3 node(s) didn't match pod topology spread constraints", {
    spec: spread,
    values: { rules: ['app=web by topology.kubernetes.io/zone, skew at most 1'] },
  }),
  told(
    'nodes without the label to spread by',
    'spreadLabelMissing',
    "3 node(s) didn't match pod topology spread constraints (missing required label)",
    { spec: spread },
  ),
  told('devices', 'deviceNotAvailable', '3 cannot allocate all claims', {
    values: { detail: 'cannot allocate all claims', count: 3 },
  }),
  {
    name: 'a host port, with the pod that holds it',
    given: {
      objects: [
        pending("1 node(s) didn't have free ports for the requested pod ports", {
          containers: [{ name: 'app', ports: [{ containerPort: 80, hostPort: 8080 }] }],
        }),
        worker('worker-1'),
        pod('other', {
          spec: {
            nodeName: 'worker-1',
            containers: [{ name: 'app', ports: [{ containerPort: 80, hostPort: 8080 }] }],
          },
        }),
      ],
    },
    expect: [
      {
        message: 'hostPortTaken',
        subject,
        values: {
          port: '8080/TCP',
          holder: expect.objectContaining({ name: 'other' }),
          node: expect.objectContaining({ name: 'worker-1' }),
        },
      },
    ],
  },
  {
    name: 'a host port, nodes refused',
    given: {
      objects: [
        pending("3 node(s) didn't have free ports for the requested pod ports", {
          containers: [{ name: 'app', ports: [{ containerPort: 80, hostPort: 8080 }] }],
        }),
      ],
      forbidden: [nodes],
    },
    expect: [{ message: 'hostPortUnseen', subject, values: { ports: ['8080/TCP'] } }],
  },
];

/** Claims and volumes. */
export const storage: AnalyzerCases['reports'] = [
  {
    name: 'a missing claim, with the words that trail it',
    given: {
      objects: [waiting('0/3 nodes are available: persistentvolumeclaim "nope" not found. not found')],
    },
    expect: [{ message: 'claimMissing', subject, values: { claims: ['nope'] } }],
  },
  {
    name: 'a claim that is being deleted',
    given: {
      objects: [waiting('0/3 nodes are available: persistentvolumeclaim "old" is being deleted.')],
    },
    expect: [{ message: 'claimDeleted', subject, values: { claims: ['old'] } }],
  },
  {
    name: 'an unbound claim',
    given: {
      objects: [
        waiting('0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found', {
          volumes,
        }),
      ],
    },
    expect: [{ message: 'claimUnbound', subject, values: { claims, count: 3 } }],
  },
  told(
    'a volume that does not exist',
    'volumeGone',
    '3 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
    { spec: { volumes }, values: { claims } },
  ),
  told(
    'a volume in another zone',
    'volumeElsewhere',
    '1 Insufficient cpu, 2 node(s) had volume node affinity conflict',
    { spec: { volumes }, values: { claims, count: 2, rest: ['1 Insufficient cpu'] } },
  ),
  told('no volume to bind', 'noVolume', "3 node(s) didn't find available persistent volumes to bind", {
    spec: { volumes },
    values: { claims },
  }),
  told('full storage', 'storageCapacity', '3 node(s) did not have enough free storage', {
    spec: { volumes },
    values: { claims },
  }),
  told('as many volumes as allowed', 'volumeLimit', '3 node(s) exceed max volume count'),
  told(
    'a volume for one pod only',
    'volumeInUse',
    '3 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
  ),
  told('a volume reason of its own', 'volumeOther', '3 node(s) had a volume they cannot use', {
    values: { detail: 'node(s) had a volume they cannot use' },
  }),
];

const gang = { schedulerName: 'gang-scheduler' };
const old = { creationTimestamp: ago(300) };

/** Pods no scheduler has looked at. */
export const unconsidered: AnalyzerCases['reports'] = [
  {
    name: 'never looked at',
    given: { objects: [without({}, [], old)] },
    expect: [
      {
        message: 'notConsidered',
        subject,
        severity: 'critical',
        values: { age: 300, scheduler: 'default-scheduler' },
        since: ago(300),
      },
    ],
  },
  {
    name: 'a scheduler of another name that does not exist',
    given: { objects: [without(gang, [], old)] },
    expect: [{ message: 'schedulerMissing', subject, values: { scheduler: 'gang-scheduler' } }],
  },
  {
    name: 'a scheduler of another name whose pod is not ready',
    given: {
      objects: [
        without(gang, [], old),
        pod('scheduler-0', {
          spec: { containers: [{ name: 's', command: ['scheduler', '--name=gang-scheduler'] }] },
          status: { conditions: [condition('Ready', 'False')] },
        }),
      ],
    },
    expect: [
      {
        message: 'schedulerUnready',
        subject,
        values: { instance: expect.objectContaining({ name: 'scheduler-0' }) },
      },
    ],
  },
  {
    name: 'a scheduler of another name that does not renew its lease',
    given: {
      objects: [
        without(gang, [], old),
        pod('gang-scheduler-7d-x'),
        lease('gang-scheduler', { spec: { renewTime: ago(200) } }),
      ],
    },
    expect: [{ message: 'schedulerLeaseStale', subject, values: { renewed: 200 } }],
  },
  {
    name: 'a scheduler of another name that runs and is silent',
    given: { objects: [without(gang, [], old), pod('gang-scheduler-7d-x'), lease('gang-scheduler')] },
    expect: [{ message: 'schedulerSilent', subject, values: { scheduler: 'gang-scheduler' } }],
  },
];
