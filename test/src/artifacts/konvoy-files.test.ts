import { describe, expect, it } from 'vitest';
import { konvoyCluster, reduceKonvoyCluster } from '../../../src/artifacts/konvoy-cluster.ts';
import { konvoyInventory, reduceKonvoyInventory } from '../../../src/artifacts/konvoy-inventory.ts';
import { CLUSTER_YAML, INVENTORY_YAML } from '../../support/konvoy-files.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const read = (text: string) => konvoyCluster.parse(reduceKonvoyCluster(bytesOf(text)));

describe('cluster.yaml of Konvoy', () => {
  it('is read from both of its documents', () => {
    expect(read(CLUSTER_YAML)).toEqual({
      name: 'demo',
      provider: 'aws',
      konvoyVersion: 'v1.6.0',
      kubernetesVersion: '1.18.10',
      containerdVersion: '1.3.7',
      podSubnet: '192.168.0.0/16',
      serviceSubnet: '10.0.0.0/18',
      pools: [
        { name: 'worker', count: 2 },
        { name: 'control-plane', count: 1 },
        { name: 'bastion', count: 1 },
      ],
      addons: [
        { name: 'traefik', enabled: true },
        { name: 'dex', enabled: false },
      ],
    });
  });

  it('keeps no password, no value of an addon and no user', () => {
    const kept = textOf(reduceKonvoyCluster(bytesOf(CLUSTER_YAML)));
    for (const secret of ['hunter2', 'abcdef0123456789', 'admin', 'centos'])
      expect(kept).not.toContain(secret);
  });

  it.each([
    ['v1alpha1, one list', 'addons:\n    addonList:\n    - name: dex\n      enabled: true\n'],
    [
      'v1beta1, one repository',
      'addons:\n    configVersion: v1\n    addonsList:\n    - name: dex\n      enabled: true\n',
    ],
  ])('reads addons of %s', (_name, addons) => {
    const text = `kind: ClusterConfiguration\napiVersion: konvoy.mesosphere.io/v1alpha1\nspec:\n  ${addons}`;
    expect(read(text)).toEqual({ pools: [], addons: [{ name: 'dex', enabled: true }] });
  });

  it.each([
    ['of kubeadm', 'kind: ClusterConfiguration\napiVersion: kubeadm.k8s.io/v1beta2\n'],
    ['no YAML', 'a: [b\n'],
  ])('is refused when it is %s', (_name, text) => {
    expect(() => read(text)).toThrow();
  });
});

describe('inventory.yaml of Konvoy', () => {
  it('is read by group, with the address to log in at', () => {
    expect(konvoyInventory.parse(reduceKonvoyInventory(bytesOf(INVENTORY_YAML)))).toEqual({
      hosts: [
        { name: '10.0.1.2', address: '203.0.113.2', group: 'control-plane', pool: 'control-plane' },
        { name: '10.0.1.3', address: '203.0.113.3', group: 'node', pool: 'worker' },
        { name: '10.0.1.9', address: '203.0.113.9', group: 'bastion' },
      ],
    });
  });

  it('keeps neither user nor key', () => {
    expect(textOf(reduceKonvoyInventory(bytesOf(INVENTORY_YAML)))).not.toMatch(/centos|pem/);
  });

  it('takes hosts without variables', () => {
    const text = 'control-plane:\n  hosts:\n    cp-1:\nnode:\n  hosts: {}\n';
    expect(konvoyInventory.parse(reduceKonvoyInventory(bytesOf(text)))).toEqual({
      hosts: [{ name: 'cp-1', address: 'cp-1', group: 'control-plane' }],
    });
  });

  it('is refused without a group control-plane', () => {
    expect(() => reduceKonvoyInventory(bytesOf('web:\n  hosts:\n    a: {}\n'))).toThrow(/control-plane/);
  });
});
