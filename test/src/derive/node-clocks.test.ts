import { describe, expect, it } from 'vitest';
import { nodeClocks } from '../../../src/derive/node-clocks.ts';
import { anyObject } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

function heartbeat(node: string, renewTime: string, time: string, namespace = 'kube-node-lease') {
  return anyObject('coordination.k8s.io/v1', 'Lease', node, namespace, {
    metadata: { managedFields: [{ manager: 'kubelet', operation: 'Update', time }] },
    spec: { holderIdentity: node, renewTime },
  });
}

describe('the clock of a node', () => {
  const clocks = derivedFrom(nodeClocks, {
    objects: [
      heartbeat('ahead', '2026-01-15T12:10:00.500000Z', '2026-01-15T12:00:00Z'),
      heartbeat('behind', '2026-01-15T11:59:00.000000Z', '2026-01-15T12:00:00Z'),
      heartbeat('right', '2026-01-15T12:00:00.900000Z', '2026-01-15T12:00:00Z'),
      heartbeat('leader', '2026-01-15T13:00:00Z', '2026-01-15T12:00:00Z', 'kube-system'),
    ],
  });

  it('is compared with the API server by its heartbeat', () => {
    expect(clocks.offset('ahead')).toBeCloseTo(600.5);
    expect(clocks.offset('behind')).toBe(-60);
    expect(clocks.offset('leader')).toBeUndefined();
    expect(clocks.offset('unheard')).toBeUndefined();
  });

  it('is taken out of the times it gave, and small differences are none', () => {
    expect(clocks.corrected('2026-01-15T12:10:00Z', 'ahead')).toBe('2026-01-15T11:59:59.500Z');
    expect(clocks.corrected('2026-01-15T11:00:00Z', 'behind')).toBe('2026-01-15T11:01:00.000Z');
    expect(clocks.corrected('2026-01-15T11:00:00Z', 'right')).toBe('2026-01-15T11:00:00Z');
    expect(clocks.corrected('2026-01-15T11:00:00Z', undefined)).toBe('2026-01-15T11:00:00Z');
    expect(clocks.corrected('no time', 'ahead')).toBe('no time');
  });
});
