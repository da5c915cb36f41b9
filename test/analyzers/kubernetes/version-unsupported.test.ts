import { versionUnsupported } from '../../../analyzers/kubernetes/version-unsupported.ts';
import { apiServerVersion } from '../../../src/artifacts/api-server-version.ts';
import { node, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

// Everything is observed on 2026-01-15.
function version(gitVersion: string) {
  return { artifact: apiServerVersion, bytes: JSON.stringify({ gitVersion }) };
}

function running(name: string, containerRuntimeVersion: string, kubeletVersion = 'v1.34.1') {
  return node(name, { status: { nodeInfo: { kubeletVersion, containerRuntimeVersion } } });
}

function etcd(image: string) {
  return pod('etcd-cp-1', {
    metadata: { namespace: 'kube-system', labels: { component: 'etcd', tier: 'control-plane' } },
    spec: { containers: [{ name: 'etcd', image }] },
  });
}

const CURRENT = version('v1.34.1');

testAnalyzer(versionUnsupported, {
  silent: [
    {
      name: 'all supported',
      given: {
        objects: [running('a', 'containerd://1.7.24'), etcd('registry.k8s.io/etcd:3.5.15-0')],
        documents: [CURRENT],
      },
    },
    { name: 'a version the table does not know', given: { documents: [version('v1.99.0')] } },
    { name: 'its end is three months ahead', given: { documents: [version('v1.32.4+k3s1')] } },
    {
      name: 'Kubernetes 1.31',
      given: { documents: [version('v1.31.4-eks-0a1b2c3')] },
      info: [
        {
          message: 'kubernetesEnded',
          subject: 'host:kube-apiserver',
          values: { minor: '1.31', end: '2025-11-11T00:00:00Z' },
        },
      ],
    },
    {
      name: 'containerd 1.6 on two nodes: one finding',
      given: {
        objects: [running('a', 'containerd://1.6.20'), running('b', 'containerd://1.6.20')],
        documents: [CURRENT],
      },
      info: [{ message: 'runtimeEnded', subject: 'Node/a', values: { count: 2, minor: '1.6' } }],
    },
    {
      name: 'Docker under an old kubelet, not under cri-dockerd',
      given: {
        objects: [running('a', 'docker://20.10.7', 'v1.23.17'), running('b', 'docker://26.1.0')],
        documents: [CURRENT],
      },
      info: [{ message: 'dockershimUsed', subject: 'Node/a', values: { count: 1, kubelet: 'v1.23.17' } }],
    },
    {
      name: 'etcd 3.4',
      given: { objects: [etcd('registry.k8s.io/etcd:3.4.13-0')], documents: [CURRENT] },
      info: [{ message: 'etcdEnded', subject: 'Pod/kube-system/etcd-cp-1', values: { minor: '3.4' } }],
    },
  ],
  reports: [],
  unknown: [
    { name: 'the version was refused', given: { forbidden: [apiServerVersion] }, reason: /not allowed/ },
  ],
});
