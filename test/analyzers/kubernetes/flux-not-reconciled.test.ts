import { fluxNotReconciled } from '../../../analyzers/kubernetes/flux-not-reconciled.ts';
import { helmReleaseObjects, helmRepositories } from '../../../src/artifacts/flux-resources.ts';
import { ago, anyObject, type Built, condition, deployment } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'HelmRelease/kommander/traefik';
const OK = condition('Ready', 'True');

function notReady(reason: string, message: string, since = 3600) {
  return condition('Ready', 'False', { reason, message, lastTransitionTime: ago(since) });
}

function release(
  conditions: readonly object[],
  spec: object = {},
  { name = 'traefik', status = {} }: { name?: string; status?: object } = {},
): Built {
  return anyObject('helm.toolkit.fluxcd.io/v2beta1', 'HelmRelease', name, 'kommander', {
    spec: {
      chart: { spec: { chart: 'traefik', sourceRef: { kind: 'HelmRepository', name: 'charts' } } },
      ...spec,
    },
    status: { conditions, ...status },
  });
}

function source(kind: string, name: string, conditions: readonly object[], spec: object = {}): Built {
  return anyObject('source.toolkit.fluxcd.io/v1', kind, name, 'kommander', { spec, status: { conditions } });
}

function kustomization(conditions: readonly object[], spec: object): Built {
  return anyObject('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'platform', 'kommander', {
    spec,
    status: { conditions },
  });
}

const charts = source('HelmRepository', 'charts', [OK]);

testAnalyzer(fluxNotReconciled, {
  silent: [
    { name: 'no Flux', given: {}, status: 'not-applicable' },
    { name: 'ready, with its source', given: { objects: [release([OK]), charts] } },
    {
      name: 'not ready for five minutes',
      given: { objects: [release([notReady('ArtifactFailed', 'not yet', 300)]), charts] },
    },
    {
      name: 'under way for an hour',
      given: {
        objects: [
          release([condition('Ready', 'Unknown', { reason: 'Progressing', lastTransitionTime: ago(3600) })]),
          charts,
        ],
      },
    },
    {
      name: 'suspended on purpose',
      given: { objects: [release([notReady('UpgradeFailed', 'x')], { suspend: true }), charts] },
      info: [{ message: 'suspended', subject }],
    },
    {
      name: 'a repository in a registry, which has no status since Flux 2.3',
      given: {
        objects: [
          anyObject('source.toolkit.fluxcd.io/v1', 'HelmRepository', 'charts', 'kommander', {
            metadata: { creationTimestamp: ago(86_400) },
            spec: { type: 'oci', url: 'oci://registry.example/charts' },
          }),
        ],
      },
    },
    {
      name: 'being deleted',
      given: {
        objects: [
          {
            ...release([notReady('UpgradeFailed', 'x')]),
            metadata: { name: 'traefik', namespace: 'kommander', deletionTimestamp: ago(5) },
          },
          charts,
        ],
      },
    },
  ],
  reports: [
    {
      name: 'the upgrade failed, a workload of the release in its target namespace is not ready',
      given: {
        objects: [
          release([notReady('UpgradeFailed', 'Helm upgrade failed: timed out waiting for the condition.')], {
            targetNamespace: 'edge',
            releaseName: 'traefik',
          }),
          charts,
          deployment('traefik', {
            metadata: { namespace: 'edge', annotations: { 'meta.helm.sh/release-name': 'traefik' } },
            spec: { replicas: 2 },
            status: { readyReplicas: 1 },
          }),
        ],
      },
      expect: [
        {
          message: 'releaseFailed',
          subject,
          severity: 'warning',
          since: ago(3600),
          values: {
            reason: 'UpgradeFailed',
            detail: 'Helm upgrade failed: timed out waiting for the condition',
            parts: '; Deployment traefik has 1 of 2 pods ready',
          },
        },
      ],
    },
    {
      name: 'the chain: the repository fails, the chart and the release wait',
      given: {
        objects: [
          release(
            [notReady('ArtifactFailed', "HelmChart 'kommander/c' is not ready")],
            {},
            { status: { helmChart: 'kommander/c' } },
          ),
          source('HelmChart', 'c', [notReady('NoSourceArtifact', 'no artifact available')], {
            sourceRef: { kind: 'HelmRepository', name: 'charts' },
          }),
          source('HelmRepository', 'charts', [
            notReady('IndexationFailed', 'dial tcp: lookup charts: no such host'),
          ]),
        ],
      },
      expect: [
        { message: 'needNotReady', subject },
        { message: 'needNotReady', subject: 'HelmChart/kommander/c' },
        {
          message: 'notReady',
          subject: 'HelmRepository/kommander/charts',
          values: { reason: 'IndexationFailed', detail: 'dial tcp: lookup charts: no such host' },
        },
      ],
    },
    {
      name: 'it depends on another release that failed',
      given: {
        objects: [
          release([notReady('DependencyNotReady', "dependency 'kommander/cert-manager' is not ready")], {
            dependsOn: [{ name: 'cert-manager' }],
          }),
          release([notReady('InstallFailed', 'x')], {}, { name: 'cert-manager' }),
          charts,
        ],
      },
      expect: [
        { message: 'needNotReady', subject },
        { message: 'releaseFailed', subject: 'HelmRelease/kommander/cert-manager', values: { parts: '' } },
      ],
    },
    {
      name: 'a Kustomization whose source does not exist',
      given: {
        objects: [
          kustomization([notReady('ArtifactFailed', 'Source not found')], {
            sourceRef: { kind: 'GitRepository', name: 'platform' },
          }),
        ],
      },
      expect: [{ message: 'needMissing', subject: 'Kustomization/kommander/platform' }],
    },
    {
      name: 'a day without a condition',
      given: { objects: [release([]), charts] },
      expect: [{ message: 'notLookedAt', subject, values: { age: 86_400 } }],
    },
    {
      name: 'sources were not seen: its own words',
      given: { objects: [release([notReady('ArtifactFailed', 'x')])], forbidden: [helmRepositories] },
      expect: [{ message: 'notReady', subject }],
    },
  ],
  unknown: [
    { name: 'HelmReleases were refused', given: { forbidden: [helmReleaseObjects] }, reason: /not allowed/ },
  ],
});
