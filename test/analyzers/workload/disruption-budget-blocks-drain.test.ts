import { disruptionBudgetBlocksDrain } from '../../../analyzers/workload/disruption-budget-blocks-drain.ts';
import { podDisruptionBudgets } from '../../../src/artifacts/policy-resources.ts';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { anyObject, type Built, condition, node, pod } from '../../support/builders.ts';
import { notReady } from '../../support/controller-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const SUBJECT = 'PodDisruptionBudget/shop/web';

function budget(name: string, status: object, spec: object = {}): Built {
  return anyObject('policy/v1', 'PodDisruptionBudget', name, 'shop', {
    spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } }, ...spec },
    status: { disruptionsAllowed: 0, expectedPods: 2, currentHealthy: 2, desiredHealthy: 2, ...status },
  });
}

function web(number: number, nodeName: string, status: Record<string, unknown> = {}): Built {
  return pod(`web-${number}`, { metadata: { labels: { app: 'web' } }, spec: { nodeName }, status });
}

const running = [web(1, 'node-1'), web(2, 'node-2')];
const cordoned = node('node-1', { spec: { unschedulable: true } });
const strict = budget('web', {});

testAnalyzer(disruptionBudgetBlocksDrain, {
  silent: [
    {
      name: 'one pod may go although a node is cordoned',
      given: {
        objects: [
          budget('web', { disruptionsAllowed: 1, desiredHealthy: 1 }),
          ...running,
          cordoned,
          node('node-2'),
        ],
      },
    },
    {
      name: 'no eviction while a pod is unhealthy and no node is cordoned',
      given: {
        objects: [
          budget('web', { currentHealthy: 1, expectedPods: 3 }),
          ...running,
          node('node-1'),
          node('node-2'),
        ],
      },
    },
    {
      name: 'minAvailable equal to the replicas, no drain: by design',
      given: { objects: [strict, ...running, node('node-1'), node('node-2')] },
      info: [{ message: 'neverAllows', subject: SUBJECT, values: { rule: 'minAvailable: 2', count: 2 } }],
    },
    {
      name: 'the unhealthy pod on the cordoned node may go by the policy',
      given: {
        objects: [
          budget('web', { currentHealthy: 1 }, { unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
          web(1, 'node-1', notReady(600)),
          web(2, 'node-2'),
          cordoned,
          node('node-2'),
        ],
      },
    },
    {
      name: 'a selector without pods',
      given: { objects: [budget('web', { expectedPods: 0, currentHealthy: 0 })] },
      info: [{ message: 'selectsNothing', subject: SUBJECT }],
    },
    {
      name: 'its pods cannot be counted',
      given: {
        objects: [
          budget('web', {
            expectedPods: 0,
            conditions: [
              condition('DisruptionAllowed', 'False', {
                reason: 'SyncFailed',
                message: 'found no controllers for pod "web-1"',
              }),
            ],
          }),
          ...running,
        ],
      },
      info: [
        {
          message: 'notComputed',
          subject: SUBJECT,
          values: { detail: 'found no controllers for pod "web-1"' },
        },
      ],
    },
    {
      name: 'two budgets over the same pods, nothing drained',
      given: {
        objects: [
          budget('web', { disruptionsAllowed: 1 }),
          budget(
            'web-too',
            { disruptionsAllowed: 1 },
            { selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } },
          ),
          ...running,
        ],
      },
      info: [{ message: 'twoBudgets', subject: SUBJECT, severity: 'info', values: { count: 2 } }],
    },
    {
      name: 'nodes were not seen: no drain is claimed',
      given: { objects: [strict, ...running], forbidden: [nodes] },
      info: [{ message: 'neverAllows', subject: SUBJECT }],
    },
  ],
  reports: [
    {
      name: 'a node is cordoned and its pod may not go',
      given: { objects: [strict, ...running, cordoned, node('node-2')] },
      expect: [
        {
          message: 'drainBlocked',
          subject: SUBJECT,
          severity: 'warning',
          confidence: 'likely',
          values: { count: 1, nodes: ['node-1'], detail: '2 of 2 are healthy and 2 have to be' },
        },
      ],
    },
    {
      name: 'two budgets on a node that is drained',
      given: {
        objects: [
          budget('web', { disruptionsAllowed: 1 }),
          budget('web-too', { disruptionsAllowed: 1 }),
          ...running,
          cordoned,
        ],
      },
      expect: [{ message: 'twoBudgets', subject: SUBJECT, severity: 'warning' }],
    },
  ],
  unknown: [
    {
      name: 'budgets were not seen',
      given: { forbidden: [podDisruptionBudgets] },
      reason: /PodDisruptionBudget/,
    },
    {
      name: 'pods were not seen: no budget is called empty',
      given: { objects: [budget('web', { expectedPods: 0 })], forbidden: [pods] },
      reason: /Pod/,
    },
  ],
});
