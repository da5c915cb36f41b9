import { nodeKernelSettings } from '../../src/artifacts/node-kernel-settings.ts';
import { integerIn } from '../../src/artifacts/text-sections.ts';
import { kernelSeverity } from '../../src/derive/kernel-log.ts';
import { machines, machinesWith, machinesWithout } from '../../src/derive/machines.ts';
import { AGENT_RECENT_SECONDS, lineAge, matchesByMachine } from '../../src/derive/node-logs.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';

/** Shares in use (aws/eks-node-monitoring-agent: 70 %; node-exporter NodeFileDescriptorLimit: 70 and 90 %). */
const NEARLY = 0.7;
const ALMOST = 0.9;

const COUNTED = { level: 'certain', reason: 'the kernel counts it' } as const;
const SAID = { level: 'likely', reason: 'the log of the node says so' } as const;
const EXPLAINS = [
  { effect: 'node-not-ready', via: ['same-object'] },
  { effect: 'container-runtime-down', via: ['same-object'] },
  { effect: 'pod-not-starting', via: ['runs'] },
] as const;
const PROCESSES = {
  text: 'On the node, find what makes so many threads: `ps -eLf` counted per user and command; limit pods with `podPidsLimit` of the kubelet, or raise `kernel.pid_max`.',
} as const;
const FILES = {
  text: 'On the node, find who holds them: `lsof -n` counted per command; raise `fs.file-max` when they are needed.',
} as const;
const WATCHES = {
  text: 'Raise the limits of inotify on the node, for good in /etc/sysctl.d: `fs.inotify.max_user_instances=8192`, `fs.inotify.max_user_watches=524288`.',
  argv: ['sysctl', '-w', 'fs.inotify.max_user_instances=8192', 'fs.inotify.max_user_watches=524288'],
} as const;

const agents = logSignals({
  component: { id: 'node', unit: /^(kubelet|containerd|crio|docker|kernel|journal)$/ },
  patterns: {
    forkFailed: {
      any: [
        'resource temporarily unavailable',
        'failed to create new OS thread',
        'fork rejected by pids controller',
      ],
      re: /fork\/exec.*resource temporarily unavailable|failed to create new OS thread|fork rejected by pids controller in \/(?!kubepods)/,
    },
    watchesOut: {
      any: ['no space left on device', 'too many open files'],
      re: /(?:inotify|fsnotify|file watcher).*(?:no space left on device|too many open files)/,
    },
    filesOut: {
      any: ['too many open files', 'file-max limit'],
      re: /^(?!.*(?:inotify|fsnotify|file watcher)).*(?:too many open files|VFS: file-max limit \d+ reached)/,
    },
  },
});

export const resourcesExhausted = defineAnalyzer({
  meta: {
    id: 'node/resources-exhausted',
    title: 'Processes, files or watches of a node exhausted',
    description: 'Nodes near or at the limit of processes, open files or inotify watches.',
    messages: {
      processesNearlyOut: {
        severity: ['critical', 'warning'],
        confidence: COUNTED,
        text: '{node:object} has {used:count} processes and threads of at most {limit:count}.',
        remedy: [PROCESSES],
        effect: 'node-pressure',
        explains: EXPLAINS,
        check: 'limits',
      },
      filesNearlyOut: {
        severity: ['critical', 'warning'],
        confidence: COUNTED,
        text: '{node:object} has {used:count} files open of at most {limit:count}.',
        remedy: [FILES],
        effect: 'node-pressure',
        explains: EXPLAINS,
        check: 'limits',
      },
      processNotStarted: {
        severity: ['critical', 'warning', 'info'],
        confidence: SAID,
        text: 'On {node:object} new processes could not be started {count:count} times: process ids or threads had run out.',
        remedy: [PROCESSES],
        effect: 'node-pressure',
        explains: EXPLAINS,
      },
      fileNotOpened: {
        severity: ['warning', 'info'],
        confidence: SAID,
        text: 'The kubelet or the container runtime of {node:object} could not open files {count:count} times: too many were open.',
        remedy: [
          FILES,
          {
            text: 'The limit of the service itself is `LimitNOFILE` in its unit; container runtimes need a high one.',
          },
        ],
        effect: 'node-pressure',
        explains: EXPLAINS,
      },
      watchNotMade: {
        severity: ['warning', 'info'],
        confidence: SAID,
        text: 'On {node:object} files could not be watched {count:count} times: instances or watches of inotify had run out.',
        remedy: [WATCHES],
        effect: 'node-pressure',
        explains: EXPLAINS,
      },
    },
    checks: {
      limits: {
        checklist: 'check-nodes',
        item: 'Processes and files within limits',
        expected: 'less than 70 % in use',
        found: '{tasks:text} processes and threads, {files:text} open files',
      },
    },
    references: [
      'aws/eks-node-monitoring-agent pkg/reasons (ForkFailedOutOfPIDs, file-nr)',
      'https://runbooks.prometheus-operator.dev/runbooks/node/nodefiledescriptorlimit/',
      'https://man7.org/linux/man-pages/man7/inotify.7.html: ENOSPC, EMFILE',
    ],
  },
  needs: { settings: nodeKernelSettings, agents: optional(agents), machines },
  analyze({ settings, agents: log, machines: known }, context) {
    const read = machinesWith(settings, known);
    for (const { subject, documents } of read) {
      const [document] = documents;
      const { sysctl, tasks } = document.value;
      const limits = [sysctl['kernel.pid_max'], sysctl['kernel.threads-max']].flatMap(
        (one) => integerIn(one) ?? [],
      );
      // `fs.file-nr`: allocated, unused, maximum; the kernel's default maximum is past any count.
      const [open, , most] = (sysctl['fs.file-nr'] ?? '').split(/\s+/).map((one) => integerIn(one));
      const processes = judge(tasks, limits.length === 0 ? undefined : Math.min(...limits));
      const files = judge(open, most);
      const evidence = [
        context.at(document, '/tasks'),
        context.at(document, '/sysctl/kernel.pid_max'),
      ] as const;
      if (processes) {
        const { severity, ...counts } = processes;
        context.report({
          message: 'processesNearlyOut',
          severity,
          values: { node: subject, ...counts },
          subject,
          evidence,
        });
      }
      if (files) {
        const { severity, ...counts } = files;
        const cited = [context.at(document, '/sysctl/fs.file-nr')] as const;
        context.report({
          message: 'filesNearlyOut',
          severity,
          values: { node: subject, ...counts },
          subject,
          evidence: cited,
        });
      }
      if (processes || files) continue;
      const values = { tasks: String(tasks ?? 'uncounted'), files: String(open ?? 'uncounted') };
      context.looked({ check: 'limits', values, subject });
    }
    for (const pattern of ['forkFailed', 'filesOut', 'watchesOut'] as const) {
      for (const { subject, matches } of matchesByMachine(log, pattern, known)) {
        const age = lineAge(matches, context, AGENT_RECENT_SECONDS);
        const severity = age === 'old' ? 'info' : 'warning';
        const common = {
          values: { node: subject, count: matches.count },
          subject,
          evidence: [{ cite: 'matches', matches }] as const,
          ...(matches.first ? { since: matches.first } : {}),
        };
        if (pattern === 'forkFailed')
          context.report({ message: 'processNotStarted', severity: kernelSeverity(age), ...common });
        else if (pattern === 'filesOut') context.report({ message: 'fileNotOpened', severity, ...common });
        else context.report({ message: 'watchNotMade', severity, ...common });
      }
    }
    for (const subject of machinesWithout(
      read.map(({ name }) => name),
      known,
    )) {
      context.looked({ check: 'limits', unseen: 'its kernel settings are not in the bundle', subject });
    }
    return undefined;
  },
});

function judge(used: number | undefined, limit: number | undefined) {
  if (used === undefined || !limit || used < limit * NEARLY) return undefined;
  return { used, limit, severity: used >= limit * ALMOST ? 'critical' : 'warning' } as const;
}
