import { destinationRules, virtualServices } from '../../src/artifacts/istio-resources.ts';
import {
  environmentRouting,
  type NamespaceRouting,
  type ServiceRouting,
} from '../../src/derive/virtual-environment-routing.ts';
import { MISSING_CHECKS, MISSING_MESSAGES } from '../../src/derive/virtual-environment-rules-messages.ts';
import { environmentNamespaces, environmentOwner } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

type Context = AnalyzeContext<typeof MISSING_MESSAGES, typeof MISSING_CHECKS>;

export const rulesMissing = defineAnalyzer({
  meta: {
    id: 'virtual-environment/rules-missing',
    title: 'Routing rules of a virtual environment missing',
    description:
      'Services KtEnv is to route whose VirtualService or DestinationRule does not exist, or is not the one of its operator.',
    messages: MISSING_MESSAGES,
    checks: MISSING_CHECKS,
    references: [
      'alibaba/virtual-environment pkg/component/router/istio: http_router.go, http/virtual_service_generator.go',
      'https://alibaba.github.io/virtual-environment/#/zh-cn/doc/trouble-shooting',
    ],
  },
  needs: {
    environments: environmentNamespaces,
    routing: environmentRouting,
    virtualServices,
    destinationRules,
  },
  appliesTo: ({ environments }) => environments.applies,
  analyze({ routing }, context) {
    for (const namespace of routing) judgeNamespace(namespace, context);
    return undefined;
  },
});

function judgeNamespace(namespace: NamespaceRouting, context: Context): void {
  const subject = subjectOf(namespace.effective.instance);
  if (namespace.gap) {
    context.looked({ check: 'resources', subject, unseen: namespace.gap });
    return;
  }
  let count = 0;
  let bad = 0;
  for (const one of namespace.services) {
    if (!one.expected.made) continue;
    count += 1;
    if (judgeService(one, namespace, context)) bad += 1;
  }
  if (bad > 0) return;
  const values = { count, left: namespace.services.length - count };
  context.looked({
    check: 'resources',
    subject,
    values,
    evidence: [context.at(namespace.effective.instance)],
  });
}

/** True when something was said of the Service. */
function judgeService(one: ServiceRouting, namespace: NamespaceRouting, context: Context): boolean {
  const { service, virtualService, destinationRule, settling } = one;
  const subject = subjectOf(service);
  for (const found of [virtualService, destinationRule]) {
    if (found.state === 'unseen') {
      context.looked({ check: 'resources', subject, unseen: found.gap });
      return true;
    }
  }
  const missing = [virtualService, destinationRule].some(({ state }) => state === 'absent');
  const isYoung = settling.state === 'settling';
  if (missing && settling.state === 'unknown') {
    context.looked({ check: 'resources', subject, unseen: 'nothing says when it was changed last' });
    return true;
  }
  if (missing && isYoung) {
    const evidence = [context.at(service)] as const;
    context.report({
      message: 'settling',
      values: { service: subject, age: settling.seconds },
      subject,
      evidence,
    });
    return true;
  }
  if (missing) reportMissing(one, namespace, context);
  const foreign = reportForeign(one, context);
  return missing || foreign;
}

function reportMissing(one: ServiceRouting, namespace: NamespaceRouting, context: Context): void {
  const { service, related, expected, virtualService: routes, destinationRule: rules } = one;
  const ref = subjectOf(service);
  const environments = [...new Set(related.map(({ value }) => `\`${value}\``))];
  const { namespace: place = '', name } = service.metadata;
  const absent = (artifact: { readonly id: string }) =>
    context.absent({ artifact, scope: { type: 'namespace', namespace: place }, name });
  const workload = related[0]?.item;
  const seen = workload ? [context.at(workload, '/spec/template/metadata/labels')] : [];
  const common = { related: [...responsible(namespace), ...related.map(({ item }) => subjectOf(item))] };
  if (routes.state === 'present') {
    const subsets = [...new Set(expected.routes.map(({ subset }) => subset))].filter(
      (subset) => subset !== '',
    );
    context.report({
      message: 'destinationRuleMissing',
      values: { service: ref, subsets: subsets.map((subset) => `\`${subset}\``) },
      subject: subjectOf(routes.item),
      related: [ref, ...common.related],
      evidence: [context.at(routes.item), absent(destinationRules), ...seen],
    });
    return;
  }
  const message = rules.state === 'present' ? 'virtualServiceMissing' : 'bothMissing';
  const more = rules.state === 'present' ? [context.at(rules.item)] : [absent(destinationRules)];
  context.report({
    message,
    values: { service: ref, environments },
    subject: ref,
    ...common,
    evidence: [context.at(service), absent(virtualServices), ...more, ...seen],
  });
}

/** Whose work it is: findings about them explain this one. */
function responsible({ effective, environment: { operator } }: NamespaceRouting): readonly ObjectRef[] {
  const shown = [effective.instance, operator?.deployment, ...(operator?.pods ?? [])];
  return shown.flatMap((item) => (item ? [subjectOf(item)] : []));
}

function reportForeign(
  { service, virtualService, destinationRule }: ServiceRouting,
  context: Context,
): boolean {
  let told = false;
  for (const found of [virtualService, destinationRule]) {
    if (found.state !== 'present' || environmentOwner(found.item) !== undefined) continue;
    const object = subjectOf(found.item);
    context.report({
      message: 'foreign',
      values: { object, service: subjectOf(service), kind: object.kind },
      subject: object,
      related: [subjectOf(service)],
      evidence: [context.at(found.item), context.at(service)],
    });
    told = true;
  }
  return told;
}
