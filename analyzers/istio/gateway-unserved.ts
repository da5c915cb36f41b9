import { istioGateways, virtualServices } from '../../src/artifacts/istio-resources.ts';
import { services } from '../../src/artifacts/network-resources.ts';
import { pods, secrets } from '../../src/artifacts/resources.ts';
import { configurationApplies } from '../../src/derive/istio-configuration.ts';
import { faultParts, judgeFaults } from '../../src/derive/istio-fault.ts';
import {
  type GatewayWorld,
  gatewayUsers,
  istioGatewayFaults,
} from '../../src/derive/istio-gateway-faults.ts';
import { gatewayPods } from '../../src/derive/istio-gateway-pods.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { istioWorkloads } from '../../src/derive/istio-workloads.ts';
import { servicesOfTemplate } from '../../src/derive/services-of-template.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const BROKEN = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the objects say so' },
  effect: 'route-broken',
} as const;
const SELECT = {
  text: 'Correct the selector: it is compared with the labels of the gateway pods, in every namespace.',
  argv: ['kubectl', 'get', 'pods', '-A', '-l', 'istio', '--show-labels'],
} as const;

export const gatewayUnserved = defineAnalyzer({
  meta: {
    id: 'istio/gateway-unserved',
    title: 'Istio Gateway that is not served',
    description:
      'Gateways whose selector matches no proxy, whose certificate is not where the gateway pods run, or whose port no Service leads to.',
    messages: {
      podsMissing: {
        ...BROKEN,
        text: 'No pod with a proxy carries {selector:text}, which {gateway:object} asks for; {routes:text} is reached through it.',
        remedy: [SELECT, { text: 'Deploy or scale up the gateway the selector is meant for.' }],
      },
      podsAsleep: {
        ...BROKEN,
        severity: 'warning',
        text: '{workloads:text}, whose pods {gateway:object} asks for, has none at the moment; {routes:text} is reached through it.',
        remedy: [{ text: 'Scale it up, or see why its pods are not created.' }, SELECT],
      },
      podsMissingUnused: {
        ...BROKEN,
        severity: 'info',
        text: 'No pod with a proxy carries {selector:text}, which {gateway:object} asks for; no VirtualService is bound to it.',
        remedy: [SELECT],
      },
      credentialMissing: {
        ...BROKEN,
        text: '{gateway:object} takes its certificate for {hosts:text} from {secret:object}, which does not exist where its pod {pod:object} runs: connections are reset in the handshake.',
        remedy: [
          {
            text: 'Make the Secret in the namespace of the gateway pods, not in that of the Gateway.',
            argv: ['kubectl', 'get', 'secrets', '-n', '{secret.namespace}'],
          },
        ],
        key: ['secret'],
      },
      credentialUnfit: {
        ...BROKEN,
        confidence: {
          level: 'likely',
          reason: 'keys of a Secret may have been removed before the bundle was made',
        },
        text: '{gateway:object} takes its certificate for {hosts:text} from {secret:object}, which has neither `tls.crt` nor `cert`.',
        remedy: [{ text: 'Store certificate and key as `tls.crt` and `tls.key`.' }],
        key: ['secret'],
      },
      portNotExposed: {
        ...BROKEN,
        severity: 'warning',
        text: '{gateway:object} serves port {port:text}, but {service:object}, which leads to its pods, offers {offered:text}: nothing arrives there.',
        remedy: [
          { text: 'Add the port to the Service, or serve one it has.' },
          {
            text: 'See the ports and their targets.',
            argv: ['kubectl', 'get', 'service', '{service.name}', '-n', '{service.namespace}', '-o', 'yaml'],
          },
        ],
        key: ['port'],
      },
    },
    checks: {
      served: {
        item: 'Istio Gateway is served',
        expected: 'pods, certificates and ports are there',
        found: 'all there',
      },
    },
    references: [
      'istio/istio pkg/config/analysis/analyzers/gateway: IST0101 (selector, credentialName), IST0161, IST0162',
      'https://istio.io/latest/docs/reference/config/networking/gateway/',
    ],
  },
  needs: {
    gateways: istioGateways,
    pods,
    sidecars: optional(istioSidecars),
    workloads: istioWorkloads,
    secrets,
    services: optional(services),
    servicesOf: optional(servicesOfTemplate),
    routes: optional(virtualServices),
  },
  appliesTo: (inputs) => configurationApplies({ Gateway: inputs.gateways }, inputs.pods, inputs.sidecars),
  analyze(inputs, context) {
    const world: GatewayWorld = {
      workloads: inputs.workloads,
      secrets: inputs.secrets,
      podsOf: gatewayPods(inputs.workloads, inputs.servicesOf, inputs.services.coverage),
      users: gatewayUsers(inputs.routes.items),
    };
    for (const gateway of inputs.gateways.items) {
      const subject = subjectOf(gateway);
      judgeFaults(gateway, istioGatewayFaults(gateway, world), context, {
        unseen: (reason) => context.looked({ check: 'served', unseen: reason, subject }),
        fine: () => context.looked({ check: 'served', values: {}, subject }),
        report: (fault) => context.report({ ...fault.finding, ...faultParts(gateway, fault, context) }),
      });
    }
    return undefined;
  },
});
