import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type CpuThrottling, cpuThrottling } from '../../src/derive/cpu-throttling.ts';
import { podOwner } from '../../src/derive/pod-siblings.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Collection, optional } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

/** Share of throttled periods worth a line (CPUThrottlingHigh of kubernetes-mixin). */
const SHARE = 0.25;

const THROTTLED = {
  severity: 'info',
  confidence: { level: 'certain', reason: 'the counters of its cgroup say so' },
  key: ['container'],
} as const;
const REMEDY = [
  {
    text: 'If the container answers slowly, raise its CPU limit or remove it; alone, throttling of short bursts does no harm.',
    argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
  },
] as const;

export const cpuThrottled = defineAnalyzer({
  meta: {
    id: 'workload/cpu-throttled',
    title: 'Container throttled by its CPU limit',
    description:
      'Containers stopped by their CPU limit in more than a quarter of the periods in which they ran.',
    messages: {
      now: {
        ...THROTTLED,
        text: 'Container `{container:text}` of {pod:object} is stopped by its CPU limit of {limit:text} in {percent:count} % of its periods over {seconds:duration}; {count:count} pods of its workload are.',
        remedy: REMEDY,
      },
      sinceStart: {
        ...THROTTLED,
        text: 'Container `{container:text}` of {pod:object} was stopped by its CPU limit of {limit:text} in {percent:count} % of its periods since its start; {count:count} pods of its workload were.',
        remedy: REMEDY,
      },
    },
    checks: {
      unhindered: {
        item: 'Container runs within its CPU limit',
        expected: 'at most 25 % of its periods throttled',
        found: '{percent:count} %',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-limits-are-run',
      'https://github.com/kubernetes-monitoring/kubernetes-mixin/issues/108 (why it is no warning)',
    ],
  },
  needs: { throttling: cpuThrottling, pods: optional(pods) },
  analyze({ throttling, pods: collection }, context) {
    const worst = new Map<string, { one: CpuThrottling; count: number }>();
    for (const one of throttling) {
      const pod = podOf(one, collection);
      if (one.share <= SHARE) {
        const values = { percent: percentOf(one) };
        context.looked({ check: 'unhindered', values, subject: pod ? subjectOf(pod) : refOf(one) });
        continue;
      }
      const owner = pod ? podOwner(pod) : refOf(one);
      const known = getOrCreate(worst, `${subjectKey(owner)} ${one.container}`, () => ({ one, count: 0 }));
      known.count += 1;
      if (one.share > known.one.share) known.one = one;
    }
    for (const { one, count } of worst.values()) report(one, count, collection, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof cpuThrottled.meta.messages,
  NonNullable<typeof cpuThrottled.meta.checks>
>;

function report(one: CpuThrottling, count: number, collection: Collection<PodItem>, context: Context): void {
  const pod = podOf(one, collection);
  const index = pod?.spec?.containers.findIndex((container) => container.name === one.container) ?? -1;
  const subject = pod ? subjectOf(pod) : refOf(one);
  const limit = pod?.spec?.containers[index]?.resources?.limits?.cpu ?? 'unknown size';
  const values = { container: one.container, pod: subject, limit, percent: percentOf(one), count };
  const common = {
    subject,
    evidence: [
      context.at(one.document),
      ...(pod && index >= 0 ? [context.at(pod, `/spec/containers/${index}/resources`)] : []),
    ],
  } as const;
  if (one.seconds === undefined) context.report({ message: 'sinceStart', values, ...common });
  else context.report({ message: 'now', values: { ...values, seconds: one.seconds }, ...common });
}

function podOf({ namespace, pod }: CpuThrottling, collection: Collection<PodItem>): PodItem | undefined {
  const found = collection.lookup({ namespace, name: pod });
  return found.state === 'present' ? found.item : undefined;
}

function refOf({ namespace, pod }: CpuThrottling) {
  return { group: '', kind: 'Pod', namespace, name: pod };
}

function percentOf({ share }: CpuThrottling): number {
  return Math.round(share * 100);
}
