import { pods } from '../../src/artifacts/resources.ts';
import { nodeReboots } from '../../src/derive/node-reboots.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { subjectOf } from '../../src/model/subject.ts';

const INFO = 'info';
const REMEDY = [
  {
    text: 'Nothing is to be done when the restart was wanted; else look at the power, the hypervisor and the kernel log of that time.',
    argv: ['kubectl', 'describe', 'node', '{node.name}'],
  },
] as const;

export const restarted = defineAnalyzer({
  meta: {
    id: 'node/restarted',
    title: 'Restarted node',
    description: 'Nodes that were rebooted, which explains the restart counts of the containers on them.',
    messages: {
      rebooted: {
        severity: INFO,
        confidence: { level: 'certain', reason: 'the boot id of the node has changed' },
        text: '{node:object} was rebooted at {time:time}: {ended:count} of the {before:count} containers it ran then ended with it and were started again.',
        remedy: REMEDY,
      },
      endedTogether: {
        severity: INFO,
        confidence: {
          level: 'likely',
          reason:
            'nearly all its containers ended within minutes, as at a reboot or a stop of the container runtime',
        },
        text: '{ended:count} of {before:count} containers on {node:object} ended together about {time:time}: their restarts are those of the node, not of the applications.',
        remedy: REMEDY,
      },
    },
    checks: {
      keptRunning: { item: 'Node kept running', expected: 'no sign of a reboot', found: 'none' },
    },
    references: [
      'kubernetes/kubernetes pkg/kubelet/nodestatus/setters.go: event Rebooted when the boot id changes',
      'https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/#NodeStatus',
    ],
  },
  needs: { reboots: nodeReboots, pods },
  analyze({ reboots: { nodes, reboots } }, context) {
    const known = new Set(reboots.map((one) => one.node));
    for (const node of nodes) {
      if (!known.has(node)) context.looked({ check: 'keptRunning', values: {}, subject: subjectOf(node) });
    }
    for (const { node, at, told, ended, before, event, pods: shown } of reboots) {
      if (at === undefined) continue;
      context.report({
        message: told === 'containers' ? 'endedTogether' : 'rebooted',
        values: { node: subjectOf(node), time: at, ended, before },
        subject: subjectOf(node),
        since: at,
        evidence: [
          event ? context.at(event, '/message') : context.at(node, '/status/nodeInfo'),
          ...shown.map((pod) => context.at(pod, '/status/containerStatuses')),
        ],
      });
    }
    return undefined;
  },
});
