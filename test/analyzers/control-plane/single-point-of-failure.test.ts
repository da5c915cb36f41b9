import { singlePointOfFailure } from '../../../analyzers/control-plane/single-point-of-failure.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { anyObject } from '../../support/builders.ts';
import {
  addressOf,
  controlPlaneNode,
  etcdDocument,
  etcdPods,
  MEMBERS,
  staticPod,
} from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const NAMES = ['cp-1', 'cp-2', 'cp-3'];
const NODES = NAMES.map((name) => controlPlaneNode(name));
const servers = (flags: (name: string) => readonly string[], names = NAMES) =>
  names.map((name) => staticPod('kube-apiserver', name, { flags: flags(name) }));
const SERVERS = servers((name) => [`--advertise-address=${addressOf(name)}`, '--audit-log-maxage=30']);
const config = (endpoint: string) =>
  anyObject('v1', 'ConfigMap', 'kubeadm-config', 'kube-system', {
    data: { ClusterConfiguration: `clusterName: kubernetes\ncontrolPlaneEndpoint: ${endpoint}\n` },
  });
const managers = (off: readonly string[]) =>
  NAMES.map((name) =>
    staticPod('kube-controller-manager', name, { flags: [`--leader-elect=${!off.includes(name)}`] }),
  );

testAnalyzer(singlePointOfFailure, {
  silent: [
    {
      name: 'three nodes, three members, a balancer',
      given: { objects: [...NODES, ...SERVERS, ...etcdPods(), config('api.example.com:6443')] },
    },
    {
      name: 'one node',
      given: { objects: [NODES[0]!, SERVERS[0]!, ...etcdPods(1)] },
      info: [{ message: 'fewNodes', subject: 'Node/cp-1', values: { count: 1 } }],
    },
    {
      name: 'two members, as etcd lists them',
      given: {
        objects: [...NODES, ...SERVERS, ...etcdPods(2)],
        documents: [etcdDocument(MEMBERS.slice(0, 2))],
      },
      info: [
        { message: 'evenMembers', subject: 'Pod/kube-system/etcd-cp-1', values: { count: 2, tolerated: 0 } },
      ],
    },
    {
      name: 'the address of one node is that of the cluster',
      given: { objects: [...NODES, ...SERVERS, ...etcdPods(), config('"10.0.0.2:6443"')] },
      info: [
        {
          message: 'addressOfOneNode',
          subject: 'Node/cp-2',
          values: { endpoint: '10.0.0.2:6443', others: 2 },
        },
      ],
    },
    {
      name: 'a flag that only one instance has',
      given: {
        objects: [
          ...NODES,
          ...etcdPods(),
          ...servers((name) => ['--profiling=false', ...(name === 'cp-1' ? ['--audit-log-maxage=30'] : [])]),
        ],
      },
      info: [
        {
          message: 'flagsDiffer',
          subject: 'Pod/kube-system/kube-apiserver-cp-1',
          values: { flags: ['--audit-log-maxage'] },
        },
      ],
    },
  ],
  reports: [
    {
      name: 'one of three works without an election',
      given: { objects: [...NODES, ...SERVERS, ...etcdPods(), ...managers(['cp-2'])] },
      expect: [
        {
          message: 'electionOff',
          subject: 'Pod/kube-system/kube-controller-manager-cp-2',
          values: { count: 3, component: 'kube-controller-manager' },
        },
        { message: 'flagsDiffer', subject: 'Pod/kube-system/kube-controller-manager-cp-1' },
      ],
    },
  ],
  unknown: [
    { name: 'nodes were refused', given: { objects: SERVERS, forbidden: [nodes] }, reason: /not allowed/ },
  ],
});
