import { gatewayUnserved } from '../../../analyzers/istio/gateway-unserved.ts';
import { istioGateways } from '../../../src/artifacts/istio-resources.ts';
import { pods, secrets } from '../../../src/artifacts/resources.ts';
import { ago, deployment, secret, service } from '../../support/builders.ts';
import {
  gatewayPod,
  httpServer,
  httpsServer,
  istioGateway,
  meshPod,
  virtualService,
} from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const edgePod = gatewayPod();
const inSystem = { metadata: { namespace: 'istio-system' } };
const edgeService = service('istio-ingressgateway', {
  ...inSystem,
  spec: {
    selector: { istio: 'ingressgateway' },
    ports: [
      { name: 'http2', port: 80, targetPort: 8080 },
      { name: 'https', port: 443, targetPort: 8443 },
    ],
  },
});
const plain = istioGateway('edge', [httpServer(['*'])]);
const secure = istioGateway('edge', [httpsServer(['shop.example'])]);
const bound = virtualService('web', { host: 'web' }, { gateways: ['edge'] });
const asleep = deployment('istio-ingressgateway', {
  ...inSystem,
  spec: { replicas: 0, template: { metadata: { labels: { istio: 'ingressgateway' } } } },
});
const subject = 'Gateway/shop/edge';

testAnalyzer(gatewayUnserved, {
  silent: [
    { name: 'no Gateway', given: { objects: [edgePod] }, status: 'not-applicable' },
    {
      name: 'pods, certificate and ports that are there',
      given: {
        objects: [
          edgePod,
          edgeService,
          secret('shop-tls', { ...inSystem, data: { 'tls.crt': 'LS0t' } }),
          istioGateway('edge', [httpServer(['*']), httpServer(['*'], 8080), httpsServer(['shop.example'])]),
        ],
      },
    },
    {
      name: 'a Gateway without a selector',
      given: { objects: [istioGateway('edge', [], { spec: { servers: [httpServer(['*'])] } })] },
    },
    {
      name: 'a pod in the network of its node, and one without a Service',
      given: {
        objects: [
          gatewayPod('host', {
            spec: { hostNetwork: true, containers: [{ name: 'istio-proxy', image: 'istio/proxyv2:1.26.2' }] },
          }),
          edgeService,
          istioGateway('edge', [httpServer(['*'], 9999)]),
          gatewayPod('inner', { metadata: { labels: { istio: 'inner' } } }),
          istioGateway('inner', [], {
            spec: { selector: { istio: 'inner' }, servers: [httpServer(['*'], 99)] },
          }),
        ],
      },
    },
    {
      name: 'certificates of a provider, a Secret whose keys were cut, and TLS passed through',
      given: {
        objects: [
          edgePod,
          secret('cut', inSystem),
          istioGateway('a', [httpsServer(['a.example'], 'builtin://')]),
          istioGateway('b', [httpsServer(['b.example'], 'cut')]),
          istioGateway('c', [{ port: { number: 443 }, tls: { mode: 'PASSTHROUGH' }, hosts: ['c.example'] }]),
        ],
      },
    },
    {
      name: 'a gateway scaled to zero that nobody uses',
      given: { objects: [meshPod('web-1'), asleep, plain] },
    },
    {
      name: 'a Gateway made a moment ago',
      given: {
        objects: [
          edgePod,
          istioGateway('edge', [httpsServer(['a'])], { metadata: { creationTimestamp: ago(5) } }),
        ],
      },
    },
    {
      name: 'a Gateway without pods that nobody uses',
      given: { objects: [meshPod('web-1'), plain] },
      info: [{ message: 'podsMissingUnused', subject }],
    },
  ],
  reports: [
    {
      name: 'a Gateway in use without pods',
      given: { objects: [meshPod('web-1'), plain, bound] },
      expect: [
        {
          message: 'podsMissing',
          subject,
          severity: 'critical',
          values: { selector: '`istio=ingressgateway`', routes: ['shop/web'] },
        },
      ],
    },
    {
      name: 'a gateway scaled to zero',
      given: { objects: [meshPod('web-1'), asleep, plain, bound] },
      expect: [
        {
          message: 'podsAsleep',
          subject,
          severity: 'warning',
          values: { workloads: ['Deployment istio-ingressgateway'], routes: ['shop/web'] },
        },
      ],
    },
    {
      name: 'a certificate that lies beside the Gateway instead of its pods, told once',
      given: {
        objects: [
          edgePod,
          secret('shop-tls', { data: { 'tls.crt': 'LS0t' } }),
          istioGateway('edge', [httpsServer(['shop.example']), httpsServer(['b.example'])]),
        ],
      },
      expect: [{ message: 'credentialMissing', subject, values: { hosts: ['shop.example'] } }],
    },
    {
      name: 'a Secret without a certificate',
      given: { objects: [edgePod, secret('shop-tls', { ...inSystem, data: { 'ca.crt': 'LS0t' } }), secure] },
      expect: [{ message: 'credentialUnfit', subject, confidence: 'likely' }],
    },
    {
      name: 'a port no Service leads to',
      given: { objects: [edgePod, edgeService, istioGateway('edge', [httpServer(['*'], 8090)])] },
      expect: [
        {
          message: 'portNotExposed',
          subject,
          severity: 'warning',
          values: { port: '8090', offered: ['80', '443'] },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'gateways of other clusters of the mesh',
      given: {
        objects: [
          meshPod('web-1'),
          plain,
          bound,
          secret('istio-remote-secret-b', {
            metadata: { namespace: 'istio-system', labels: { 'istio/multiCluster': 'true' } },
          }),
        ],
      },
      reason: /other clusters/,
    },
    { name: 'Gateways', given: { objects: [edgePod], forbidden: [istioGateways] } },
    { name: 'pods', given: { objects: [plain, bound], forbidden: [pods] } },
    { name: 'Secrets', given: { objects: [edgePod, secure], forbidden: [secrets] } },
  ],
});
