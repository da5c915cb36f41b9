import { describe, expect, it } from 'vitest';
import { nodePeers, registriesOf, whyNotReady } from '../../../src/artifacts/node-targets.ts';
import type { NodeItem, PodItem } from '../../../src/artifacts/resources.ts';

function node(name: string, address?: string): NodeItem {
  const addresses = address === undefined ? [] : [{ type: 'InternalIP', address }];
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { addresses } } as unknown as NodeItem;
}

function pod(component: string, nodeName: string, ...images: string[]): PodItem {
  return {
    metadata: { name: `${component}-${nodeName}`, namespace: 'kube-system', labels: { component } },
    spec: { nodeName, containers: images.map((image) => ({ name: 'c', image })) },
  } as unknown as PodItem;
}

describe('what nodes try of each other', () => {
  const nodes = [node('b', '10.0.0.2'), node('a', '10.0.0.1'), node('c', 'fd00::3'), node('d')];
  const pods = [
    pod('kube-apiserver', 'a'),
    pod('etcd', 'a'),
    pod('etcd', 'b'),
    pod('kube-apiserver', 'c'),
    pod('other', 'b'),
  ];

  it('is each kubelet, the API servers, and etcd from where etcd runs', () => {
    expect(nodePeers(nodes, pods).of('a')).toEqual(['b=10.0.0.2:10250,2379,2380', 'c=[fd00::3]:10250,6443']);
    expect(nodePeers(nodes, pods).of('c')).toEqual(['a=10.0.0.1:10250,6443', 'b=10.0.0.2:10250']);
  });

  it('stays small in a large cluster, the control plane included', () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      node(`n${String(index).padStart(3, '0')}`, '10.1.1.1'),
    );

    const peers = nodePeers(many, [pod('kube-apiserver', 'n200')]).of('n001');

    expect(peers).toHaveLength(13);
    expect(peers.at(-1)).toBe('n200=10.1.1.1:6443');
  });
});

describe('registries of images', () => {
  it('are named hosts, the most used first', () => {
    const pods = [
      pod('x', 'a', 'registry.k8s.io/pause:3.9', 'busybox', 'library/busybox:1', 'docker.io/library/x'),
      pod('y', 'a', 'reg.example.org:5000/a/b@sha256:00', 'registry.k8s.io/etcd:3.5', 'localhost:5000/x'),
    ];

    expect(registriesOf(pods)).toEqual(['registry.k8s.io', 'localhost:5000', 'reg.example.org:5000']);
  });
});

describe('why a pod does not run', () => {
  const waiting = { reason: 'ErrImagePull', message: 'not found' };

  it.each([
    [{ containerStatuses: [{ state: { waiting } }] }, true, 'ErrImagePull: not found'],
    [{ conditions: [{ type: 'PodScheduled', status: 'False', message: 'too few' }] }, true, 'too few'],
    [{}, false, 'the node is not ready'],
    [{}, true, 'the pod did not become ready in time'],
  ])('is told by its status %j', (status, nodeReady, words) => {
    expect(whyNotReady({ pod: { status }, nodeReady, refusals: [] })).toBe(words);
  });

  it('is told by the controller when there is none', () => {
    const seen = { pod: undefined, nodeReady: true };

    expect(whyNotReady({ ...seen, refusals: ['violates PodSecurity "restricted"'] })).toMatch(/PodSecurity/);
    expect(whyNotReady({ ...seen, refusals: [] })).toBe('no pod was created for the node');
  });
});
