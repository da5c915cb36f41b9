import { describe, expect, it } from 'vitest';
import { kubeletStatsSummary } from '../../../src/artifacts/kubelet-stats-summary.ts';

function parse(body: unknown) {
  return kubeletStatsSummary.parse(new TextEncoder().encode(JSON.stringify(body)));
}

const fs = {
  time: '2026-01-15T12:00:00Z',
  availableBytes: 10,
  capacityBytes: 40,
  usedBytes: 30,
  inodesFree: 1,
  inodes: 4,
  inodesUsed: 3,
};
const memory = {
  time: '2026-01-15T12:00:00Z',
  usageBytes: 9,
  workingSetBytes: 7,
  rssBytes: 5,
  pageFaults: 2,
};
const cpu = { time: '2026-01-15T12:00:00Z', usageNanoCores: 100, usageCoreNanoSeconds: 5, psi: {} };

describe('the summary of a kubelet', () => {
  it('keeps what tells of usage, under its own names', () => {
    const summary = parse({
      node: {
        nodeName: 'node-1',
        startTime: '2026-01-01T00:00:00Z',
        cpu,
        memory: { ...memory, availableBytes: 3 },
        fs,
        runtime: { imageFs: fs, containerFs: fs },
        rlimit: { maxpid: 100, curproc: 7 },
        systemContainers: [],
      },
      pods: [
        {
          podRef: { name: 'web', namespace: 'shop', uid: 'u1' },
          containers: [{ name: 'app', cpu, memory, rootfs: fs, logs: fs }],
          volume: [
            { name: 'data', pvcRef: { name: 'data', namespace: 'shop' }, ...fs },
            { name: 'tmp', usedBytes: 5 },
          ],
          'ephemeral-storage': fs,
        },
      ],
    });

    expect(summary.node).toMatchObject({ nodeName: 'node-1', fs, rlimit: { maxpid: 100, curproc: 7 } });
    expect(summary.node.memory).toEqual({
      time: '2026-01-15T12:00:00Z',
      availableBytes: 3,
      usageBytes: 9,
      workingSetBytes: 7,
      rssBytes: 5,
    });
    expect(summary.pods[0]?.containers[0]).toMatchObject({
      name: 'app',
      cpu: { usageNanoCores: 100 },
      logs: fs,
    });
    expect(summary.pods[0]?.volume).toEqual([
      { name: 'data', pvcRef: { name: 'data', namespace: 'shop' }, ...fs },
      { name: 'tmp', usedBytes: 5 },
    ]);
    expect(summary.pods[0]?.['ephemeral-storage']).toEqual(fs);
  });

  it('leaves out what was not measured', () => {
    const summary = parse({ node: { nodeName: 'node-1' }, pods: [{ podRef: {}, volume: null }] });

    expect(summary.node).toEqual({ nodeName: 'node-1', runtime: {}, rlimit: {} });
    expect(summary.pods).toEqual([{ podRef: { name: '', namespace: '' }, containers: [], volume: [] }]);
  });

  it('is none without a node', () => {
    expect(() => parse({ pods: [] })).toThrow('names no node');
    expect(() => parse([])).toThrow('a JSON object was expected');
  });
});
