import { describe, expect, it } from 'vitest';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { nodeRoom } from '../../../src/derive/node-room.ts';
import { obstacleFinder } from '../../../src/derive/pod-obstacle.ts';
import { type Built, node, pod } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';

function find(asked: Built, message: string, others: readonly Built[] = []) {
  const inputs = inputsFrom({ nodes, pods, room: nodeRoom }, { objects: [asked, ...others] });
  const [item] = inputs.pods.items;
  if (!item) throw new Error('the pod was lost');
  return obstacleFinder(inputs.nodes, inputs.room)(item, message);
}

function pending(spec: Record<string, unknown> = {}): Built {
  return pod('web', { spec: { nodeName: undefined, ...spec } });
}

const TAINTS = '0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: gpu}.';

describe('the obstacle of a pod', () => {
  it('is told by the nodes when they bear out the words of the scheduler', () => {
    const taints = [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }];
    const found = find(pending(), TAINTS, [node('a', { spec: { taints } })]);

    expect(found).toMatchObject({
      message: 'taintNotTolerated',
      values: { taints: ['dedicated=gpu:NoSchedule'], count: 1, total: 1 },
      nodes: [{ metadata: { name: 'a' } }],
    });
  });

  it('is told by the scheduler when the nodes have changed since', () => {
    const found = find(pending(), TAINTS, [node('a')]);

    expect(found).toMatchObject({
      message: 'taintNotTolerated',
      values: { taints: ['dedicated=gpu'], count: 2, total: 2 },
      nodes: [],
    });
  });

  it('is a rule the nodes know nothing of, where they alone would do', () => {
    const message =
      "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match pod topology spread constraints.";

    expect(find(pending(), message, [node('a')])).toMatchObject({ message: 'placementRules' });
  });

  it('of a pod pinned to a node that is gone is that node', () => {
    const matchFields = [{ key: 'metadata.name', operator: 'In', values: ['gone'] }];
    const requirement = { nodeSelectorTerms: [{ matchFields }] };
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: requirement } };
    const message = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";

    expect(find(pending({ affinity }), message, [node('a')])).toMatchObject({
      message: 'labelNotMatched',
      values: { wanted: ['metadata.name=gone'] },
    });
  });

  it('is the bare message when there are no nodes at all', () => {
    expect(find(pending(), 'no nodes available to schedule pods')).toMatchObject({
      message: 'notSchedulable',
      values: { detail: 'no nodes available to schedule pods' },
    });
  });
});
