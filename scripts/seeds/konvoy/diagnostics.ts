import type { SeedRow } from '../seed-row.ts';

const RUN = 'konvoy/run-failed';

/** The archive of `konvoy diagnose`, and SSH logins that fail. */
export const diagnosticsRows: readonly SeedRow[] = [
  {
    lines: [406, 420],
    kind: 'command',
    says: 'Make a diagnostic archive: `konvoy diagnose`. kubecase reads it, and makes a bundle of its own.',
    answers: [
      { command: 'kubecase analyze <input>' },
      { command: 'kubecase convert <input> --to kubecase' },
      { command: 'kubecase collect --nodes' },
      { analyzer: 'konvoy/configuration-differs' },
    ],
  },
  {
    lines: [422, 431],
    kind: 'step',
    says: 'Unpack the archives inside: one for each node, the cluster, Helm. kubecase opens them itself.',
    answers: [
      { command: 'kubecase analyze <input>' },
      { analyzer: 'konvoy/addon-not-deployed' },
      { analyzer: 'kubernetes/helm-release-failed' },
    ],
  },
  {
    lines: [435, 436],
    kind: 'command',
    says: 'Unpack the archive of a node, whose name is its role and address; kubecase finds the node by it.',
    answers: [{ command: 'kubecase inspect <input>' }, { facts: 'node-facts' }],
  },
  {
    lines: 437,
    kind: 'step',
    says: 'iptables-save.txt of a node.',
    answers: [
      { analyzer: 'node/packet-filter-unsuitable', check: 'filter' },
      { analyzer: 'node/packet-filter-unsuitable' },
    ],
  },
  {
    lines: 438,
    kind: 'step',
    says: 'ctr-version.txt of a node.',
    answers: [
      { analyzer: 'node/container-runtime-down', check: 'runtime' },
      { analyzer: 'node/runtime-not-restarted' },
    ],
  },
  {
    lines: [439, 440],
    kind: 'step',
    says: 'containerd.service.log and containerd.service.status.txt of a node.',
    answers: [{ analyzer: 'node/container-runtime-down' }, { analyzer: 'node/service-restarting' }],
  },
  {
    lines: 441,
    kind: 'step',
    says: 'journalctl.log of a node.',
    answers: [
      { analyzer: 'node/service-restarting' },
      { analyzer: 'node/kernel-hung' },
      { facts: 'timeline' },
    ],
  },
  {
    lines: 442,
    kind: 'step',
    says: 'kubelet.service.log of a node.',
    answers: [
      { analyzer: 'node/service-restarting', message: ['kubeletDown', 'kubeletNotStarting'] },
      { analyzer: 'node/pod-lifecycle-stalled' },
    ],
  },
  {
    lines: 443,
    kind: 'step',
    says: 'ansible_facts.json of a node.',
    answers: [
      { analyzer: 'node/settings-unsuitable', message: 'swapOn' },
      { analyzer: 'node/filesystem-full', check: 'room' },
      { analyzer: 'node/prerequisite-missing', check: 'system' },
    ],
  },
  {
    lines: 444,
    kind: 'step',
    says: 'timedatectl.txt of a node.',
    answers: [{ analyzer: 'node/clock-off', message: ['notSynchronized', 'hardwareClockLocal'] }],
  },
  {
    lines: 445,
    kind: 'step',
    says: 'kubelet.service.status.txt of a node.',
    answers: [
      { analyzer: 'node/service-restarting', check: 'services' },
      { analyzer: 'node/service-not-enabled' },
    ],
  },
  {
    lines: 446,
    kind: 'step',
    says: 'dmesg.txt of a node.',
    answers: [
      { analyzer: 'node/disk-errors', check: 'disks' },
      { analyzer: 'node/kernel-hung', check: 'kernel' },
      { analyzer: 'workload/out-of-memory' },
    ],
  },
  {
    lines: [453, 470],
    kind: 'symptom',
    says: 'A preflight waits for a login in vain: `Too many authentication failures`.',
    answers: [{ analyzer: RUN, message: 'tooManyKeys' }],
  },
  {
    lines: [474, 478],
    kind: 'command',
    says: 'See the keys of the SSH agent: `ssh-add -L`.',
    answers: [{ analyzer: RUN, message: 'tooManyKeys' }],
  },
  {
    lines: [482, 487],
    kind: 'remedy',
    says: 'Empty the agent and add the one key: `ssh-add -D`, `ssh-add <key>`.',
    answers: [{ analyzer: RUN, message: 'tooManyKeys' }],
  },
];
