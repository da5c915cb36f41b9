import { describe, expect, it } from 'vitest';
import { nodeManifests } from '../../../src/artifacts/node-manifests.ts';
import { nodeServices } from '../../../src/artifacts/node-services.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { controlPlane, logOwnerOf } from '../../../src/derive/control-plane.ts';
import type { DocumentArtifact } from '../../../src/model/artifact.ts';
import { anyObject, node } from '../../support/builders.ts';
import { controlPlaneNode, staticPod } from '../../support/control-plane-builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

const onNode = (artifact: unknown, bytes: string) => ({
  artifact: artifact as DocumentArtifact,
  scope: { type: 'node', node: 'cp-1' } as const,
  bytes,
});
const UNITS =
  'Id=etcd.service\nLoadState=loaded\nActiveState=active\n\nId=kube-scheduler.service\nLoadState=not-found\nActiveState=inactive\n';

describe('control-plane', () => {
  it('finds static pods with node, version and flags', () => {
    const plane = derivedFrom(controlPlane, {
      objects: [
        controlPlaneNode('cp-1'),
        staticPod('kube-apiserver', 'cp-1', { flags: ['--secure-port=6443', '--profiling'] }),
      ],
    });
    const [one] = plane.of('kube-apiserver');

    expect(plane.nodes.map(({ metadata }) => metadata.name)).toEqual(['cp-1']);
    expect(one).toMatchObject({ node: 'cp-1', version: 'v1.34.1' });
    expect([...(one?.flags ?? [])]).toEqual([
      ['secure-port', '6443'],
      ['profiling', 'true'],
    ]);
    expect(one && logOwnerOf(one)).toEqual({
      namespace: 'kube-system',
      pod: 'kube-apiserver-cp-1',
      container: 'kube-apiserver',
    });
    expect(plane.flavour).toBe('kubeadm');
  });

  it('leaves out what tenants run, and finds OpenShift’s', () => {
    const tenant = anyObject('v1', 'Pod', 'etcd-0', 'tenant-a', {
      metadata: { labels: { component: 'etcd' } },
      spec: { containers: [{ name: 'etcd' }] },
    });
    const openshift = anyObject('v1', 'Pod', 'etcd-m-1', 'openshift-etcd', {
      spec: { nodeName: 'm-1', containers: [{ name: 'etcdctl' }, { name: 'etcd' }] },
    });
    const plane = derivedFrom(controlPlane, { objects: [tenant, openshift] });

    expect(plane.instances.map(({ subject }) => subject.name)).toEqual(['etcd-m-1']);
  });

  it('knows static pods from their manifest alone, and units', () => {
    const manifest =
      '---\n# Source: /etc/kubernetes/manifests/a.yaml\nkind: Pod\nmetadata: {name: kube-apiserver}\nspec: {containers: [{name: kube-apiserver, command: [kube-apiserver, --secure-port=6443]}]}\n';
    const plane = derivedFrom(controlPlane, {
      forbidden: [pods],
      documents: [onNode(nodeManifests, manifest), onNode(nodeServices, UNITS)],
    });

    expect(
      plane.instances.map(({ component, unit, subject }) => [component, unit, subject.kind, subject.name]),
    ).toEqual([
      ['kube-apiserver', undefined, 'Pod', 'kube-apiserver-cp-1'],
      ['etcd', 'etcd.service', 'Node', 'cp-1'],
    ]);
  });

  it('counts an instance once that is seen as pod and as manifest', () => {
    const manifest =
      '---\n# Source: /m/a.yaml\nkind: Pod\nmetadata: {name: kube-apiserver}\nspec: {containers: [{name: kube-apiserver}]}\n';
    const plane = derivedFrom(controlPlane, {
      objects: [staticPod('kube-apiserver', 'cp-1')],
      documents: [onNode(nodeManifests, manifest)],
    });

    expect(plane.of('kube-apiserver')).toHaveLength(1);
    expect(plane.of('kube-apiserver')[0]?.pod).toBeDefined();
  });

  it('says why a component cannot be asked about', () => {
    const reasonOf = (version: string) => {
      const objects = [node('n', { status: { nodeInfo: { kubeletVersion: version } } })];
      const answer = derivedFrom(controlPlane, { objects }).applies('etcd');
      return answer === true || answer.applies === 'unseen' ? answer : answer.reason;
    };

    expect(reasonOf('v1.34.1-eks-abc')).toContain('EKS');
    expect(reasonOf('v1.34.1+k3s1')).toContain('inside its own process');
    expect(reasonOf('v1.34.1')).toContain('the provider runs');
  });

  it('does not call hidden what was not looked at, or runs outside of pods', () => {
    const refused = derivedFrom(controlPlane, { forbidden: [pods] }).applies('etcd');
    const outside = derivedFrom(controlPlane, { objects: [controlPlaneNode('cp-1')] }).applies('etcd');

    expect(refused).toMatchObject({ applies: 'unseen' });
    expect(outside).toMatchObject({
      applies: 'unseen',
      gaps: [{ reason: expect.stringContaining('outside') }],
    });
  });
});
