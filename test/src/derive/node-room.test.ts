import { describe, expect, it } from 'vitest';
import { pods } from '../../../src/artifacts/resources.ts';
import { nodeRoom } from '../../../src/derive/node-room.ts';
import { node, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

function asking(name: string, cpu: string, parts: Record<string, unknown> = {}) {
  const containers = [{ name: 'app', resources: { requests: { cpu } } }];
  return pod(name, { spec: { nodeName: 'worker-1', containers }, ...parts });
}

describe('the room of a node', () => {
  it('is what it offers less what its pods ask for', () => {
    const room = derivedFrom(nodeRoom, {
      objects: [node('worker-1'), node('worker-2'), asking('a', '1500m'), asking('b', '1')],
    });

    expect(room.free('worker-1', 'cpu')).toBeCloseTo(1.5);
    expect(room.free('worker-1', 'pods')).toBe(108);
    expect(room.free('worker-2', 'cpu')).toBe(4);
    expect(room.allocatable('worker-1', 'nvidia.com/gpu')).toBe(0);
  });

  it('is not taken by pods that have ended', () => {
    const room = derivedFrom(nodeRoom, {
      objects: [node('worker-1'), asking('done', '2', { status: { phase: 'Succeeded' } })],
    });

    expect(room.free('worker-1', 'cpu')).toBe(4);
  });

  it('is not known when not all pods were seen, but what it offers is', () => {
    const room = derivedFrom(nodeRoom, { objects: [node('worker-1')], forbidden: [pods] });

    expect(room.free('worker-1', 'cpu')).toBeUndefined();
    expect(room.allocatable('worker-1', 'cpu')).toBe(4);
  });

  it('ends where another pod holds a host port', () => {
    const containers = [{ name: 'app', ports: [{ containerPort: 53, hostPort: 53, protocol: 'UDP' }] }];
    const holder = pod('dns', { spec: { nodeName: 'worker-1', containers } });
    const room = derivedFrom(nodeRoom, { objects: [node('worker-1'), holder] });

    expect(room.portHolder('worker-1', '53/UDP')).toMatchObject({ kind: 'Pod', name: 'dns' });
    expect(room.portHolder('worker-1', '53/TCP')).toBeUndefined();
    expect(room.portHolder('worker-2', '53/UDP')).toBeUndefined();
  });
});
