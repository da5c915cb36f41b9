import { describe, expect, it } from 'vitest';
import { objectGraph } from '../../../src/derive/object-graph.ts';
import { anyObject, type Built, controlledBy, deployment, pod, service } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

function graphOf(...objects: Built[]) {
  return derivedFrom(objectGraph, { objects });
}

function key(kind: string, name: string, group = '', namespace = 'shop'): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

const web = key('Pod', 'web-1');

describe('owners', () => {
  const graph = graphOf(
    pod('web-1', { metadata: controlledBy('ReplicaSet', 'web-5d4f9') }),
    pod('web-2', { metadata: controlledBy('ReplicaSet', 'web-5d4f9') }),
    anyObject('apps/v1', 'ReplicaSet', 'web-5d4f9', 'shop', { metadata: controlledBy('Deployment', 'web') }),
    deployment('web'),
  );

  it('are told from the nearest to the root', () => {
    expect(graph.owners(web)).toEqual([
      key('ReplicaSet', 'web-5d4f9', 'apps'),
      key('Deployment', 'web', 'apps'),
    ]);
  });

  it('own everything below them, at any depth', () => {
    expect([...graph.owned(key('Deployment', 'web', 'apps'))].sort()).toEqual([
      web,
      key('Pod', 'web-2'),
      key('ReplicaSet', 'web-5d4f9', 'apps'),
    ]);
    expect(graph.owned(web)).toEqual([]);
  });

  it('are known by reference even when they were not collected, and of any kind', () => {
    const alone = graphOf(
      pod('db-0', { metadata: controlledBy('InstanceSet', 'db', 'workloads.example/v1') }),
    );

    expect(alone.owners(key('Pod', 'db-0'))).toEqual([key('InstanceSet', 'db', 'workloads.example')]);
  });

  it('are not the node of a mirror pod', () => {
    const mirror = graphOf(pod('etcd-cp-1', { metadata: controlledBy('Node', 'cp-1', 'v1') }));

    expect(mirror.owners(key('Pod', 'etcd-cp-1'))).toEqual([]);
  });

  it('in a circle are told once', () => {
    const circle = graphOf(
      anyObject('apps/v1', 'ReplicaSet', 'a', 'shop', { metadata: controlledBy('ReplicaSet', 'b') }),
      anyObject('apps/v1', 'ReplicaSet', 'b', 'shop', { metadata: controlledBy('ReplicaSet', 'a') }),
    );
    const a = key('ReplicaSet', 'a', 'apps');
    const b = key('ReplicaSet', 'b', 'apps');

    expect(circle.owners(a)).toEqual([b, a]);
    expect([...circle.owned(a)].sort()).toEqual([a, b]);
  });
});

describe('placement', () => {
  it('is the node the pod names', () => {
    const graph = graphOf(pod('web-1'), pod('web-2', { spec: { nodeName: undefined } }));

    expect(graph.nodeOf(web)).toBe('/Node//node-1');
    expect(graph.podsOn('/Node//node-1')).toEqual([web]);
    expect(graph.nodeOf(key('Pod', 'web-2'))).toBeUndefined();
  });
});

describe('selection', () => {
  const labels = { app: 'web', tier: 'front' };

  it('joins a Service with the pods of its namespace that carry every pair', () => {
    const graph = graphOf(
      service('web', { spec: { selector: labels } }),
      pod('web-1', { metadata: { labels: { ...labels, extra: '1' } } }),
      pod('web-2', { metadata: { labels: { app: 'web' } } }),
      pod('web-3', { metadata: { labels, namespace: 'other' } }),
    );

    expect(graph.podsOf(key('Service', 'web'))).toEqual([web]);
    expect(graph.servicesOf(web)).toEqual([key('Service', 'web')]);
    expect(graph.servicesOf(key('Pod', 'web-2'))).toEqual([]);
  });

  it('is none for a Service without a selector, and for an ExternalName', () => {
    const graph = graphOf(
      service('all', { spec: { selector: {} } }),
      service('db', { spec: { type: 'ExternalName', selector: labels } }),
      pod('web-1', { metadata: { labels } }),
    );

    expect(graph.servicesOf(web)).toEqual([]);
  });
});

describe('use', () => {
  it('joins a pod with what it mounts or names', () => {
    const graph = graphOf(
      pod('web-1', {
        spec: {
          serviceAccountName: 'web',
          priorityClassName: 'high',
          imagePullSecrets: [{ name: 'pull' }],
          containers: [
            {
              name: 'app',
              env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'env', key: 'a' } } }],
              envFrom: [{ configMapRef: { name: 'settings' } }],
            },
          ],
          volumes: [
            { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
            { name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } },
            { name: 'both', projected: { sources: [{ secret: { name: 'projected' } }] } },
          ],
        },
      }),
    );

    expect([...graph.uses(web)].sort()).toEqual(
      [
        key('ServiceAccount', 'web'),
        key('PriorityClass', 'high', 'scheduling.k8s.io', ''),
        key('Secret', 'pull'),
        key('Secret', 'env'),
        key('ConfigMap', 'settings'),
        key('PersistentVolumeClaim', 'data'),
        key('PersistentVolumeClaim', 'web-1-scratch'),
        key('Secret', 'projected'),
      ].sort(),
    );
    expect(graph.usersOf(key('ConfigMap', 'settings'))).toEqual([web]);
  });

  it('joins a claim with its volume and with the class it names, or the default one', () => {
    const fast = anyObject('storage.k8s.io/v1', 'StorageClass', 'fast', null, {
      metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    });
    const bound = anyObject('v1', 'PersistentVolumeClaim', 'bound', 'shop', {
      spec: { volumeName: 'pv-1', storageClassName: 'slow' },
    });
    const open = anyObject('v1', 'PersistentVolumeClaim', 'open', 'shop', { spec: {} });
    const static_ = anyObject('v1', 'PersistentVolumeClaim', 'static', 'shop', {
      spec: { storageClassName: '' },
    });
    const graph = graphOf(fast, bound, open, static_);
    const classKey = (name: string) => key('StorageClass', name, 'storage.k8s.io', '');

    expect(graph.uses(key('PersistentVolumeClaim', 'bound'))).toEqual([
      key('PersistentVolume', 'pv-1', '', ''),
      classKey('slow'),
    ]);
    expect(graph.uses(key('PersistentVolumeClaim', 'open'))).toEqual([classKey('fast')]);
    expect(graph.uses(key('PersistentVolumeClaim', 'static'))).toEqual([]);
  });

  it('joins a workload with what its template names', () => {
    const graph = graphOf(deployment('web', { spec: { template: { spec: { serviceAccountName: 'web' } } } }));

    expect(graph.uses(key('Deployment', 'web', 'apps'))).toEqual([key('ServiceAccount', 'web')]);
  });
});

describe('backends', () => {
  const shop = key('Service', 'web');

  it.each([
    [
      'Ingress',
      anyObject('networking.k8s.io/v1', 'Ingress', 'front', 'shop', {
        spec: { rules: [{ http: { paths: [{ path: '/', backend: { service: { name: 'web' } } }] } }] },
      }),
      key('Ingress', 'front', 'networking.k8s.io'),
    ],
    [
      'HTTPRoute',
      anyObject('gateway.networking.k8s.io/v1', 'HTTPRoute', 'front', 'shop', {
        spec: {
          rules: [
            {
              backendRefs: [
                { name: 'web', port: 80 },
                { kind: 'Bucket', name: 'b' },
              ],
            },
          ],
        },
      }),
      key('HTTPRoute', 'front', 'gateway.networking.k8s.io'),
    ],
    [
      'webhook configuration',
      anyObject('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'guard', null, {
        webhooks: [
          { name: 'a', clientConfig: { service: { namespace: 'shop', name: 'web' } } },
          { name: 'b', clientConfig: { url: 'https://elsewhere.example' } },
        ],
      }),
      key('ValidatingWebhookConfiguration', 'guard', 'admissionregistration.k8s.io', ''),
    ],
    [
      'APIService',
      anyObject('apiregistration.k8s.io/v1', 'APIService', 'v1.shop', null, {
        spec: { service: { namespace: 'shop', name: 'web' } },
      }),
      key('APIService', 'v1.shop', 'apiregistration.k8s.io', ''),
    ],
  ])('of an object of kind %s are its Services', (_, object, from) => {
    const graph = graphOf(object);

    expect(graph.backends(from)).toEqual([shop]);
    expect(graph.frontends(shop)).toEqual([from]);
  });
});

it('VirtualServices and DestinationRules of Istio are what requests to a Service go by', () => {
  const networking = 'networking.istio.io';
  const graph = graphOf(
    anyObject(`${networking}/v1`, 'VirtualService', 'canary', 'other', {
      spec: {
        hosts: ['shop.example', '*.web', 'web.shop'],
        http: [{ route: [{ destination: { host: 'web.shop.svc.cluster.local' } }] }],
      },
    }),
    anyObject(`${networking}/v1`, 'VirtualService', 'web', 'shop', { spec: { hosts: ['web'] } }),
    anyObject(`${networking}/v1`, 'DestinationRule', 'web', 'shop', { spec: { host: 'web' } }),
  );

  expect(graph.routesTo(key('Service', 'web'))).toEqual([
    key('VirtualService', 'canary', networking, 'other'),
    key('VirtualService', 'web', networking),
    key('DestinationRule', 'web', networking),
  ]);
});

it('an autoscaler leads to what it scales', () => {
  const graph = graphOf(
    anyObject('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', 'shop', {
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    }),
  );

  expect(graph.scaleTarget(key('HorizontalPodAutoscaler', 'web', 'autoscaling'))).toBe(
    key('Deployment', 'web', 'apps'),
  );
});
