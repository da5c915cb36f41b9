import { ago, anyObject, type Built, deployment, namespace, pod, service } from './builders.ts';
import {
  destinationRule,
  gatewayPod,
  httpServer,
  httpsServer,
  istioGateway,
  meshPod,
  networking,
  security,
  virtualService,
} from './istio-configuration-builders.ts';

const old = { metadata: { creationTimestamp: ago(90_000) } };
const web = { app: 'web', version: 'v1' };
const forApp = (app: string) => ({ selector: { matchLabels: { app } } });
const ofWeb = (...ports: object[]) => ({ spec: { selector: { app: 'web' }, ports } });

/** Workloads and Services of a mesh. */
function workloads(): Built[] {
  return [
    namespace('shop'),
    namespace('istio-system'),
    anyObject('v1', 'ConfigMap', 'istio', 'istio-system', {
      data: { mesh: 'rootNamespace: istio-system\n' },
    }),
    gatewayPod(),
    meshPod('web-1', web),
    meshPod('web-2', web),
    pod('plain', { metadata: { labels: { app: 'plain' } } }),
    service('web'),
    service('web-b', ofWeb({ name: 'tcp', port: 80, targetPort: 8080 })),
    service('web-c', ofWeb({ name: 'http', port: 80, targetPort: 8080 })),
    service('ssh', ofWeb({ name: 'x', port: 22 })),
    service('odd', ofWeb({ name: 'x', port: 8081 })),
    service('plain'),
    service('edge', {
      metadata: { namespace: 'istio-system' },
      spec: { selector: { istio: 'ingressgateway' }, ports: [{ name: 'http2', port: 80, targetPort: 8080 }] },
    }),
    deployment('asleep', {
      spec: { replicas: 0, template: { metadata: { labels: { app: 'web', version: 'v9' } } } },
    }),
  ];
}

/** Routes and Gateways, each wrong in a way of its own. */
function routes(): Built[] {
  return [
    istioGateway('edge', [httpServer(['*']), httpServer(['*'], 8090), httpsServer(['shop.example'])], old),
    istioGateway('edge2', [httpsServer(['shop.example', 'b.example'], 'x')]),
    istioGateway('edge3', [httpsServer(['b.example'], 'y')]),
    virtualService('web', { host: 'web', subset: 'v2' }),
    virtualService('asleep', { host: 'web', subset: 'v9' }, { hosts: ['web'] }),
    virtualService('gone', { host: 'gone' }),
    virtualService('edge', { host: 'web' }, { hosts: ['shop.example'], gateways: ['edge', 'nope'] }),
    networking('VirtualService', 'covered', {
      hosts: ['covered'],
      http: [
        { route: [{ destination: { host: 'web' } }] },
        { match: [{ port: 80 }], route: [{ destination: { host: 'plain' } }] },
      ],
    }),
    destinationRule('web', ['v1', 'v2', 'v9'], { trafficPolicy: { tls: { mode: 'DISABLE' } } }),
    destinationRule('plain', [], { trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } }),
    destinationRule('gone'),
    destinationRule('pay.example', [], { trafficPolicy: { tls: { mode: 'SIMPLE' } } }),
  ];
}

/** Policies, Sidecars, ServiceEntries and EnvoyFilters, each wrong in a way of its own. */
function policies(): Built[] {
  const tcp = { resolution: 'DNS', ports: [{ number: 3306, protocol: 'TCP' }] };
  const filter = (operation: string, by: string, name: string) => ({
    applyTo: 'HTTP_FILTER',
    match: { listener: { filterChain: { filter: { name: 'hcm', subFilter: { name: by } } } } },
    patch: { operation, value: { name } },
  });
  return [
    security('PeerAuthentication', 'default', { mtls: { mode: 'STRICT' } }),
    security('AuthorizationPolicy', 'nothing', forApp('wbe')),
    security('AuthorizationPolicy', 'plain', forApp('plain')),
    security('AuthorizationPolicy', 'namespaces', {
      rules: [{ from: [{ source: { namespaces: ['nowhere', 'sh*'] } }] }],
    }),
    networking('Sidecar', 'one', { workloadSelector: { labels: { app: 'web' } } }, old),
    networking('Sidecar', 'two', { workloadSelector: { labels: { version: 'v1' } } }),
    ...['three', 'four', 'five'].map((name) => networking('Sidecar', name, {})),
    networking('ServiceEntry', 'orders', { hosts: ['x.example'], ...tcp }, old),
    networking('ServiceEntry', 'users', { hosts: ['y.example'], ...tcp }),
    networking('ServiceEntry', 'other', {
      hosts: ['x.example'],
      ports: [{ number: 3306, protocol: 'TLS' }],
    }),
    networking('EnvoyFilter', 'early', { configPatches: [filter('INSERT_AFTER', 'own', 'next')] }, old),
    networking('EnvoyFilter', 'adds', { configPatches: [filter('INSERT_FIRST', '', 'own')] }),
  ];
}

/** A mesh in which every analyzer of Istio's configuration has something to say, but for conditions. */
export function istioFaults(): Built[] {
  return [...workloads(), ...routes(), ...policies()];
}
