import { istioProxyConfig } from '../../src/artifacts/istio-proxy-config.ts';
import { istioControlPlanes } from '../../src/derive/istio-control-planes.ts';
import type { IstioProxy } from '../../src/derive/istio-sidecars.ts';
import { discoveryOutlook } from '../../src/derive/virtual-environment-discovery.ts';
import {
  environmentFilters,
  type FilteredEnvironment,
  SETTLED_SECONDS,
} from '../../src/derive/virtual-environment-filters.ts';
import { isProxyReady, proxySince } from '../../src/derive/virtual-environment-sidecars.ts';
import { environmentNamespaces } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Pods the finding names as related, and cites. */
const RELATED = 50;
const CITED = 3;
const ROW = { checklist: 'virtual-environment' } as const;

const needs = {
  environments: environmentNamespaces,
  filters: environmentFilters,
  planes: optional(istioControlPlanes),
  configs: optional(istioProxyConfig),
};

export const sidecarsNotReady = defineAnalyzer({
  meta: {
    id: 'virtual-environment/sidecars-not-ready',
    title: 'Sidecars of a virtual environment not ready',
    description:
      'How many sidecars of a namespace with a virtual environment are not ready, where they look for their control plane, and whether they take its configuration.',
    messages: {
      notReady: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the container statuses say so' },
        text: '{count:count} of {all:count} sidecars in {namespace:text}, that of {pod:object} among them, are not ready: what they stand before gets no requests of {environment:object}.',
        remedy: [
          {
            text: 'Read what a sidecar says; why it is not ready is told by `istio/proxy-not-ready`.',
            argv: [
              'kubectl',
              'logs',
              '{pod.name}',
              '-n',
              '{pod.namespace}',
              '-c',
              'istio-proxy',
              '--tail=100',
            ],
          },
        ],
        effect: 'pod-not-ready',
        check: 'ready',
      },
    },
    checks: {
      ready: {
        ...ROW,
        item: 'Sidecar: ready',
        expected: 'all of the namespace',
        found: '{count:count} sidecars',
      },
      discovery: {
        ...ROW,
        item: 'Sidecar: control plane',
        expected: 'a ready pod behind the address the sidecars have',
        found: '{detail:text}',
      },
      accepted: {
        ...ROW,
        item: 'Sidecar: configuration',
        expected: 'no listener refused (`error_state`)',
        found: 'none refused by {count:count} proxies asked',
      },
    },
    references: [
      'istio/istio pilot/cmd/pilot-agent/status: the readiness probe of the proxy',
      'https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio',
    ],
  },
  needs,
  appliesTo: ({ environments }) => environments.applies,
  analyze({ filters, planes, configs }, context) {
    for (const one of filters) {
      if (one.sidecars.length === 0) continue;
      judgeReadiness(one, context);
      lookAtDiscovery(one, planes, context);
      lookAtListeners(one, configs, context);
    }
    return undefined;
  },
});

type In = Inputs<typeof needs>;
type Context = AnalyzeContext<
  typeof sidecarsNotReady.meta.messages,
  NonNullable<typeof sidecarsNotReady.meta.checks>
>;

function judgeReadiness({ instance, namespace, sidecars }: FilteredEnvironment, context: Context): void {
  const environment = subjectOf(instance);
  const unready = sidecars.filter((one) => !isProxyReady(one) && !isStarting(one, context));
  const [first] = unready;
  if (!first) {
    context.looked({ check: 'ready', subject: environment, values: { count: sidecars.length } });
    return;
  }
  context.report({
    message: 'notReady',
    values: {
      count: unready.length,
      all: sidecars.length,
      namespace,
      pod: subjectOf(first.pod),
      environment,
    },
    subject: environment,
    related: unready.slice(0, RELATED).map(({ pod }) => subjectOf(pod)),
    evidence: [
      context.at(first.pod, '/status'),
      ...unready.slice(1, CITED).map(({ pod }) => context.at(pod, '/status')),
    ],
  });
}

/** A sidecar needs seconds to get its configuration; one that has not run yet waits for its pod. */
function isStarting(proxy: IstioProxy, context: Context): boolean {
  return isOlder(context.age(proxySince(proxy), proxy.pod), SETTLED_SECONDS) !== true;
}

function lookAtDiscovery(
  { instance, sidecars }: FilteredEnvironment,
  planes: In['planes'],
  context: Context,
): void {
  const subject = subjectOf(instance);
  const { fine, problem } = discoveryOutlook(sidecars, planes);
  if (fine !== undefined) context.looked({ check: 'discovery', subject, values: { detail: fine } });
  else context.looked({ check: 'discovery', subject, unseen: problem ?? 'no sidecar says where it looks' });
}

function lookAtListeners(
  { instance, proxies }: FilteredEnvironment,
  configs: In['configs'],
  context: Context,
): void {
  const subject = subjectOf(instance);
  const refusing = proxies.filter(({ document }) => document.value.listeners.some(({ error }) => error));
  if (proxies.length === 0) {
    const unseen = configs.coverage.gaps[0]?.reason ?? 'no proxy of it was asked for its listeners';
    context.looked({ check: 'accepted', subject, unseen });
  } else if (refusing.length === 0) {
    const evidence = proxies.slice(0, CITED).map(({ document }) => context.at(document));
    context.looked({ check: 'accepted', subject, values: { count: proxies.length }, evidence });
  } else {
    const [{ document, pod }] = refusing as [(typeof refusing)[number]];
    const { name = '', error } = document.value.listeners.find((one) => one.error) ?? {};
    const unseen = `${refusing.length} of ${proxies.length} proxies asked refuse a listener, ${pod.metadata.name} \`${name}\`: ${error?.details ?? ''}`;
    context.looked({ check: 'accepted', subject, unseen, evidence: [context.at(document)] });
  }
}
