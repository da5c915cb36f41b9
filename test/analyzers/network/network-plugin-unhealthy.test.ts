import { expect, it } from 'vitest';
import { networkPluginUnhealthy } from '../../../analyzers/network/network-plugin-unhealthy.ts';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { daemonSets } from '../../../src/artifacts/workload-resources.ts';
import { ago, condition, node } from '../../support/builders.ts';
import { agentPod, agentSet } from '../../support/network-builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';

const CALICO = { 'k8s-app': 'calico-node' };
const set = agentSet('calico-node', CALICO);
const subject = 'Node/node-2';
const silentNode = node('node-2', { status: { conditions: [condition('Ready', 'Unknown')] } });
const networkDown = node('node-2', {
  status: {
    conditions: [
      condition('Ready', 'False', {
        reason: 'KubeletNotReady',
        message: 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady',
      }),
    ],
  },
});

testAnalyzer(networkPluginUnhealthy, {
  silent: [
    {
      name: 'a ready agent on every node',
      given: {
        objects: [
          node('node-1'),
          node('node-2'),
          set,
          agentPod('node-1', CALICO),
          agentPod('node-2', CALICO),
        ],
      },
    },
    {
      name: 'an agent that started a moment ago',
      given: {
        objects: [node('node-2'), set, agentPod('node-2', CALICO, { notReadyFor: 40 })],
      },
    },
    {
      name: 'a second pod of a rollout is not ready yet',
      given: {
        objects: [
          node('node-2'),
          set,
          agentPod('node-2', CALICO),
          agentPod('node-2', CALICO, { name: 'new', notReadyFor: 900 }),
        ],
      },
    },
    {
      name: 'a node whose kubelet is silent',
      given: { objects: [silentNode, set, agentPod('node-2', CALICO, { notReadyFor: 900 })] },
    },
    {
      name: 'a node the DaemonSet does not select',
      given: {
        objects: [
          node('node-1', { metadata: { labels: { 'kubernetes.io/os': 'linux' } } }),
          node('win-1', { metadata: { labels: { 'kubernetes.io/os': 'windows' } } }),
          agentSet('calico-node', CALICO, { nodeSelector: { 'kubernetes.io/os': 'linux' } }),
          agentPod('node-1', CALICO),
        ],
      },
    },
    {
      name: 'a node that has just come, and a virtual one',
      given: {
        objects: [
          set,
          node('node-2', { metadata: { creationTimestamp: ago(30) } }),
          node('fargate', { metadata: { labels: { 'eks.amazonaws.com/compute-type': 'fargate' } } }),
        ],
      },
    },
    {
      name: 'a cluster without a known plugin',
      given: { objects: [node('node-1')] },
      status: 'not-applicable',
    },
  ],
  reports: [
    {
      name: 'an agent that is not ready',
      given: {
        objects: [
          node('node-1'),
          node('node-2'),
          set,
          agentPod('node-1', CALICO),
          agentPod('node-2', CALICO, { notReadyFor: 900 }),
        ],
      },
      expect: [
        {
          message: 'agentNotReady',
          subject,
          severity: 'critical',
          values: { plugin: 'Calico' },
          since: ago(900),
        },
      ],
    },
    {
      name: 'a node that is not ready because of its network',
      given: { objects: [networkDown, set, agentPod('node-2', CALICO, { notReadyFor: 900 })] },
      expect: [{ message: 'agentNotReady', subject }],
    },
    {
      name: 'a node without an agent',
      given: { objects: [node('node-1'), node('node-2'), set, agentPod('node-1', CALICO)] },
      expect: [{ message: 'agentMissing', subject, values: { plugin: 'Calico' } }],
    },
  ],
  unknown: [
    { name: 'nodes were refused', given: { objects: [set], forbidden: [nodes] }, reason: /not allowed/ },
    {
      name: 'pods were refused, so that a missing agent is not told',
      given: { objects: [node('node-1'), set], forbidden: [pods] },
      reason: /not allowed/,
    },
    {
      name: 'DaemonSets and pods were refused',
      given: { objects: [node('node-1')], forbidden: [pods, daemonSets] },
    },
  ],
});

it('fills one row of the checklist for each node', () => {
  const { rows } = runOn(networkPluginUnhealthy, {
    objects: [
      node('node-1'),
      networkDown,
      node('node-3', { status: { conditions: [condition('Ready', 'Unknown')] } }),
      set,
      agentPod('node-1', CALICO),
      agentPod('node-2', CALICO, { notReadyFor: 900 }),
    ],
  });

  expect(rows.map(({ state, subject: of }) => [state, 'name' in of && of.name])).toEqual([
    ['fine', 'node-1'],
    ['bad', 'node-2'],
    ['unseen', 'node-3'],
  ]);
});
