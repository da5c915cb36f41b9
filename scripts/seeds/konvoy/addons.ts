import type { SeedRow } from '../seed-row.ts';

const ADDON = 'konvoy/addon-not-deployed';

/** What `konvoy check addons` verifies, and when the document advises to run it. */
export const addonRows: readonly SeedRow[] = [
  {
    lines: [619, 623],
    kind: 'command',
    says: 'Make sure of the installed addons: `konvoy check addons`.',
    answers: [
      { analyzer: ADDON, check: 'deployed' },
      { analyzer: 'konvoy/application-not-deployed', check: 'deployed' },
    ],
  },
  {
    lines: 625,
    kind: 'step',
    says: 'Every addon that is enabled is installed and runs.',
    answers: [
      { analyzer: ADDON, check: 'deployed' },
      { analyzer: ADDON },
      { analyzer: 'konvoy/configuration-differs', message: 'addonMissing' },
    ],
  },
  {
    lines: 626,
    kind: 'step',
    says: 'The addons are as cluster.yaml has them.',
    answers: [
      { analyzer: 'konvoy/configuration-differs', check: 'addon' },
      { analyzer: 'konvoy/configuration-differs', message: ['addonMissing', 'addonLeft'] },
      { command: 'kubecase analyze <input>' },
    ],
  },
  {
    lines: 630,
    kind: 'question',
    says: 'Addons: why is one not reached, or does not answer?',
    answers: [
      { analyzer: ADDON, message: ['notDeployed', 'requirementNotReady', 'requirementMissing'] },
      { analyzer: 'network/service-without-endpoints' },
      { analyzer: 'kubernetes/helm-release-failed' },
    ],
  },
  {
    lines: 632,
    kind: 'question',
    says: 'Addons: why are logs in Kibana and metrics in Grafana not updated?',
    answers: [
      { analyzer: 'konvoy/telemetry-stale' },
      { analyzer: 'konvoy/telemetry-stale', check: 'logs' },
      { analyzer: 'konvoy/telemetry-stale', check: 'metrics' },
      { analyzer: 'storage/volume-nearly-full' },
    ],
  },
  {
    lines: 633,
    kind: 'question',
    says: 'Addons: why are applications not reached through the ingress?',
    answers: [
      { analyzer: 'network/route-broken' },
      { analyzer: ADDON, message: 'notDeployed' },
      { analyzer: 'network/load-balancer-pending' },
    ],
  },
  {
    lines: 635,
    kind: 'practice',
    says: 'Addons are applications like others: what holds for those holds for them.',
    answers: [
      { analyzer: ADDON, message: 'notDeployed' },
      { analyzer: 'workload/rollout-stuck' },
      { analyzer: 'workload/crash-loop' },
    ],
  },
];
