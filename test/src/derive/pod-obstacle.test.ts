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
  return obstacleFinder({ ...inputs, waiting: [item] })(item, message);
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
      message: 'taintUnseen',
      values: { taints: ['dedicated=gpu'], count: 2, total: 2 },
      nodes: [],
    });
  });

  it('is a rule the nodes know nothing of, where they alone would do', () => {
    const message =
      "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match pod topology spread constraints.";

    expect(find(pending(), message, [node('a')])).toMatchObject({ message: 'spreadUnmet' });
  });

  it('of a pod pinned to a node that is gone is that node', () => {
    const matchFields = [{ key: 'metadata.name', operator: 'In', values: ['gone'] }];
    const requirement = { nodeSelectorTerms: [{ matchFields }] };
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: requirement } };
    const message = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";

    expect(find(pending({ affinity }), message, [node('a')])).toMatchObject({
      message: 'labelUnseen',
      values: { wanted: ['metadata.name=gone'] },
    });
  });

  it('is the bare message when there are no nodes at all', () => {
    expect(find(pending(), 'no nodes available to schedule pods')).toMatchObject({
      message: 'notSchedulable',
      values: { detail: 'no nodes available to schedule pods' },
    });
  });

  it('is looked for once a shape of pods, however many they are', () => {
    expect(evaluations(10)).toBe(evaluations(100));
    expect(evaluations(100, 3)).toBe(3 * evaluations(100));
  });

  it('of a pod meant for one node is looked for there only', () => {
    expect(evaluations(40, 40, (index) => pinned(`node-${index}`))).toBe(40 * REQUESTS);
  });
});

/** Every pod asks for CPU and for its own place. */
const REQUESTS = 2;
const NODES = 40;

function pinned(name: string): Record<string, unknown> {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [name] }];
  const required = { nodeSelectorTerms: [{ matchFields }] };
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } };
}

/** How often the room of a node is asked for while so many pods of so many shapes are looked at. */
function evaluations(count: number, shapes = 1, spec = (_index: number): Record<string, unknown> => ({})) {
  const asked = Array.from({ length: count }, (_, index) => {
    const requests = { cpu: String(8 + (index % shapes)) };
    const containers = [{ name: 'app', resources: { requests } }];
    return pod(`web-${index}`, { spec: { nodeName: undefined, containers, ...spec(index) } });
  });
  const targets = Array.from({ length: NODES }, (_, index) => node(`node-${index}`));
  const inputs = inputsFrom({ nodes, pods, room: nodeRoom }, { objects: [...asked, ...targets] });
  let asks = 0;
  const room = {
    ...inputs.room,
    free(name: string, resource: string) {
      asks += 1;
      return inputs.room.free(name, resource);
    },
  };
  const find = obstacleFinder({ nodes: inputs.nodes, room, waiting: inputs.pods.items });
  for (const one of inputs.pods.items) find(one, '0/40 nodes are available: 40 Insufficient cpu.');
  return asks;
}
