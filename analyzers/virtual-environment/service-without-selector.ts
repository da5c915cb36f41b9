import { environmentRouting, type ServiceRouting } from '../../src/derive/virtual-environment-routing.ts';
import { environmentNamespaces, environmentOwner } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import type { ResourceIdentity } from '../../src/model/json.ts';
import { subjectOf } from '../../src/model/subject.ts';

const TAKE_OFF = {
  text: 'KtEnv makes them again as long as a port is named `http…`: give the ports other names, move the Service to a namespace without a VirtualEnvironment, or replace it by a ServiceEntry.',
} as const;

export const serviceWithoutSelector = defineAnalyzer({
  meta: {
    id: 'virtual-environment/service-without-selector',
    title: 'Service without a selector routed by environments',
    description:
      'Services without a selector and ExternalNames, which KtEnv takes for Services of every workload of the namespace.',
    messages: {
      routed: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the Service, and the objects the operator made, say so' },
        text: '{service:object} ({what:text}) is routed by environments, although it stands for none of the workloads of its namespace: its endpoints have no environment label, so requests to it get 503.',
        remedy: [
          {
            text: 'See what was made for it.',
            argv: [
              'kubectl',
              'get',
              'virtualservice,destinationrule',
              '{service.name}',
              '-n',
              '{service.namespace}',
            ],
          },
          TAKE_OFF,
        ],
        explains: [
          { effect: 'route-broken', via: ['same-object'] },
          { effect: 'connection-failing', via: ['same-object'] },
        ],
      },
    },
    checks: {
      apart: {
        item: 'Services without a selector are not routed by environments',
        expected: 'no rules for them',
        found: '{count:count} Services without a selector',
      },
    },
    references: ['alibaba/virtual-environment pkg/component/parser/label_paster.go: FindAllRelatedLabels'],
  },
  needs: { environments: environmentNamespaces, routing: environmentRouting },
  appliesTo: ({ environments }) => environments.applies,
  analyze({ routing }, context) {
    for (const { effective, unmeant, gap } of routing) {
      const told = unmeant.map((one) => judge(one, context));
      if (told.some(Boolean)) continue;
      const subject = subjectOf(effective.instance);
      if (gap) context.looked({ check: 'apart', subject, unseen: gap });
      else context.looked({ check: 'apart', subject, values: { count: unmeant.length } });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof serviceWithoutSelector.meta.messages,
  NonNullable<typeof serviceWithoutSelector.meta.checks>
>;

/** By what there is: rules that would be made but are not do no harm. */
function judge({ service, virtualService, destinationRule }: ServiceRouting, context: Context): boolean {
  const made = [virtualService, destinationRule].flatMap((found): ResourceIdentity[] =>
    found.state === 'present' && environmentOwner(found.item) !== undefined ? [found.item] : [],
  );
  if (made.length === 0) return false;
  const subject = subjectOf(service);
  const { type, externalName = '' } = service.spec ?? {};
  const what = type === 'ExternalName' ? `ExternalName \`${externalName}\`` : 'without a selector';
  const evidence = [context.at(service, '/spec'), ...made.map((item) => context.at(item))];
  context.report({
    message: 'routed',
    values: { service: subject, what },
    subject,
    related: made.map((item) => subjectOf(item)),
    evidence: evidence as unknown as EvidenceRefs,
  });
  return true;
}
