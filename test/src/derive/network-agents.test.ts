import { describe, expect, it } from 'vitest';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { isVirtualNode, networkAgents, troubleOfNode } from '../../../src/derive/network-agents.ts';
import { condition, node } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import type { Given } from '../../support/given.ts';
import { agentPod, agentSet } from '../../support/network-builders.ts';

const CALICO = { 'k8s-app': 'calico-node' };

function states(given: Given): string[] {
  const inputs = inputsFrom({ agents: networkAgents, nodes }, given);
  return inputs.nodes.items.flatMap((one) =>
    inputs.agents.map((agent) => `${agent.name} on ${one.metadata.name}: ${agent.on(one).is}`),
  );
}

describe('a network agent is known', () => {
  it.each([
    [{ 'k8s-app': 'canal' }, 'Canal'],
    [{ app: 'antrea', component: 'antrea-agent' }, 'Antrea'],
    [{ 'k8s-app': 'aws-node' }, 'Amazon VPC CNI'],
    [{ component: 'kube-proxy', tier: 'node' }, 'kube-proxy'],
  ])('by its labels %j', (labels, name) => {
    expect(states({ objects: [node('a'), agentPod('a', labels)] })).toEqual([`${name} on a: ready`]);
  });

  it('but not by half of them', () => {
    expect(states({ objects: [node('a'), agentPod('a', { app: 'antrea' })] })).toEqual([]);
  });
});

describe('an agent on a node', () => {
  it('is missing where its DaemonSet selects the node, and not meant where it does not', () => {
    const set = agentSet('calico-node', CALICO, { nodeSelector: { os: 'linux' }, tolerations: [] });
    const tainted = node('c', {
      metadata: { labels: { os: 'linux' } },
      spec: { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] },
    });
    const cordoned = node('d', {
      metadata: { labels: { os: 'linux' } },
      spec: { taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] },
    });

    expect(
      states({
        objects: [
          set,
          node('a', { metadata: { labels: { os: 'linux' } } }),
          node('b', { metadata: { labels: { os: 'windows' } } }),
          tainted,
          cordoned,
        ],
      }),
    ).toEqual([
      'Calico on a: missing',
      'Calico on b: not-meant',
      'Calico on c: not-meant',
      'Calico on d: missing',
    ]);
  });

  it('is unknown where pods were not all seen, or nothing tells where it belongs', () => {
    const set = agentSet('calico-node', CALICO);

    expect(states({ objects: [node('a'), set], forbidden: [pods] })).toEqual(['Calico on a: unknown']);
    expect(states({ objects: [node('a'), node('b'), agentPod('b', CALICO)] })[0]).toBe(
      'Calico on a: unknown',
    );
  });
});

it('the trouble of a node is not that of its agents, its network apart', () => {
  const inputs = inputsFrom(
    { nodes },
    {
      objects: [
        node('up'),
        node('silent', { status: { conditions: [condition('Ready', 'Unknown')] } }),
        node('no-network', {
          status: { conditions: [condition('Ready', 'False', { message: 'cni plugin not initialized' })] },
        }),
        node('no-runtime', {
          status: { conditions: [condition('Ready', 'False', { message: 'container runtime is down' })] },
        }),
      ],
    },
  );

  expect(inputs.nodes.items.map((one) => troubleOfNode(one) !== undefined)).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

it('virtual nodes have no network of their own', () => {
  const inputs = inputsFrom(
    { nodes },
    {
      objects: [
        node('a'),
        node('b', { metadata: { labels: { type: 'virtual-kubelet' } } }),
        node('c', { metadata: { annotations: { 'kwok.x-k8s.io/node': 'fake' } } }),
      ],
    },
  );

  expect(inputs.nodes.items.map(isVirtualNode)).toEqual([false, true, true]);
});
