import { podPortsConflict } from '../../../analyzers/istio/pod-ports-conflict.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, pod, service } from '../../support/builders.ts';
import { meshPod } from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const web = meshPod('web-1');
const old = { creationTimestamp: ago(90_000) };
const of = (name: string, ports: readonly object[], metadata: object = {}) =>
  service(name, { metadata: { ...metadata }, spec: { selector: { app: 'web' }, ports } });
const asHttp = of('web', [{ name: 'http', port: 80, targetPort: 8080 }], old);

testAnalyzer(podPortsConflict, {
  silent: [
    { name: 'a cluster without Istio', given: { objects: [pod('a'), asHttp] }, status: 'not-applicable' },
    {
      name: 'the same protocol, of the HTTP family, sniffed or UDP',
      given: {
        objects: [
          web,
          asHttp,
          of('a', [{ name: 'grpc', port: 80, targetPort: 8080 }]),
          of('b', [{ name: 'main', port: 80, targetPort: 8080 }]),
          of('c', [{ name: 'dns', port: 80, targetPort: 8080, protocol: 'UDP' }]),
        ],
      },
    },
    {
      name: 'different ports of the pod, and pods without a proxy',
      given: {
        objects: [
          web,
          asHttp,
          of('a', [{ name: 'tcp', port: 90, targetPort: 9090 }]),
          pod('plain', { metadata: { labels: { app: 'plain' } } }),
          service('p', { spec: { selector: { app: 'plain' }, ports: [{ name: 'http', port: 1 }] } }),
          service('q', { spec: { selector: { app: 'plain' }, ports: [{ name: 'tcp', port: 1 }] } }),
        ],
      },
    },
    {
      name: 'different ports of the Services',
      given: { objects: [web, asHttp, of('a', [{ name: 'http', port: 8080 }])] },
      info: [
        {
          message: 'portsDiffer',
          subject: 'Service/shop/a',
          values: { port: '8080', otherPort: '80', target: '8080' },
        },
      ],
    },
  ],
  reports: [
    {
      name: 'HTTP and TCP on one port, told once for all pods',
      given: {
        objects: [
          web,
          meshPod('web-2', { app: 'web', 'pod-template-hash': 'x' }),
          of('web-headless', [{ name: 'tcp', port: 80, targetPort: 8080 }]),
          asHttp,
        ],
      },
      expect: [
        {
          message: 'protocolsDiffer',
          subject: 'Service/shop/web-headless',
          severity: 'warning',
          values: { protocol: 'HTTP', otherProtocol: 'TCP', target: '8080' },
        },
      ],
    },
  ],
  unknown: [
    { name: 'pods', given: { objects: [asHttp], forbidden: [pods] } },
    { name: 'Services', given: { objects: [web], forbidden: [services] } },
  ],
});
