import { gatewayBypassesRules } from '../../../analyzers/istio/gateway-bypasses-rules.ts';
import { virtualServices } from '../../../src/artifacts/istio-resources.ts';
import { meshPod, networking, virtualService } from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const inMesh = virtualService('web', { host: 'web', subset: 'v1' });
const atEdge = (destination: object, gateways: readonly string[] = ['edge']) =>
  virtualService('edge', destination, { hosts: ['shop.example'], gateways });

testAnalyzer(gatewayBypassesRules, {
  silent: [
    { name: 'no VirtualService', given: { objects: [meshPod('a')] }, status: 'not-applicable' },
    {
      name: 'a subset at the gateway too',
      given: { objects: [inMesh, atEdge({ host: 'web', subset: 'v1' })] },
    },
    {
      name: 'a VirtualService for both, with a default route without a subset',
      given: {
        objects: [
          networking('VirtualService', 'web', {
            hosts: ['web'],
            gateways: ['mesh', 'edge'],
            http: [
              { match: [{ port: 80 }], route: [{ destination: { host: 'web', subset: 'dev' } }] },
              { route: [{ destination: { host: 'web' } }] },
            ],
          }),
        ],
      },
    },
    {
      name: 'rules of the mesh for another host, or without subsets',
      given: {
        objects: [
          virtualService('other', { host: 'web', subset: 'v1' }),
          virtualService('web', { host: 'web' }),
          atEdge({ host: 'web' }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'a route to all pods where the mesh has subsets',
      given: { objects: [inMesh, atEdge({ host: 'web.shop.svc.cluster.local' })] },
      expect: [{ message: 'bypassed', subject: 'VirtualService/shop/edge', severity: 'info' }],
    },
  ],
  unknown: [{ name: 'VirtualServices', given: { objects: [meshPod('a')], forbidden: [virtualServices] } }],
});
