import { nodes } from '../../src/artifacts/resources.ts';
import { machines } from '../../src/derive/machines.ts';
import {
  AGENT_RECENT_SECONDS,
  faultSeverity,
  KUBELET_LOG,
  lineAge,
  machinesRead,
  matchesByMachine,
  unreadLog,
} from '../../src/derive/node-logs.ts';
import { kubeletReason, nodeState, readyCondition } from '../../src/derive/node-readiness.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

const kubelet = logSignals({
  component: KUBELET_LOG,
  patterns: {
    stalled: {
      any: ['PLEG is not healthy: pleg was last seen active'],
      re: /pleg was last seen active (?<since>\S+) ago/,
    },
  },
});

export const podLifecycleStalled = defineAnalyzer({
  meta: {
    id: 'node/pod-lifecycle-stalled',
    title: 'Kubelet stalls on its list of containers',
    description: 'Nodes whose kubelet does not get the list of containers in time (PLEG), by its log.',
    messages: {
      stalled: {
        severity: ['critical', 'warning', 'info'],
        confidence: {
          level: 'likely',
          reason: 'the log of the kubelet says so; it is rather a consequence of a slow runtime or disk',
        },
        text: 'The kubelet of {node:object} did not get the list of its containers for {since:text} and more, {count:count} times: pods there neither start nor end meanwhile.',
        remedy: [
          {
            text: 'On the node, see what slows the container runtime: `crictl ps -a` by the time it takes, disk and memory (`iostat -x`, `free`), processes in state D, very many dead containers.',
            argv: ['crictl', 'ps', '-a'],
          },
          {
            text: 'If the runtime hangs, restart it; running containers stay.',
            argv: ['systemctl', 'restart', 'containerd'],
          },
        ],
        effect: 'node-not-ready',
        explains: [
          { effect: 'node-not-ready', via: ['same-object'] },
          { effect: 'pod-not-starting', via: ['runs'] },
          { effect: 'pod-not-terminating', via: ['runs'] },
        ],
      },
    },
    checks: {
      relist: {
        item: 'Kubelet lists its containers in time',
        expected: 'within three minutes',
        found: 'no complaint in its log',
      },
    },
    references: [
      'kubernetes/kubernetes pkg/kubelet/pleg/generic.go: relistThreshold 3 min',
      'https://kubernetes.io/docs/reference/node/node-status/#condition',
    ],
  },
  needs: { kubelet: optional(kubelet), nodes, machines },
  analyze({ kubelet: log, machines: known }, context) {
    const stalled = new Set<string>();
    for (const { subject, node, state, matches } of matchesByMachine(log, 'stalled', known)) {
      stalled.add(subjectKey(subject));
      const ready = node && readyCondition(node)?.condition;
      // Told by the node itself: node/not-ready reports it with the same words.
      if (ready?.status === 'False' && kubeletReason(ready.message ?? '') !== undefined) continue;
      if (state === 'unseen') continue;
      context.report({
        message: 'stalled',
        severity: faultSeverity(state, lineAge(matches, context, AGENT_RECENT_SECONDS)),
        values: {
          node: subject,
          since: matches.hits.at(-1)?.captures.since ?? 'three minutes',
          count: matches.count,
        },
        subject,
        evidence: [{ cite: 'matches', matches }],
        ...(matches.first ? { since: matches.first } : {}),
      });
    }
    const read = machinesRead(log, known);
    for (const subject of read) {
      if (!stalled.has(subjectKey(subject))) context.looked({ check: 'relist', values: {}, subject });
    }
    const seen = new Set(read.map(subjectKey));
    for (const node of known.nodes) {
      const subject = subjectOf(node);
      if (seen.has(subjectKey(subject))) continue;
      // A kubelet that does not get the list for three minutes is not ready; a ready one needs no log.
      if (nodeState(node) === 'ready') context.looked({ check: 'relist', values: {}, subject });
      else context.looked({ check: 'relist', unseen: unreadLog('kubelet log', node.metadata.name), subject });
    }
    return undefined;
  },
});
