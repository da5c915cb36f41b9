import { nodeAnsibleFacts } from '../artifacts/node-ansible-facts.ts';
import { type NodeFilesystem, nodeFilesystems } from '../artifacts/node-filesystems.ts';
import { type DocumentItem, defineDerived, optional } from '../model/artifact.ts';
import type { Subject } from '../model/subject.ts';
import { machines, machinesWith } from './machines.ts';

/** A file system of a machine that may run full, with the place it was read at. */
export interface PlacedFilesystem {
  readonly filesystem: NodeFilesystem;
  readonly document: DocumentItem<unknown>;
  /** JSON Pointer into the document. */
  readonly pointer: string;
}

/** One machine with its file systems. */
export interface MachineDisks {
  /** As its files name it. */
  readonly name: string;
  readonly subject: Subject;
  readonly filesystems: readonly PlacedFilesystem[];
}

/** Types that hold nothing of their own, are always full, or belong to somebody else. */
const PASSING_TYPES =
  /^(?:(?:dev)?tmpfs|overlay|squashfs|iso9660|udf|nfs4?|cifs|ceph|fuse\..*|9p|virtiofs|autofs|ramfs|efivarfs|shm)$/;
const PASSING_DEVICES = /^(?:tmpfs|devtmpfs|overlay|shm|udev|none|\/dev\/loop\d.*|[^/]+:\/.*|\/\/.*)$/;
/** Volumes of pods are their own matter, boot partitions are full by design. */
const PASSING_MOUNTS = /^\/(?:boot|dev|proc|sys|run|snap)(?:\/|$)|^\/var\/lib\/kubelet\/(?:pods|plugins)\//;

/** The local, writable file systems of each machine, from df or from the facts of Ansible. */
export const nodeDisks = defineDerived({
  id: 'node-disks',
  title: 'File systems of nodes',
  needs: { filesystems: optional(nodeFilesystems), facts: optional(nodeAnsibleFacts), machines },
  derive({ filesystems, facts, machines: known }): readonly MachineDisks[] {
    const found = new Map<string, MachineDisks>();
    for (const { name, subject, documents } of machinesWith(filesystems, known)) {
      const placed = documents.flatMap((document) => place(document, document.value, ''));
      found.set(name, { name, subject, filesystems: placed });
    }
    for (const { name, subject, documents } of machinesWith(facts, known)) {
      if (found.has(name)) continue;
      const placed = documents.flatMap((document) =>
        place(document, document.value.filesystems, '/filesystems'),
      );
      found.set(name, { name, subject, filesystems: placed });
    }
    return [...found.values()];
  },
});

/** The file system a path of the machine lies on: the longest mount point above it. */
export function filesystemOf(disks: MachineDisks, path: string): PlacedFilesystem | undefined {
  const above = disks.filesystems.filter(({ filesystem: { mount } }) =>
    mount === '/' ? true : path === mount || path.startsWith(`${mount}/`),
  );
  return above.sort((a, b) => b.filesystem.mount.length - a.filesystem.mount.length)[0];
}

function place(
  document: DocumentItem<unknown>,
  filesystems: readonly NodeFilesystem[],
  pointer: string,
): PlacedFilesystem[] {
  return filesystems.flatMap((filesystem, index) =>
    mayRunFull(filesystem) ? [{ filesystem, document, pointer: `${pointer}/${index}` }] : [],
  );
}

function mayRunFull({ device, mount, type = '', readOnly }: NodeFilesystem): boolean {
  if (readOnly || PASSING_TYPES.test(type) || PASSING_DEVICES.test(device)) return false;
  return !PASSING_MOUNTS.test(mount);
}
