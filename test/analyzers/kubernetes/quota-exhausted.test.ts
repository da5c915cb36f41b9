import { quotaExhausted } from '../../../analyzers/kubernetes/quota-exhausted.ts';
import { resourceQuotas } from '../../../src/artifacts/policy-resources.ts';
import { ago } from '../../support/builders.ts';
import { resourceQuota } from '../../support/controller-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const SUBJECT = 'ResourceQuota/shop/compute';
const uncounted = resourceQuota('compute', { pods: '5' });

testAnalyzer(quotaExhausted, {
  silent: [
    {
      name: 'room left, with different units',
      given: {
        objects: [resourceQuota('compute', { cpu: '2', memory: '4Gi' }, { cpu: '1700m', memory: '3600Mi' })],
      },
    },
    {
      name: 'a quota of nothing forbids on purpose',
      given: {
        objects: [
          resourceQuota('compute', { 'services.loadbalancers': '0' }, { 'services.loadbalancers': '0' }),
        ],
      },
    },
    {
      name: 'a quota made a minute ago is not counted yet',
      given: { objects: [{ ...uncounted, metadata: { ...uncounted.metadata, creationTimestamp: ago(60) } }] },
    },
    {
      name: 'full and nearly full are told, not accused',
      given: {
        objects: [
          resourceQuota('compute', { pods: '10', 'limits.cpu': '10' }, { pods: '10', 'limits.cpu': '9500m' }),
        ],
      },
      info: [
        {
          message: 'full',
          subject: SUBJECT,
          values: { resource: 'pods', hard: '10', refused: 'a pod that needs more' },
        },
        { message: 'nearlyFull', subject: SUBJECT, values: { resource: 'limits.cpu', used: '9500m' } },
      ],
    },
    {
      name: 'what is refused without an event is named; scopes as well',
      given: {
        objects: [
          resourceQuota(
            'compute',
            {
              'services.loadbalancers': '1',
              'gold.storageclass.storage.k8s.io/requests.storage': '5Gi',
              pods: '1',
            },
            {
              'services.loadbalancers': '1',
              'gold.storageclass.storage.k8s.io/requests.storage': '5Gi',
              pods: '1',
            },
            {
              scopeSelector: {
                matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }],
              },
            },
          ),
        ],
      },
      info: [
        { message: 'full', subject: SUBJECT },
        { message: 'full', subject: SUBJECT },
        { message: 'full', subject: SUBJECT },
      ],
    },
  ],
  reports: [
    {
      name: 'lowered below what is used',
      given: {
        objects: [resourceQuota('compute', { 'requests.memory': '8Gi' }, { 'requests.memory': '9Gi' })],
      },
      expect: [
        {
          message: 'exceeded',
          subject: SUBJECT,
          severity: 'warning',
          values: { resource: 'requests.memory', used: '9Gi' },
        },
      ],
    },
    {
      name: 'not counted for a day',
      given: { objects: [uncounted] },
      expect: [{ message: 'notCounted', subject: SUBJECT, values: { age: 86_400 } }],
    },
  ],
  unknown: [
    { name: 'quotas were not seen', given: { forbidden: [resourceQuotas] }, reason: /ResourceQuota/ },
  ],
});
