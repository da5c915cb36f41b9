import { describe, expect, it } from 'vitest';
import { nodeProbes } from '../../../src/artifacts/node-probes.ts';
import { type NodeHeartbeats, nodeHeartbeats } from '../../../src/derive/node-heartbeats.ts';
import { type NodePeers, nodePeers } from '../../../src/derive/node-peers.ts';
import { defineAnalyzer } from '../../../src/model/analyzer.ts';
import { ago } from '../../support/builders.ts';
import type { Given } from '../../support/given.ts';
import { heartbeat, nodeFile } from '../../support/node-builders.ts';
import { runOn } from '../../support/test-analyzer.ts';

function seen(given: Given): { peers: NodePeers; heartbeats: NodeHeartbeats } {
  const kept: { peers?: NodePeers; heartbeats?: NodeHeartbeats } = {};
  const analyzer = defineAnalyzer({
    meta: { id: 'node/asked', title: 'Asked', description: 'Asked.', messages: {}, references: ['test'] },
    needs: { peers: nodePeers, heartbeats: nodeHeartbeats },
    analyze(inputs) {
      Object.assign(kept, inputs);
      return undefined;
    },
  });
  runOn(analyzer, given);
  return kept as { peers: NodePeers; heartbeats: NodeHeartbeats };
}

describe('connections tried from nodes', () => {
  it('are grouped by their target, an answer of any kind being one', () => {
    const line = (outcome: string) => `{"kind":"registry","target":"r.example:443","outcome":"${outcome}"}\n`;
    const { peers } = seen({
      documents: [nodeFile(nodeProbes, line('http'), 'a'), nodeFile(nodeProbes, line('timeout'), 'b')],
    });

    const [target, ...others] = peers.of('registry');

    expect(others).toEqual([]);
    expect(target?.reached.map(({ from }) => from)).toEqual(['a']);
    expect(target?.failed.map(({ from }) => from)).toEqual(['b']);
    expect(peers.of('node')).toEqual([]);
    expect(peers.from).toEqual(['a', 'b']);
  });
});

describe('the heartbeat of a node', () => {
  it('goes by the clock of the API server where it is recorded', () => {
    const { heartbeats } = seen({ objects: [heartbeat(600, { writtenAgo: 5 })] });

    expect(heartbeats.of('worker-1')).toMatchObject({
      state: 'present',
      item: { by: 'api-server', renewed: ago(5), stale: false, duration: 40 },
    });
  });

  it('goes by the clock of the node otherwise', () => {
    const { heartbeats } = seen({ objects: [heartbeat(61)] });

    expect(heartbeats.all[0]).toMatchObject({ by: 'kubelet', stale: undefined });
    expect(seen({ objects: [heartbeat(62)] }).heartbeats.all[0]).toMatchObject({ stale: true });
  });

  it('is alive when it moved between two looks, and is taken from the last', () => {
    const { heartbeats } = seen({ objects: [heartbeat(200)], secondSample: [heartbeat(190)] });

    expect(heartbeats.of('worker-1')).toMatchObject({
      item: { moved: true, stale: false, renewed: ago(190) },
    });
  });

  it('is absent where all leases were seen', () => {
    expect(seen({}).heartbeats.of('worker-9')).toEqual({ state: 'absent' });
  });
});
