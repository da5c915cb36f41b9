import { nameMismatch } from '../../../analyzers/certificate/name-mismatch.ts';
import { certificates } from '../../../src/artifacts/certificates.ts';
import { kubeconfigPublic } from '../../../src/artifacts/kubeconfig-public.ts';
import { secrets } from '../../../src/artifacts/resources.ts';
import { anyObject, endpointSlice, pod, secret, service } from '../../support/builders.ts';
import { base64 } from '../../support/certificates.ts';
import { webhook, webhookConfiguration } from '../../support/extension-builders.ts';
import { issue, issueCa } from '../../support/issued-certificates.ts';
import { gatewayPod, httpsServer, istioGateway } from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const ca = await issueCa('kubernetes');
const INSIDE = ['kubernetes.default.svc', '10.96.0.1', '192.0.2.10'];
const whole = await issue('kube-apiserver', {
  issuer: ca,
  names: ['cp.example', ...INSIDE],
  usages: ['serverAuth'],
});
const outsideOnly = await issue('kube-apiserver', { issuer: ca, names: ['cp.example'] });
const insideOnly = await issue('kube-apiserver', { issuer: ca, names: INSIDE });
const commonName = await issue('cp.example', { issuer: ca });
const forClients = await issue('cp.example', { issuer: ca, names: ['cp.example'], usages: ['clientAuth'] });
const forServers = await issue('admin', { issuer: ca, usages: ['serverAuth'] });
const hookLeaf = await issue('hook', { issuer: ca, names: ['hook.other.svc'] });
const hookClient = await issue('hook', { issuer: ca, names: ['hook.shop.svc'], usages: ['clientAuth'] });
const wildcard = await issue('web', { names: ['*.shop.example'] });

const server = 'host:cp.example:6443';
const root = anyObject('v1', 'ConfigMap', 'kube-root-ca.crt', 'shop', { data: { 'ca.crt': ca.pem } });
const kubernetes = service('kubernetes', {
  metadata: { namespace: 'default' },
  spec: { clusterIP: '10.96.0.1', selector: {} },
});
const addresses = endpointSlice('kubernetes', [{ ip: '192.0.2.10' }], {
  metadata: { namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
});
const three = endpointSlice(
  'kubernetes',
  ['192.0.2.11', '192.0.2.12', '192.0.2.13'].map((ip) => ({ ip })),
  { metadata: addresses.metadata as { namespace: string } },
);
const kubeadm = anyObject('v1', 'ConfigMap', 'kubeadm-config', 'kube-system', {
  data: { ClusterConfiguration: 'clusterName: shop\ncontrolPlaneEndpoint: "vip.example:6443"\n' },
});

/** What an instance behind the balancer serves: valid for its own address, not for those of the others. */
function instance(address: string, pem: string) {
  const source = { type: 'served', endpoint: `${address}:6443`, authorized: true };
  const scope = { type: 'endpoint', endpoint: `${address}:6443` } as const;
  return { artifact: certificates, scope, bytes: JSON.stringify({ certificates: [{ source, pem }] }) };
}
const second = await issue('kube-apiserver', {
  issuer: ca,
  names: ['cp.example', 'kubernetes.default.svc', '10.96.0.1', '192.0.2.12'],
});
const kubeconfig = {
  artifact: kubeconfigPublic,
  bytes: JSON.stringify({ server: 'https://cp.example:6443', clusterName: 'shop' }),
};

function connection(pem: string, client = '') {
  const found = [{ source: { type: 'served', endpoint: 'cp.example:6443', authorized: true }, pem }];
  const own = client ? [{ source: { type: 'kubeconfig', field: 'client-certificate' }, pem: client }] : [];
  return { artifact: certificates, bytes: JSON.stringify({ certificates: [...found, ...own] }) };
}

const hook = service('hook');
const mounting = pod('hook-1', {
  metadata: { labels: { app: 'hook' } },
  spec: { volumes: [{ name: 'tls', secret: { secretName: 'hook-tls' } }] },
});
const config = webhookConfiguration('policy', [
  webhook('pods.policy.example', {
    clientConfig: { service: { namespace: 'shop', name: 'hook' }, caBundle: base64(ca.pem) },
  }),
]);

function hookSecret(pem: string) {
  return secret('hook-tls', { data: { 'tls.crt': base64(pem) } });
}

function ingress(hosts: readonly string[]) {
  return anyObject('networking.k8s.io/v1', 'Ingress', 'web', 'shop', {
    spec: { tls: [{ hosts, secretName: 'web-tls' }] },
  });
}

const webSecret = secret('web-tls', { data: { 'tls.crt': base64(wildcard.pem) } });

testAnalyzer(nameMismatch, {
  silent: [
    {
      name: 'the API server names all it is called by',
      given: { objects: [root, kubernetes, addresses], documents: [connection(whole.pem)] },
    },
    {
      name: 'an instance of three need not name the addresses of the others',
      given: {
        objects: [root, kubernetes, three],
        documents: [kubeconfig, connection(second.pem), instance('192.0.2.12', second.pem)],
      },
    },
    {
      name: 'a proxy in front of the API server need not name what is inside',
      given: { objects: [kubernetes, addresses], documents: [connection(outsideOnly.pem)] },
    },
    {
      name: 'a wildcard for one label',
      given: { objects: [ingress(['web.shop.example', 'WWW.shop.example']), webSecret] },
    },
    { name: 'an Ingress whose Secret was not seen', given: { objects: [ingress(['web.example'])] } },
    {
      name: 'a Gateway of several certificates serves the one that fits',
      given: {
        objects: [
          webSecret,
          anyObject('gateway.networking.k8s.io/v1', 'Gateway', 'web', 'shop', {
            spec: {
              listeners: [
                {
                  name: 'a',
                  hostname: 'a.example',
                  tls: { certificateRefs: [{ name: 'web-tls' }, { name: 'b' }] },
                },
              ],
            },
          }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'the host of the kubeconfig is missing',
      given: { documents: [connection(insideOnly.pem)] },
      expect: [
        {
          message: 'serverNameMissing',
          subject: server,
          severity: 'critical',
          values: { host: 'cp.example', names: 'kubernetes.default.svc, 10.96.0.1, 192.0.2.10' },
        },
      ],
    },
    {
      name: 'names inside the cluster are missing',
      given: { objects: [root, kubernetes, addresses, kubeadm], documents: [connection(outsideOnly.pem)] },
      expect: [
        { message: 'serverNameMissing', subject: server },
        { message: 'serverNameMissing', subject: server },
        { message: 'serverNameMissing', subject: server },
        { message: 'serverNameMissing', subject: server },
      ],
    },
    {
      name: 'an instance that does not name its own address',
      given: {
        objects: [root, kubernetes, three],
        documents: [kubeconfig, connection(second.pem), instance('192.0.2.13', second.pem)],
      },
      expect: [
        {
          message: 'serverNameMissing',
          subject: 'host:192.0.2.13:6443',
          severity: 'warning',
          values: { host: '192.0.2.13' },
        },
      ],
    },
    {
      name: 'a common name only',
      given: { documents: [connection(commonName.pem)] },
      expect: [{ message: 'onlyCommonName', subject: server, severity: 'critical' }],
    },
    {
      name: 'made for clients, served',
      given: { documents: [connection(forClients.pem)] },
      expect: [{ message: 'notForServers', subject: server, values: { usages: 'clientAuth' } }],
    },
    {
      name: 'made for servers, presented by the kubeconfig',
      given: { documents: [connection(whole.pem, forServers.pem)] },
      expect: [
        {
          message: 'notForClients',
          subject: 'machine:kubeconfig of the collection',
          values: { usages: 'serverAuth' },
        },
      ],
    },
    {
      name: 'a webhook whose trusted certificate has another name',
      given: { objects: [config, hook, mounting, hookSecret(hookLeaf.pem)] },
      expect: [
        {
          message: 'serviceNameMissing',
          subject: 'ValidatingWebhookConfiguration/policy',
          severity: 'critical',
          values: { host: 'hook.shop.svc', names: 'hook.other.svc' },
        },
      ],
    },
    {
      name: 'a webhook whose certificate is made for clients',
      given: { objects: [config, hook, mounting, hookSecret(hookClient.pem)] },
      expect: [{ message: 'notForServers', subject: 'Secret/shop/hook-tls' }],
    },
    {
      name: 'one of two hosts of an Ingress is not covered: two labels',
      given: { objects: [ingress(['web.shop.example', 'a.web.shop.example']), webSecret] },
      expect: [
        {
          message: 'hostMissing',
          subject: 'Ingress/shop/web',
          severity: 'warning',
          values: { host: 'a.web.shop.example', names: '*.shop.example' },
        },
      ],
    },
    {
      name: 'the only host of a Gateway is not covered',
      given: {
        objects: [
          webSecret,
          anyObject('gateway.networking.k8s.io/v1', 'Gateway', 'web', 'shop', {
            spec: {
              listeners: [
                { name: 'a', hostname: 'a.example', tls: { certificateRefs: [{ name: 'web-tls' }] } },
              ],
            },
          }),
        ],
      },
      expect: [{ message: 'hostMissing', subject: 'Gateway/shop/web', severity: 'critical' }],
    },
    {
      name: 'a host of an Istio Gateway, whose Secret lies where its pods run',
      given: {
        objects: [
          gatewayPod(),
          webSecret,
          { ...webSecret, metadata: { ...webSecret.metadata, namespace: 'istio-system' } },
          istioGateway('edge', [
            httpsServer(['*/a.example', '*.example', 'a.shop.example'], 'web-tls'),
            { ...httpsServer(['b.example'], 'web-tls'), tls: { mode: 'PASSTHROUGH' } },
          ]),
        ],
      },
      expect: [
        {
          message: 'hostMissing',
          subject: 'Gateway/shop/edge',
          severity: 'warning',
          values: { host: 'a.example' },
        },
      ],
    },
  ],
  unknown: [{ name: 'Secrets were refused', given: { forbidden: [secrets] }, reason: /not allowed/ }],
});
