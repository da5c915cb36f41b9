import { destinationRules, virtualServices } from '../../src/artifacts/istio-resources.ts';
import { services } from '../../src/artifacts/network-resources.ts';
import { ruleAnnotation } from '../../src/derive/virtual-environment-annotation.ts';
import { routeDrift, subsetDrift } from '../../src/derive/virtual-environment-drift.ts';
import {
  environmentRouting,
  type LeftBehind,
  type NamespaceRouting,
  type ServiceRouting,
} from '../../src/derive/virtual-environment-routing.ts';
import { STALE_CHECKS, STALE_MESSAGES } from '../../src/derive/virtual-environment-stale-messages.ts';
import { environmentNamespaces, environmentOwner } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

type Context = AnalyzeContext<typeof STALE_MESSAGES, typeof STALE_CHECKS>;

export const rulesStale = defineAnalyzer({
  meta: {
    id: 'virtual-environment/rules-stale',
    title: 'Routing rules of a virtual environment out of date',
    description:
      'VirtualServices and DestinationRules of KtEnv that differ from what its operator would make now, or that are for nothing any more.',
    messages: STALE_MESSAGES,
    checks: STALE_CHECKS,
    references: [
      'alibaba/virtual-environment pkg/component/router/istio/http/virtual_service_generator.go: IsDifferentVirtualService, isMatchHeadersEqual',
      'alibaba/virtual-environment issue 38',
    ],
  },
  needs: {
    environments: environmentNamespaces,
    routing: environmentRouting,
    services: optional(services),
    virtualServices,
    destinationRules,
  },
  appliesTo: ({ environments }) => environments.applies,
  analyze({ routing }, context) {
    for (const namespace of routing) {
      const subject = subjectOf(namespace.effective.instance);
      if (namespace.gap) {
        context.looked({ check: 'rules', subject, unseen: namespace.gap });
        continue;
      }
      const told = [
        ...namespace.services.map((one) => judgeService(one, namespace, context)),
        ...namespace.leftBehind.map((one) => judgeLeft(one, namespace, context)),
      ];
      if (told.some(Boolean)) continue;
      const values = { count: namespace.services.filter(({ expected }) => expected.made).length };
      context.looked({ check: 'rules', subject, values });
    }
    return undefined;
  },
});

/** True when something was said, or nothing can be said yet. */
function judgeService(one: ServiceRouting, namespace: NamespaceRouting, context: Context): boolean {
  if (!one.expected.made) return false;
  const { virtualService: routes, destinationRule: rules, settling } = one;
  const differs = routes.state === 'present' && judgeRoutes(one, routes.item, namespace, context);
  // What is too young is said once of a Service.
  if (differs && settling.state !== 'settled') return true;
  return (rules.state === 'present' && judgeSubsets(one, rules.item, namespace, context)) || differs;
}

function judgeRoutes(
  one: ServiceRouting,
  item: Extract<ServiceRouting['virtualService'], { state: 'present' }>['item'],
  namespace: NamespaceRouting,
  context: Context,
): boolean {
  const { service, expected } = one;
  const { spec } = namespace.effective;
  // Somebody's own object is told of by `rules-missing`.
  if (environmentOwner(item) === undefined) return false;
  const drift = routeDrift(item, expected, { spec, annotation: ruleAnnotation(service) });
  if (drift.is === 'none') return false;
  if (waits(one, context)) return true;
  const object = subjectOf(item);
  const common = {
    subject: object,
    related: [subjectOf(service), ...responsible(namespace)],
    evidence: [context.at(item, '/spec'), context.at(namespace.effective.instance, '/spec')] as const,
  };
  if (drift.is === 'routes') {
    context.report({ message: 'routesDiffer', values: { object, difference: drift.words }, ...common });
  } else if (drift.is === 'headers') {
    const values = { object, wanted: named(drift.wanted), found: named(drift.found) };
    context.report({ message: 'headersOld', values, ...common });
  } else {
    context.report({
      message: 'annotationOld',
      values: { object, service: subjectOf(service), difference: drift.words },
      ...common,
      evidence: [context.at(item, '/spec'), context.at(service, '/metadata/annotations')],
    });
  }
  return true;
}

function named(names: readonly string[]): readonly string[] {
  return names.map((name) => `\`${name}\``);
}

function judgeSubsets(
  one: ServiceRouting,
  item: Extract<ServiceRouting['destinationRule'], { state: 'present' }>['item'],
  namespace: NamespaceRouting,
  context: Context,
): boolean {
  if (environmentOwner(item) === undefined) return false;
  const difference = subsetDrift(item, one.expected, namespace.effective.spec);
  if (difference === undefined) return false;
  if (waits(one, context)) return true;
  const object = subjectOf(item);
  context.report({
    message: 'subsetsDiffer',
    values: { object, difference },
    subject: object,
    related: [subjectOf(one.service), ...responsible(namespace)],
    evidence: [
      context.at(item, '/spec/subsets'),
      ...one.related
        .slice(0, 3)
        .map((workload) => context.at(workload.item, '/spec/template/metadata/labels')),
    ],
  });
  return true;
}

/** Says that a difference is too young to be one, or that nobody knows how old it is. */
function waits(
  { service, settling }: Pick<ServiceRouting, 'service' | 'settling'>,
  context: Context,
): boolean {
  const subject = subjectOf(service);
  if (settling.state === 'settled') return false;
  if (settling.state === 'settling') {
    const values = { object: subject, age: settling.seconds };
    context.report({ message: 'settling', values, subject, evidence: [context.at(service)] });
  } else {
    context.looked({ check: 'rules', subject, unseen: 'nothing says when it was changed last' });
  }
  return true;
}

function judgeLeft(
  { item, service, settling }: LeftBehind,
  namespace: NamespaceRouting,
  context: Context,
): boolean {
  const object = subjectOf(item);
  if (settling.state === 'unknown') {
    context.looked({ check: 'rules', subject: object, unseen: 'nothing says when it was changed last' });
    return true;
  }
  if (settling.state === 'settling') {
    const values = { object, age: settling.seconds };
    context.report({ message: 'settling', values, subject: object, evidence: [context.at(item)] });
    return true;
  }
  const common = { subject: object, related: responsible(namespace) };
  const { name } = item.metadata;
  const kind = item.kind;
  if (!service) {
    const scope = { type: 'namespace', namespace: namespace.environment.namespace } as const;
    const evidence = [context.at(item), context.absent({ artifact: services, scope, name })] as const;
    context.report({ message: 'serviceGone', values: { object, name, kind }, ...common, evidence });
    return true;
  }
  const routed = namespace.services.find((one) => one.service === service);
  const values = { object, service: subjectOf(service), kind };
  const evidence = [context.at(item), context.at(service, '/spec')] as const;
  context.report({ message: routed ? 'notNeeded' : 'workloadsGone', values, ...common, evidence });
  return true;
}

function responsible({ effective, environment: { operator } }: NamespaceRouting): readonly ObjectRef[] {
  const shown = [effective.instance, operator?.deployment, ...(operator?.pods ?? [])];
  return shown.flatMap((item) => (item ? [subjectOf(item)] : []));
}
