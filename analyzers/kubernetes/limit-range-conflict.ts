import { limitRanges } from '../../src/artifacts/policy-resources.ts';
import { daemonSets, deployments, statefulSets } from '../../src/artifacts/workload-resources.ts';
import { createFailures } from '../../src/derive/create-failures.ts';
import { parseRefusal } from '../../src/derive/create-refusal.ts';
import { type LimitedContainer, limitBreaches } from '../../src/derive/limit-range-breach.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import type { ResourceIdentity } from '../../src/model/json.ts';
import { subjectOf } from '../../src/model/subject.ts';

interface Templated extends ResourceIdentity {
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: {
      readonly spec?: {
        readonly containers?: readonly LimitedContainer[];
        readonly initContainers?: readonly LimitedContainer[];
      };
    };
  };
}

export const limitRangeConflict = defineAnalyzer({
  meta: {
    id: 'kubernetes/limit-range-conflict',
    title: 'Pod template outside the LimitRange',
    description:
      'Workloads whose next pod the LimitRange of their namespace refuses, while the present ones run.',
    messages: {
      nextPodRefused: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'template and LimitRange contradict each other; a webhook may still change the pod',
        },
        text: 'The next pod of {workload:object} is refused by {range:object}: {breaches:text}.',
        remedy: [
          {
            text: 'Bring requests and limits of the template within the LimitRange, or change it: pods that run stay, one that is replaced does not come back.',
          },
          {
            text: 'See the limits of the namespace.',
            argv: ['kubectl', 'describe', 'limitrange', '{range.name}', '-n', '{range.namespace}'],
          },
        ],
        key: ['range'],
      },
    },
    checks: {
      within: {
        item: 'Pod template keeps the LimitRange',
        expected: 'within its limits',
        found: '{count:count} containers',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/policy/limit-range/',
      'kubernetes/kubernetes plugin/pkg/admission/limitranger/admission.go',
    ],
  },
  needs: { limitRanges, deployments, statefulSets, daemonSets, failures: createFailures },
  analyze({ limitRanges: ranges, failures, ...kinds }, context) {
    const byNamespace = new Map<string | undefined, (typeof ranges.items)[number][]>();
    for (const range of ranges.items)
      getOrCreate(byNamespace, range.metadata.namespace, () => []).push(range);
    if (byNamespace.size === 0) return undefined;
    const items = Object.values(kinds).flatMap((kind): readonly Templated[] => kind.items);
    for (const item of items) {
      const own = byNamespace.get(item.metadata.namespace);
      if (!own || item.metadata.deletionTimestamp || item.spec?.replicas === 0) continue;
      const pod = item.spec?.template?.spec;
      const containers = [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])];
      const subject = subjectOf(item);
      // Already refused: told with the API server's own words.
      const said = failures.of(item)?.said;
      if (said && parseRefusal(said.message).kind === 'limitRange') continue;
      const broken = own
        .map((range) => ({ range, breaches: limitBreaches(range, containers) }))
        .filter(({ breaches }) => breaches.length > 0);
      for (const { range, breaches } of broken) {
        context.report({
          message: 'nextPodRefused',
          values: { workload: subject, range: subjectOf(range), breaches: breaches.map(({ text }) => text) },
          subject,
          evidence: [
            context.at(item, '/spec/template/spec/containers'),
            ...breaches.slice(0, 5).map(({ pointer }) => context.at(range, pointer)),
          ],
          related: [subjectOf(range)],
        });
      }
      if (broken.length === 0)
        context.looked({ check: 'within', values: { count: containers.length }, subject });
    }
    return undefined;
  },
});
