import { describe, expect, it } from 'vitest';
import { nodeAnsibleFacts } from '../../../src/artifacts/node-ansible-facts.ts';
import { nodeKubeletConfig } from '../../../src/artifacts/node-kubelet-config.ts';
import { nodeSystem } from '../../../src/artifacts/node-system.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('node-system', () => {
  it('reads its parts', () => {
    const text = [
      '==> os-release <==',
      'PRETTY_NAME="Ubuntu 22.04.3 LTS"',
      'ID=ubuntu',
      "VERSION_ID='22.04'",
      '==> uname <==',
      'Linux cp-1 5.15.0-91-generic #101-Ubuntu SMP Tue Nov 14 13:30:08 UTC 2023 x86_64 x86_64 x86_64 GNU/Linux',
      '==> uptime <==',
      '13729.81 27000.12',
      '==> boot-id <==',
      '0e6b1f3c-5d0f-4c43-9a39-0b7f6a6e0f11',
      '==> nproc <==',
      '4',
      '==> meminfo <==',
      'MemTotal:       16384000 kB',
      'MemFree:         1000000 kB',
    ].join('\n');

    expect(nodeSystem.parse(bytes(text))).toEqual({
      osId: 'ubuntu',
      osVersion: '22.04',
      osName: 'Ubuntu 22.04.3 LTS',
      hostname: 'cp-1',
      kernel: '5.15.0-91-generic',
      architecture: 'x86_64',
      uptimeSeconds: 13_729.81,
      bootId: '0e6b1f3c-5d0f-4c43-9a39-0b7f6a6e0f11',
      cpus: 4,
      memoryBytes: 16_777_216_000,
    });
  });

  it('refuses what tells nothing', () => {
    expect(() => nodeSystem.parse(bytes('==> uname <==\n'))).toThrow('nothing about a system');
  });
});

describe('node-ansible-facts', () => {
  const facts = {
    nodename: 'cp-1',
    swaptotal_mb: 2047,
    default_ipv4: { address: '10.1.2.3' },
    distribution: 'CentOS',
    distribution_version: '7.9',
    kernel: '3.10.0-1160.el7.x86_64',
    memtotal_mb: 8192,
    processor_vcpus: 4,
    mounts: [
      {
        mount: '/',
        device: '/dev/sda1',
        fstype: 'xfs',
        options: 'rw,seclabel',
        size_total: 1000,
        size_available: 40,
        inode_total: 100,
        inode_used: 99,
      },
      { mount: '/mnt', device: 'nas:/share', size_total: null, size_available: null },
    ],
  };
  const expected = {
    system: {
      hostname: 'cp-1',
      osId: 'centos',
      osVersion: '7.9',
      osName: 'CentOS 7.9',
      kernel: '3.10.0-1160.el7.x86_64',
      cpus: 4,
      memoryBytes: 8_589_934_592,
    },
    address: '10.1.2.3',
    filesystems: [
      {
        device: '/dev/sda1',
        mount: '/',
        type: 'xfs',
        readOnly: false,
        sizeBytes: 1000,
        availableBytes: 40,
        usedBytes: 960,
        inodes: 100,
        inodesUsed: 99,
        inodesFree: 1,
      },
    ],
    swapBytes: 2_146_435_072,
  };
  const prefixed = Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [`ansible_${name}`, value]),
  );

  it.each([
    ['without a prefix', facts],
    ['with a prefix', prefixed],
    ['under ansible_facts', { ansible_facts: prefixed }],
  ])('reads facts %s', (_, stored) => {
    expect(nodeAnsibleFacts.parse(bytes(JSON.stringify(stored)))).toEqual(expected);
  });

  it('refuses other JSON', () => {
    expect(() => nodeAnsibleFacts.parse(bytes('{"kind":"List"}'))).toThrow('neither the machine');
  });
});

describe('node-kubelet-config', () => {
  it.each([
    [
      'the file',
      'apiVersion: kubelet.config.k8s.io/v1beta1\nfailSwapOn: false\nevictionHard:\n  memory.available: 5%\n',
    ],
    [
      'the reply of configz',
      '{"kubeletconfig":{"failSwapOn":false,"evictionHard":{"memory.available":"5%"}}}',
    ],
  ])('reads %s', (_, text) => {
    expect(nodeKubeletConfig.parse(bytes(text))).toEqual({
      failSwapOn: false,
      evictionHard: { 'memory.available': '5%' },
    });
  });

  it('refuses an empty configuration', () => {
    expect(() => nodeKubeletConfig.parse(bytes('{}'))).toThrow('no configuration');
  });
});
