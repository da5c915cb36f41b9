import { helmReleaseFailed } from '../../../analyzers/kubernetes/helm-release-failed.ts';
import { helmListBody, helmReleases } from '../../../src/artifacts/helm-releases.ts';
import { configMaps, secrets } from '../../../src/artifacts/resources.ts';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { ago, anyObject, type Built, deployment, secret } from '../../support/builders.ts';
import { helmSecret } from '../../support/release-builders.ts';
import { type Given, testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Release/shop/web';

/** Only the list of metadata was collected, not the Secrets. */
function listed(...items: Built[]): Given {
  const bytes = JSON.stringify(helmListBody([{ kind: 'Secret', items }]));
  return {
    forbidden: [secrets, configMaps],
    documents: [{ artifact: helmReleases, scope: CLUSTER_SCOPE, bytes }],
  };
}

const web = deployment('web', {
  metadata: { labels: { 'app.kubernetes.io/instance': 'web' } },
  spec: { replicas: 2 },
  status: { readyReplicas: 0 },
});

testAnalyzer(helmReleaseFailed, {
  silent: [
    { name: 'no release at all', given: { objects: [secret('tls')] }, status: 'not-applicable' },
    {
      name: 'the last revision is deployed, the one before failed',
      given: { objects: [helmSecret('web', 1, 'failed'), helmSecret('web', 2, 'deployed')] },
    },
    {
      name: 'an upgrade that began five minutes ago',
      given: {
        objects: [
          helmSecret('web', 1, 'deployed'),
          helmSecret('web', 2, 'pending-upgrade', { changed: 300 }),
        ],
      },
    },
    {
      name: 'uninstalled with its history kept',
      given: { objects: [helmSecret('web', 1, 'uninstalled')] },
    },
    {
      name: 'twelve revisions',
      given: {
        objects: [
          ...Array.from({ length: 11 }, (_, index) => helmSecret('web', index + 1, 'superseded')),
          helmSecret('web', 12, 'deployed'),
        ],
      },
      info: [{ message: 'manyRevisions', subject, values: { count: 12 } }],
    },
    {
      name: 'Secrets with other labels, and labels that are no numbers',
      given: {
        objects: [
          helmSecret('web', 1, 'deployed'),
          secret('other', {
            metadata: { labels: { owner: 'helm', name: 'x', status: 'failed', version: 'two' } },
          }),
          secret('mine', {
            metadata: { labels: { owner: 'me', name: 'x', status: 'failed', version: '1' } },
          }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'the last upgrade failed, a workload of the release is not ready',
      given: { objects: [helmSecret('web', 1, 'deployed'), helmSecret('web', 2, 'failed'), web] },
      expect: [
        {
          message: 'failed',
          subject,
          severity: 'warning',
          since: ago(3600).replace('Z', '.000Z'),
          values: {
            revision: 2,
            standing: 'revision 1 is still the deployed one, with what the failed one already changed',
            parts: '; Deployment web has 0 of 2 pods ready',
          },
        },
      ],
    },
    {
      name: 'the first install failed, by a list of metadata alone',
      given: listed(helmSecret('web', 1, 'failed')),
      expect: [
        { message: 'failed', subject, values: { standing: 'no revision of it is deployed', parts: '' } },
      ],
    },
    {
      name: 'an upgrade broken off an hour ago',
      given: { objects: [helmSecret('web', 1, 'deployed'), helmSecret('web', 2, 'pending-upgrade')] },
      expect: [
        { message: 'pending', subject, values: { status: 'pending-upgrade', age: 3600, revision: 2 } },
      ],
    },
    {
      name: 'all revisions are superseded',
      given: { objects: [helmSecret('web', 4, 'superseded'), helmSecret('web', 5, 'superseded')] },
      expect: [{ message: 'nothingDeployed', subject, values: { status: 'superseded', count: 2 } }],
    },
    {
      name: 'a release of Helm 2 in ConfigMaps',
      given: {
        objects: [
          anyObject('v1', 'ConfigMap', 'web.v3', 'kube-system', {
            metadata: {
              labels: {
                OWNER: 'TILLER',
                NAME: 'web',
                STATUS: 'FAILED',
                VERSION: '3',
                MODIFIED_AT: '1580000000',
              },
            },
          }),
        ],
      },
      expect: [{ message: 'failed', subject: 'Release/kube-system/web', values: { revision: 3 } }],
    },
  ],
  unknown: [
    { name: 'Secrets were refused', given: { forbidden: [secrets] }, reason: /not allowed/ },
    {
      name: 'only some Secrets are there: a later revision may be missing',
      given: {
        objects: [helmSecret('web', 2, 'failed')],
        rows: [
          {
            artifact: secrets.id,
            scope: CLUSTER_SCOPE,
            outcome: 'truncated',
            reason: 'the limit was reached',
          },
        ],
      },
      reason: /limit/,
    },
  ],
});
