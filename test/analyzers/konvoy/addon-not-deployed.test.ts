import { addonNotDeployed } from '../../../analyzers/konvoy/addon-not-deployed.ts';
import { addons, clusterAddons } from '../../../src/artifacts/konvoy-resources.ts';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { ago, anyObject, type Built, deployment, service } from '../../support/builders.ts';
import { addon, helmSecret, requires } from '../../support/release-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Addon/kubeaddons/traefik';
const OF_TRAEFIK = { 'app.kubernetes.io/instance': 'traefik-kubeaddons' };
const deploying = { ready: false, stage: 'deploying' };

function clusterAddon(name: string, status: object): Built {
  return anyObject('kubeaddons.mesosphere.io/v1beta1', 'ClusterAddon', name, null, {
    metadata: { labels: { 'kubeaddons.mesosphere.io/name': name } },
    status,
  });
}

const workload = deployment('traefik-kubeaddons', {
  metadata: { namespace: 'kubeaddons', labels: OF_TRAEFIK },
  spec: { replicas: 2 },
  status: { readyReplicas: 0 },
});

testAnalyzer(addonNotDeployed, {
  silent: [
    { name: 'no addons', given: {}, status: 'not-applicable' },
    {
      name: 'all addons ready, of either kind',
      given: {
        objects: [
          addon('traefik', { spec: requires('cert-manager') }),
          clusterAddon('cert-manager', { ready: true }),
        ],
      },
    },
    {
      name: 'one that was changed five minutes ago',
      given: {
        objects: [
          addon('traefik', {
            status: deploying,
            metadata: { managedFields: [{ manager: 'konvoy', time: ago(300) }] },
          }),
        ],
      },
    },
    {
      name: 'one that is being deleted',
      given: {
        objects: [addon('traefik', { status: deploying, metadata: { deletionTimestamp: ago(10) } })],
      },
    },
  ],
  reports: [
    {
      name: 'its Deployment has no ready pod, its release failed, its Service has no address',
      given: {
        objects: [
          addon('traefik', { status: deploying }),
          workload,
          service('traefik-kubeaddons', {
            metadata: { namespace: 'kubeaddons', labels: OF_TRAEFIK },
            spec: { type: 'LoadBalancer' },
          }),
          helmSecret('traefik-kubeaddons', 2, 'failed', { namespace: 'kubeaddons' }),
        ],
      },
      expect: [
        {
          message: 'notDeployed',
          subject,
          severity: 'warning',
          values: {
            stage: 'deploying',
            namespace: 'kubeaddons',
            detail:
              'revision 2 of its Helm release traefik-kubeaddons is failed, Deployment traefik-kubeaddons has 0 of 2 pods ready, Service traefik-kubeaddons has no external address',
          },
        },
      ],
    },
    {
      name: 'deployed, but no longer ready, and nothing says why',
      given: { objects: [addon('traefik', { status: { ready: false, stage: 'deployed' } })] },
      expect: [
        {
          message: 'notDeployed',
          subject,
          values: { detail: 'nothing of its release in the bundle says why' },
        },
      ],
    },
    {
      name: 'a chain: the end of it is blamed, the others wait',
      given: {
        objects: [
          addon('dex', { spec: requires('traefik'), status: deploying }),
          addon('traefik', { spec: requires('cert-manager'), status: deploying }),
          clusterAddon('cert-manager', { ready: false, stage: 'deploying' }),
        ],
      },
      expect: [
        {
          message: 'requirementNotReady',
          subject: 'Addon/kubeaddons/dex',
          values: { root: '; at the end of the chain is cert-manager' },
        },
        { message: 'requirementNotReady', subject, values: { root: '' } },
        { message: 'notDeployed', subject: 'ClusterAddon/cert-manager' },
      ],
    },
    {
      name: 'two that wait for each other',
      given: {
        objects: [
          addon('a', { spec: requires('b'), status: deploying }),
          addon('b', { spec: requires('a'), status: deploying }),
        ],
      },
      expect: [
        { message: 'requirementNotReady', subject: 'Addon/kubeaddons/a' },
        { message: 'requirementNotReady', subject: 'Addon/kubeaddons/b' },
      ],
    },
    {
      name: 'what it requires is not there',
      given: { objects: [addon('traefik', { spec: requires('cert-manager'), status: deploying })] },
      expect: [
        {
          message: 'requirementMissing',
          subject,
          values: { labels: 'kubeaddons.mesosphere.io/name: cert-manager' },
        },
      ],
    },
    {
      name: 'no status after a day, the controller has no pod',
      given: {
        objects: [
          addon('traefik', { status: { ready: undefined, stage: undefined } }),
          deployment('kubeaddons-controller-manager', {
            metadata: { namespace: 'kubeaddons' },
            status: { readyReplicas: 0 },
          }),
        ],
      },
      expect: [
        {
          message: 'notLookedAt',
          subject,
          values: { age: 86_400, controller: ', and kubeaddons-controller-manager has no ready pod' },
        },
      ],
    },
    {
      name: 'no status after a day, no controller at all',
      given: { objects: [addon('traefik', { status: { ready: undefined, stage: undefined } })] },
      expect: [{ message: 'notLookedAt', subject }],
    },
    {
      name: 'ClusterAddons were not seen: what is required may be one of them',
      given: {
        objects: [addon('traefik', { spec: requires('cert-manager'), status: deploying })],
        forbidden: [clusterAddons],
      },
      expect: [{ message: 'notDeployed', subject }],
    },
  ],
  unknown: [
    {
      name: 'addons were refused',
      given: { forbidden: [addons] },
      reason: /not allowed/,
    },
    {
      name: 'nothing is known of addons',
      given: {
        rows: [{ artifact: addons.id, scope: CLUSTER_SCOPE, outcome: 'error', reason: 'the list broke off' }],
      },
      reason: /broke off/,
    },
  ],
});
