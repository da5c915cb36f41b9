import { daemonSets, deployments, statefulSets } from '../../src/artifacts/workload-resources.ts';
import { type LabelSelector, matchesSelector } from '../../src/derive/label-selector.ts';
import { scaleOwners } from '../../src/derive/scale-owners.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import type { ResourceIdentity } from '../../src/model/json.ts';
import { subjectOf } from '../../src/model/subject.ts';

interface Selecting extends ResourceIdentity {
  readonly spec?: {
    readonly selector?: LabelSelector;
    readonly template?: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } };
  };
}

/** Workloads named that a selector takes in as well. */
const NAMES = 10;

export const selectorConflict = defineAnalyzer({
  meta: {
    id: 'workload/selector-conflict',
    title: 'Selectors of workloads in conflict',
    description:
      'Workloads whose selector also matches the pods of another workload, or does not match their own template.',
    messages: {
      ownTemplateMissed: {
        severity: 'critical',
        confidence: { level: 'certain', reason: 'selector and template are compared' },
        text: 'The selector of {workload:object} does not match the labels of its own pod template: it never counts the pods it makes.',
        remedy: [
          {
            text: 'The selector cannot be changed: delete the workload and create it anew with labels that match.',
          },
        ],
      },
      overlap: {
        severity: ['warning', 'info'],
        confidence: { level: 'certain', reason: 'selector and templates are compared' },
        text: 'The selector of {workload:object} also matches the pods of {others:text}: {harm:text}.',
        remedy: [
          {
            text: 'Give each workload a label of its own in selector and template; a selector cannot be changed in place.',
          },
        ],
      },
    },
    checks: {
      distinct: {
        item: 'Selector matches its own pods only',
        expected: 'no other workload',
        found: 'none other',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector',
      'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/: metrics of all pods the selector matches',
    ],
  },
  needs: { deployments, statefulSets, daemonSets, scalers: scaleOwners },
  analyze({ scalers, ...kinds }, context) {
    const items = Object.values(kinds)
      .flatMap((kind): readonly Selecting[] => kind.items)
      .filter((item) => !item.metadata.deletionTimestamp && item.spec?.selector);
    const rivals = overlapsOf(items);
    for (const item of items) {
      const subject = subjectOf(item);
      const selector = item.spec?.selector ?? {};
      const labels = item.spec?.template?.metadata?.labels;
      const others = rivals.get(item) ?? [];
      if (labels !== undefined && !matchesSelector(labels, selector)) {
        context.report({
          message: 'ownTemplateMissed',
          values: { workload: subject },
          subject,
          evidence: [context.at(item, '/spec/selector'), context.at(item, '/spec/template/metadata/labels')],
        });
      } else if (others.length > 0) {
        const [autoscaler] = scalers.of(item);
        const harm = autoscaler
          ? `${autoscaler.kind} ${autoscaler.metadata.name} measures the pods of all of them`
          : 'each goes on with its own pods, but commands and autoscalers by selector take all of them';
        context.report({
          message: 'overlap',
          values: {
            workload: subject,
            others: others.slice(0, NAMES).map((one) => `${one.kind} ${one.metadata.name}`),
            harm,
          },
          subject,
          severity: autoscaler ? 'warning' : 'info',
          evidence: [
            context.at(item, '/spec/selector'),
            ...others.slice(0, 3).map((one) => context.at(one, '/spec/template/metadata/labels')),
            ...(autoscaler ? [context.at(autoscaler, '/spec')] : []),
          ],
          related: others.slice(0, NAMES).map((one) => subjectOf(one)),
        });
      } else context.looked({ check: 'distinct', values: {}, subject });
    }
    return undefined;
  },
});

/** Which other templates each selector matches; a template meets only selectors that share a pair with it. */
function overlapsOf(items: readonly Selecting[]): Map<Selecting, Selecting[]> {
  const counts = new Map<string, number>();
  for (const item of items) {
    for (const pair of Object.entries(item.spec?.template?.metadata?.labels ?? {})) {
      const key = pairKey(item, pair);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const byPair = new Map<string, Selecting[]>();
  for (const item of items) {
    const keys = Object.entries(item.spec?.selector?.matchLabels ?? {}).map((pair) => pairKey(item, pair));
    const [rarest] = keys.sort((one, two) => (counts.get(one) ?? 0) - (counts.get(two) ?? 0));
    // Selectors of expressions only are rare and are not compared.
    if (rarest !== undefined) getOrCreate(byPair, rarest, () => []).push(item);
  }
  const overlaps = new Map<Selecting, Selecting[]>();
  for (const other of items) {
    const labels = other.spec?.template?.metadata?.labels ?? {};
    for (const pair of Object.entries(labels)) {
      for (const item of byPair.get(pairKey(other, pair)) ?? []) {
        if (item !== other && matchesSelector(labels, item.spec?.selector ?? {}))
          getOrCreate(overlaps, item, () => []).push(other);
      }
    }
  }
  return overlaps;
}

function pairKey({ metadata }: Selecting, [label, value]: readonly [string, string]): string {
  return `${metadata.namespace}/${label}=${value}`;
}
