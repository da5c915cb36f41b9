import { resourcesExhausted } from '../../../analyzers/node/resources-exhausted.ts';
import { nodeKernelSettings } from '../../../src/artifacts/node-kernel-settings.ts';
import { node } from '../../support/builders.ts';
import { journalLine, kubeletLog, nodeFile } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const calm = node('worker-1');
const FORK = 'kubelet[9]: runtime: failed to create new OS thread (have 12 already; errno=11)';
const WATCH =
  'kubelet[9]: E0115 11:59:49.1 9 cadvisor.go:1] "Failed to start" err="inotify_add_watch /sys/fs/cgroup/x: no space left on device"';
const FILES = 'kubelet[9]: accept4: too many open files; retrying in 1s';

function settings(tasks: number, open: number) {
  return nodeFile(
    nodeKernelSettings,
    `kernel.pid_max = 32768\nkernel.threads-max = 100000\nfs.file-nr = ${open}\t0\t100000\n==> loadavg <==\n0.00 0.01 0.05 1/${tasks} 5678\n`,
  );
}

testAnalyzer(resourcesExhausted, {
  silent: [
    { name: 'well within limits', given: { objects: [calm], documents: [settings(900, 4000)] } },
    {
      name: 'cgroups that are gone before they can be watched, as any kubelet logs',
      given: {
        objects: [calm],
        documents: [settings(900, 4000)],
        logs: [
          kubeletLog(
            'watcher.go:95] Error while processing event: inotify_add_watch /sys/fs/cgroup/pids/x: no such file or directory\n',
          ),
        ],
      },
    },
    {
      name: 'lines of yesterday',
      given: {
        objects: [calm],
        documents: [settings(900, 4000)],
        logs: [kubeletLog(journalLine(90_000, FORK))],
      },
      info: [{ message: 'processNotStarted', subject, severity: 'info' }],
    },
    {
      name: 'a container at its own limit of processes',
      given: {
        objects: [calm],
        documents: [settings(900, 4000)],
        logs: [
          kubeletLog(journalLine(9, 'cgroup: fork rejected by pids controller in /kubepods/burstable/pod1')),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'processes by the smaller of both limits',
      given: { objects: [calm], documents: [settings(24_000, 4000)] },
      expect: [
        {
          message: 'processesNearlyOut',
          subject,
          severity: 'warning',
          values: { used: 24_000, limit: 32_768 },
        },
      ],
    },
    {
      name: 'open files',
      given: { objects: [calm], documents: [settings(900, 95_000)] },
      expect: [
        {
          message: 'filesNearlyOut',
          subject,
          severity: 'critical',
          values: { used: 95_000, limit: 100_000 },
        },
      ],
    },
    {
      name: 'threads that cannot be started',
      given: { objects: [calm], documents: [settings(900, 4000)], logs: [kubeletLog(journalLine(60, FORK))] },
      expect: [{ message: 'processNotStarted', subject, severity: 'critical', values: { count: 1 } }],
    },
    {
      name: 'files that cannot be opened, and files that cannot be watched',
      given: {
        objects: [calm],
        documents: [settings(900, 4000)],
        logs: [kubeletLog(journalLine(60, FILES) + journalLine(50, WATCH))],
      },
      expect: [
        { message: 'fileNotOpened', subject, severity: 'warning', values: { count: 1 } },
        { message: 'watchNotMade', subject, severity: 'warning', values: { count: 1 } },
      ],
    },
  ],
  unknown: [
    {
      name: 'kernel settings were refused',
      given: { objects: [calm], forbidden: [nodeKernelSettings] },
      reason: /not allowed/,
    },
  ],
});
