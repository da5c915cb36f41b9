import { referenceMissing } from '../../../analyzers/istio/reference-missing.ts';
import { istioGateways, serviceEntries, virtualServices } from '../../../src/artifacts/istio-resources.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { ago, anyObject, service } from '../../support/builders.ts';
import {
  destinationRule,
  httpServer,
  istioGateway,
  meshPod,
  networking,
  virtualService,
} from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import { gatewayReports, hostReports, subsetReports } from './route-cases.ts';

const web = service('web');
const both = service('web', {
  spec: {
    ports: [
      { name: 'http', port: 80 },
      { name: 'http-admin', port: 9000 },
    ],
  },
});
const subject = 'VirtualService/shop/web';
const to = (host: string, parts: object = {}) => virtualService('web', { host, ...parts });

testAnalyzer(referenceMissing, {
  silent: [
    {
      name: 'no VirtualService in a cluster without Istio',
      given: { objects: [web] },
      status: 'not-applicable',
    },
    {
      name: 'VirtualServices nobody looked for in a cluster none of whose pods has a proxy',
      given: {
        objects: [web],
        rows: [
          {
            artifact: virtualServices.id,
            scope: { type: 'cluster' },
            outcome: 'skipped',
            reason: 'not in this bundle',
          },
        ],
      },
      status: 'not-applicable',
    },
    {
      name: 'short names, full names, and names of other namespaces',
      given: {
        objects: [
          web,
          service('cart', { metadata: { namespace: 'basket' } }),
          to('web'),
          virtualService('cart', { host: 'cart.basket.svc.cluster.local', port: { number: 80 } }),
        ],
      },
    },
    {
      name: 'the actual domain of the cluster',
      given: {
        objects: [
          web,
          anyObject('v1', 'ConfigMap', 'kubeadm-config', 'kube-system', {
            data: { ClusterConfiguration: 'networking:\n  dnsDomain: corp.example\n' },
          }),
          to('web.shop.svc.corp.example', { subset: 'v1' }),
          destinationRule('web', ['v1']),
        ],
      },
    },
    {
      name: 'hosts of ServiceEntries, wildcards included, and hosts of other clusters',
      given: {
        objects: [
          networking('ServiceEntry', 'pay', { hosts: ['pay.example'], ports: [{ number: 443 }] }),
          networking('ServiceEntry', 'all', { hosts: ['*.cdn.example'] }),
          to('pay.example', { port: { number: 443 } }),
          virtualService('cdn', { host: 'a.b.cdn.example' }),
          virtualService('far', { host: 'far.shop.svc.clusterset.local' }),
        ],
      },
    },
    {
      name: 'a Service that may run in another cluster of the mesh',
      given: {
        objects: [
          to('far'),
          anyObject('v1', 'Secret', 'istio-remote-secret-west', 'istio-system', {
            metadata: { labels: { 'istio/multiCluster': 'true' } },
          }),
        ],
      },
    },
    {
      name: 'a subset of a wildcard rule, and one of another namespace',
      given: {
        objects: [
          web,
          networking('DestinationRule', 'all', {
            host: '*.shop.svc.cluster.local',
            subsets: [{ name: 'v1', labels: { version: 'v1' } }],
          }),
          to('web', { subset: 'v1' }),
        ],
      },
    },
    {
      name: 'Gateways of other namespaces, in every form, and of the Gateway API',
      given: {
        objects: [
          web,
          istioGateway('edge', [httpServer(['*'])], { metadata: { namespace: 'infra' } }),
          istioGateway('own', [httpServer(['*.example'])]),
          anyObject('gateway.networking.k8s.io/v1', 'Gateway', 'api', 'shop'),
          virtualService(
            'web',
            { host: 'web' },
            {
              hosts: ['shop.example'],
              gateways: ['infra/edge', './own', 'own', 'own.shop.svc.cluster.local', 'api', 'mesh'],
            },
          ),
        ],
      },
    },
    {
      name: 'a Gateway that lets in this namespace',
      given: {
        objects: [
          web,
          istioGateway('edge', [httpServer(['shop/*.example'])]),
          virtualService('web', { host: 'web' }, { hosts: ['shop.example'], gateways: ['edge'] }),
        ],
      },
    },
    {
      name: 'a destination of weight 0 beside another, and one made a moment ago',
      given: {
        objects: [
          web,
          networking('VirtualService', 'web', {
            hosts: ['web'],
            http: [
              {
                route: [
                  { destination: { host: 'web' }, weight: 100 },
                  { destination: { host: 'gone' }, weight: 0 },
                ],
              },
            ],
          }),
          virtualService('new', { host: 'gone' }, {}, { metadata: { creationTimestamp: ago(20) } }),
          virtualService(
            'edited',
            { host: 'gone' },
            {},
            { metadata: { managedFields: [{ time: ago(20) }] } },
          ),
        ],
      },
    },
    {
      name: 'no port, where traffic comes in by a port the destination offers',
      given: {
        objects: [
          both,
          to('web'),
          istioGateway('edge', [httpServer(['*'])]),
          virtualService('out', { host: 'web' }, { hosts: ['shop.example'], gateways: ['edge'] }),
        ],
      },
    },
    {
      name: 'a VirtualService the operator of KtEnv keeps',
      given: {
        objects: [
          virtualService(
            'web',
            { host: 'web', subset: 'dev' },
            {},
            {
              metadata: {
                ownerReferences: [{ apiVersion: 'x/v1', kind: 'VirtualEnvironment', name: 'a', uid: 'u' }],
              },
            },
          ),
        ],
      },
    },
    {
      name: 'a delegate that is there',
      given: {
        objects: [
          web,
          networking('VirtualService', 'root', { hosts: ['web'], http: [{ delegate: { name: 'part' } }] }),
          networking('VirtualService', 'part', { http: [{ route: [{ destination: { host: 'web' } }] }] }),
        ],
      },
    },
    {
      name: 'a DestinationRule for nothing',
      given: { objects: [web, to('web'), destinationRule('gone')] },
      info: [{ message: 'ruleWithoutHost', subject: 'DestinationRule/shop/gone', values: { host: 'gone' } }],
    },
  ],
  reports: [
    ...hostReports,
    {
      name: 'a port the Service has not, told once',
      given: {
        objects: [
          web,
          networking('VirtualService', 'web', {
            hosts: ['web'],
            http: [1, 2].map(() => ({ route: [{ destination: { host: 'web', port: { number: 8080 } } }] })),
          }),
        ],
      },
      expect: [{ message: 'portMissing', subject, values: { port: '8080', offered: ['80'] } }],
    },
    {
      name: 'no port, and traffic comes in by one the destination has not',
      given: {
        objects: [
          both,
          istioGateway('edge', [httpServer(['*'], 8443)]),
          virtualService('web', { host: 'web' }, { hosts: ['shop.example'], gateways: ['edge'] }),
        ],
      },
      expect: [{ message: 'portUnset', subject, severity: 'warning', values: { asked: ['8443'] } }],
    },
    ...subsetReports,
    ...gatewayReports,
  ],
  unknown: [
    { name: 'VirtualServices', given: { objects: [meshPod('web-1')], forbidden: [virtualServices] } },
    { name: 'Services', given: { objects: [to('web')], forbidden: [services] } },
    { name: 'ServiceEntries', given: { objects: [to('api.example')], forbidden: [serviceEntries] } },
    {
      name: 'Gateways',
      given: {
        objects: [web, virtualService('web', { host: 'web' }, { gateways: ['edge'] })],
        forbidden: [istioGateways],
      },
    },
  ],
});
