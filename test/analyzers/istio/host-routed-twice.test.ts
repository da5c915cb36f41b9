import { hostRoutedTwice } from '../../../analyzers/istio/host-routed-twice.ts';
import { virtualServices } from '../../../src/artifacts/istio-resources.ts';
import { ago, anyObject } from '../../support/builders.ts';
import { meshPod, networking, virtualService } from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const to = { host: 'web' };
const older = { metadata: { creationTimestamp: ago(90_000) } };
const first = virtualService('web', to, {}, older);
const second = virtualService('canary', to, { hosts: ['web.shop.svc.cluster.local'] });

testAnalyzer(hostRoutedTwice, {
  silent: [
    { name: 'no VirtualService', given: { objects: [meshPod('web-1')] }, status: 'not-applicable' },
    {
      name: 'the short and the full name in one VirtualService',
      given: { objects: [virtualService('web', to, { hosts: ['web', 'web.shop.svc.cluster.local'] })] },
    },
    {
      name: 'the same short name in another namespace',
      given: { objects: [first, virtualService('web', to, {}, { metadata: { namespace: 'basket' } })] },
    },
    {
      name: 'VirtualServices kept apart by exportTo',
      given: {
        objects: [
          virtualService('a', to, { hosts: ['pay.example'], exportTo: ['.'] }),
          virtualService(
            'a',
            to,
            { hosts: ['pay.example'], exportTo: ['.'] },
            { metadata: { namespace: 'b' } },
          ),
          virtualService('none', to, { hosts: ['pay.example'], exportTo: ['~'] }),
        ],
      },
    },
    {
      name: 'VirtualServices kept at home by the mesh',
      given: {
        objects: [
          anyObject('v1', 'ConfigMap', 'istio', 'istio-system', {
            data: { mesh: 'defaultVirtualServiceExportTo:\n- "."\nrootNamespace: istio-system\n' },
          }),
          virtualService('a', to, { hosts: ['pay.example'] }),
          virtualService('a', to, { hosts: ['pay.example'] }, { metadata: { namespace: 'b' } }),
        ],
      },
    },
    {
      name: 'one for gateways only, by its gateways or by all of its matches',
      given: {
        objects: [
          first,
          virtualService('edge', to, { hosts: ['web'], gateways: ['edge'] }),
          networking('VirtualService', 'both', {
            hosts: ['web'],
            gateways: ['mesh', 'edge'],
            http: [{ match: [{ gateways: ['edge'] }], route: [{ destination: to }] }],
          }),
        ],
      },
    },
    {
      name: 'one with rules for TCP only, which are taken from all VirtualServices',
      given: {
        objects: [
          first,
          networking('VirtualService', 'stream', {
            hosts: ['web'],
            tcp: [{ match: [{ port: 9000 }], route: [{ destination: to }] }],
          }),
        ],
      },
    },
    {
      name: 'one made a moment ago',
      given: {
        objects: [
          first,
          virtualService('new', to, { hosts: ['web'] }, { metadata: { creationTimestamp: ago(5) } }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'the newer of two for one host',
      given: { objects: [second, first] },
      expect: [
        {
          message: 'ignored',
          subject: 'VirtualService/shop/canary',
          severity: 'warning',
          values: { hosts: ['web.shop.svc.cluster.local'] },
        },
      ],
    },
    {
      name: 'one for its own namespace and one for all',
      given: {
        objects: [
          virtualService('a', to, { hosts: ['pay.example'] }, older),
          virtualService(
            'b',
            to,
            { hosts: ['pay.example'], exportTo: ['.'] },
            { metadata: { namespace: 'b' } },
          ),
        ],
      },
      expect: [{ message: 'ignored', subject: 'VirtualService/b/b' }],
    },
  ],
  unknown: [{ name: 'VirtualServices', given: { objects: [meshPod('a')], forbidden: [virtualServices] } }],
});
