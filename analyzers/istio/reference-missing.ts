import { gateways } from '../../src/artifacts/gateway-resources.ts';
import type { VirtualServiceItem } from '../../src/artifacts/istio-resources.ts';
import { destinationRules, istioGateways, virtualServices } from '../../src/artifacts/istio-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { configurationApplies, isSettled } from '../../src/derive/istio-configuration.ts';
import { istioDestinationRules } from '../../src/derive/istio-destination-rules.ts';
import { faultParts, judgeFaults } from '../../src/derive/istio-fault.ts';
import { istioHosts } from '../../src/derive/istio-hosts.ts';
import { type RouteSurroundings, routeFaults } from '../../src/derive/istio-route-faults.ts';
import { ROUTE_MESSAGES } from '../../src/derive/istio-route-messages.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const CHECKS = {
  leads: {
    item: 'VirtualService leads to what it names',
    expected: 'every reference is there',
    found: 'all there',
  },
} as const;

export const referenceMissing = defineAnalyzer({
  meta: {
    id: 'istio/reference-missing',
    title: 'Istio route that leads nowhere',
    description:
      'VirtualServices that name hosts, ports, subsets, Gateways or delegates which do not exist, or hosts their Gateways do not serve.',
    messages: ROUTE_MESSAGES,
    checks: CHECKS,
    references: [
      'istio/istio pkg/config/analysis/analyzers/{virtualservice,destinationrule,gateway}: IST0101, IST0112, IST0132, IST0174',
      'istio/istio pilot/pkg/model: ResolveShortnameToFQDN, resolveGatewayName',
      'https://istio.io/latest/docs/reference/config/networking/virtual-service/',
    ],
  },
  needs: {
    virtualServices,
    pods: optional(pods),
    sidecars: optional(istioSidecars),
    hosts: istioHosts,
    rules: optional(destinationRules),
    rulesByHost: optional(istioDestinationRules),
    gateways: optional(istioGateways),
    apiGateways: optional(gateways),
  },
  appliesTo: (inputs) =>
    configurationApplies({ VirtualService: inputs.virtualServices }, inputs.pods, inputs.sidecars),
  analyze(inputs, context) {
    const around: RouteSurroundings = {
      hosts: inputs.hosts,
      rules: inputs.rulesByHost,
      rulesSeen: inputs.rules.coverage,
      gateways: inputs.gateways,
      apiGateways: inputs.apiGateways,
      virtualServices: inputs.virtualServices,
    };
    for (const item of inputs.virtualServices.items) judge(item, around, context);
    for (const rule of inputs.rules.items) {
      const { host = '' } = rule.spec ?? {};
      const { namespace } = rule.metadata;
      if (!host || rule.metadata.deletionTimestamp) continue;
      const found = inputs.hosts.find(host, namespace);
      if (found.state !== 'absent' || isSettled(rule, context) !== true) continue;
      const values = { rule: subjectOf(rule), host };
      const evidence = [context.at(rule, '/spec/host')] as const;
      context.report({ message: 'ruleWithoutHost', values, subject: subjectOf(rule), evidence });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof ROUTE_MESSAGES, typeof CHECKS>;

function judge(item: VirtualServiceItem, around: RouteSurroundings, context: Context): void {
  const subject = subjectOf(item);
  judgeFaults(item, routeFaults(item, around), context, {
    unseen: (reason) => context.looked({ check: 'leads', unseen: reason, subject }),
    fine: () => context.looked({ check: 'leads', values: {}, subject }),
    report(fault) {
      const parts = faultParts(item, fault, context);
      const { finding } = fault;
      if (finding.message === 'gatewayMissing') {
        const isOnly = (item.spec?.gateways ?? []).length === 1;
        context.report({ ...finding, ...parts, severity: isOnly ? 'critical' : 'warning' });
      } else {
        context.report({ ...finding, ...parts });
      }
    },
  });
}
