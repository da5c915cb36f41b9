import { selectorConflict } from '../../../analyzers/workload/selector-conflict.ts';
import { daemonSets } from '../../../src/artifacts/workload-resources.ts';
import { anyObject, type Built, deployment } from '../../support/builders.ts';
import { statefulSet } from '../../support/controller-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

function labelled(name: string, selector: object, labels: object, namespace = 'shop'): Built {
  return deployment(name, {
    metadata: { namespace },
    spec: { selector: { matchLabels: selector }, template: { metadata: { labels } } },
  });
}

const wide = labelled('web', { app: 'web' }, { app: 'web' });
const canary = labelled('web-canary', { app: 'web', track: 'canary' }, { app: 'web', track: 'canary' });

testAnalyzer(selectorConflict, {
  silent: [
    {
      name: 'selectors of their own',
      given: { objects: [deployment('web'), deployment('api'), statefulSet('db')] },
    },
    {
      name: 'the same selector in another namespace',
      given: { objects: [wide, labelled('web', { app: 'web' }, { app: 'web' }, 'other')] },
    },
    {
      name: 'one label in common, another that tells them apart',
      given: {
        objects: [
          labelled('web-blue', { app: 'web', color: 'blue' }, { app: 'web', color: 'blue' }),
          labelled('web-green', { app: 'web', color: 'green' }, { app: 'web', color: 'green' }),
        ],
      },
    },
    {
      name: 'a canary within the selector of the stable one: each keeps its own pods',
      given: { objects: [wide, canary] },
      info: [
        {
          message: 'overlap',
          subject: 'Deployment/shop/web',
          severity: 'info',
          values: { others: ['Deployment web-canary'] },
        },
      ],
    },
  ],
  reports: [
    {
      name: 'an autoscaler measures the pods of both',
      given: {
        objects: [
          wide,
          canary,
          anyObject('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', 'shop', {
            spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
          }),
        ],
      },
      expect: [
        {
          message: 'overlap',
          subject: 'Deployment/shop/web',
          severity: 'warning',
          values: { harm: 'HorizontalPodAutoscaler web measures the pods of all of them' },
        },
      ],
    },
    {
      name: 'a selector that misses its own template',
      given: { objects: [labelled('web', { app: 'web' }, { app: 'wbe' })] },
      expect: [{ message: 'ownTemplateMissed', subject: 'Deployment/shop/web', severity: 'critical' }],
    },
  ],
  unknown: [{ name: 'DaemonSets were not seen', given: { forbidden: [daemonSets] }, reason: /DaemonSet/ }],
});
