import { taintUntolerated } from '../../../analyzers/node/taint-untolerated.ts';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { ago, condition, controlledBy, node, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';

function tainted(key: string, mode = 'NoSchedule', parts: Record<string, unknown> = {}) {
  return node('worker-1', { spec: { taints: [{ key, effect: mode }] }, ...parts });
}

function tolerant(toleration: object, metadata: object = {}) {
  return pod('web', { metadata: { ...metadata }, spec: { tolerations: [toleration] } });
}

const young = { metadata: { creationTimestamp: ago(60) } };
const reserved = tainted('dedicated.example/gpu');
const readySince = (seconds: number) => ({
  status: { conditions: [condition('Ready', 'True', { lastTransitionTime: ago(seconds) })] },
});

testAnalyzer(taintUntolerated, {
  silent: [
    { name: 'no taint', given: { objects: [node('worker-1')] } },
    {
      name: 'a control plane node',
      given: { objects: [tainted('node-role.kubernetes.io/control-plane')] },
    },
    {
      name: 'a node made a minute ago',
      given: { objects: [tainted('node.cloudprovider.kubernetes.io/uninitialized', 'NoSchedule', young)] },
    },
    {
      name: 'an agent that may still be pulled',
      given: { objects: [tainted('node.cilium.io/agent-not-ready', 'NoExecute', young)] },
    },
    {
      name: 'the taint of a node that is not ready',
      given: {
        objects: [
          tainted('node.kubernetes.io/not-ready', 'NoSchedule', {
            status: { conditions: [condition('Ready', 'False')] },
          }),
        ],
      },
    },
    {
      name: 'a node that became ready a moment ago',
      given: { objects: [tainted('node.kubernetes.io/not-ready', 'NoSchedule', readySince(5))] },
    },
    {
      name: 'a taint one pod tolerates',
      given: { objects: [reserved, tolerant({ key: 'dedicated.example/gpu', operator: 'Exists' })] },
    },
    {
      name: 'a pod that tolerates everything',
      given: { objects: [reserved, tolerant({ operator: 'Exists' })] },
    },
    {
      name: 'pods were refused: nobody knows who tolerates it',
      given: { objects: [reserved], forbidden: [pods] },
    },
    {
      name: 'nobody tolerates it; an agent that runs everywhere does not count',
      given: {
        objects: [reserved, tolerant({ operator: 'Exists' }, controlledBy('DaemonSet', 'agent'))],
      },
      info: [
        {
          message: 'nobodyTolerates',
          subject,
          values: { key: 'dedicated.example/gpu', mode: 'NoSchedule' },
        },
      ],
    },
  ],
  reports: [
    {
      name: 'a node no cloud controller takes up',
      given: { objects: [tainted('node.cloudprovider.kubernetes.io/uninitialized')] },
      expect: [{ message: 'uninitialized', subject, severity: 'warning', since: ago(86_400) }],
    },
    {
      name: 'an agent that does not start',
      given: { objects: [tainted('node.cilium.io/agent-not-ready', 'NoExecute')] },
      expect: [{ message: 'agentNotStarted', subject, confidence: 'likely', values: { mode: 'NoExecute' } }],
    },
    {
      name: 'a taint left over though the node is ready',
      given: { objects: [tainted('node.kubernetes.io/not-ready', 'NoExecute', readySince(3600))] },
      expect: [
        {
          message: 'conditionOver',
          subject,
          values: { condition: 'Ready', status: 'True', since: ago(3600) },
        },
      ],
    },
  ],
  unknown: [{ name: 'nodes were refused', given: { forbidden: [nodes] }, reason: /not allowed/ }],
});
