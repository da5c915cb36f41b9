import { podDisruptionBudgets } from '../../src/artifacts/policy-resources.ts';
import { type NodeItem, nodes, type PodItem } from '../../src/artifacts/resources.ts';
import { type DrainBlockers, drainBlockers } from '../../src/derive/drain-blockers.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Names shown of pods or budgets. */
const NAMES = 5;

const SPEC = { level: 'certain', reason: 'the specification of the node says so' } as const;
const UNCORDON = {
  text: 'When the work on the node is over, let pods come back to it.',
  argv: ['kubectl', 'uncordon', '{node.name}'],
} as const;
const DRAIN = {
  text: 'To empty it, drain it: pods of DaemonSets stay ({daemons:count}), data in emptyDir volumes is lost ({local:text}).',
  argv: ['kubectl', 'drain', '{node.name}', '--ignore-daemonsets', '--delete-emptydir-data'],
} as const;
const DELETE = {
  text: 'To replace the node, shut its machine down and delete the Node; a machine that is gone already needs no drain, which could not end its pods.',
  argv: ['kubectl', 'delete', 'node', '{node.name}'],
} as const;

export const cordoned = defineAnalyzer({
  meta: {
    id: 'node/cordoned',
    title: 'Node cordoned',
    description: 'Nodes taken out of scheduling, with what a drain of them would meet.',
    messages: {
      cordoned: {
        severity: 'info',
        confidence: SPEC,
        text: '{node:object} is cordoned: no new pod is placed on it.',
        remedy: [UNCORDON],
      },
      drained: {
        severity: 'info',
        confidence: SPEC,
        text: '{node:object} is cordoned and drained: only {daemons:count} pods of DaemonSets run on it.',
        remedy: [UNCORDON, DELETE],
      },
      notDrained: {
        severity: 'info',
        confidence: SPEC,
        text: '{node:object} is cordoned, and {pods:count} pods still run on it that a drain would move.',
        remedy: [DRAIN, UNCORDON, DELETE],
      },
      drainBlocked: {
        severity: 'info',
        confidence: SPEC,
        text: '{node:object} is cordoned, and a drain of its {pods:count} pods does not end by itself: without a controller are {bare:text}; budgets that allow no disruption: {budgets:text}.',
        remedy: [
          DRAIN,
          {
            text: 'Pods without a controller go with `--force` only, and nobody makes them anew: save what they hold first.',
          },
          {
            text: 'For the budgets, add replicas or make the guarded pods ready, then drain again; eviction is refused until then.',
            argv: ['kubectl', 'get', 'poddisruptionbudgets', '-A'],
          },
          DELETE,
        ],
      },
    },
    checks: {
      schedulable: { item: 'Node takes pods', expected: 'not cordoned', found: 'not cordoned' },
    },
    references: [
      'https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/',
      'kubernetes/kubectl pkg/drain/filters.go; `--delete-local-data` is `--delete-emptydir-data` since 1.20',
    ],
  },
  needs: { nodes, drain: drainBlockers, budgets: optional(podDisruptionBudgets) },
  analyze({ nodes: collection, drain, budgets }, { report, looked, at }) {
    for (const node of collection.items) {
      const subject = subjectOf(node);
      if (!node.spec?.unschedulable) {
        looked({ check: 'schedulable', values: {}, subject });
        continue;
      }
      const blockers = drain.of(node.metadata.name);
      const common = { subject, evidence: [at(node, '/spec')] as const, ...sinceOf(node) };
      const values = { node: subject };
      if (!blockers) {
        report({ message: 'cordoned', values, ...common });
        continue;
      }
      const daemons = blockers.daemons.length;
      if (blockers.evicted.length === 0) {
        report({ message: 'drained', values: { ...values, daemons }, ...common });
        continue;
      }
      const found = { ...values, daemons, pods: blockers.evicted.length, local: names(blockers.local) };
      if (!blocks(blockers)) {
        report({ message: 'notDrained', values: found, ...common });
        continue;
      }
      const guards = blockers.budgets.map(({ budget }) => budget);
      report({
        message: 'drainBlocked',
        values: {
          ...found,
          bare: names(blockers.bare),
          budgets: budgets.coverage.complete ? names(guards) : 'not seen',
        },
        ...common,
        related: guards.slice(0, NAMES).map((budget) => subjectOf(budget)),
      });
    }
    return undefined;
  },
});

function blocks({ bare, budgets }: DrainBlockers): boolean {
  return bare.length > 0 || budgets.length > 0;
}

function names(items: readonly { readonly metadata: PodItem['metadata'] }[]): string[] {
  if (items.length === 0) return ['none'];
  const shown = items.slice(0, NAMES).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  return items.length > NAMES ? [...shown, `${items.length - NAMES} more`] : shown;
}

/** The controller's taint carries no time for NoSchedule, some tools add one. */
function sinceOf(node: NodeItem): { since?: string } {
  const taint = node.spec?.taints?.find((one) => one.key === 'node.kubernetes.io/unschedulable');
  return taint?.timeAdded ? { since: taint.timeAdded } : {};
}
