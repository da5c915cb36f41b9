import {
  environmentRouting,
  type NamespaceRouting,
  type RoutedWorkload,
  type ServiceRouting,
} from '../../src/derive/virtual-environment-routing.ts';
import { environmentNamespaces } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { subjectOf } from '../../src/model/subject.ts';

export const workloadInSeveralServices = defineAnalyzer({
  meta: {
    id: 'virtual-environment/workload-in-several-services',
    title: 'Workload behind several routed Services',
    description: 'Workloads in environments that more than one Service routed by KtEnv selects.',
    messages: {
      several: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'selectors and templates say so' },
        text: '{workload:object} is behind {services:text}, each of which is routed by environments: KtEnv asks for one Service per pod.',
        remedy: [
          {
            text: 'Let one Service select the workload, with all of its ports. Several work as long as they agree about the protocol of each port.',
            argv: ['kubectl', 'get', 'services', '-n', '{workload.namespace}', '-o', 'wide'],
          },
        ],
      },
    },
    checks: {
      single: {
        item: 'Workloads in environments are behind one routed Service',
        expected: 'one Service each',
        found: '{count:count} workloads',
      },
    },
    references: [
      'https://alibaba.github.io/virtual-environment/#/zh-cn/doc/trouble-shooting',
      'https://istio.io/latest/docs/ops/deployment/application-requirements/',
    ],
  },
  needs: { environments: environmentNamespaces, routing: environmentRouting },
  appliesTo: ({ environments }) => environments.applies,
  analyze({ routing }, context) {
    for (const namespace of routing) judge(namespace, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof workloadInSeveralServices.meta.messages,
  NonNullable<typeof workloadInSeveralServices.meta.checks>
>;

/** A headless Service beside another one is how StatefulSets are made. */
function judge({ services, gap, effective }: NamespaceRouting, context: Context): void {
  const subject = subjectOf(effective.instance);
  if (gap) {
    context.looked({ check: 'single', subject, unseen: gap });
    return;
  }
  const behind = new Map<RoutedWorkload, ServiceRouting[]>();
  for (const one of services) {
    if (!one.expected.made || one.service.spec?.clusterIP === 'None') continue;
    for (const { item } of one.related) getOrCreate(behind, item, () => []).push(one);
  }
  const several = [...behind].filter(([, routings]) => routings.length > 1);
  for (const [item, routings] of several) {
    const workload = subjectOf(item);
    const evidence = [
      context.at(item, '/spec/template/metadata/labels'),
      ...routings.slice(0, 3).map(({ service }) => context.at(service, '/spec/selector')),
    ];
    context.report({
      message: 'several',
      values: { workload, services: routings.map(({ service }) => `Service \`${service.metadata.name}\``) },
      subject: workload,
      related: routings.map(({ service }) => subjectOf(service)),
      evidence: evidence as unknown as EvidenceRefs,
    });
  }
  if (several.length === 0) context.looked({ check: 'single', subject, values: { count: behind.size } });
}
