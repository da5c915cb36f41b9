import { type NodeFilesystem, nodeFilesystems } from '../../src/artifacts/node-filesystems.ts';
import { KERNEL_LOG, KERNEL_RECENT_SECONDS, kernelSeverity } from '../../src/derive/kernel-log.ts';
import { ALL_NODES, lostDocuments, machines, machinesWith } from '../../src/derive/machines.ts';
import {
  capturedTexts,
  lineAge,
  machinesRead,
  matchesByMachine,
  unreadLogs,
} from '../../src/derive/node-logs.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import { subjectKey } from '../../src/model/subject.ts';

const KERNEL_SAYS = { level: 'certain', reason: 'the kernel log says so' } as const;
const EXPLAINS = [
  { effect: 'node-not-ready', via: ['same-object'] },
  { effect: 'container-runtime-down', via: ['same-object'] },
  { effect: 'etcd-unavailable', via: ['runs'] },
  { effect: 'etcd-slow', via: ['runs'] },
  { effect: 'pod-not-starting', via: ['runs'] },
] as const;
const DEVICE = {
  text: 'See what the device says of itself: `smartctl -a`, the array controller, or the provider of the volume; replace it before it takes more data along.',
} as const;
const CHECK = {
  text: 'Drain the node, unmount the file system and check it (`fsck`, `xfs_repair`); restart the node afterwards.',
  argv: ['kubectl', 'drain', '{node.name}', '--ignore-daemonsets', '--delete-emptydir-data'],
} as const;

/** Drives without a medium answer with errors all their life. */
const NO_DISK = /^(?:fd|sr|loop)\d/;
/** File systems that hold what a node writes; images and shared ones are read-only by intention. */
const WRITTEN_TYPES = /^(?:ext[234]|xfs|btrfs)$/;
const WRITTEN_MOUNTS = /^\/(?:$|var(?:$|\/))/;

const kernel = logSignals({
  component: KERNEL_LOG,
  patterns: {
    filesystemError: {
      any: [
        'EXT4-fs error',
        'Shutting down filesystem',
        'Metadata corruption detected',
        'metadata I/O error',
      ],
      re: /(?:EXT4-fs error \(device (?<device>[^)\s]+)\)|XFS \((?<volume>[^)\s]+)\))/,
    },
    readOnly: {
      any: ['Remounting filesystem read-only'],
      re: /(?:\((?<device>[^)\s]+)\): )?Remounting filesystem read-only/,
    },
    inputOutput: {
      any: [
        'I/O error, dev ',
        'Buffer I/O error on dev',
        'critical medium error, dev ',
        'critical target error, dev ',
      ],
      re: /(?:error, dev |error on dev(?:ice)? )(?<device>(?!fd\d|sr\d|loop\d)[\w!/-]+)/,
    },
  },
});

export const diskErrors = defineAnalyzer({
  meta: {
    id: 'node/disk-errors',
    title: 'Disk or file system errors',
    description:
      'Nodes whose kernel reports errors of disks or file systems, or that write nothing any more.',
    messages: {
      filesystemDamaged: {
        severity: ['critical', 'warning', 'info'],
        confidence: KERNEL_SAYS,
        text: 'The kernel of {node:object} reports errors in the file system on {devices:text} ({mounts:text}; {count:count} lines).',
        remedy: [CHECK, DEVICE],
        effect: 'node-not-ready',
        explains: EXPLAINS,
        check: 'disks',
      },
      readOnly: {
        severity: ['critical', 'warning', 'info'],
        confidence: KERNEL_SAYS,
        text: 'The kernel of {node:object} made the file system on {devices:text} read-only after errors ({mounts:text}).',
        remedy: [CHECK, DEVICE],
        effect: 'node-not-ready',
        explains: EXPLAINS,
        check: 'disks',
      },
      mountedReadOnly: {
        severity: 'warning',
        confidence: { level: 'likely', reason: 'the table of mounts says so, not why' },
        text: '{mounts:text} of {node:object} is mounted read-only: nothing can be written there.',
        remedy: [CHECK, DEVICE],
        effect: 'node-not-ready',
        explains: EXPLAINS,
        check: 'disks',
      },
      deviceFails: {
        severity: ['critical', 'warning', 'info'],
        confidence: KERNEL_SAYS,
        text: 'Reads or writes of {devices:text} on {node:object} fail ({mounts:text}; {count:count} lines).',
        remedy: [DEVICE],
        effect: 'node-not-ready',
        explains: EXPLAINS,
        check: 'disks',
      },
    },
    checks: {
      disks: {
        checklist: 'check-nodes',
        item: 'Disks and file systems work',
        expected: 'no errors in the kernel log',
        found: 'none in the kernel log',
      },
    },
    references: [
      'kubernetes/node-problem-detector config/kernel-monitor.json (Ext4Error, IOError, XfsHasShutdown, FilesystemIsReadOnly)',
      'aws/eks-node-monitoring-agent monitors (I/O errors)',
    ],
  },
  needs: { kernel, filesystems: optional(nodeFilesystems), machines },
  analyze({ kernel: log, filesystems, machines: known }, context) {
    const mountsOf = new Map<string, readonly NodeFilesystem[]>();
    const faulty = new Set<string>();
    const read = machinesWith(filesystems, known);
    for (const { subject, documents } of read) {
      mountsOf.set(
        subjectKey(subject),
        documents.flatMap((one) => one.value),
      );
    }
    for (const [pattern, message] of PATTERNS) {
      for (const { subject, matches } of matchesByMachine(log, pattern, known)) {
        const devices = [...capturedTexts(matches, 'device'), ...capturedTexts(matches, 'volume')];
        const disks = devices.filter((device) => !NO_DISK.test(device));
        const key = subjectKey(subject);
        const shared = { node: subject, devices: disks.length > 0 ? disks : ['a device not named'] };
        const values = { ...shared, mounts: mountsOn(disks, mountsOf.get(key)), count: matches.count };
        const severity = kernelSeverity(lineAge(matches, context, KERNEL_RECENT_SECONDS));
        if (severity !== 'info') faulty.add(key);
        context.report({
          message,
          severity,
          values,
          subject,
          evidence: [{ cite: 'matches', matches }],
          ...(matches.first ? { since: matches.first } : {}),
        });
      }
    }
    for (const machine of read) {
      if (!faulty.has(subjectKey(machine.subject)) && reportMounts(machine, context))
        faulty.add(subjectKey(machine.subject));
    }
    for (const subject of machinesRead(log, known)) {
      if (!faulty.has(subjectKey(subject))) context.looked({ check: 'disks', values: {}, subject });
    }
    const lost = lostDocuments(filesystems);
    if (lost) context.looked({ check: 'disks', unseen: lost, subject: ALL_NODES });
    for (const { subject, gap } of unreadLogs(log, 'kernel log', known)) {
      context.looked({ check: 'disks', unseen: gap, subject });
    }
    return undefined;
  },
});

const PATTERNS = [
  ['filesystemError', 'filesystemDamaged'],
  ['readOnly', 'readOnly'],
  ['inputOutput', 'deviceFails'],
] as const;

type Context = AnalyzeContext<typeof diskErrors.meta.messages, NonNullable<typeof diskErrors.meta.checks>>;

/** Where the devices are mounted: `/dev/sda1` and the partitions of `sda` for `sda`. */
function mountsOn(devices: readonly string[], filesystems: readonly NodeFilesystem[] = []): string[] {
  const found = filesystems.filter(({ device }) =>
    devices.some((name) => device.replace(/^\/dev\//, '').startsWith(name)),
  );
  return found.length > 0 ? found.map(({ mount }) => mount) : ['mount point not known'];
}

function reportMounts(
  { subject, documents }: ReturnType<typeof machinesWith<readonly NodeFilesystem[]>>[number],
  { report, at }: Context,
): boolean {
  const [document] = documents;
  const index = document.value.findIndex(
    ({ mount, type = '', readOnly }) =>
      readOnly === true && WRITTEN_MOUNTS.test(mount) && WRITTEN_TYPES.test(type),
  );
  const found = document.value[index];
  if (!found) return false;
  report({
    message: 'mountedReadOnly',
    values: { node: subject, mounts: found.mount },
    subject,
    evidence: [at(document, `/${index}`)],
  });
  return true;
}
