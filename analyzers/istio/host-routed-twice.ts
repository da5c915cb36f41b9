import { virtualServices } from '../../src/artifacts/istio-resources.ts';
import { configMaps, pods } from '../../src/artifacts/resources.ts';
import { configurationApplies, isSettled } from '../../src/derive/istio-configuration.ts';
import { lostHosts } from '../../src/derive/istio-host-claims.ts';
import { istioHosts } from '../../src/derive/istio-hosts.ts';
import { istioMesh } from '../../src/derive/istio-mesh.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

export const hostRoutedTwice = defineAnalyzer({
  meta: {
    id: 'istio/host-routed-twice',
    title: 'Host routed by two VirtualServices',
    description: 'VirtualServices that sidecars do not go by, since an older one is for the same host.',
    messages: {
      ignored: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'of several VirtualServices for a host sidecars take the oldest',
        },
        text: 'Sidecars do not go by {route:object} for {hosts:text}, since {other:object} is older and for the same hosts.',
        remedy: [
          {
            text: 'Join the rules in one VirtualService, or keep each to its own namespaces with `exportTo`.',
          },
          {
            text: 'See both.',
            argv: ['kubectl', 'get', 'virtualservices', '-A'],
          },
        ],
        effect: 'route-broken',
        key: ['other'],
      },
    },
    checks: {
      alone: {
        item: 'VirtualService is alone for its hosts',
        expected: 'no other for the same hosts',
        found: 'none',
      },
    },
    references: [
      'istio/istio pkg/config/analysis/analyzers/virtualservice/conflictingmeshgatewayhosts.go: IST0109',
      'https://istio.io/latest/docs/ops/best-practices/traffic-management/#split-virtual-services',
    ],
  },
  needs: {
    virtualServices,
    pods: optional(pods),
    sidecars: optional(istioSidecars),
    hosts: optional(istioHosts),
    mesh: istioMesh,
    configMaps: optional(configMaps),
  },
  appliesTo: (inputs) =>
    configurationApplies({ VirtualService: inputs.virtualServices }, inputs.pods, inputs.sidecars),
  analyze({ virtualServices: { items }, hosts, mesh, configMaps }, context) {
    const told = new Set<string>();
    const { safely } = context;
    // Where the mesh configuration was not seen the default may be either.
    const staysHome = mesh.keepsRoutesHome || !(mesh.isSeen || configMaps.coverage.complete);
    for (const lost of lostHosts(items, hosts, { safely, staysHome })) {
      const { loser, winner } = lost;
      if (isSettled(loser, context) !== true) continue;
      const [route, other] = [subjectOf(loser), subjectOf(winner)];
      told.add(subjectKey(route));
      context.report({
        message: 'ignored',
        values: { route, other, hosts: lost.hosts.slice(0, 10) },
        subject: route,
        related: [other],
        evidence: [context.at(loser, '/spec/hosts'), context.at(winner, '/spec/hosts')],
      });
    }
    for (const item of items) {
      const subject = subjectOf(item);
      if (!told.has(subjectKey(subject))) context.looked({ check: 'alone', values: {}, subject });
    }
    return undefined;
  },
});
