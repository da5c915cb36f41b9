import type { SeedRow } from '../seed-row.ts';

/** What `konvoy check preflight` verifies, and when the document advises to run it. */
export const preflightRows: readonly SeedRow[] = [
  {
    lines: [552, 556],
    kind: 'command',
    says: 'Make sure of the prerequisites: `konvoy check preflight`.',
    answers: [
      { command: 'kubecase collect --nodes' },
      { command: 'kubecase analyze <input>' },
      { analyzer: 'node/prerequisite-missing', check: 'system' },
    ],
  },
  {
    lines: 560,
    kind: 'step',
    says: 'Machines take SSH, and SSH is configured as it should.',
    answers: [{ analyzer: 'konvoy/run-failed', check: 'ssh' }],
  },
  {
    lines: 561,
    kind: 'step',
    says: 'The right version of Python is installed.',
    answers: [
      { analyzer: 'konvoy/run-failed', check: 'python' },
      { analyzer: 'konvoy/run-failed', message: 'pythonMissing' },
    ],
  },
  {
    lines: 562,
    kind: 'step',
    says: 'Operating system and platform go together.',
    answers: [
      { analyzer: 'node/prerequisite-missing', check: 'system' },
      { analyzer: 'node/prerequisite-missing', message: 'kernelOld' },
      { analyzer: 'node/settings-unsuitable', message: 'cgroupTooOld' },
    ],
  },
  {
    lines: 563,
    kind: 'step',
    says: 'Nodes reach the registries and get their images.',
    answers: [
      { analyzer: 'node/connection-blocked', check: 'registries' },
      { analyzer: 'node/connection-blocked', message: 'registryUnreachable' },
      { analyzer: 'workload/image-pull-failed' },
    ],
  },
  {
    lines: 564,
    kind: 'step',
    says: 'The package sources of the operating system are reached.',
    answers: [
      { analyzer: 'node/connection-blocked', check: 'packages' },
      { analyzer: 'node/connection-blocked', message: 'packageSourceUnreachable' },
    ],
  },
  {
    lines: 565,
    kind: 'step',
    says: 'Swap is off.',
    answers: [
      { analyzer: 'node/settings-unsuitable', check: 'swap' },
      { analyzer: 'node/settings-unsuitable', message: 'swapOn' },
      { analyzer: 'node/service-restarting', message: 'kubeletNotStarting' },
    ],
  },
  {
    lines: 566,
    kind: 'step',
    says: 'The network is configured soundly, for example without subnets that overlap.',
    answers: [
      { analyzer: 'network/cidr-overlap', check: 'apart' },
      { analyzer: 'network/cidr-overlap' },
      { analyzer: 'node/settings-unsuitable', message: ['notForwarding', 'bridgeNotFiltered'] },
    ],
  },
  {
    lines: 567,
    kind: 'step',
    says: 'Nodes reach each other.',
    answers: [
      { analyzer: 'node/connection-blocked', check: 'peers' },
      { analyzer: 'node/connection-blocked', message: ['nodeUnreachable', 'peersUnreachable'] },
    ],
  },
  {
    lines: 568,
    kind: 'step',
    says: 'The ports that are needed are free.',
    answers: [
      { analyzer: 'node/prerequisite-missing', check: 'ports' },
      { analyzer: 'node/prerequisite-missing', message: 'portTaken' },
      { analyzer: 'control-plane/component-not-running', message: 'portInUse' },
    ],
  },
  {
    lines: 572,
    kind: 'question',
    says: 'Preflight: why does a node not answer?',
    answers: [
      { analyzer: 'node/not-ready' },
      { analyzer: 'node/lease-stale', message: 'silentUnnoticed' },
      { analyzer: 'node/kernel-hung' },
    ],
  },
  {
    lines: 573,
    kind: 'question',
    says: 'Preflight: why are applications cut off?',
    answers: [
      { analyzer: 'node/connection-blocked' },
      { analyzer: 'network/network-plugin-unhealthy' },
      { analyzer: 'network/service-without-endpoints' },
      { analyzer: 'node/connection-tracking-full' },
    ],
  },
  {
    lines: 574,
    kind: 'question',
    says: 'Preflight: what did an upgrade of the system, its configuration or the network break?',
    answers: [
      { analyzer: 'node/settings-unsuitable' },
      { analyzer: 'node/restarted' },
      { analyzer: 'node/connection-blocked' },
      { facts: 'timeline' },
    ],
  },
];
