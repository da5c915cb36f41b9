import { autoscalersInConflict } from '../../../analyzers/workload/autoscalers-in-conflict.ts';
import { horizontalPodAutoscalers } from '../../../src/artifacts/policy-resources.ts';
import { autoscaler } from '../../support/autoscaler-builders.ts';
import { anyObject, type Built } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const SUBJECT = 'HorizontalPodAutoscaler/shop/web';

function vertical(spec: object = {}): Built {
  return anyObject('autoscaling.k8s.io/v1', 'VerticalPodAutoscaler', 'web', 'shop', {
    spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, ...spec },
  });
}

testAnalyzer(autoscalersInConflict, {
  silent: [
    { name: 'one autoscaler', given: { objects: [autoscaler('web')] } },
    {
      name: 'the same name of target in another kind',
      given: {
        objects: [
          autoscaler('web'),
          autoscaler('db', {
            spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' } },
          }),
        ],
      },
    },
    {
      name: 'a vertical one that recommends only',
      given: { objects: [autoscaler('web'), vertical({ updatePolicy: { updateMode: 'Off' } })] },
    },
    {
      name: 'a vertical one that changes memory only',
      given: {
        objects: [
          autoscaler('web'),
          vertical({ resourcePolicy: { containerPolicies: [{ controlledResources: ['memory'] }] } }),
        ],
      },
    },
    {
      name: 'both go by CPU',
      given: { objects: [autoscaler('web'), vertical()] },
      info: [{ message: 'verticalToo', subject: SUBJECT, values: { resources: ['cpu'] } }],
    },
  ],
  reports: [
    {
      name: 'two for one target',
      given: { objects: [autoscaler('web'), autoscaler('keda-hpa-web')] },
      expect: [{ message: 'twoAutoscalers', subject: SUBJECT, severity: 'warning' }],
    },
  ],
  unknown: [
    {
      name: 'autoscalers were not seen',
      given: { forbidden: [horizontalPodAutoscalers] },
      reason: /HorizontalPodAutoscaler/,
    },
  ],
});
