import { policyMatchesNothing } from '../../../analyzers/istio/policy-matches-nothing.ts';
import { authorizationPolicies } from '../../../src/artifacts/istio-workload-resources.ts';
import { namespaces, pods } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, deployment, namespace, pod } from '../../support/builders.ts';
import { gatewayPod, meshPod, networking, security } from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const web = meshPod('web-1', { app: 'web' });
const shop = namespace('shop');
const policy = (spec: object, parts: Parameters<typeof security>[3] = {}) =>
  security('AuthorizationPolicy', 'guard', spec, parts);
const forApp = (app: string) => ({ selector: { matchLabels: { app } } });
const from = (names: readonly string[], action = 'ALLOW') => ({
  action,
  rules: [{ from: [{ source: { namespaces: names } }] }],
});
const inRoot = { metadata: { namespace: 'istio-system' } };
const subject = 'AuthorizationPolicy/shop/guard';

testAnalyzer(policyMatchesNothing, {
  silent: [
    { name: 'no policy', given: { objects: [web, shop] }, status: 'not-applicable' },
    {
      name: 'pods of the mesh, and a whole namespace of them',
      given: {
        objects: [
          web,
          pod('plain', { metadata: { labels: { app: 'plain' } } }),
          shop,
          policy(forApp('web')),
          security('AuthorizationPolicy', 'all', {}),
        ],
      },
    },
    {
      name: 'a pod served by ztunnel',
      given: {
        objects: [
          pod('web-1', { metadata: { labels: { app: 'web' } } }),
          namespace('shop', { metadata: { labels: { 'istio.io/dataplane-mode': 'ambient' } } }),
          policy(forApp('web')),
        ],
      },
    },
    {
      name: 'a workload scaled to zero, and a namespace without pods',
      given: {
        objects: [
          shop,
          deployment('web', { spec: { replicas: 0 } }),
          policy(forApp('web')),
          security('AuthorizationPolicy', 'all', {}, { metadata: { namespace: 'empty' } }),
        ],
      },
    },
    {
      name: 'pods of a CronJob that does not run at the moment, and a machine outside of Kubernetes',
      given: {
        objects: [
          web,
          shop,
          anyObject('batch/v1', 'CronJob', 'report', 'shop', {
            spec: {
              schedule: '0 3 * * *',
              jobTemplate: {
                spec: { template: { metadata: { labels: { app: 'report' } }, spec: { containers: [] } } },
              },
            },
          }),
          networking('WorkloadEntry', 'vm', { address: '10.9.9.9', labels: { app: 'ledger' } }),
          networking('WorkloadGroup', 'vms', { metadata: { labels: { app: 'ledgers' } }, template: {} }),
          policy(forApp('report')),
          security('AuthorizationPolicy', 'vm', forApp('ledger')),
          security('AuthorizationPolicy', 'vms', forApp('ledgers')),
        ],
      },
    },
    {
      name: 'a policy of the root namespace for a gateway that is scaled to zero',
      given: {
        objects: [
          web,
          shop,
          deployment('edge', { metadata: { namespace: 'edge' }, spec: { replicas: 0 } }),
          policy(forApp('edge'), inRoot),
        ],
      },
    },
    {
      name: 'policies of the root namespace for pods of others, and for all',
      given: {
        objects: [
          web,
          shop,
          policy(forApp('web'), inRoot),
          security('AuthorizationPolicy', 'all', {}, inRoot),
        ],
      },
    },
    {
      name: 'a policy attached by name, and one made a moment ago',
      given: {
        objects: [
          web,
          shop,
          policy({ targetRefs: [{ kind: 'Gateway', name: 'edge' }] }),
          security('AuthorizationPolicy', 'new', forApp('gone'), { metadata: { creationTimestamp: ago(9) } }),
        ],
      },
    },
    {
      name: 'namespaces by name, by pattern and in any case',
      given: { objects: [web, shop, policy(from(['shop', 'SH*', '*op', '*']))] },
    },
    {
      name: 'an EnvoyFilter and a Sidecar for nothing, which protect nothing',
      given: {
        objects: [
          web,
          shop,
          networking('EnvoyFilter', 'tune', { workloadSelector: { labels: { app: 'gone' } } }),
          networking('EnvoyFilter', 'all', { configPatches: [] }),
        ],
      },
      info: [{ message: 'noPods', subject: 'EnvoyFilter/shop/tune' }],
    },
  ],
  reports: [
    {
      name: 'a selector without pods',
      given: { objects: [web, shop, policy(forApp('wbe'))] },
      expect: [{ message: 'noPods', subject, severity: 'warning', values: { selector: '`app=wbe`' } }],
    },
    {
      name: 'a selector of the root namespace that no proxy of the mesh matches',
      given: {
        objects: [gatewayPod(), shop, security('RequestAuthentication', 'jwt', forApp('edge'), inRoot)],
      },
      expect: [{ message: 'noPods', subject: 'RequestAuthentication/istio-system/jwt', severity: 'warning' }],
    },
    {
      name: 'pods without a proxy, by selector and by namespace',
      given: {
        objects: [
          shop,
          pod('plain', { metadata: { labels: { app: 'plain' } } }),
          policy(forApp('plain')),
          security('AuthorizationPolicy', 'all', {}),
        ],
      },
      expect: [
        { message: 'notInMesh', subject },
        {
          message: 'notInMesh',
          subject: 'AuthorizationPolicy/shop/all',
          values: { selector: 'every label' },
        },
      ],
    },
    {
      name: 'namespaces that do not exist',
      given: { objects: [web, shop, policy(from(['shop', 'basket', 'old-*'], 'DENY'))] },
      expect: [
        {
          message: 'namespaceUnknown',
          subject,
          values: { names: ['`basket`', '`old-*`'], effect: 'nobody there is refused' },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'pods of other clusters of the mesh',
      given: {
        objects: [
          web,
          shop,
          policy(forApp('wbe')),
          anyObject('v1', 'Secret', 'istio-remote-secret-b', 'istio-system', {
            metadata: { labels: { 'istio/multiCluster': 'true' } },
          }),
        ],
      },
      reason: /other clusters/,
    },
    { name: 'policies', given: { objects: [web, shop], forbidden: [authorizationPolicies] } },
    { name: 'pods', given: { objects: [shop, policy(forApp('web'))], forbidden: [pods] } },
    { name: 'namespaces', given: { objects: [web, policy(from(['basket']))], forbidden: [namespaces] } },
  ],
});
