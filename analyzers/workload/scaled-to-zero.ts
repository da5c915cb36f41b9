import {
  apiServices,
  customResourceDefinitions,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from '../../src/artifacts/extension-resources.ts';
import { httpRoutes } from '../../src/artifacts/gateway-resources.ts';
import { ingresses, services } from '../../src/artifacts/network-resources.ts';
import { deployments, statefulSets } from '../../src/artifacts/workload-resources.ts';
import { objectGraph } from '../../src/derive/object-graph.ts';
import { scaleOwners } from '../../src/derive/scale-owners.ts';
import { serviceBackends } from '../../src/derive/service-backends.ts';
import { servicesOfTemplate } from '../../src/derive/services-of-template.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { Gap } from '../../src/model/coverage.ts';
import type { ResourceIdentity } from '../../src/model/json.ts';
import { type ObjectRef, subjectKey, subjectOf } from '../../src/model/subject.ts';

const CERTAIN = { level: 'certain', reason: 'the workload, its Service and what names it say so' } as const;

/** Kinds that send requests through a Service, as people speak of them. */
const CALLERS: Readonly<Record<string, string>> = {
  Ingress: 'routes to',
  HTTPRoute: 'routes to',
  ValidatingWebhookConfiguration: 'calls',
  MutatingWebhookConfiguration: 'calls',
  APIService: 'is served by',
  CustomResourceDefinition: 'converts through',
};

const needs = {
  deployments,
  statefulSets,
  services,
  matching: servicesOfTemplate,
  backends: serviceBackends,
  graph: objectGraph,
  scalers: scaleOwners,
  ingresses: optional(ingresses),
  routes: optional(httpRoutes),
  validating: optional(validatingWebhookConfigurations),
  mutating: optional(mutatingWebhookConfigurations),
  apiServices: optional(apiServices),
  definitions: optional(customResourceDefinitions),
};

export const scaledToZero = defineAnalyzer({
  meta: {
    id: 'workload/scaled-to-zero',
    title: 'Scaled to zero, but called',
    description:
      'Deployments and StatefulSets with no replicas whose Service an Ingress, a route, a webhook or an APIService still uses.',
    messages: {
      called: {
        severity: 'warning',
        confidence: CERTAIN,
        text: '{workload:object} is scaled to zero, but {caller:object} {verb:text} its {service:object}: requests find no pod.',
        remedy: [
          {
            text: 'Scale it up, or take what calls it away.',
            argv: [
              'kubectl',
              'scale',
              '{kind}/{workload.name}',
              '-n',
              '{workload.namespace}',
              '--replicas=1',
            ],
          },
          { text: 'The kind is {kind:text}; the number of replicas it had is in its history or its chart.' },
        ],
        explains: [
          { effect: 'service-without-endpoints', via: ['same-object'] },
          { effect: 'service-unreachable', via: ['same-object'] },
          { effect: 'route-broken', via: ['same-object'] },
          { effect: 'admission-failing', via: ['same-object'] },
          { effect: 'api-group-unavailable', via: ['same-object'] },
        ],
      },
      byAutoscaler: {
        severity: 'info',
        confidence: CERTAIN,
        text: '{workload:object} is scaled to zero; {autoscaler:object} looks after it.',
        remedy: [
          {
            text: 'KEDA scales it up when its triggers fire. A HorizontalPodAutoscaler does nothing while `replicas` is 0: it was turned off by hand.',
          },
        ],
      },
    },
    checks: {
      meant: {
        item: 'Nothing calls a workload scaled to zero',
        expected: 'replicas, or nobody who calls',
        found: '{wanted:count} replicas',
      },
    },
    references: [
      'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation',
      'https://keda.sh/docs/latest/concepts/scaling-deployments/',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const item of [...inputs.deployments.items, ...inputs.statefulSets.items]) {
      if (item.metadata.deletionTimestamp) continue;
      const subject = subjectOf(item);
      const wanted = item.spec?.replicas ?? 1;
      const call = wanted === 0 ? findCall(item, item.spec?.template?.metadata?.labels, inputs) : undefined;
      const [autoscaler] = wanted === 0 ? inputs.scalers.of(item) : [];
      if (autoscaler) {
        context.report({
          message: 'byAutoscaler',
          values: { workload: subject, autoscaler: subjectOf(autoscaler) },
          subject,
          evidence: [context.at(item, '/spec/replicas'), context.at(autoscaler, '/spec')],
        });
      } else if (call) {
        const { service, caller } = call;
        const kind = item.kind.toLowerCase();
        const verb = CALLERS[caller.kind] ?? 'uses';
        context.report({
          message: 'called',
          values: { workload: subject, service: subjectOf(service), caller, verb, kind },
          subject,
          evidence: [context.at(item, '/spec/replicas'), context.at(service, '/spec/selector')],
          related: [subjectOf(service), caller],
        });
      } else {
        const unseen = wanted === 0 && isOffered(item, inputs) ? callersGap(inputs) : undefined;
        if (unseen) context.looked({ check: 'meant', unseen, subject });
        else context.looked({ check: 'meant', values: { wanted }, subject });
      }
    }
    return undefined;
  },
});

/** The first Service of the workload that something names and nothing else stands behind. */
function findCall(
  item: ResourceIdentity,
  labels: Readonly<Record<string, string>> | undefined,
  { matching, backends, graph }: Inputs<typeof needs>,
) {
  for (const service of matching.matching(item.metadata.namespace, labels)) {
    const others = backends.workloadsOf(service) ?? [];
    const listed = backends.endpointsOf(service);
    if (others.some(({ wanted }) => wanted > 0) || (listed?.ready ?? 0) > 0) continue;
    const [key] = graph.frontends(subjectKey(subjectOf(service)));
    const caller = key === undefined ? undefined : refOf(key);
    if (caller) return { service, caller };
  }
  return undefined;
}

type Templated = ResourceIdentity & {
  readonly spec?: { readonly template?: { readonly metadata?: { readonly labels?: Labels } } };
};
type Labels = Readonly<Record<string, string>>;

/** Whether a Service stands before the workload: without one nobody calls it by name. */
function isOffered({ metadata, spec }: Templated, { matching }: Inputs<typeof needs>): boolean {
  return matching.matching(metadata.namespace, spec?.template?.metadata?.labels).length > 0;
}

/** Why not everything that may call a Service was seen. */
function callersGap(inputs: Inputs<typeof needs>): Gap | undefined {
  const { ingresses: entries, routes, validating, mutating, apiServices: groups, definitions } = inputs;
  for (const { coverage } of [entries, routes, validating, mutating, groups, definitions]) {
    const [gap] = coverage.gaps;
    if (gap) return gap;
  }
  return undefined;
}

/** A key of the object graph as a reference: `group/Kind/namespace/name`. */
function refOf(key: string): ObjectRef | undefined {
  const [group = '', kind, namespace, ...name] = key.split('/');
  if (!kind || name.length === 0) return undefined;
  return { group, kind, ...(namespace ? { namespace } : {}), name: name.join('/') };
}
