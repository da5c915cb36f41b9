import { protocolAmbiguous } from '../../../analyzers/istio/protocol-ambiguous.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, pod, service } from '../../support/builders.ts';
import { meshPod, networking, virtualService } from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const web = meshPod('web-1');
const ports = (...list: readonly object[]) => service('web', { spec: { ports: list } });

testAnalyzer(protocolAmbiguous, {
  silent: [
    {
      name: 'a cluster without Istio',
      given: { objects: [pod('a'), ports({ name: 'web', port: 80 })] },
      status: 'not-applicable',
    },
    {
      name: 'declared ports, UDP and known server-first ports',
      given: {
        objects: [
          web,
          ports(
            { name: 'http-web', port: 80 },
            { name: 'x', port: 81, appProtocol: 'grpc' },
            { name: 'd', port: 82, protocol: 'UDP' },
            { port: 3306 },
          ),
          virtualService('web', { host: 'web' }),
        ],
      },
    },
    {
      name: 'an exporter of a server that speaks first, which speaks HTTP itself',
      given: {
        objects: [
          meshPod(
            'web-1',
            { app: 'web' },
            {
              spec: {
                containers: [
                  {
                    name: 'app',
                    image: 'registry.example/mysql-exporter:0.15',
                    ports: [{ name: 'metrics', containerPort: 9104 }],
                  },
                  {
                    name: 'istio-proxy',
                    image: 'docker.io/istio/proxyv2:1.26.2',
                    args: ['proxy', 'sidecar'],
                  },
                ],
              },
            },
          ),
          ports({ name: 'metrics', port: 9104 }),
        ],
      },
      info: [{ message: 'sniffed', subject: 'Namespace/shop' }],
    },
    {
      name: 'Services outside the mesh, and those of gateways',
      given: {
        objects: [
          web,
          pod('plain', { metadata: { labels: { app: 'plain' } } }),
          service('plain', { spec: { ports: [{ name: 'x', port: 22 }] } }),
          service('edge', {
            metadata: { labels: { istio: 'ingressgateway' } },
            spec: { selector: { app: 'web' }, ports: [{ name: 'status-port', port: 15021 }] },
          }),
        ],
      },
    },
    {
      name: 'http rules where one port is HTTP, or is sniffed, or for gateways only, or made a moment ago',
      given: {
        objects: [
          web,
          ports({ name: 'tcp-a', port: 1 }, { name: 'http', port: 2 }),
          service('db', { spec: { ports: [{ name: 'tcp-db', port: 5432 }] } }),
          virtualService('web', { host: 'web' }),
          virtualService('out', { host: 'db' }, { hosts: ['db'], gateways: ['edge'] }),
          networking('VirtualService', 'l4', {
            hosts: ['db'],
            tcp: [{ route: [{ destination: { host: 'db' } }] }],
          }),
          virtualService('db', { host: 'db' }, {}, { metadata: { creationTimestamp: ago(9) } }),
        ],
      },
    },
    {
      name: 'a name that says nothing',
      given: { objects: [web, ports({ name: 'httpweb', port: 80 }, { port: 81 })] },
      info: [
        {
          message: 'sniffed',
          subject: 'Namespace/shop',
          values: { count: 1, ports: ['web:80 (`httpweb`)', 'web:81'] },
        },
      ],
    },
    {
      name: 'an ExternalName Service whose port is TCP',
      given: {
        objects: [
          web,
          service('far', {
            spec: {
              type: 'ExternalName',
              externalName: 'far.example',
              selector: undefined,
              ports: [
                { name: 'tcp', port: 443 },
                { name: 'https', port: 444 },
              ],
            },
          }),
        ],
      },
      info: [{ message: 'externalName', subject: 'Service/shop/far', values: { port: '443 (`tcp`)' } }],
    },
  ],
  reports: [
    {
      name: 'servers that speak first, by port and by image',
      given: {
        objects: [
          meshPod('ssh-1', { app: 'ssh' }),
          service('ssh', { spec: { ports: [{ name: 'main', port: 2222, targetPort: 22 }] } }),
          meshPod(
            'db-1',
            { app: 'db' },
            {
              spec: {
                containers: [
                  { name: 'db', image: 'docker.io/library/mysql:8.4', ports: [{ containerPort: 3307 }] },
                  { name: 'istio-proxy', image: 'istio/proxyv2:1.26.2' },
                ],
              },
            },
          ),
          service('db', { spec: { ports: [{ name: 'db', port: 3307 }] } }),
        ],
      },
      expect: [
        {
          message: 'serverFirst',
          subject: 'Service/shop/ssh',
          severity: 'warning',
          values: { server: 'SSH' },
        },
        { message: 'serverFirst', subject: 'Service/shop/db', values: { server: 'mysql' } },
      ],
    },
    {
      name: 'http rules for ports that are not HTTP',
      given: { objects: [web, ports({ name: 'tcp-web', port: 80 }), virtualService('web', { host: 'web' })] },
      expect: [
        {
          message: 'rulesIgnored',
          subject: 'VirtualService/shop/web',
          severity: 'warning',
          values: { ports: ['80 (`tcp-web`) TCP'] },
        },
      ],
    },
  ],
  unknown: [
    { name: 'pods', given: { objects: [ports({ port: 80 })], forbidden: [pods] }, reason: /not allowed/ },
    { name: 'Services', given: { objects: [web], forbidden: [services] } },
  ],
});
