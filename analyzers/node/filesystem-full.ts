import { nodeAnsibleFacts } from '../../src/artifacts/node-ansible-facts.ts';
import { nodeFilesystems } from '../../src/artifacts/node-filesystems.ts';
import { machines, machinesWithout } from '../../src/derive/machines.ts';
import {
  filesystemOf,
  type MachineDisks,
  nodeDisks,
  type PlacedFilesystem,
} from '../../src/derive/node-disks.ts';
import { matchesByMachine } from '../../src/derive/node-logs.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import type { Gap } from '../../src/model/coverage.ts';

/** Shares left (node-exporter's alerts NodeFilesystemAlmostOutOfSpace and -Files). */
const NEARLY_OUT = 0.05;
const OUT = 0.03;
/** The kubelet begins to remove images at 85 % (imageGCHighThresholdPercent). */
const LOW = 0.15;
/** Images, pods and etcd need room to work with. */
const LOW_BYTES = 10 * 2 ** 30;
const NEEDED_PATHS = ['/var/lib/kubelet', '/var/lib/containerd', '/var/lib/docker', '/var/lib/etcd'];

const MEASURED = { level: 'certain', reason: 'df measured it on the node' } as const;
const EFFECT = {
  effect: 'node-pressure',
  explains: [
    { effect: 'node-pressure', via: ['same-object'] },
    { effect: 'node-not-ready', via: ['same-object'] },
    { effect: 'container-runtime-down', via: ['same-object'] },
    { effect: 'pod-evicted', via: ['runs'] },
    { effect: 'pod-not-starting', via: ['runs'] },
    { effect: 'etcd-unavailable', via: ['runs'] },
  ],
  key: ['mount'],
  check: 'room',
} as const;
const FREE = {
  text: 'On the node, find what fills `{mount:text}`: `du -xh --max-depth=2 {mount:text} | sort -h`; old logs, unused images and dead containers are the usual.',
  argv: ['crictl', 'rmi', '--prune'],
} as const;
const JOURNAL = {
  text: 'Shorten the journal when it is that.',
  argv: ['journalctl', '--vacuum-size=500M'],
} as const;

const agents = logSignals({
  component: { id: 'node', unit: /^(kubelet|containerd|crio|docker|etcd|kernel|journal)$/ },
  patterns: {
    // Of inotify, the same words mean that watches have run out.
    noSpace: { any: ['no space left on device'], re: /^(?!.*inotify).*no space left on device/ },
  },
});

export const filesystemFull = defineAnalyzer({
  meta: {
    id: 'node/filesystem-full',
    title: 'File system of a node full',
    description: 'File systems of nodes that have no space or no inodes left, or soon will have none.',
    messages: {
      spaceLow: {
        severity: ['critical', 'warning'],
        confidence: MEASURED,
        ...EFFECT,
        text: '`{mount:text}` of {node:object} has {available:bytes} of {size:bytes} left.',
        remedy: [FREE, JOURNAL],
      },
      inodesLow: {
        severity: ['critical', 'warning'],
        confidence: MEASURED,
        ...EFFECT,
        text: '`{mount:text}` of {node:object} has {free:count} of {inodes:count} inodes left: no more files can be made there.',
        remedy: [
          {
            text: 'On the node, find the folder with the many small files: `du --inodes -x --max-depth=3 {mount:text} | sort -n`; image layers, spools and session files are the usual.',
          },
          FREE,
        ],
      },
      writesFail: {
        severity: 'info',
        confidence: { level: 'likely', reason: 'logs of the node say so; what df measures decides' },
        text: 'On {node:object} writes failed for want of space {count:count} times.',
        remedy: [
          {
            text: 'On the node, measure space and inodes of each file system: `df -h`, `df -i`; the lines name the path.',
          },
        ],
      },
    },
    checks: {
      room: {
        checklist: 'check-nodes',
        item: 'File systems have room',
        expected: 'more than 5 % of space and inodes, and for images and pods 10 GiB or 15 %',
        found: '{count:count} file systems measured',
      },
    },
    references: [
      'https://runbooks.prometheus-operator.dev/runbooks/node/nodefilesystemalmostoutofspace/',
      'https://kubernetes.io/docs/concepts/architecture/garbage-collection/#container-image-lifecycle',
    ],
  },
  needs: {
    disks: nodeDisks,
    filesystems: optional(nodeFilesystems),
    facts: optional(nodeAnsibleFacts),
    agents: optional(agents),
    machines,
  },
  analyze({ disks, agents: log, machines: known }, context) {
    for (const machine of disks) {
      const found = machine.filesystems.map((placed) => judge(machine, placed, context));
      if (!found.includes(true)) {
        const values = { count: machine.filesystems.length };
        context.looked({ check: 'room', values, subject: machine.subject });
      }
    }
    for (const { subject, matches } of matchesByMachine(log, 'noSpace', known)) {
      context.report({
        message: 'writesFail',
        values: { node: subject, count: matches.count },
        subject,
        evidence: [{ cite: 'matches', matches }],
        ...(matches.first ? { since: matches.first } : {}),
      });
    }
    for (const subject of machinesWithout(
      disks.map(({ name }) => name),
      known,
    )) {
      context.looked({ check: 'room', unseen: UNMEASURED, subject });
    }
    return undefined;
  },
});

const UNMEASURED: Gap = {
  artifact: nodeFilesystems.id,
  scope: { type: 'cluster' },
  outcome: 'skipped',
  reason: 'the file systems of a node were not measured',
  fix: { flag: '--nodes' },
};

type Context = AnalyzeContext<
  typeof filesystemFull.meta.messages,
  NonNullable<typeof filesystemFull.meta.checks>
>;

/** Reports a file system without space or inodes; true when it did. */
function judge(machine: MachineDisks, placed: PlacedFilesystem, { report, at }: Context): boolean {
  const { subject } = machine;
  const { mount, availableBytes, usedBytes, sizeBytes, inodes = 0, inodesFree } = placed.filesystem;
  const evidence = [at(placed.document, placed.pointer)] as const;
  const values = { node: subject, mount };
  let bad = false;
  if (availableBytes !== undefined && usedBytes !== undefined && usedBytes + availableBytes > 0) {
    const share = availableBytes / (usedBytes + availableBytes);
    const needed = NEEDED_PATHS.some((path) => filesystemOf(machine, path) === placed);
    const low = needed && share < LOW && availableBytes < LOW_BYTES;
    if (share < NEARLY_OUT || low) {
      const size = sizeBytes ?? usedBytes + availableBytes;
      report({
        message: 'spaceLow',
        severity: share < OUT ? 'critical' : 'warning',
        values: { ...values, available: availableBytes, size },
        subject,
        evidence,
      });
      bad = true;
    }
  }
  if (inodes > 0 && inodesFree !== undefined && inodesFree / inodes < NEARLY_OUT) {
    const severity = inodesFree / inodes < OUT ? 'critical' : 'warning';
    report({
      message: 'inodesLow',
      severity,
      values: { ...values, free: inodesFree, inodes },
      subject,
      evidence,
    });
    bad = true;
  }
  return bad;
}
