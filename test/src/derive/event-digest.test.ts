import { describe, expect, it } from 'vitest';
import { messagePattern } from '../../../src/derive/event-digest.ts';

describe('the pattern of a message', () => {
  it.each([
    ['Back-off pulling image "a/b:1"', 'Back-off pulling image "c/d:2"'],
    [
      'MountVolume.SetUp failed for volume "x" : secret "a" not found',
      'MountVolume.SetUp failed for volume "y" : secret "b" not found',
    ],
    [
      'Back-off restarting failed container app in pod web-5d4f9c7b8-x2x4z_shop(1f0c6c1e-3f0b-4b0e-8f5e-9a1b2c3d4e5f)',
      'Back-off restarting failed container app in pod web-5d4f9c7b8-abcde_shop(00000000-3f0b-4b0e-8f5e-9a1b2c3d4e5f)',
    ],
    ['dial tcp 10.0.0.1:443: i/o timeout', 'dial tcp 10.0.0.22:6443: i/o timeout'],
    ['0/3 nodes are available: 3 Insufficient cpu.', '0/5 nodes are available: 5 Insufficient cpu.'],
  ])('is the same for %s and its like', (one, other) => {
    expect(messagePattern(one)).toBe(messagePattern(other));
  });

  it.each([
    ['Readiness probe failed: timeout', 'Liveness probe failed: timeout'],
    ['secret "a" not found', 'configmap "a" not found'],
    ['Insufficient cpu', 'Insufficient memory'],
  ])('tells %s from %s', (one, other) => {
    expect(messagePattern(one)).not.toBe(messagePattern(other));
  });
});
