import { ago } from '../../../support/builders.ts';
import type { AnalyzerCases } from '../../../support/test-analyzer.ts';
import { virtualEnvironment } from '../../../support/virtual-environment-builders.ts';
import {
  coveredNamespace,
  taggedPod,
  tagWebhook,
  webhookDeployment,
  webhookPod,
} from '../../../support/virtual-environment-tag-builders.ts';
import { scene, subject, tagged } from './scene.ts';

/** What keeps pods from their tags, each with the finding it makes. */
export const reports: AnalyzerCases['reports'] = [
  {
    name: 'the webhook is not configured',
    given: { objects: [virtualEnvironment(), coveredNamespace(), taggedPod('app-js', 'dev', {})] },
    expect: [{ message: 'webhookMissing', subject, severity: 'warning', values: { count: 1, all: 1 } }],
  },
  {
    name: 'the namespace is not labelled',
    given: {
      objects: scene([taggedPod('app-js', 'dev', {})]).map((one) =>
        one.kind === 'Namespace' ? coveredNamespace({ 'environment-tag-injection': 'true' }) : one,
      ),
    },
    expect: [
      {
        message: 'namespaceNotCovered',
        subject,
        values: { wanted: 'environment-tag-injection=enabled', count: 1 },
      },
    ],
  },
  {
    name: 'the webhook reads other labels',
    given: {
      objects: [
        virtualEnvironment(),
        coveredNamespace(),
        tagWebhook(),
        webhookDeployment(),
        webhookPod({ env: [{ name: 'envLabel', value: 'env,stage' }] }),
        taggedPod('app-js', 'dev', {}),
      ],
    },
    expect: [{ message: 'labelNotRead', subject, values: { read: 'env,stage', label: 'virtual-env' } }],
  },
  {
    name: 'native sidecars, told once with the pods beside them that are tagged',
    given: {
      objects: scene([
        ...tagged,
        taggedPod('app-java', 'dev', { native: true }),
        taggedPod('app-java', 'dev.proj1', { native: true }),
      ]),
    },
    expect: [{ message: 'nativeSidecar', subject, confidence: 'certain', values: { count: 2, all: 4 } }],
  },
  {
    name: 'a proxy of another name',
    given: {
      objects: scene([
        ...tagged,
        taggedPod(
          'app-java',
          'dev',
          {},
          {
            spec: {
              containers: [
                { name: 'mesh', image: 'docker.io/istio/proxyv2:1.18.7', args: ['proxy', 'sidecar'] },
              ],
            },
          },
        ),
      ]),
    },
    expect: [{ message: 'proxyRenamed', subject, values: { count: 1, all: 3 } }],
  },
  {
    name: 'pods older than the webhook',
    given: {
      objects: scene([taggedPod('app-js', 'dev', {}, { metadata: { creationTimestamp: ago(40 * 86_400) } })]),
    },
    expect: [{ message: 'createdBefore', subject, values: { count: 1 } }],
  },
  {
    name: 'no tag though everything is there, and nothing says why',
    given: { objects: scene([taggedPod('app-js', 'dev', {})]) },
    expect: [
      {
        message: 'untagged',
        subject,
        values: {
          why: 'nothing seen says why; most often the label of the namespace is younger than the pods',
        },
      },
    ],
  },
  {
    name: 'the label of the namespace is younger than the pods',
    given: {
      objects: scene([taggedPod('app-js', 'dev', {})]).map((one) =>
        one.kind === 'Namespace'
          ? {
              ...one,
              metadata: {
                ...one.metadata,
                managedFields: [
                  {
                    time: ago(600),
                    fieldsV1: { 'f:metadata': { 'f:labels': { 'f:environment-tag-injection': {} } } },
                  },
                ],
              },
            }
          : one,
      ),
    },
    expect: [
      {
        message: 'untagged',
        subject,
        values: {
          why: `the label of the namespace was last written at ${ago(600)}, after they were created`,
        },
      },
    ],
  },
  {
    name: 'the webhook may be passed over, and has a selector for objects',
    given: {
      objects: [
        virtualEnvironment(),
        coveredNamespace(),
        tagWebhook({ failurePolicy: 'Ignore', objectSelector: { matchLabels: { app: 'app-go' } } }),
        webhookPod(),
        taggedPod('app-js', 'dev', {}),
        taggedPod('app-go', 'dev', {}),
      ],
    },
    expect: [
      {
        message: 'untagged',
        subject,
      },
      { message: 'untagged', subject },
    ],
  },
  {
    name: 'the label was changed',
    given: { objects: scene([taggedPod('app-js', 'dev.proj1', { tag: 'dev' })]) },
    expect: [
      {
        message: 'tagDiffers',
        subject,
        severity: 'warning',
        values: {
          value: 'dev.proj1',
          tag: 'dev',
          why: 'so the label was changed after the pod was created, or the variable is set by hand',
        },
      },
    ],
  },
  {
    name: 'another label of the webhook comes first',
    given: {
      objects: [
        virtualEnvironment(),
        coveredNamespace(),
        tagWebhook(),
        webhookPod({ env: [{ name: 'envLabel', value: 'stage,virtual-env' }] }),
        taggedPod(
          'app-js',
          'dev',
          { tag: 'test' },
          { metadata: { labels: { 'virtual-env': 'dev', stage: 'test' } } },
        ),
      ],
    },
    expect: [{ message: 'tagDiffers', subject, values: { why: 'since the webhook reads `stage` first' } }],
  },
];
