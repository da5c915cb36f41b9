import { describe, expect, it } from 'vitest';
import { serviceWithoutEndpoints } from '../../../analyzers/network/service-without-endpoints.ts';
import { endpointSlices, ingresses, services } from '../../../src/artifacts/network-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import {
  daemonSets,
  deployments,
  replicaSets,
  statefulSets,
} from '../../../src/artifacts/workload-resources.ts';
import { ago, anyObject, condition, deployment, endpointSlice, service } from '../../support/builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';
import { ingress, labelled, labelsOf, NO_ENDPOINTS, subject, unready, web } from './service-cases.ts';
import { quiet, told } from './stale-endpoint-cases.ts';

testAnalyzer(serviceWithoutEndpoints, {
  silent: [
    ...quiet,
    {
      name: 'a ready endpoint',
      given: { objects: [web, endpointSlice('web', [{ ip: '10.1.0.7', pod: 'web-1' }])] },
    },
    {
      name: 'an endpoint of unknown readiness is ready by definition',
      given: {
        objects: [
          web,
          endpointSlice('web', [], { endpoints: [{ addresses: ['10.1.0.7'], conditions: {} }] }),
        ],
      },
    },
    {
      name: 'a ready pod, endpoints not seen',
      given: { objects: [web, labelled('web-1', { app: 'web' })], forbidden: NO_ENDPOINTS },
    },
    {
      name: 'Endpoints of an old cluster without slices',
      given: {
        objects: [
          web,
          anyObject('v1', 'Endpoints', 'web', 'shop', { subsets: [{ addresses: [{ ip: '10.1.0.7' }] }] }),
        ],
        forbidden: [endpointSlices],
      },
    },
    {
      name: 'an ExternalName Service',
      given: { objects: [service('web', { spec: { type: 'ExternalName', externalName: 'db.example' } })] },
    },
    {
      name: 'a Service without a selector',
      given: { objects: [service('web', { spec: { selector: {} } })] },
    },
    {
      name: 'a Service of a leader election',
      given: {
        objects: [
          service('web', {
            metadata: {
              annotations: { 'control-plane.alpha.kubernetes.io/leader': '{"holderIdentity":"a"}' },
            },
          }),
        ],
      },
    },
    {
      name: 'not ready addresses published on purpose, endpoints not seen',
      given: {
        objects: [service('web', { spec: { publishNotReadyAddresses: true } }), unready('web-1')],
        forbidden: NO_ENDPOINTS,
      },
    },
    { name: 'pods that started a moment ago', given: { objects: [web, unready('web-1', 20)] } },
    {
      name: 'a Service made a moment ago',
      given: { objects: [service('web', { metadata: { creationTimestamp: ago(10) } })] },
    },
    {
      name: 'pods that became ready a moment ago and are not listed yet',
      given: {
        objects: [
          web,
          labelled(
            'web-1',
            { app: 'web' },
            { status: { conditions: [condition('Ready', 'True', { lastTransitionTime: ago(5) })] } },
          ),
        ],
      },
    },
    {
      name: 'a Deployment scaled to zero, though an Ingress names the Service',
      given: {
        objects: [web, ingress, deployment('web', { spec: { replicas: 0 }, status: { replicas: 0 } })],
      },
      info: [{ message: 'scaledToZero', subject, severity: 'info' }],
    },
    {
      name: 'a headless Service of a StatefulSet scaled to zero',
      given: {
        objects: [
          service('web', { spec: { clusterIP: 'None' } }),
          anyObject('apps/v1', 'StatefulSet', 'web', 'shop', {
            spec: { replicas: 0, serviceName: 'web', ...labelsOf('web') },
          }),
        ],
      },
      info: [{ message: 'scaledToZero', subject }],
    },
    {
      name: 'a pod of a Job that completed',
      given: { objects: [web, labelled('job-1', { app: 'web' }, { status: { phase: 'Succeeded' } })] },
      info: [{ message: 'onlyEnded', subject, values: { count: 1 } }],
    },
    {
      name: 'no pod, and the workloads of the namespace were refused: it may be scaled to zero',
      given: { objects: [web], forbidden: [deployments, statefulSets, daemonSets] },
      status: 'unknown',
    },
    {
      name: 'a namespace whose pods were not looked at',
      given: {
        objects: [service('web', { metadata: { namespace: 'other' } })],
        rows: [{ artifact: pods.id, scope: { type: 'namespace', namespace: 'shop' }, outcome: 'collected' }],
      },
      status: 'unknown',
    },
  ],
  reports: [
    ...told,
    {
      name: 'a selector that differs from the labels in one pair',
      given: {
        objects: [
          service('web', { spec: { selector: { app: 'web', tier: 'front' } } }),
          labelled('web-1', { app: 'web', tier: 'frontend' }),
          labelled('api-1', { app: 'api', tier: 'back' }),
        ],
      },
      expect: [
        {
          message: 'labelsDiffer',
          subject,
          severity: 'warning',
          confidence: 'likely',
          values: {
            pod: expect.objectContaining({ name: 'web-1' }),
            wanted: ['tier=front'],
            found: ['tier=frontend'],
          },
        },
      ],
    },
    {
      name: 'no pod comes near',
      given: { objects: [web, labelled('api-1', { app: 'api' })] },
      expect: [{ message: 'noPodMatches', subject, severity: 'warning', values: { selector: ['app=web'] } }],
    },
    {
      name: 'no pod comes near, and an Ingress needs the Service',
      given: { objects: [web, ingress] },
      expect: [{ message: 'noPodMatches', subject, severity: 'critical' }],
    },
    {
      name: 'no pod comes near, and Ingresses were refused',
      given: { objects: [web], forbidden: [ingresses] },
      expect: [{ message: 'noPodMatches', subject, severity: 'warning' }],
    },
    {
      name: 'a workload that gets no pods',
      given: { objects: [web, deployment('web', { spec: { replicas: 3 }, status: { replicas: 0 } })] },
      expect: [{ message: 'podsNotCreated', subject, values: { wanted: 3 } }],
    },
    {
      name: 'no pod is ready, needed by a host name in the environment of another pod',
      given: {
        objects: [
          web,
          unready('web-1', 900),
          unready('web-2', 300),
          labelled(
            'client',
            { app: 'client' },
            {
              spec: {
                containers: [
                  { name: 'c', image: 'c:1', env: [{ name: 'URL', value: 'https://web.shop.svc:443/x' }] },
                ],
              },
            },
          ),
          endpointSlice('web', [{ ip: '10.1.0.7', ready: false, pod: 'web-1' }]),
        ],
      },
      expect: [
        { message: 'noneReady', subject, severity: 'critical', values: { count: 2 }, since: ago(300) },
      ],
    },
    {
      name: 'no pod is ready, but nothing is known to need the Service',
      given: { objects: [web, unready('web-1')] },
      expect: [{ message: 'noneReady', subject, severity: 'warning' }],
    },
    {
      name: 'a Service exposed outside the cluster',
      given: { objects: [service('web', { spec: { type: 'LoadBalancer' } }), unready('web-1')] },
      expect: [{ message: 'noneReady', subject, severity: 'critical' }],
    },
    {
      name: 'one new pod does not hide that the others have failed for long',
      given: { objects: [web, unready('web-1', 900), unready('web-2', 5)] },
      expect: [{ message: 'noneReady', subject, values: { count: 2 } }],
    },
    {
      name: 'a pod that is stuck while it is deleted',
      given: {
        objects: [
          web,
          labelled(
            'web-1',
            { app: 'web' },
            { metadata: { labels: { app: 'web' }, deletionTimestamp: ago(600) } },
          ),
        ],
      },
      expect: [{ message: 'noneReady', subject, since: ago(600) }],
    },
    {
      name: 'only evicted pods are left',
      given: { objects: [web, unready('web-1', 900, { status: { phase: 'Failed', reason: 'Evicted' } })] },
      expect: [{ message: 'noneReady', subject, values: { count: 1 } }],
    },
    {
      name: 'pods were refused, and the slice lists no ready endpoint',
      given: {
        objects: [web, endpointSlice('web', [{ ip: '10.1.0.7', ready: false }])],
        forbidden: [pods],
      },
      expect: [{ message: 'endpointsNotReady', subject, values: { count: 1 } }],
    },
    {
      name: 'a target port no container names',
      given: {
        objects: [
          service('web', { spec: { ports: [{ port: 80, targetPort: 'http' }] } }),
          labelled('web-1', { app: 'web' }),
          endpointSlice('web', []),
        ],
      },
      expect: [{ message: 'portNotNamed', subject, values: { port: ['http'], count: 1 } }],
    },
    {
      name: 'ready pods that nobody lists',
      given: { objects: [web, labelled('web-1', { app: 'web' })] },
      expect: [{ message: 'notPublished', subject, values: { count: 1 } }],
    },
  ],
  unknown: [
    { name: 'Services were refused', given: { forbidden: [services] }, reason: /not allowed/ },
    {
      name: 'all it lists is gone, and whether a workload wants pods was not seen',
      given: {
        objects: [web, endpointSlice('web', [{ ip: '10.1.0.9', pod: 'web-gone' }])],
        forbidden: [deployments, replicaSets, statefulSets, daemonSets],
      },
      reason: /not allowed/,
    },
    {
      name: 'pods were refused and nothing is listed',
      given: { objects: [web], forbidden: [pods] },
      reason: /not allowed/,
    },
  ],
});

describe('a Service without endpoints', () => {
  it('names the pods it selects, so that what is wrong with them or their nodes explains it', () => {
    const { findings } = runOn(serviceWithoutEndpoints, { objects: [web, unready('web-1')] });

    expect(findings[0]?.related).toEqual([expect.objectContaining({ kind: 'Pod', name: 'web-1' })]);
  });

  it('without any pod cites what was searched', () => {
    const { findings } = runOn(serviceWithoutEndpoints, { objects: [web] });

    expect(findings[0]?.evidence[1]).toMatchObject({
      type: 'absent',
      artifact: pods.id,
      scope: { type: 'namespace', namespace: 'shop' },
    });
  });
});
