import { nodes } from '../../src/artifacts/resources.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import type { LogMatches } from '../../src/model/log-signals.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** The kubelet tries every two seconds and more: fewer lines are a pod that was just being removed. */
const REPEATED = 3;
/** Pods named of one node. */
const NAMED = 10;

/** pkg/kubelet/kubelet_volumes.go, from 1.8 (capital letter) to 1.36 (in `err=`, quotes escaped). */
const kubeletLog = logSignals({
  component: { id: 'kubelet', unit: /^(?:kubelet|journal|k3s(?:-agent)?|rke2-(?:server|agent))$/ },
  patterns: {
    orphaned: {
      any: ['rphaned pod \\"', 'rphaned pod "'],
      re: /rphaned pod \\?"(?<uid>[^"\\]+)\\?" found, but (?<why>[^:"\\]+)/,
    },
  },
});

export const orphanedPodVolumes = defineAnalyzer({
  meta: {
    id: 'storage/orphaned-pod-volumes',
    title: 'Volumes of removed pods left on a node',
    description: 'Nodes whose kubelet finds directories of pods that are gone and cannot remove them.',
    messages: {
      leftBehind: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the kubelet logs it again and again' },
        text: 'The kubelet of {node:object} cannot remove what removed pods left on its disk: {why:text} (pods by uid: {uids:text}).',
        remedy: [
          {
            text: 'On the node, look below /var/lib/kubelet/pods/UID/volumes: unmount what is still mounted there, then remove the empty directories. Never remove a directory that is still mounted: the data of the volume goes with it.',
          },
        ],
        groupBy: ['why'],
      },
    },
    checks: {
      clean: {
        item: 'Kubelet removes what pods leave',
        expected: 'no orphaned pods in its log',
        found: 'none in `{unit:text}`',
      },
    },
    references: ['kubernetes/kubernetes pkg/kubelet/kubelet_volumes.go: cleanupOrphanedPodDirs'],
  },
  needs: { logs: kubeletLog, nodes: optional(nodes) },
  appliesTo({ logs }) {
    if (logs.units().length > 0) return true;
    const { gaps } = logs.coverage;
    if (gaps.length > 0) return { applies: 'unseen', gaps };
    return { applies: false, reason: 'no log of a kubelet is in the bundle' };
  },
  analyze({ logs, nodes: nodeCollection }, context) {
    const found = new Map<string, LogMatches>();
    for (const matches of logs.matches('orphaned')) {
      if (matches.scope.type !== 'unit' || matches.count < REPEATED) continue;
      const { node } = matches.scope;
      // The whole journal of a node repeats what the log of its kubelet says.
      if ((found.get(node)?.count ?? 0) < matches.count) found.set(node, matches);
    }
    for (const [name, matches] of found) {
      const item = nodeCollection.lookup({ name });
      const node: ObjectRef =
        item.state === 'present' ? subjectOf(item.item) : { group: '', kind: 'Node', name };
      const uids = new Set(matches.hits.map((hit) => hit.captures.uid ?? ''));
      const why = matches.hits.at(-1)?.captures.why?.trim() ?? '';
      context.report({
        message: 'leftBehind',
        values: { node, why, uids: [...uids].slice(0, NAMED) },
        subject: node,
        evidence: [{ cite: 'matches', matches }],
        ...(matches.first ? { since: matches.first } : {}),
      });
    }
    for (const { node, unit } of logs.units()) {
      if (found.has(node)) continue;
      context.looked({ check: 'clean', values: { unit }, subject: { group: '', kind: 'Node', name: node } });
    }
    return undefined;
  },
});
