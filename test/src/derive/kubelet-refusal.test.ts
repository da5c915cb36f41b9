import { describe, expect, it } from 'vitest';
import { pods } from '../../../src/artifacts/resources.ts';
import { endedAt, kubeletRefusal } from '../../../src/derive/kubelet-refusal.ts';
import { ago } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { failedPod } from '../../support/run-time-builders.ts';

function item(reason: string, message = '', status: object = {}) {
  return inputsFrom({ pods }, { objects: [failedPod('a', reason, message, { status })] }).pods.items[0]!;
}

describe('why a kubelet ended a pod', () => {
  it.each([
    [
      'Evicted',
      'The node was low on resource: memory. Container app was using 2Gi. ',
      { kind: 'ranLow', resource: 'memory' },
    ],
    [
      'Evicted',
      'The node was low on resource: ephemeral-storage. ',
      { kind: 'ranLow', resource: 'ephemeral-storage' },
    ],
    ['Evicted', 'The node had condition: [PIDPressure]. ', { kind: 'ranLow', resource: 'pids' }],
    [
      'Evicted',
      'Pod was rejected: The node had condition: [MemoryPressure, DiskPressure]. ',
      { kind: 'ranLow', resource: 'memory' },
    ],
    ['Evicted', 'something new', { kind: 'rejected', reason: 'Evicted' }],
    ['OutOfmemory', 'Pod was rejected: x', { kind: 'noRoom', resource: 'memory' }],
    ['NodeAffinity', '', { kind: 'affinity' }],
    ['NodeShutdown', '', { kind: 'shutdown' }],
    ['Terminated', 'Pod was terminated in response to imminent node shutdown.', { kind: 'shutdown' }],
    ['Preempting', 'Preempted in order to admit critical pod', { kind: 'rejected', reason: 'Preempting' }],
  ])('%s: %s', (reason, message, expected) => {
    expect(kubeletRefusal(item(reason, message))).toEqual(expected);
  });

  it.each([
    ['Evicted', 'Usage of EmptyDir volume "v" exceeds the limit "10Mi". '],
    ['DeadlineExceeded', 'Pod was active on the node longer than the specified deadline'],
    ['Terminated', 'by its owner'],
  ])('is not told by %s: %s', (reason, message) => {
    expect(kubeletRefusal(item(reason, message))).toBeUndefined();
  });

  it('is asked of failed pods only', () => {
    expect(kubeletRefusal(item('Evicted', '', { phase: 'Running' }))).toBeUndefined();
  });
});

describe('when a pod was ended', () => {
  it('is told by its disruption, its readiness, or its start', () => {
    const disrupted = { type: 'DisruptionTarget', status: 'True', lastTransitionTime: ago(100) };
    const ready = { type: 'Ready', status: 'False', lastTransitionTime: ago(200) };

    expect(endedAt(item('Evicted', '', { conditions: [ready, disrupted] }))).toBe(ago(100));
    expect(endedAt(item('Evicted', '', { conditions: [ready] }))).toBe(ago(200));
    expect(endedAt(item('Evicted', '', { conditions: [] }))).toBe(ago(7200));
  });
});
