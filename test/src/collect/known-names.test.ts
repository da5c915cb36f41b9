import { describe, expect, it } from 'vitest';
import { learnNames } from '../../../src/collect/known-names.ts';
import { createObfuscation, OBFUSCATED, type ObfuscatedKind } from '../../../src/redact/obfuscate.ts';
import { apiResource, COMMON_KINDS, type FakeCluster, fakeKube, refused } from '../../support/fake-kube.ts';

const RESOURCES = [...COMMON_KINDS, apiResource('', 'Node', 'nodes', { namespaced: false })];

const OBJECTS = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tulip' } },
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'orchid-7', labels: { 'kubernetes.io/hostname': 'orchid-seven' } },
    status: {
      addresses: [
        { type: 'InternalIP', address: '10.1.2.3' },
        { type: 'Hostname', address: 'orchid-host' },
        { type: 'InternalDNS', address: 'orchid-7.lab.acme-flowers.example' },
      ],
    },
  },
];

async function learned(
  cluster: FakeCluster,
  kinds: readonly ObfuscatedKind[] = OBFUSCATED,
  namespaces = ['daisy'],
) {
  const obfuscation = createObfuscation(Buffer.alloc(32, 1), new Set(kinds));
  const kube = fakeKube({ resources: RESOURCES, objects: OBJECTS, ...cluster });
  const { signal } = new AbortController();
  const discovery = await kube.discover(signal);
  await learnNames(obfuscation, { kube, discovery, options: { namespaces }, signal });
  return (text: string) => obfuscation.hide(text).text;
}

describe('learnNames', () => {
  it('learns nodes by all their names, namespaces, and those that were asked for', async () => {
    const hide = await learned({});
    for (const name of [
      'orchid-7',
      'orchid-seven',
      'orchid-host',
      'tulip',
      'daisy',
      'lab.acme-flowers.example',
    ])
      expect(hide(name)).not.toContain(name);
  });

  it('refuses to go on without the names of the nodes', async () => {
    const refusedNodes = { failures: { '/api/v1/nodes': refused('', 'nodes') } };
    await expect(learned(refusedNodes)).rejects.toMatchObject({
      code: 'names-unknown',
      message: expect.stringContaining('nodes cannot be listed'),
    });
    await expect(learned(refusedNodes, ['ip', 'namespace'])).resolves.toBeDefined();
  });

  it('refuses to go on without the namespaces, unless they were named', async () => {
    const refusedNamespaces = { failures: { '/api/v1/namespaces': refused('', 'namespaces') } };
    await expect(learned(refusedNamespaces, OBFUSCATED, [])).rejects.toMatchObject({ code: 'names-unknown' });
    const hide = await learned(refusedNamespaces, OBFUSCATED, ['daisy']);
    expect(hide('daisy')).not.toBe('daisy');
  });

  it('refuses a name in the kubeconfig that cannot be told from text', async () => {
    await expect(learned({ credentials: { clusterName: 'our great cluster' } })).rejects.toMatchObject({
      code: 'names-unknown',
    });
    const addressesOnly = learned({ credentials: { clusterName: 'our great cluster' } }, ['ip']);
    await expect(addressesOnly).resolves.toBeDefined();
  });

  it('learns the host of the API server where nothing answers', async () => {
    const obfuscation = createObfuscation(Buffer.alloc(32, 1), new Set(OBFUSCATED));
    const kube = { ...fakeKube({}), server: 'https://api.lab.acme-flowers.example:6443' };
    const { signal } = new AbortController();
    await learnNames(obfuscation, { kube, discovery: undefined, options: { namespaces: [] }, signal });
    expect(obfuscation.hide(kube.server).text).not.toContain('acme');
  });
});
