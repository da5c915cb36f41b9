import { apiDiscovery } from '../../src/artifacts/api-discovery.ts';
import { type ApiServiceItem, apiServices } from '../../src/artifacts/extension-resources.ts';
import { services } from '../../src/artifacts/network-resources.ts';
import { serviceBackends } from '../../src/derive/service-backends.ts';
import { behindService } from '../../src/derive/service-reach.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Documents, type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** As long as the alert of the Kubernetes mixin waits for an aggregated API. */
const DOWN_SECONDS = 300;
/** Reasons of condition Available (kube-aggregator remote_available_controller.go). */
const WITHOUT_SERVICE = new Set(['ServiceNotFound', 'ServicePortError']);
const WITHOUT_ENDPOINTS = new Set(['MissingEndpoints', 'EndpointsNotFound']);
/** What stops besides the API itself, by group. */
const USERS: Readonly<Record<string, string>> = {
  'metrics.k8s.io': 'HorizontalPodAutoscalers on CPU and memory and `kubectl top` get no numbers',
  'custom.metrics.k8s.io': 'HorizontalPodAutoscalers on metrics of their own get no numbers',
  'external.metrics.k8s.io': 'HorizontalPodAutoscalers on external metrics get no numbers',
};
const ITS_OWN = 'what uses its kinds fails';

const STATE = { level: 'certain', reason: 'the condition of the APIService says so' } as const;
const UNAVAILABLE = {
  severity: 'critical',
  confidence: STATE,
  effect: 'api-group-unavailable',
  explains: [
    { effect: 'object-not-deleted', via: ['same-object'] },
    { effect: 'autoscaling-failing', via: ['same-object'] },
  ],
} as const;
const LEFT_OVER = {
  text: 'If what served it was uninstalled, delete the APIService that is left over: discovery works again at once.',
  argv: ['kubectl', 'delete', 'apiservice', '{api.name}'],
} as const;
const SHOW = {
  text: 'See the condition.',
  argv: ['kubectl', 'get', 'apiservice', '{api.name}', '-o', 'yaml'],
} as const;

const needs = {
  apis: apiServices,
  discovery: optional(apiDiscovery),
  services: optional(services),
  backends: optional(serviceBackends),
};

export const apiGroupUnavailable = defineAnalyzer({
  meta: {
    id: 'kubernetes/api-group-unavailable',
    title: 'Aggregated API not available',
    description: 'API groups that another server has to answer for, and that do not answer.',
    messages: {
      serviceMissing: {
        ...UNAVAILABLE,
        text: '{api:object} is not available: {detail:text}. Namespaces cannot be deleted while it is registered, and {users:text}.',
        remedy: [
          { text: 'Install what serves the API again, with the Service and port the APIService names.' },
          LEFT_OVER,
          SHOW,
        ],
      },
      noEndpoints: {
        ...UNAVAILABLE,
        text: '{api:object} is not available: {service:object} has no ready endpoint ({detail:text}). Namespaces cannot be deleted meanwhile, and {users:text}.',
        remedy: [
          {
            text: 'Bring up the pods behind the Service.',
            argv: [
              'kubectl',
              'get',
              'endpointslices',
              '-n',
              '{service.namespace}',
              '-l',
              'kubernetes.io/service-name={service.name}',
              '-o',
              'wide',
            ],
          },
          LEFT_OVER,
        ],
      },
      notAnswering: {
        ...UNAVAILABLE,
        text: '{api:object} is not available: {detail:text}. Namespaces cannot be deleted meanwhile, and {users:text}.',
        remedy: [
          {
            text: 'The API server has to reach the pods behind {service:object} over the network, and to trust their certificate: check NetworkPolicies, the firewall between control plane and nodes, and `spec.caBundle`.',
            argv: ['kubectl', 'logs', '-n', '{service.namespace}', 'service/{service.name}', '--tail=50'],
          },
          SHOW,
        ],
      },
      notDiscovered: {
        ...UNAVAILABLE,
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'its discovery failed during the collection; the APIService was not seen',
        },
        text: 'The API that {api:object} registers cannot be discovered: {detail:text}. Namespaces cannot be deleted meanwhile, and {users:text}.',
        remedy: [SHOW, LEFT_OVER],
      },
    },
    checks: {
      available: {
        item: 'Aggregated API is available',
        expected: 'Available',
        found: '{reason:text}',
      },
    },
    references: [
      'kubernetes/kubernetes staging/src/k8s.io/kube-aggregator/pkg/controllers/status/remote: reasons of Available',
      'https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/',
      'kubernetes-mixin: KubeAggregatedAPIDown',
    ],
  },
  needs,
  analyze({ apis, discovery, ...around }, context) {
    const known = new Set(apis.items.map((item) => item.metadata.name));
    for (const item of apis.items) judge(item, around, context);
    if (!apis.coverage.complete) reportUndiscovered(discovery, known, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof apiGroupUnavailable.meta.messages,
  NonNullable<typeof apiGroupUnavailable.meta.checks>
>;

type Around = Pick<Inputs<typeof needs>, 'services' | 'backends'>;

function judge(item: ApiServiceItem, { services: all, backends }: Around, context: Context): void {
  const { service: reference, group = '' } = item.spec ?? {};
  // Without a Service the API server answers itself.
  if (!reference?.name || item.metadata.deletionTimestamp) return;
  const conditions = item.status?.conditions ?? [];
  const index = conditions.findIndex((one) => one.type === 'Available');
  const condition = conditions[index];
  if (!condition) return;
  const { reason = '', message, lastTransitionTime } = condition;
  const subject = subjectOf(item);
  if (condition.status === 'True') {
    context.looked({ check: 'available', values: { reason: reason || 'Available' }, subject });
    return;
  }
  if (isOlder(context.age(lastTransitionTime, item), DOWN_SECONDS) !== true) return;
  const service: ObjectRef = {
    group: '',
    kind: 'Service',
    namespace: reference.namespace ?? 'default',
    name: reference.name,
  };
  const known = all.lookup({ namespace: service.namespace ?? '', name: service.name });
  const detail = oneSentence(message || reason || 'no reason is given');
  const values = { api: subject, service, detail, users: USERS[group] ?? ITS_OWN };
  const common = {
    subject,
    related: [service, ...(known.state === 'present' ? behindService(known.item, backends) : [])],
    evidence: [context.at(item, `/status/conditions/${index}`)],
    ...(lastTransitionTime === undefined ? {} : { since: lastTransitionTime }),
  } as const;
  if (WITHOUT_SERVICE.has(reason)) {
    const { api, users } = values;
    context.report({ message: 'serviceMissing', values: { api, detail, users }, ...common });
  } else {
    const name = WITHOUT_ENDPOINTS.has(reason) ? 'noEndpoints' : 'notAnswering';
    context.report({ message: name, values, ...common });
  }
}

/** Bundles of other tools hold no APIServices, but what discovery said. */
function reportUndiscovered(
  discovery: Documents<ReturnType<typeof apiDiscovery.parse>>,
  known: ReadonlySet<string>,
  context: Context,
): void {
  for (const document of discovery.items) {
    for (const [index, { groupVersion, reason }] of document.value.failures.entries()) {
      const [group = '', version] = groupVersion.split('/');
      if (version === undefined || group === '' || known.has(`${version}.${group}`)) continue;
      const api: ObjectRef = {
        group: 'apiregistration.k8s.io',
        kind: 'APIService',
        name: `${version}.${group}`,
      };
      context.report({
        message: 'notDiscovered',
        values: { api, detail: oneSentence(reason), users: USERS[group] ?? ITS_OWN },
        subject: api,
        evidence: [context.at(document, `/failures/${index}`)],
      });
    }
  }
}

function oneSentence(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}
