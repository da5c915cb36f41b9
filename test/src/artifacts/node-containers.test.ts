import { describe, expect, it } from 'vitest';
import { nodeCertificates } from '../../../src/artifacts/node-certificates.ts';
import { nodeCommands } from '../../../src/artifacts/node-commands.ts';
import { nodeContainers } from '../../../src/artifacts/node-containers.ts';
import { nodeManifests } from '../../../src/artifacts/node-manifests.ts';
import { nodeRuntime } from '../../../src/artifacts/node-runtime.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('node-containers', () => {
  it('reads crictl with times beyond the numbers of JSON', () => {
    const container = {
      id: '4fd0c2b1',
      metadata: { name: 'etcd', attempt: 3 },
      image: { image: 'sha256:0e6b', userSpecifiedImage: 'registry.example/etcd:3.5.15-0' },
      state: 'CONTAINER_EXITED',
      createdAt: '1768478394120334000',
      labels: { 'io.kubernetes.pod.name': 'etcd-cp-1', 'io.kubernetes.pod.namespace': 'kube-system' },
    };

    expect(nodeContainers.parse(bytes(JSON.stringify({ containers: [container] })))).toEqual([
      {
        id: '4fd0c2b1',
        name: 'etcd',
        attempt: 3,
        namespace: 'kube-system',
        pod: 'etcd-cp-1',
        image: 'registry.example/etcd:3.5.15-0',
        state: 'exited',
        createdAt: '2026-01-15T11:59:54.120Z',
      },
    ]);
  });

  it('refuses what is no list of containers', () => {
    expect(() => nodeContainers.parse(bytes('{"items":[]}'))).toThrow('list of containers');
  });
});

describe('node-runtime', () => {
  it('reads ctr version and the versions beside it', () => {
    const text =
      'Client:\n  Version:  v1.7.2\n  Revision: abc\n\nServer:\n  Version:  v1.7.1\n==> runc <==\nrunc version 1.1.7\nspec: 1.0.2\n';

    expect(nodeRuntime.parse(bytes(text))).toEqual({
      clientVersion: '1.7.2',
      serverVersion: '1.7.1',
      runcVersion: '1.1.7',
    });
  });

  it('keeps what stands in place of the answer', () => {
    const error = 'ctr: failed to dial "/run/containerd/containerd.sock": connection refused';

    expect(nodeRuntime.parse(bytes(`Client:\n  Version:  1.3.7\n${error}\n`))).toEqual({
      clientVersion: '1.3.7',
      error,
    });
  });

  it('takes the answer of another command for an answer', () => {
    const text =
      '==> crictl <==\nVersion:  0.1.0\nRuntimeName:  cri-o\nRuntimeVersion:  1.28.2\n==> containerd <==\ncontainerd github.com/containerd/containerd v1.7.2 0cae528dd6\n';

    expect(nodeRuntime.parse(bytes(text))).toEqual({ clientVersion: '1.7.2', serverVersion: '1.28.2' });
  });

  it('refuses what tells of no runtime', () => {
    expect(() => nodeRuntime.parse(bytes('sh: ctr: not found'))).toThrow('nothing about a container runtime');
  });
});

describe('node-manifests', () => {
  it('reads each file on its own, so that a broken one is told as such', () => {
    const text = [
      '---',
      '# Source: /etc/kubernetes/manifests/etcd.yaml',
      'apiVersion: v1',
      'kind: Pod',
      'metadata: {name: etcd, namespace: kube-system}',
      'spec:',
      '  containers:',
      '  - name: etcd',
      '    image: registry.example/etcd:3.5.15-0',
      '    command: [etcd, --data-dir=/var/lib/etcd]',
      '    args: [--snapshot-count=10000]',
      '  volumes:',
      '  - {name: data, hostPath: {path: /var/lib/etcd}}',
      '---',
      '# Source: /etc/kubernetes/manifests/kube-scheduler.yaml',
      'spec:',
      ' - a: [',
      '---',
      '# Source: /etc/kubernetes/manifests/empty.yaml',
    ].join('\n');

    expect(nodeManifests.parse(bytes(text))).toEqual([
      {
        file: '/etc/kubernetes/manifests/etcd.yaml',
        kind: 'Pod',
        name: 'etcd',
        namespace: 'kube-system',
        containers: [
          {
            name: 'etcd',
            image: 'registry.example/etcd:3.5.15-0',
            command: ['etcd', '--data-dir=/var/lib/etcd', '--snapshot-count=10000'],
          },
        ],
        hostPaths: ['/var/lib/etcd'],
      },
      {
        file: '/etc/kubernetes/manifests/kube-scheduler.yaml',
        containers: [],
        hostPaths: [],
        error: expect.stringMatching(/unexpected/),
      },
      {
        file: '/etc/kubernetes/manifests/empty.yaml',
        containers: [],
        hostPaths: [],
        error: 'the file is empty',
      },
    ]);
  });
});

describe('node-certificates', () => {
  it('keeps certificates by file with the modes of keys, and nothing of a key', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    const text = `==> /etc/kubernetes/pki/ca.crt 644 root:root <==\n${pem}==> /etc/kubernetes/pki/ca.key 600 root:root <==\nMIIE\n==> /somewhere/else.pem <==\n`;

    expect(nodeCertificates.parse(bytes(text))).toEqual([
      { path: '/etc/kubernetes/pki/ca.crt', mode: '644', owner: 'root:root', pem },
      { path: '/etc/kubernetes/pki/ca.key', mode: '600', owner: 'root:root' },
      { path: '/somewhere/else.pem' },
    ]);
  });
});

describe('node-commands', () => {
  it('tells found from missing', () => {
    expect(nodeCommands.parse(bytes('ip /usr/sbin/ip\nsocat -\nnoise\n'))).toEqual([
      { name: 'ip', path: '/usr/sbin/ip' },
      { name: 'socat' },
    ]);
    expect(() => nodeCommands.parse(bytes(''))).toThrow('no command');
  });
});
