import { daemonSetIncomplete } from '../../../analyzers/workload/daemon-set-incomplete.ts';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { ago, type Built, condition, controlledBy, node, pod } from '../../support/builders.ts';
import { daemonSet, notReady } from '../../support/controller-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const SUBJECT = 'DaemonSet/shop/agent';

function agent(nodeName: string, status: Record<string, unknown> = {}, name = 'agent'): Built {
  return pod(`${name}-${nodeName}`, {
    metadata: controlledBy('DaemonSet', name),
    spec: { nodeName },
    status,
  });
}

const up = [node('node-1'), node('node-2')];
const short = daemonSet('agent', { status: { currentNumberScheduled: 1, numberReady: 1 } });

testAnalyzer(daemonSetIncomplete, {
  silent: [
    {
      name: 'a ready pod on each node',
      given: { objects: [daemonSet('agent'), ...up, agent('node-1'), agent('node-2')] },
    },
    {
      name: 'a pod that has been starting for five minutes',
      given: { objects: [daemonSet('agent'), ...up, agent('node-1', notReady(300))] },
    },
    {
      name: 'the node of the pod is not ready, or cordoned',
      given: {
        objects: [
          daemonSet('agent'),
          node('node-1', { status: { conditions: [condition('Ready', 'Unknown')] } }),
          node('node-2', { spec: { unschedulable: true } }),
          agent('node-1', notReady(3600)),
          agent('node-2', notReady(3600)),
        ],
      },
    },
    {
      name: 'a node that became ready two minutes ago has none yet',
      given: {
        objects: [
          short,
          node('node-1'),
          node('node-2', {
            status: { conditions: [condition('Ready', 'True', { lastTransitionTime: ago(120) })] },
          }),
          agent('node-1'),
        ],
      },
    },
    {
      name: 'the node without a pod is tainted or not selected',
      given: {
        objects: [
          daemonSet('agent', {
            spec: { template: { spec: { nodeSelector: { disk: 'ssd' } } } },
            status: { currentNumberScheduled: 1 },
          }),
          node('node-1', { metadata: { labels: { disk: 'ssd' } } }),
          node('node-2'),
          node('node-3', {
            metadata: { labels: { disk: 'ssd' } },
            spec: { taints: [{ key: 'only', value: 'gpu', effect: 'NoSchedule' }] },
          }),
          agent('node-1'),
        ],
      },
    },
    {
      name: 'pods left on a node that was tainted later',
      given: {
        objects: [
          daemonSet('agent', { status: { numberMisscheduled: 1 } }),
          ...up,
          agent('node-1'),
          agent('node-2'),
        ],
      },
      info: [{ message: 'misscheduled', subject: SUBJECT, values: { count: 1 } }],
    },
  ],
  reports: [
    {
      name: 'a pod not ready for half an hour on a node that is up',
      given: { objects: [daemonSet('agent'), ...up, agent('node-1', notReady(1800)), agent('node-2')] },
      expect: [
        {
          message: 'notReady',
          subject: SUBJECT,
          severity: 'warning',
          since: ago(1800),
          values: { count: 1, nodes: ['node-1'] },
        },
      ],
    },
    {
      name: 'the network agent of a node: critical',
      given: {
        objects: [daemonSet('calico-node'), ...up, agent('node-1', notReady(1800), 'calico-node')],
      },
      expect: [
        {
          message: 'notReady',
          subject: 'DaemonSet/shop/calico-node',
          severity: 'critical',
          values: { role: ' (the network of the nodes)' },
        },
      ],
    },
    {
      name: 'a storage driver is told by its registrar, and is missing on a node that is up',
      given: {
        objects: [
          daemonSet('ebs-node', {
            spec: {
              template: {
                spec: { containers: [{ name: 'node-driver-registrar', image: 'sig-storage/registrar:1' }] },
              },
            },
            status: { currentNumberScheduled: 1, numberReady: 1 },
          }),
          ...up,
          agent('node-1', {}, 'ebs-node'),
        ],
      },
      expect: [
        {
          message: 'missing',
          subject: 'DaemonSet/shop/ebs-node',
          severity: 'critical',
          values: { count: 1, nodes: ['node-2'], role: ' (the storage of the nodes)' },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'pods were not seen',
      given: { objects: [daemonSet('agent'), ...up], forbidden: [pods] },
      reason: /Pod/,
    },
    {
      name: 'nodes were not seen',
      given: { objects: [short, agent('node-1')], forbidden: [nodes] },
      reason: /Node/,
    },
  ],
});
