import { describe, expect, it } from 'vitest';
import { apiServerVersion } from '../../../src/artifacts/api-server-version.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { clusterIdentity } from '../../../src/derive/cluster-identity.ts';
import { anyObject, namespace, node, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import type { Given } from '../../support/given.ts';

function identity(given: Given) {
  return derivedFrom(clusterIdentity, given);
}

function versionDocument(gitVersion: string): Given {
  return { documents: [{ artifact: apiServerVersion, bytes: JSON.stringify({ gitVersion }) }] };
}

function kubelet(name: string, kubeletVersion: string) {
  return node(name, { status: { nodeInfo: { kubeletVersion } } });
}

describe('the identity of a cluster', () => {
  it('is the uid of kube-system', () => {
    const system = namespace('kube-system', { metadata: { uid: 'abc' } });

    expect(identity({ objects: [namespace('shop'), system] }).id).toBe('abc');
    expect(identity({ objects: [namespace('shop')] })).not.toHaveProperty('id');
  });

  it('has the version of the API server, else of the newest kubelet', () => {
    const kubelets = [kubelet('a', 'v1.9.11'), kubelet('b', 'v1.31.2')];

    expect(identity({ ...versionDocument('v1.34.1'), objects: kubelets }).version).toBe('v1.34.1');
    expect(identity({ objects: kubelets }).version).toBe('v1.31.2');
    expect(identity({})).not.toHaveProperty('version');
  });

  it('counts nodes only when all were seen', () => {
    expect(identity({ objects: [node('a'), node('b')] }).nodes).toBe(2);
    expect(identity({ objects: [node('a')], forbidden: [nodes] })).not.toHaveProperty('nodes');
  });
});

describe('the flavour of a cluster', () => {
  it.each([
    ['v1.33.4-eks-99d6cc0', 'eks'],
    ['v1.33.4-gke.1134000', 'gke'],
    ['v1.33.4+k3s1', 'k3s'],
    ['v1.33.4+rke2r1', 'rke2'],
    ['v1.33.4', undefined],
  ])('of version %s is %s', (version, flavour) => {
    expect(identity(versionDocument(version)).flavour).toBe(flavour);
  });

  it.each([
    ['kubernetes.azure.com/cluster', 'aks'],
    ['eks.amazonaws.com/nodegroup', 'eks'],
    ['node.openshift.io/os_id', 'openshift'],
  ])('of node label %s is %s', (label, flavour) => {
    expect(identity({ objects: [node('a', { metadata: { labels: { [label]: 'x' } } })] }).flavour).toBe(
      flavour,
    );
  });

  it('is kubeadm by its ConfigMap or its static pods', () => {
    const configMap = anyObject('v1', 'ConfigMap', 'kubeadm-config', 'kube-system');
    const elsewhere = anyObject('v1', 'ConfigMap', 'kubeadm-config', 'shop');
    const etcd = pod('etcd-cp-1', {
      metadata: { namespace: 'kube-system', labels: { tier: 'control-plane', component: 'etcd' } },
    });

    expect(identity({ objects: [configMap] }).flavour).toBe('kubeadm');
    expect(identity({ objects: [etcd] }).flavour).toBe('kubeadm');
    expect(identity({ objects: [elsewhere] })).not.toHaveProperty('flavour');
  });
});
