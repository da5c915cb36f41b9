import { ago, anyObject, condition, deployment, endpointSlice, service } from '../../support/builders.ts';
import { labelled, subject, unready, web } from './service-cases.ts';

const ready = labelled('web-1', { app: 'web' });
const other = labelled('web-2', { app: 'web' });
const both = endpointSlice('web', [
  { ip: '10.1.0.7', pod: 'web-1' },
  { ip: '10.1.0.8', pod: 'web-2' },
]);

function rollout(replicas: number) {
  return anyObject('apps/v1', 'ReplicaSet', 'web-6f9', 'shop', {
    metadata: {
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'u', controller: true },
      ],
    },
    spec: { replicas, template: { metadata: { labels: { app: 'web' } } } },
  });
}

const cloneSets = anyObject('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'clonesets', null, {
  spec: { group: 'apps.kruise.io', names: { kind: 'CloneSet', plural: 'clonesets' } },
});

export const quiet = [
  { name: 'slices that follow the pods', given: { objects: [web, ready, other, both] } },
  {
    name: 'a pod that became ready just before the slices were read',
    given: {
      objects: [
        web,
        ready,
        labelled(
          'web-2',
          { app: 'web' },
          { status: { conditions: [condition('Ready', 'True', { lastTransitionTime: ago(30) })] } },
        ),
        endpointSlice('web', [{ ip: '10.1.0.7', pod: 'web-1' }]),
      ],
    },
  },
  {
    name: 'a pod that is not ready and not listed as ready',
    given: {
      objects: [
        web,
        ready,
        unready('web-2'),
        endpointSlice('web', [
          { ip: '10.1.0.7', pod: 'web-1' },
          { ip: '10.1.0.8', pod: 'web-2', ready: false },
        ]),
      ],
    },
  },
  {
    name: 'pods that are not ready and listed on purpose',
    given: {
      objects: [
        service('web', { spec: { publishNotReadyAddresses: true } }),
        unready('web-1'),
        endpointSlice('web', [{ ip: '10.1.0.7', pod: 'web-1' }]),
      ],
    },
  },
  {
    name: 'slices another controller keeps beside the pods',
    given: {
      objects: [
        web,
        ready,
        endpointSlice('web', [{ ip: '10.1.0.7', pod: 'web-1' }]),
        endpointSlice('web', [{ ip: '10.9.0.7', pod: 'far-1' }], {
          metadata: {
            name: 'web-far',
            labels: {
              'kubernetes.io/service-name': 'web',
              'endpointslice.kubernetes.io/managed-by': 'mesh.example',
            },
          },
        }),
      ],
    },
  },
  {
    name: 'the listed pod is gone, and nothing wants another',
    given: {
      objects: [
        web,
        deployment('web', { spec: { replicas: 0 } }),
        endpointSlice('web', [{ ip: '10.1.0.7', pod: 'web-1' }]),
      ],
    },
  },
  {
    name: 'an Argo Rollout scaled to zero',
    given: { objects: [web, rollout(0)] },
    info: [
      {
        message: 'scaledToZero',
        subject,
        values: { workload: { group: 'argoproj.io', kind: 'Rollout', namespace: 'shop', name: 'web' } },
      },
    ],
  },
  {
    name: 'old ReplicaSets of a Deployment say nothing of their own',
    given: {
      objects: [
        web,
        deployment('web', { spec: { replicas: 0 } }),
        anyObject('apps/v1', 'ReplicaSet', 'web-1', 'shop', {
          metadata: {
            ownerReferences: [
              { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u', controller: true },
            ],
          },
          spec: { replicas: 3, template: { metadata: { labels: { app: 'web' } } } },
        }),
      ],
    },
    info: [{ message: 'scaledToZero', subject }],
  },
] as const;

export const told = [
  {
    name: 'a pod that has long been ready is not listed',
    given: { objects: [web, ready, other, endpointSlice('web', [{ ip: '10.1.0.7', pod: 'web-1' }])] },
    expect: [
      {
        message: 'endpointsStale',
        subject,
        severity: 'warning',
        values: { missing: 1, dead: 0 },
        since: ago(3600),
      },
    ],
  },
  {
    name: 'a pod that has long not been ready is listed as ready',
    given: { objects: [web, ready, unready('web-2'), both] },
    expect: [{ message: 'endpointsStale', subject, values: { missing: 0, dead: 1 }, since: ago(900) }],
  },
  {
    name: 'every listed pod is gone while a workload wants some',
    given: {
      objects: [web, deployment('web'), endpointSlice('web', [{ ip: '10.1.0.7', pod: 'web-1' }])],
    },
    expect: [{ message: 'endpointsStale', subject, values: { missing: 0, dead: 1 } }],
  },
  {
    name: 'an Argo Rollout that gets no pods',
    given: { objects: [web, rollout(2)] },
    expect: [{ message: 'podsNotCreated', subject, values: { wanted: 2 } }],
  },
  {
    name: 'nothing in sight, but a kind of the cluster may be scaled to zero out of sight',
    given: { objects: [service('web', { spec: { type: 'NodePort' } }), cloneSets] },
    expect: [{ message: 'noPodMatches', subject, severity: 'warning', confidence: 'possible' }],
  },
  {
    name: 'nothing in sight of a Service that an operator made',
    given: {
      objects: [
        service('web', {
          metadata: {
            ownerReferences: [{ apiVersion: 'db.example/v1', kind: 'Database', name: 'web', uid: 'u' }],
          },
        }),
      ],
    },
    expect: [{ message: 'noPodMatches', subject, confidence: 'possible' }],
  },
] as const;
