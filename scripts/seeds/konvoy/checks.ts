import type { SeedRow } from '../seed-row.ts';

/** `konvoy check preflight`, `kubernetes` and `nodes`, as their output has them. */
export const checkRows: readonly SeedRow[] = [
  {
    lines: [5, 16],
    kind: 'command',
    says: 'Check hosts before the cluster is deployed: `konvoy check preflight`.',
    answers: [
      { command: 'kubecase collect --nodes' },
      { analyzer: 'node/prerequisite-missing', check: 'system' },
      { analyzer: 'node/settings-unsuitable', check: 'swap' },
      { analyzer: 'node/connection-blocked', check: 'peers' },
      { analyzer: 'network/cidr-overlap', check: 'apart' },
    ],
  },
  {
    lines: [23, 30],
    kind: 'step',
    says: 'Each host opens its SSH port within 180 seconds.',
    answers: [{ analyzer: 'konvoy/run-failed', check: 'ssh' }],
  },
  {
    lines: [32, 39],
    kind: 'step',
    says: 'Each host takes an SSH login.',
    answers: [{ analyzer: 'konvoy/run-failed', check: 'ssh' }],
  },
  {
    lines: [40, 48],
    kind: 'step',
    says: 'The other checks, and how many of them passed on each host.',
    answers: [
      { analyzer: 'node/prerequisite-missing', check: 'ports' },
      { analyzer: 'node/connection-blocked', check: 'registries' },
      { analyzer: 'node/connection-blocked', check: 'packages' },
      { analyzer: 'node/clock-off', check: 'clock' },
    ],
  },
  {
    lines: [52, 66],
    kind: 'command',
    says: 'Check the addons: `konvoy check addons`; its output is an input like a bundle.',
    answers: [
      { analyzer: 'konvoy/addon-not-deployed', check: 'deployed' },
      { analyzer: 'konvoy/addon-not-deployed' },
      { command: 'kubecase analyze <input>' },
      { analyzer: 'konvoy/run-failed', check: 'addon' },
    ],
  },
  {
    lines: [70, 81],
    kind: 'command',
    says: 'Check the cluster: `konvoy check kubernetes`.',
    answers: [
      { analyzer: 'network/network-plugin-unhealthy', check: 'healthy' },
      { analyzer: 'network/dns-unhealthy', check: 'serving' },
      { analyzer: 'node/not-ready', check: 'ready' },
      { analyzer: 'node/version-skew', check: 'supported' },
    ],
  },
  {
    lines: [83, 85],
    kind: 'step',
    says: 'Facts of the control-plane hosts are gathered.',
    answers: [{ facts: 'node-facts' }, { collector: 'kubernetes/resources' }],
  },
  {
    lines: [87, 89],
    kind: 'step',
    says: 'The pods of Calico run.',
    answers: [
      { analyzer: 'network/network-plugin-unhealthy', check: 'healthy' },
      { analyzer: 'network/network-plugin-unhealthy', message: ['agentNotReady', 'agentMissing'] },
    ],
  },
  {
    lines: [91, 92],
    kind: 'step',
    says: 'CoreDNS runs.',
    answers: [
      { analyzer: 'network/dns-unhealthy', check: 'serving' },
      { analyzer: 'network/dns-unhealthy', message: ['noServerReady', 'noServer', 'noService'] },
    ],
  },
  {
    lines: [94, 95],
    kind: 'step',
    says: 'The number of nodes is the expected one.',
    answers: [
      { analyzer: 'konvoy/configuration-differs', check: 'node' },
      { analyzer: 'konvoy/configuration-differs', message: ['nodeMissing', 'poolShort'] },
      { analyzer: 'node/not-ready', check: 'count' },
    ],
  },
  {
    lines: [97, 98],
    kind: 'step',
    says: 'All nodes are ready.',
    answers: [{ analyzer: 'node/not-ready', check: 'ready' }, { analyzer: 'node/not-ready' }],
  },
  {
    lines: [100, 102],
    kind: 'step',
    says: 'How many checks passed on each control-plane host.',
    answers: [
      { analyzer: 'control-plane/component-not-running', check: 'running' },
      { analyzer: 'control-plane/version-skew', check: 'equal' },
    ],
  },
  {
    lines: [108, 117],
    kind: 'command',
    says: 'Check the nodes: `konvoy check nodes`; the checks of preflight come first.',
    answers: [
      { command: 'kubecase collect --nodes' },
      { analyzer: 'node/service-restarting', check: 'services' },
      { analyzer: 'node/container-runtime-down', check: 'runtime' },
      { analyzer: 'node/settings-unsuitable', check: 'kernel' },
      { analyzer: 'node/prerequisite-missing', check: 'commands' },
    ],
  },
  {
    lines: [124, 132],
    kind: 'step',
    says: 'Each host opens its SSH port, and the other checks of preflight.',
    answers: [
      { analyzer: 'konvoy/run-failed', check: 'ssh' },
      { analyzer: 'node/settings-unsuitable', check: 'swap' },
    ],
  },
  {
    lines: [134, 146],
    kind: 'step',
    says: 'Facts of every host are gathered and its readiness is checked.',
    answers: [
      { facts: 'node-facts' },
      { analyzer: 'node/pressure', check: 'disk' },
      { analyzer: 'node/filesystem-full', check: 'room' },
      { analyzer: 'node/lease-stale', check: 'renewed' },
    ],
  },
  {
    lines: [148, 155],
    kind: 'step',
    says: 'The scheduler runs on every control-plane node.',
    answers: [
      { analyzer: 'control-plane/component-not-running', check: 'running' },
      { analyzer: 'control-plane/component-not-running', message: ['notReady', 'missing'] },
    ],
  },
  {
    lines: [157, 159],
    kind: 'step',
    says: 'How many checks passed on each node.',
    answers: [
      { analyzer: 'node/network-not-ready', check: 'network' },
      { analyzer: 'node/kernel-hung', check: 'kernel' },
      { analyzer: 'node/disk-errors', check: 'disks' },
      { analyzer: 'node/resources-exhausted', check: 'limits' },
    ],
  },
];
