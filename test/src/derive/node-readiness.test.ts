import { describe, expect, it } from 'vitest';
import type { NodeItem } from '../../../src/artifacts/resources.ts';
import { isTakenOut, kubeletReason, readyCondition } from '../../../src/derive/node-readiness.ts';
import { condition, node } from '../../support/builders.ts';

function given(parts: Record<string, unknown>): NodeItem {
  return node('worker-1', parts) as unknown as NodeItem;
}

describe('the reason a kubelet gives', () => {
  it.each([
    [
      'runtimeDown',
      '[container runtime is down, PLEG is not healthy: pleg was last seen active 3m47.557907465s ago; threshold is 3m0s, container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized]',
    ],
    [
      'networkNotReady',
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    ],
    ['relistStuck', 'PLEG is not healthy: pleg was last seen active 4m1s ago; threshold is 3m0s'],
    ['storageNotReady', 'CSINode is not yet initialized'],
    ['storageNotReady', 'missing node capacity for resources: ephemeral-storage'],
    ['shuttingDown', 'node is shutting down'],
    [undefined, 'failed to validate nodeIP: node IP not found'],
  ])('is %s', (reason, message) => {
    expect(kubeletReason(message)).toBe(reason);
  });
});

describe('a node', () => {
  it('is taken out when cordoned or tainted for removal', () => {
    const removal = [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }];
    const unreachable = [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }];

    expect(isTakenOut(given({ spec: { unschedulable: true } }))).toBe(true);
    expect(isTakenOut(given({ spec: { taints: removal } }))).toBe(true);
    expect(isTakenOut(given({ spec: { taints: unreachable } }))).toBe(false);
    expect(isTakenOut(given({}))).toBe(false);
  });

  it('has its Ready condition found among others, or none', () => {
    const conditions = [condition('DiskPressure', 'False'), condition('Ready', 'Unknown')];

    expect(readyCondition(given({ status: { conditions } }))?.pointer).toBe('/status/conditions/1');
    expect(readyCondition(given({ status: { conditions: [] } }))).toBeUndefined();
  });
});
