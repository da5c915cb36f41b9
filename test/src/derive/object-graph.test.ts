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
