import { expect, it } from 'vitest';
import { clusterNetworks } from '../../../src/derive/cluster-networks.ts';
import { anyObject, node, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

const config = anyObject('v1', 'ConfigMap', 'kubeadm-config', 'kube-system', {
  data: {
    ClusterConfiguration:
      'apiVersion: kubeadm.k8s.io/v1beta4\nnetworking:\n  dnsDomain: corp.example\n  podSubnet: "10.244.0.0/16,fd00:1::/56"\n  serviceSubnet: 10.96.0.0/12 # default\n',
  },
});

function component(name: string, args: string[]) {
  return pod(`${name}-cp-1`, {
    metadata: { namespace: 'kube-system', labels: { component: name } },
    spec: { containers: [{ name, command: [name, ...args] }] },
  });
}

function texts(ranges: readonly { readonly range: { readonly text: string } }[]): string[] {
  return ranges.map((one) => one.range.text);
}

it('come from the configuration of kubeadm', () => {
  const networks = derivedFrom(clusterNetworks, { objects: [config] });

  expect(texts(networks.podRanges)).toEqual(['10.244.0.0/16', 'fd00:1::/56']);
  expect(texts(networks.serviceRanges)).toEqual(['10.96.0.0/12']);
  expect(networks.domain).toBe('corp.example');
});

it('come from arguments of the control plane, each once', () => {
  const args = ['--cluster-cidr=10.244.0.0/16', '--service-cluster-ip-range=10.96.0.0/12'];
  const networks = derivedFrom(clusterNetworks, {
    objects: [component('kube-controller-manager', args), component('kube-apiserver', args.slice(1))],
  });

  expect(texts(networks.podRanges)).toEqual(['10.244.0.0/16']);
  expect(texts(networks.serviceRanges)).toEqual(['10.96.0.0/12']);
  expect(networks.podRanges[0]?.pointer).toBe('/spec/containers/0/command/1');
  expect(networks.domain).toBe('cluster.local');
});

it('come from nodes: ranges for pods, and internal addresses only', () => {
  const networks = derivedFrom(clusterNetworks, {
    objects: [
      node('a', {
        spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24', 'fd00::/64'] },
        status: {
          addresses: [
            { type: 'Hostname', address: 'a' },
            { type: 'ExternalIP', address: '203.0.113.1' },
            { type: 'InternalIP', address: '192.0.2.1' },
          ],
        },
      }),
      node('b', { spec: { podCIDR: '10.244.1.0/24' }, status: { addresses: [] } }),
    ],
  });

  expect(texts(networks.nodeRanges)).toEqual(['10.244.0.0/24', 'fd00::/64', '10.244.1.0/24']);
  expect(networks.nodeAddresses.map((one) => [one.range.text, one.pointer])).toEqual([
    ['192.0.2.1', '/status/addresses/2'],
  ]);
});
