import { applicationNotDeployed } from '../../../analyzers/konvoy/application-not-deployed.ts';
import { appDeployments, clusterApps } from '../../../src/artifacts/konvoy-resources.ts';
import { ago, anyObject, type Built, condition } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const API = 'apps.kommander.d2iq.io/v1alpha3';
const subject = 'AppDeployment/kommander/velero';

function appDeployment(spec: object = {}, status: object = {}): Built {
  return anyObject(API, 'AppDeployment', 'velero', 'kommander', {
    spec: { appRef: { kind: 'ClusterApp', name: 'velero-3.1.5' }, ...spec },
    status,
  });
}

const app = anyObject(API, 'ClusterApp', 'velero-3.1.5', null, {
  spec: { appId: 'velero', version: '3.1.5' },
});

function release(ready: 'True' | 'False', since = 3600): Built {
  const parts = { reason: 'UpgradeFailed', message: 'timed out waiting.', lastTransitionTime: ago(since) };
  return anyObject('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'velero', 'kommander', {
    status: { conditions: [condition('Ready', ready, parts)] },
  });
}

function enabled(status: 'True' | 'False', since = 3600): object {
  const parts = { reason: 'NotJoined', lastTransitionTime: ago(since) };
  return { clusters: [{ name: 'edge', conditions: [condition('AppDeploymentEnabled', status, parts)] }] };
}

testAnalyzer(applicationNotDeployed, {
  silent: [
    { name: 'no AppDeployment', given: {}, status: 'not-applicable' },
    {
      name: 'application there, release ready, enabled on its cluster',
      given: { objects: [appDeployment({}, enabled('True')), app, release('True')] },
    },
    {
      name: 'release not ready for five minutes',
      given: { objects: [appDeployment(), app, release('False', 300)] },
    },
    {
      name: 'not enabled for five minutes',
      given: { objects: [appDeployment({}, enabled('False', 300)), app] },
    },
    {
      name: 'being deleted',
      given: {
        objects: [
          anyObject(API, 'AppDeployment', 'velero', 'kommander', {
            metadata: { deletionTimestamp: ago(5) },
            spec: { appRef: { kind: 'ClusterApp', name: 'gone' } },
          }),
        ],
      },
    },
    {
      name: 'the catalogue was not seen',
      status: 'unknown',
      given: { objects: [appDeployment()], forbidden: [clusterApps] },
    },
  ],
  reports: [
    {
      name: 'the version is no longer in the catalogue',
      given: { objects: [appDeployment()] },
      expect: [{ message: 'appMissing', subject, severity: 'warning' }],
    },
    {
      name: 'an App of its own namespace that is not there',
      given: { objects: [appDeployment({ appRef: { kind: 'App', name: 'mine-1.0.0' } })] },
      expect: [{ message: 'appMissing', subject }],
    },
    {
      name: 'its values are not there',
      given: { objects: [appDeployment({ configOverrides: { name: 'velero-overrides' } }), app] },
      expect: [{ message: 'overridesMissing', subject }],
    },
    {
      name: 'the values of one cluster are not there',
      given: {
        objects: [appDeployment({ clusterConfigOverrides: [{ configMapName: 'edge-overrides' }] }), app],
      },
      expect: [{ message: 'overridesMissing', subject }],
    },
    {
      name: 'its HelmRelease failed',
      given: { objects: [appDeployment(), app, release('False')] },
      expect: [
        { message: 'partNotReady', subject, values: { detail: 'timed out waiting' }, since: ago(3600) },
      ],
    },
    {
      name: 'not enabled on a cluster',
      given: { objects: [appDeployment({}, enabled('False')), app] },
      expect: [{ message: 'notEnabled', subject, values: { cluster: 'edge', detail: 'NotJoined' } }],
    },
  ],
  unknown: [
    { name: 'AppDeployments were refused', given: { forbidden: [appDeployments] }, reason: /not allowed/ },
  ],
});
