import { cordoned } from '../../../analyzers/node/cordoned.ts';
import { podDisruptionBudgets } from '../../../src/artifacts/policy-resources.ts';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, controlledBy, node, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const closed = node('worker-1', { spec: { unschedulable: true } });
const daemon = pod('agent', {
  metadata: controlledBy('DaemonSet', 'agent'),
  spec: { nodeName: 'worker-1' },
});
const web = pod('web-1', {
  metadata: { ...controlledBy('ReplicaSet', 'web'), labels: { app: 'web' } },
  spec: { nodeName: 'worker-1', volumes: [{ name: 'cache', emptyDir: {} }] },
});
const bare = pod('tool', { spec: { nodeName: 'worker-1' } });
const elsewhere = pod('other', { spec: { nodeName: 'worker-2' } });

function budget(disruptionsAllowed: number) {
  return anyObject('policy/v1', 'PodDisruptionBudget', 'web', 'shop', {
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    status: { disruptionsAllowed, expectedPods: 1, currentHealthy: 1, desiredHealthy: 1 },
  });
}

testAnalyzer(cordoned, {
  silent: [
    { name: 'a node that takes pods', given: { objects: [node('worker-1')] } },
    {
      name: 'cordoned, its pods not seen',
      given: { objects: [closed], forbidden: [pods] },
      info: [{ message: 'cordoned', subject }],
      status: 'pass',
    },
    {
      name: 'cordoned and drained; what is over or static does not count',
      given: {
        objects: [
          node('worker-1', {
            spec: {
              unschedulable: true,
              taints: [
                { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: ago(900) },
              ],
            },
          }),
          daemon,
          elsewhere,
          pod('done', { spec: { nodeName: 'worker-1' }, status: { phase: 'Succeeded' } }),
          pod('etcd-worker-1', {
            spec: { nodeName: 'worker-1' },
            metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } },
          }),
        ],
      },
      info: [{ message: 'drained', subject, values: { daemons: 1 }, since: ago(900) }],
    },
    {
      name: 'cordoned, with pods a drain moves',
      given: { objects: [closed, daemon, web, budget(1)] },
      info: [
        {
          message: 'notDrained',
          subject,
          values: { pods: 1, daemons: 1, local: ['shop/web-1'] },
        },
      ],
    },
  ],
  reports: [
    {
      name: 'a budget allows no disruption',
      given: { objects: [closed, web, budget(0)] },
      expect: [
        {
          message: 'drainBlocked',
          subject,
          severity: 'info',
          values: { pods: 1, bare: ['none'], budgets: ['shop/web'] },
        },
      ],
    },
    {
      name: 'a pod nobody would make anew, the budgets not seen',
      given: { objects: [closed, bare], forbidden: [podDisruptionBudgets] },
      expect: [{ message: 'drainBlocked', subject, values: { bare: ['shop/tool'], budgets: 'not seen' } }],
    },
  ],
  unknown: [{ name: 'nodes were refused', given: { forbidden: [nodes] }, reason: /not allowed/ }],
});
