import { expect, it } from 'vitest';
import { cidrOverlap } from '../../../analyzers/network/cidr-overlap.ts';
import { configMaps, nodes, pods } from '../../../src/artifacts/resources.ts';
import { anyObject, node, pod } from '../../support/builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';

function kubeadm(podSubnet: string, serviceSubnet: string) {
  return anyObject('v1', 'ConfigMap', 'kubeadm-config', 'kube-system', {
    data: {
      ClusterConfiguration: `kind: ClusterConfiguration\nnetworking:\n  dnsDomain: cluster.local\n  podSubnet: ${podSubnet}\n  serviceSubnet: ${serviceSubnet}\n`,
    },
  });
}

function placed(name: string, address: string, ...podCIDRs: string[]) {
  return node(name, {
    spec: { podCIDR: podCIDRs[0], podCIDRs },
    status: { addresses: [{ type: 'InternalIP', address }] },
  });
}

function controllers(...command: string[]) {
  return pod('kube-controller-manager-cp-1', {
    metadata: { namespace: 'kube-system', labels: { component: 'kube-controller-manager' } },
    spec: { containers: [{ name: 'kube-controller-manager', command }] },
  });
}

const config = kubeadm('10.244.0.0/16', '10.96.0.0/12');
const CONFIG = 'ConfigMap/kube-system/kubeadm-config';

testAnalyzer(cidrOverlap, {
  silent: [
    {
      name: 'ranges that lie apart',
      given: {
        objects: [
          config,
          placed('a', '192.0.2.1', '10.244.0.0/24'),
          placed('b', '192.0.2.2', '10.244.1.0/24'),
        ],
      },
    },
    {
      name: 'dual stack that lies apart',
      given: {
        objects: [
          kubeadm('10.244.0.0/16,fd00:10:244::/56', '10.96.0.0/16,fd00:10:96::/112'),
          placed('a', 'fd00:20::1', '10.244.0.0/24', 'fd00:10:244::/64'),
        ],
      },
    },
    {
      name: 'two nodes with one address: another matter',
      given: { objects: [config, placed('a', '192.0.2.1'), placed('b', '192.0.2.1')] },
    },
    { name: 'no object tells a range', given: { objects: [node('a')] }, status: 'not-applicable' },
  ],
  reports: [
    {
      name: 'pods and Services',
      given: { objects: [kubeadm('10.96.0.0/16', '10.96.128.0/20')] },
      expect: [
        {
          message: 'podsAndServices',
          subject: CONFIG,
          severity: 'critical',
          values: { pods: '10.96.0.0/16', services: '10.96.128.0/20' },
        },
      ],
    },
    {
      name: 'pods and Services by the arguments of the controller manager, IPv6',
      given: {
        objects: [controllers('--cluster-cidr=fd00:1::/48', '--service-cluster-ip-range=fd00:1:0:5::/112')],
      },
      expect: [{ message: 'podsAndServices', subject: 'Pod/kube-system/kube-controller-manager-cp-1' }],
    },
    {
      name: 'a node among the Services',
      given: { objects: [config, placed('a', '10.100.0.5', '10.244.0.0/24')] },
      expect: [{ message: 'nodeInServices', subject: 'Node/a', values: { address: '10.100.0.5' } }],
    },
    {
      name: 'a node among the pods of another',
      given: {
        objects: [
          config,
          placed('a', '10.244.1.5', '10.244.0.0/24'),
          placed('b', '192.0.2.2', '10.244.1.0/24'),
        ],
      },
      expect: [
        {
          message: 'nodeInPods',
          subject: 'Node/a',
          confidence: 'likely',
          values: { address: '10.244.1.5', pods: '10.244.1.0/24' },
        },
      ],
    },
    {
      name: 'two nodes with one range',
      given: {
        objects: [
          config,
          placed('a', '192.0.2.1', '10.244.1.0/24'),
          placed('b', '192.0.2.2', '10.244.1.0/24'),
        ],
      },
      expect: [{ message: 'nodesShareRange', subject: 'Node/b', values: { shared: '10.244.1.0/24' } }],
    },
  ],
  unknown: [
    { name: 'nodes were refused', given: { objects: [config], forbidden: [nodes] }, reason: /not allowed/ },
    { name: 'nothing was seen', given: { forbidden: [nodes, pods, configMaps] } },
  ],
});

it('fills the row of the preflight checks', () => {
  const objects = [config, placed('a', '192.0.2.1', '10.244.0.0/24')];
  const fine = runOn(cidrOverlap, { objects });
  const half = runOn(cidrOverlap, { objects: objects.slice(1) });

  expect(fine.rows.map(({ state, values }) => [state, values])).toEqual([
    ['fine', { pods: ['10.244.0.0/16'], services: ['10.96.0.0/12'], nodes: 1 }],
  ]);
  expect(half.rows.map(({ state, reason }) => [state, reason])).toEqual([
    ['unseen', 'no object tells the range of Services'],
  ]);
});
