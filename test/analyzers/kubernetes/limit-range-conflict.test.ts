import { limitRangeConflict } from '../../../analyzers/kubernetes/limit-range-conflict.ts';
import { limitRanges } from '../../../src/artifacts/policy-resources.ts';
import { anyObject, type Built, condition, deployment } from '../../support/builders.ts';
import { replicaSet, statefulSet } from '../../support/controller-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const SUBJECT = 'Deployment/shop/web';

function web(resources: object, spec: object = {}): Built {
  return deployment('web', {
    spec: { template: { spec: { containers: [{ name: 'app', resources }] } }, ...spec },
  });
}

function limits(rule: object, name = 'limits'): Built {
  return anyObject('v1', 'LimitRange', name, 'shop', { spec: { limits: [{ type: 'Container', ...rule }] } });
}

testAnalyzer(limitRangeConflict, {
  silent: [
    { name: 'no LimitRange', given: { objects: [web({ limits: { cpu: '8' } })] } },
    {
      name: 'exactly the maximum',
      given: { objects: [web({ limits: { cpu: '1000m' } }), limits({ max: { cpu: '1' } })] },
    },
    {
      name: 'nothing set: the defaults fit',
      given: {
        objects: [
          web({}),
          limits({
            max: { cpu: '1' },
            min: { cpu: '50m' },
            default: { cpu: '1' },
            defaultRequest: { cpu: '100m' },
          }),
        ],
      },
    },
    {
      name: 'a rule for whole pods is left to the API server',
      given: {
        objects: [
          web({ limits: { cpu: '8' } }),
          anyObject('v1', 'LimitRange', 'limits', 'shop', {
            spec: { limits: [{ type: 'Pod', max: { cpu: '1' } }] },
          }),
        ],
      },
    },
    {
      name: 'scaled to zero',
      given: { objects: [web({ limits: { cpu: '8' } }, { replicas: 0 }), limits({ max: { cpu: '1' } })] },
    },
    {
      name: 'refused already, which is told by the refusal',
      given: {
        objects: [
          web({ limits: { cpu: '8' } }, { replicas: 3 }),
          limits({ max: { cpu: '1' } }),
          replicaSet('web-1', {
            status: {
              replicas: 0,
              conditions: [
                condition('ReplicaFailure', 'True', {
                  reason: 'FailedCreate',
                  message: 'pods "web-1-" is forbidden: maximum cpu usage per Container is 1, but limit is 8',
                }),
              ],
            },
          }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'above the maximum',
      given: { objects: [web({ limits: { cpu: '2' } }), limits({ max: { cpu: '1' } })] },
      expect: [
        {
          message: 'nextPodRefused',
          subject: SUBJECT,
          confidence: 'likely',
          values: { breaches: ['maximum cpu per Container is 1, but the limit of app is 2'] },
        },
      ],
    },
    {
      name: 'below the minimum, and a ratio too wide',
      given: {
        objects: [
          web({ requests: { memory: '64Mi' }, limits: { memory: '512Mi' } }),
          limits({ min: { memory: '128Mi' }, maxLimitRequestRatio: { memory: '4' } }),
        ],
      },
      expect: [
        {
          message: 'nextPodRefused',
          subject: SUBJECT,
          values: {
            breaches: [
              'minimum memory per Container is 128Mi, but the request of app is 64Mi',
              'limit to request of memory may be 4 to 1, but is 8 to 1 in app',
            ],
          },
        },
      ],
    },
    {
      name: 'the default limit is above the maximum of a second LimitRange',
      given: {
        objects: [
          statefulSet('db', {
            spec: {
              template: { spec: { containers: [{ name: 'app', resources: { requests: { cpu: '3' } } }] } },
            },
          }),
          limits({ max: { cpu: '2' }, default: { cpu: '4' } }),
        ],
      },
      expect: [{ message: 'nextPodRefused', subject: 'StatefulSet/shop/db' }],
    },
  ],
  unknown: [{ name: 'LimitRanges were not seen', given: { forbidden: [limitRanges] }, reason: /LimitRange/ }],
});
