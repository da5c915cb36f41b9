import { destinationRules, virtualServices } from '../../src/artifacts/istio-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { configurationApplies } from '../../src/derive/istio-configuration.ts';
import { faultParts, judgeFaults } from '../../src/derive/istio-fault.ts';
import { istioHosts } from '../../src/derive/istio-hosts.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { subsetFaults, subsetUsers } from '../../src/derive/istio-subset-faults.ts';
import { istioWorkloads } from '../../src/derive/istio-workloads.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const EMPTY = {
  confidence: { level: 'certain', reason: 'no pod of the Service has the labels' },
  key: ['subset'],
} as const;
const BROKEN = {
  ...EMPTY,
  effect: 'route-broken',
  explains: [{ effect: 'connection-failing', via: ['fronts'] }],
} as const;
const LOOK = {
  text: 'Compare the labels of the pods with those of the subset.',
  argv: ['kubectl', 'get', 'pods', '-n', '{service.namespace}', '--show-labels'],
} as const;

export const subsetWithoutPods = defineAnalyzer({
  meta: {
    id: 'istio/subset-without-pods',
    title: 'Subset without pods',
    description: 'Subsets of DestinationRules whose labels none of the pods of their Service has.',
    messages: {
      empty: {
        ...BROKEN,
        severity: 'critical',
        text: 'Subset `{subset:text}` of {rule:object} asks for {labels:text}, which no pod of {service:object} has; {routes:text} sends traffic to it, which gets 503 (flag UH).',
        remedy: [
          LOOK,
          { text: 'Correct the labels of the subset, deploy the version, or send the traffic elsewhere.' },
        ],
      },
      asleep: {
        ...BROKEN,
        severity: 'warning',
        text: 'Subset `{subset:text}` of {rule:object} has no pods, since {workloads:text} has none at the moment; {routes:text} sends traffic to it, which gets 503 (flag UH).',
        remedy: [{ text: 'Scale the workload up, or send the traffic of {service:object} elsewhere.' }],
      },
      unused: {
        ...EMPTY,
        severity: 'info',
        text: 'Subset `{subset:text}` of {rule:object} asks for {labels:text}, which no pod of {service:object} has; no VirtualService sends traffic to it.',
        remedy: [LOOK],
      },
    },
    checks: {
      selects: {
        item: 'Subsets of a DestinationRule select pods',
        expected: 'every subset has pods',
        found: 'all have',
      },
    },
    references: [
      'istio/istio pkg/config/analysis/analyzers/destinationrule: IST0173',
      'https://istio.io/latest/docs/reference/config/networking/destination-rule/#Subset',
    ],
  },
  needs: {
    rules: destinationRules,
    pods: optional(pods),
    sidecars: optional(istioSidecars),
    routes: optional(virtualServices),
    hosts: istioHosts,
    workloads: istioWorkloads,
  },
  appliesTo: (inputs) =>
    configurationApplies({ DestinationRule: inputs.rules }, inputs.pods, inputs.sidecars),
  analyze({ rules, routes, hosts, workloads }, context) {
    const around = {
      hosts,
      workloads,
      users: subsetUsers(routes.items, hosts, context),
      routesSeen: routes.coverage,
    };
    for (const rule of rules.items) {
      const subject = subjectOf(rule);
      judgeFaults(rule, subsetFaults(rule, around), context, {
        unseen: (reason) => context.looked({ check: 'selects', unseen: reason, subject }),
        fine: () => context.looked({ check: 'selects', values: {}, subject }),
        report: (fault) => context.report({ ...fault.finding, ...faultParts(rule, fault, context) }),
      });
    }
    return undefined;
  },
});
