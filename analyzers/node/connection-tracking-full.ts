import { nodeKernelSettings } from '../../src/artifacts/node-kernel-settings.ts';
import { integerIn } from '../../src/artifacts/text-sections.ts';
import { KERNEL_LOG, KERNEL_RECENT_SECONDS, kernelSeverity } from '../../src/derive/kernel-log.ts';
import { ALL_NODES, lostDocuments, machines, machinesWith } from '../../src/derive/machines.ts';
import { lineAge, machinesRead, matchesByMachine, unreadLogs } from '../../src/derive/node-logs.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import { subjectKey } from '../../src/model/subject.ts';

/** Shares of the table in use, as node-problem-detector (ConntrackFull) and node-exporter's alerts have them. */
const NEARLY_FULL = 0.9;
const FILLING = 0.75;

const EXPLAINS = [
  { effect: 'connection-failing', via: ['runs'] },
  { effect: 'pod-not-ready', via: ['runs'] },
] as const;
const RAISE = {
  text: 'Raise `conntrack.maxPerCore` and `conntrack.min` in the configuration of kube-proxy, which sets nf_conntrack_max of each node, or `net.netfilter.nf_conntrack_max` where kube-proxy does not run.',
  argv: ['kubectl', 'edit', 'configmap', 'kube-proxy', '-n', 'kube-system'],
} as const;
const WHO = {
  text: 'On the node, see who opens the connections: `conntrack -L` by source address; a client without keep-alive or a DNS storm fills the table.',
} as const;

const kernel = logSignals({
  component: KERNEL_LOG,
  patterns: { full: { any: ['conntrack: table full, dropping packet'] } },
});

export const connectionTrackingFull = defineAnalyzer({
  meta: {
    id: 'node/connection-tracking-full',
    title: 'Connection tracking table full',
    description: 'Nodes that drop packets, or soon will, because their table of connections is full.',
    messages: {
      dropping: {
        severity: ['critical', 'warning', 'info'],
        confidence: { level: 'certain', reason: 'the kernel log says so' },
        text: '{node:object} drops packets of new connections: its table of connections was full ({count:count} lines).',
        remedy: [RAISE, WHO],
        effect: 'connection-failing',
        explains: EXPLAINS,
      },
      nearlyFull: {
        severity: ['critical', 'warning'],
        confidence: { level: 'certain', reason: 'the kernel counts its connections' },
        text: '{node:object} tracks {used:count} connections of at most {limit:count}: beyond it, packets of new ones are dropped.',
        remedy: [RAISE, WHO],
        effect: 'connection-failing',
        explains: EXPLAINS,
      },
    },
    checks: {
      table: {
        item: 'Table of connections has room',
        expected: 'less than three quarters full, no packet dropped',
        found: 'no packet dropped',
      },
    },
    references: [
      'kubernetes/node-problem-detector config/plugin/network_problem.sh (ConntrackFull)',
      'https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/ (conntrack)',
    ],
  },
  needs: { kernel, settings: optional(nodeKernelSettings), machines },
  analyze({ kernel: log, settings, machines: known }, context) {
    const full = new Set<string>();
    for (const { subject, matches } of matchesByMachine(log, 'full', known)) {
      const severity = kernelSeverity(lineAge(matches, context, KERNEL_RECENT_SECONDS));
      if (severity !== 'info') full.add(subjectKey(subject));
      context.report({
        message: 'dropping',
        severity,
        values: { node: subject, count: matches.count },
        subject,
        evidence: [{ cite: 'matches', matches }],
        ...(matches.first ? { since: matches.first } : {}),
      });
    }
    for (const { subject, documents } of machinesWith(settings, known)) {
      const [document] = documents;
      const { sysctl } = document.value;
      const used = integerIn(sysctl['net.netfilter.nf_conntrack_count']);
      const limit = integerIn(sysctl['net.netfilter.nf_conntrack_max'] ?? sysctl['net.nf_conntrack_max']);
      if (used === undefined || !limit || used < limit * FILLING || full.has(subjectKey(subject))) continue;
      full.add(subjectKey(subject));
      context.report({
        message: 'nearlyFull',
        severity: used >= limit * NEARLY_FULL ? 'critical' : 'warning',
        values: { node: subject, used, limit },
        subject,
        evidence: [context.at(document, '/sysctl/net.netfilter.nf_conntrack_count')],
      });
    }
    for (const subject of machinesRead(log, known)) {
      if (!full.has(subjectKey(subject))) context.looked({ check: 'table', values: {}, subject });
    }
    const lost = lostDocuments(settings);
    if (lost) context.looked({ check: 'table', unseen: lost, subject: ALL_NODES });
    for (const { subject, gap } of unreadLogs(log, 'kernel log', known)) {
      context.looked({ check: 'table', unseen: gap, subject });
    }
    return undefined;
  },
});
