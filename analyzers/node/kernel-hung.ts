import { KERNEL_LOG, KERNEL_RECENT_SECONDS, kernelSeverity } from '../../src/derive/kernel-log.ts';
import { machines } from '../../src/derive/machines.ts';
import {
  capturedTexts,
  lineAge,
  machinesRead,
  matchesByMachine,
  unreadLogs,
} from '../../src/derive/node-logs.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals } from '../../src/model/artifact.ts';
import { subjectKey } from '../../src/model/subject.ts';

const KERNEL_SAYS = { level: 'certain', reason: 'the kernel log says so' } as const;
const EXPLAINS = [
  { effect: 'node-not-ready', via: ['same-object'] },
  { effect: 'container-runtime-down', via: ['same-object'] },
  { effect: 'etcd-slow', via: ['runs'] },
  { effect: 'pod-not-terminating', via: ['runs'] },
] as const;
const RESTART = {
  text: 'Drain the node if its kubelet answers, then restart it; a hung kernel does not mend itself.',
  argv: ['kubectl', 'drain', '{node.name}', '--ignore-daemonsets', '--delete-emptydir-data'],
} as const;

const kernel = logSignals({
  component: KERNEL_LOG,
  patterns: {
    taskBlocked: {
      any: ['blocked for more than'],
      re: /task (?<task>\S.*?):\w+ blocked for more than \d+ seconds/,
    },
    softLockup: {
      any: ['soft lockup - CPU#', 'hard LOCKUP on cpu'],
      re: /(?:soft lockup - CPU#\d+ stuck for \S+ \[(?<task>[^\]]+)\]|hard LOCKUP on cpu)/,
    },
    kernelFault: {
      any: [
        'BUG: unable to handle',
        'BUG: kernel NULL pointer dereference',
        'kernel BUG at ',
        'Kernel panic - not syncing',
        'divide error: 0000',
        '[Hardware Error]: event severity: fatal',
      ],
      re: /(?<fault>BUG: unable to handle [^:]*|BUG: kernel NULL pointer dereference|kernel BUG at [^!]*|Kernel panic - not syncing[^\n]*|divide error: 0000|\[Hardware Error\]: event severity: fatal)/,
    },
  },
});

/** One blocked task may be the echo of a storage outage; several are a kernel that hangs. */
const SEVERAL = 2;

export const kernelHung = defineAnalyzer({
  meta: {
    id: 'node/kernel-hung',
    title: 'Kernel hung',
    description:
      'Nodes whose kernel reports tasks blocked for minutes, processors stuck, or faults of its own.',
    messages: {
      tasksBlocked: {
        severity: ['critical', 'warning', 'info'],
        confidence: KERNEL_SAYS,
        text: 'Tasks of {node:object} wait for input or output that does not end ({tasks:text}; {count:count} reports).',
        remedy: [
          {
            text: 'Look for what they wait for: a disk with errors, a network file system that does not answer, or a device that is overloaded.',
          },
          RESTART,
        ],
        effect: 'node-not-ready',
        explains: EXPLAINS,
        check: 'kernel',
      },
      processorStuck: {
        severity: ['critical', 'warning', 'info'],
        confidence: KERNEL_SAYS,
        text: 'Processors of {node:object} were stuck ({tasks:text}; {count:count} reports).',
        remedy: [
          {
            text: 'On a virtual machine see whether its host gives it processor time: stolen time, snapshots, migration; else update the kernel and firmware.',
          },
          RESTART,
        ],
        effect: 'node-not-ready',
        explains: EXPLAINS,
        check: 'kernel',
      },
      kernelFault: {
        severity: ['critical', 'warning', 'info'],
        confidence: KERNEL_SAYS,
        text: 'The kernel of {node:object} reports a fault of its own or of the hardware: {faults:text}.',
        remedy: [
          {
            text: 'Keep the kernel log for the vendor of the system; update the kernel, check the hardware.',
          },
          RESTART,
        ],
        effect: 'node-not-ready',
        explains: EXPLAINS,
        check: 'kernel',
      },
    },
    checks: {
      kernel: {
        checklist: 'check-nodes',
        item: 'Kernel runs without faults',
        expected: 'no hung tasks, stuck processors or faults in the kernel log',
        found: 'none in the kernel log',
      },
    },
    references: [
      'kubernetes/node-problem-detector config/kernel-monitor.json (TaskHung, KernelOops)',
      'aws/eks-node-monitoring-agent monitors: SoftLockup',
      'https://docs.kernel.org/admin-guide/lockup-watchdogs.html',
    ],
  },
  needs: { kernel, machines },
  analyze({ kernel: log, machines: known }, context) {
    const faulty = new Set<string>();
    for (const { subject, matches } of matchesByMachine(log, 'taskBlocked', known)) {
      faulty.add(subjectKey(subject));
      const age = lineAge(matches, context, KERNEL_RECENT_SECONDS);
      context.report({
        message: 'tasksBlocked',
        severity: kernelSeverity(age, matches.count >= SEVERAL ? 'critical' : 'warning'),
        values: { node: subject, tasks: capturedTexts(matches, 'task'), count: matches.count },
        subject,
        evidence: [{ cite: 'matches', matches }],
        ...(matches.first ? { since: matches.first } : {}),
      });
    }
    for (const { subject, matches } of matchesByMachine(log, 'softLockup', known)) {
      faulty.add(subjectKey(subject));
      const tasks = capturedTexts(matches, 'task');
      context.report({
        message: 'processorStuck',
        severity: kernelSeverity(lineAge(matches, context, KERNEL_RECENT_SECONDS)),
        values: {
          node: subject,
          tasks: tasks.length > 0 ? tasks : ['tasks not named'],
          count: matches.count,
        },
        subject,
        evidence: [{ cite: 'matches', matches }],
        ...(matches.first ? { since: matches.first } : {}),
      });
    }
    for (const { subject, matches } of matchesByMachine(log, 'kernelFault', known)) {
      faulty.add(subjectKey(subject));
      context.report({
        message: 'kernelFault',
        severity: kernelSeverity(lineAge(matches, context, KERNEL_RECENT_SECONDS)),
        values: { node: subject, faults: capturedTexts(matches, 'fault') },
        subject,
        evidence: [{ cite: 'matches', matches }],
        ...(matches.first ? { since: matches.first } : {}),
      });
    }
    for (const subject of machinesRead(log, known)) {
      if (!faulty.has(subjectKey(subject))) context.looked({ check: 'kernel', values: {}, subject });
    }
    for (const { subject, gap } of unreadLogs(log, 'kernel log', known)) {
      context.looked({ check: 'kernel', unseen: gap, subject });
    }
    return undefined;
  },
});
