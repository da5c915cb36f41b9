import { nodes } from '../../src/artifacts/resources.ts';
import { conditionMeaning, KUBELET_CONDITIONS } from '../../src/derive/node-conditions.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { subjectOf } from '../../src/model/subject.ts';

const AGENT_SAYS = { level: 'likely', reason: 'an agent on the node set the condition' } as const;
const DESCRIBE = {
  text: 'Read what the agent reports on the node: conditions and events.',
  argv: ['kubectl', 'describe', 'node', '{node.name}'],
} as const;
const EXPLAINS = [
  { effect: 'node-not-ready', via: ['same-object'] },
  { effect: 'container-runtime-down', via: ['same-object'] },
] as const;

export const conditionReported = defineAnalyzer({
  meta: {
    id: 'node/condition-reported',
    title: 'Fault reported by an agent on the node',
    description: 'Conditions of nodes that node-problem-detector or agents of providers set.',
    messages: {
      detected: {
        severity: 'warning',
        confidence: AGENT_SAYS,
        text: '{node:object} {fault:text}, as its condition {type:text} says since {since:time}: {detail:text}.',
        remedy: [
          DESCRIBE,
          {
            text: 'Conditions of node-problem-detector stay until it or the node restarts: see in the kernel log whether the fault is still there, and restart the node when it is mended.',
          },
        ],
        key: ['type'],
        explains: EXPLAINS,
      },
      notGood: {
        severity: 'warning',
        confidence: AGENT_SAYS,
        text: '{node:object} {fault:text}: its condition {type:text} is not True since {since:time}: {detail:text}.',
        remedy: [DESCRIBE],
        key: ['type'],
        explains: EXPLAINS,
      },
    },
    checks: {
      agents: {
        item: 'Conditions set by agents',
        expected: 'none tells of a fault',
        found: '{known:count} known',
      },
    },
    references: [
      'kubernetes/node-problem-detector config/*.json: True is a fault',
      'https://docs.aws.amazon.com/eks/latest/userguide/node-health.html: True is well',
    ],
  },
  needs: { nodes },
  analyze({ nodes: collection }, { report, looked, at }) {
    for (const node of collection.items) {
      const subject = subjectOf(node);
      let known = 0;
      for (const [index, condition] of (node.status?.conditions ?? []).entries()) {
        const { type, status, reason, message, lastTransitionTime } = condition;
        const meaning = KUBELET_CONDITIONS.includes(type) ? undefined : conditionMeaning(type);
        if (!meaning) continue;
        known += 1;
        if (status !== meaning.bad) continue;
        const since = lastTransitionTime ?? node.metadata.creationTimestamp ?? '';
        report({
          message: meaning.bad === 'True' ? 'detected' : 'notGood',
          values: {
            node: subject,
            fault: meaning.fault,
            type,
            since,
            detail: (message || reason || 'no details given').replace(/\.$/, ''),
          },
          subject,
          evidence: [at(node, `/status/conditions/${index}`)],
          since,
        });
      }
      looked({ check: 'agents', values: { known }, subject });
    }
    return undefined;
  },
});
