import { type VirtualServiceItem, virtualServices } from '../../src/artifacts/istio-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { configurationApplies } from '../../src/derive/istio-configuration.ts';
import { istioHosts } from '../../src/derive/istio-hosts.ts';
import { destinationsOf, gatewaysOf, isForMesh, MESH } from '../../src/derive/istio-routes.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { subjectOf } from '../../src/model/subject.ts';

export const gatewayBypassesRules = defineAnalyzer({
  meta: {
    id: 'istio/gateway-bypasses-rules',
    title: 'Gateway route past the rules of the mesh',
    description:
      'Routes of gateways to a host without a subset, while another VirtualService routes the host by subset.',
    messages: {
      bypassed: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'gateways go by the VirtualServices bound to them only' },
        text: '{route:object} sends requests of its Gateways to `{host:text}` without a subset: the rules of {other:object} for that host are for sidecars and have no effect on them.',
        remedy: [
          {
            text: 'Name the subsets in this route too, or bind one VirtualService to the Gateways and to `mesh`.',
            argv: ['kubectl', 'edit', 'virtualservice', '{route.name}', '-n', '{route.namespace}'],
          },
        ],
        key: ['host'],
      },
    },
    checks: {
      sameWay: {
        item: 'Gateway and sidecars route a host the same way',
        expected: 'a subset where the mesh has subsets',
        found: 'nothing is bypassed',
      },
    },
    references: [
      'istio/istio pkg/config/analysis/analyzers/virtualservice: IST0140',
      'https://istio.io/latest/docs/ops/common-problems/network-issues/#route-rules-have-no-effect-on-ingress-gateway-requests',
    ],
  },
  needs: {
    virtualServices,
    pods: optional(pods),
    sidecars: optional(istioSidecars),
    hosts: optional(istioHosts),
  },
  appliesTo: (inputs) =>
    configurationApplies({ VirtualService: inputs.virtualServices }, inputs.pods, inputs.sidecars),
  analyze({ virtualServices: { items }, hosts }, context) {
    const bySubset = new Map<string, VirtualServiceItem[]>();
    for (const item of items) {
      if (!isForMesh(item)) continue;
      for (const { destination } of destinationsOf(item)) {
        if (!destination.subset || !destination.host) continue;
        const key = hosts.full(destination.host, item.metadata.namespace);
        getOrCreate(bySubset, key, () => []).push(item);
      }
    }
    for (const item of items) {
      const route = subjectOf(item);
      const told = new Set<string>();
      const isForGateway = gatewaysOf(item).some((one) => one !== MESH);
      for (const { destination, pointer, traffic } of isForGateway ? destinationsOf(item) : []) {
        const { host = '', subset } = destination;
        const full = hosts.full(host, item.metadata.namespace);
        const other = bySubset.get(full)?.find((one) => one !== item && isFor(one, full, hosts.full));
        if (subset || !other || told.has(full) || traffic === 'mirror' || bySubset.get(full)?.includes(item))
          continue;
        told.add(full);
        context.report({
          message: 'bypassed',
          values: { route, host, other: subjectOf(other) },
          subject: route,
          related: [subjectOf(other)],
          evidence: [context.at(item, pointer), context.at(other, '/spec')],
        });
      }
      if (told.size === 0) context.looked({ check: 'sameWay', values: {}, subject: route });
    }
    return undefined;
  },
});

/** Whether a VirtualService has rules for the host itself, not only a route to it. */
function isFor(
  { metadata, spec }: VirtualServiceItem,
  full: string,
  complete: (host: string, namespace: string | undefined) => string,
): boolean {
  return (spec?.hosts ?? []).some((host) => complete(host, metadata.namespace) === full);
}
