import {
  type HorizontalPodAutoscalerItem,
  horizontalPodAutoscalers,
} from '../../src/artifacts/policy-resources.ts';
import {
  type VerticalPodAutoscalerItem,
  verticalPodAutoscalers,
} from '../../src/artifacts/vertical-autoscaler-resources.ts';
import { scaleTargetOf } from '../../src/derive/autoscaler-state.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { groupOf, subjectKey, subjectOf } from '../../src/model/subject.ts';

const CERTAIN = { level: 'certain', reason: 'both name the same target' } as const;

export const autoscalersInConflict = defineAnalyzer({
  meta: {
    id: 'workload/autoscalers-in-conflict',
    title: 'Autoscalers in conflict',
    description:
      'Workloads that two autoscalers scale, by replicas twice or by replicas and requests of one resource.',
    messages: {
      twoAutoscalers: {
        severity: 'warning',
        confidence: CERTAIN,
        text: '{autoscaler:object} and {other:object} scale the same {target:object}: each undoes what the other does.',
        remedy: [
          {
            text: 'Keep one of them and give it all metrics: it takes the highest result. One made by KEDA belongs to a ScaledObject.',
            argv: ['kubectl', 'get', 'hpa', '-n', '{autoscaler.namespace}'],
          },
        ],
        explains: [{ effect: 'autoscaling-failing', via: ['same-object'] }],
      },
      verticalToo: {
        severity: 'info',
        confidence: CERTAIN,
        text: '{autoscaler:object} scales {target:object} by the utilization of {resources:text}, whose requests {vertical:object} changes: the one moves with the other.',
        remedy: [
          {
            text: 'Let one of them go by another metric, or set the vertical one to recommend only (`updateMode: Off`).',
          },
        ],
      },
    },
    checks: {
      alone: { item: 'Workload has one autoscaler', expected: 'one at most', found: 'no other' },
    },
    references: [
      'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/',
      'https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/known-limitations.md',
    ],
  },
  needs: { autoscalers: horizontalPodAutoscalers, vertical: optional(verticalPodAutoscalers) },
  analyze({ autoscalers, vertical }, context) {
    const verticals = new Map<string, VerticalPodAutoscalerItem>();
    for (const item of vertical.items) {
      const key = verticalTarget(item);
      if (key !== undefined && item.spec?.updatePolicy?.updateMode !== 'Off') verticals.set(key, item);
    }
    const first = new Map<string, HorizontalPodAutoscalerItem>();
    for (const item of autoscalers.items) {
      if (item.metadata.deletionTimestamp) continue;
      const target = scaleTargetOf(item);
      const key = subjectKey(target);
      const other = first.get(key);
      const beside = verticals.get(key);
      const resources = beside ? sharedResources(item, beside) : [];
      if (other) {
        context.report({
          message: 'twoAutoscalers',
          values: { autoscaler: subjectOf(other), other: subjectOf(item), target },
          subject: subjectOf(other),
          evidence: [context.at(other, '/spec/scaleTargetRef'), context.at(item, '/spec/scaleTargetRef')],
          related: [subjectOf(item), target],
        });
        continue;
      }
      first.set(key, item);
      if (beside && resources.length > 0) {
        context.report({
          message: 'verticalToo',
          values: { autoscaler: subjectOf(item), vertical: subjectOf(beside), target, resources },
          subject: subjectOf(item),
          evidence: [context.at(item, '/spec/metrics'), context.at(beside, '/spec')],
          related: [subjectOf(beside), target],
        });
      } else context.looked({ check: 'alone', values: {}, subject: subjectOf(item) });
    }
    return undefined;
  },
});

function verticalTarget({ metadata, spec }: VerticalPodAutoscalerItem): string | undefined {
  const target = spec?.targetRef;
  if (!target) return undefined;
  const { namespace } = metadata;
  const group = groupOf(target.apiVersion ?? '');
  return subjectKey({
    group,
    kind: target.kind,
    name: target.name,
    ...(namespace === undefined ? {} : { namespace }),
  });
}

/** Resources by whose share of the request the one scales and whose request the other changes. */
function sharedResources(
  { spec }: HorizontalPodAutoscalerItem,
  vertical: VerticalPodAutoscalerItem,
): string[] {
  const policies = vertical.spec?.resourcePolicy?.containerPolicies ?? [];
  const named = policies.flatMap((policy) =>
    policy.mode === 'Off' ? [] : (policy.controlledResources ?? []),
  );
  const changed = named.length > 0 ? named : ['cpu', 'memory'];
  const scaled = (spec?.metrics ?? []).flatMap(({ resource, containerResource }) => {
    const metric = resource ?? containerResource;
    return metric?.target.type === 'Utilization' ? [metric.name] : [];
  });
  return [...new Set(scaled)].filter((name) => changed.includes(name));
}
