import { document } from '../model/artifact.ts';
import { listIn, numberIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';
import type { NodeFilesystem } from './node-filesystems.ts';
import type { NodeSystem } from './node-system.ts';

/** What Ansible gathered of a machine. */
export interface NodeAnsibleFacts {
  readonly system: NodeSystem;
  /** Address of the default route's interface. */
  readonly address?: string;
  readonly filesystems: readonly NodeFilesystem[];
  /** 0 without swap. */
  readonly swapBytes?: number;
}

/**
 * `ansible_facts.json` as Konvoy's diagnostics hold it, scope node: one JSON object of facts, their names with
 * or without the prefix `ansible_`, or under `ansible_facts`.
 */
export const nodeAnsibleFacts = document<NodeAnsibleFacts>({
  id: 'node-ansible-facts',
  title: 'Facts Ansible gathered of a node',
  contentType: 'json',
  rearranged: true,
  foreign: 'konvoy',
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const facts = { ...stored, ...objectIn(stored.ansible_facts) };
    const fact = (name: string): unknown => facts[name] ?? facts[`ansible_${name}`];
    if (fact('nodename') === undefined && fact('mounts') === undefined) {
      throw new Error('it names neither the machine nor its mounts');
    }
    const swap = numberIn(fact('swaptotal_mb'));
    const address = stringIn(objectIn(fact('default_ipv4')).address);
    return {
      system: readSystem(fact),
      ...(address === undefined ? {} : { address }),
      filesystems: listIn(fact('mounts')).flatMap(readMount),
      ...(swap === undefined ? {} : { swapBytes: swap * 2 ** 20 }),
    };
  },
});

function readSystem(fact: (name: string) => unknown): NodeSystem {
  const distribution = stringIn(fact('distribution'));
  const version = stringIn(fact('distribution_version'));
  const memory = numberIn(fact('memtotal_mb'));
  const fields = {
    hostname: stringIn(fact('nodename')) ?? stringIn(fact('hostname')),
    osId: distribution?.toLowerCase(),
    osVersion: version,
    osName: [distribution, version].filter((part) => part !== undefined).join(' ') || undefined,
    kernel: stringIn(fact('kernel')),
    architecture: stringIn(fact('architecture')),
    uptimeSeconds: numberIn(fact('uptime_seconds')),
    cpus: numberIn(fact('processor_vcpus')),
    memoryBytes: memory === undefined ? undefined : memory * 2 ** 20,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function readMount(element: unknown): NodeFilesystem[] {
  const { mount, device, fstype, options, size_total, size_available, inode_total, inode_used } =
    objectIn(element);
  const [path, sizeBytes, availableBytes] = [stringIn(mount), numberIn(size_total), numberIn(size_available)];
  if (path === undefined || sizeBytes === undefined || availableBytes === undefined) return [];
  const [inodes, inodesUsed] = [numberIn(inode_total), numberIn(inode_used)];
  const type = stringIn(fstype);
  return [
    {
      device: stringIn(device) ?? '',
      mount: path,
      ...(type === undefined ? {} : { type }),
      ...(typeof options === 'string' ? { readOnly: options.split(',').includes('ro') } : {}),
      sizeBytes,
      availableBytes,
      usedBytes: sizeBytes - availableBytes,
      ...(inodes === undefined || inodesUsed === undefined
        ? {}
        : { inodes, inodesUsed, inodesFree: inodes - inodesUsed }),
    },
  ];
}
