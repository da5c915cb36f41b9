import { gatewayConflict } from '../../../analyzers/istio/gateway-conflict.ts';
import { istioGateways } from '../../../src/artifacts/istio-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, pod } from '../../support/builders.ts';
import {
  gatewayPod,
  httpServer,
  httpsServer,
  istioGateway,
} from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const edgePod = gatewayPod('edge', {
  metadata: { labels: { istio: 'ingressgateway', app: 'edge' } },
});
const old = { metadata: { creationTimestamp: ago(90_000) } };
const first = istioGateway('first', [httpsServer(['shop.example', 'api.example'], 'a')], old);

testAnalyzer(gatewayConflict, {
  silent: [
    { name: 'no Gateway', given: { objects: [edgePod] }, status: 'not-applicable' },
    {
      name: 'plain servers with the same hosts, which are merged',
      given: {
        objects: [edgePod, istioGateway('a', [httpServer(['*'])]), istioGateway('b', [httpServer(['*'])])],
      },
    },
    {
      name: 'different hosts, ports, addresses and pods',
      given: {
        objects: [
          edgePod,
          gatewayPod('inner', { metadata: { labels: { istio: 'inner' } } }),
          first,
          istioGateway('b', [httpsServer(['other.example'], 'b')]),
          istioGateway('c', [
            { ...httpsServer(['shop.example'], 'c'), port: { number: 8443, protocol: 'HTTPS' } },
          ]),
          istioGateway('d', [{ ...httpsServer(['shop.example'], 'd'), bind: '192.0.2.7' }]),
          istioGateway('e', [], {
            spec: { selector: { istio: 'inner' }, servers: [httpsServer(['shop.example'], 'e')] },
          }),
        ],
      },
    },
    {
      name: 'one Gateway with the same host twice, and one made a moment ago',
      given: {
        objects: [
          edgePod,
          istioGateway('a', [httpsServer(['x.example'], 'a'), httpsServer(['x.example'], 'a')], old),
          istioGateway('b', [httpsServer(['x.example'], 'b')], { metadata: { creationTimestamp: ago(10) } }),
        ],
      },
    },
    {
      name: 'Gateways of two namespaces where each is for the pods of its own',
      given: {
        objects: [
          edgePod,
          pod('istiod-1', {
            metadata: { namespace: 'istio-system', labels: { app: 'istiod' } },
            spec: {
              containers: [
                {
                  name: 'discovery',
                  image: 'docker.io/istio/pilot:1.26.2',
                  args: ['discovery'],
                  env: [{ name: 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE', value: 'true' }],
                },
              ],
            },
          }),
          first,
          istioGateway('second', [httpsServer(['shop.example'], 'b')], { metadata: { namespace: 'basket' } }),
        ],
      },
    },
    {
      name: 'a host let in from different namespaces',
      given: {
        objects: [
          edgePod,
          istioGateway('a', [httpsServer(['a/x.example'], 'a')]),
          istioGateway('b', [httpsServer(['b/x.example'], 'b')]),
        ],
      },
    },
    {
      name: 'one certificate for different hosts',
      given: {
        objects: [
          edgePod,
          istioGateway('first', [httpsServer(['a.example'], 'wild')], old),
          istioGateway('second', [httpsServer(['b.example'], 'wild')]),
        ],
      },
      info: [
        {
          message: 'certificateShared',
          subject: 'Gateway/shop/first',
          values: { credential: 'wild', others: ['shop/second'] },
        },
      ],
    },
  ],
  reports: [
    {
      name: 'a host another Gateway has, with another selector of the same pods',
      given: {
        objects: [
          edgePod,
          istioGateway('second', [], {
            spec: { selector: { app: 'edge' }, servers: [httpsServer(['new.example', 'shop.example'], 'b')] },
          }),
          first,
        ],
      },
      expect: [
        {
          message: 'hostTaken',
          subject: 'Gateway/shop/second',
          severity: 'warning',
          values: { port: '443', hosts: ['shop.example'] },
        },
      ],
    },
    {
      name: 'a plain server on a port that has TLS',
      given: { objects: [edgePod, first, istioGateway('second', [httpServer(['b.example'], 443)])] },
      expect: [
        {
          message: 'protocolTaken',
          subject: 'Gateway/shop/second',
          values: { how: 'with TLS', port: '443' },
        },
      ],
    },
  ],
  unknown: [
    { name: 'Gateways', given: { objects: [edgePod], forbidden: [istioGateways] } },
    { name: 'pods', given: { objects: [first], forbidden: [pods] } },
  ],
});
