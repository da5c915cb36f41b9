import { describe, expect, it } from 'vitest';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { endedPodCause, shownStatus } from '../../../src/derive/ended-pods.ts';
import { controlledBy, pod } from '../../support/builders.ts';

function ended(status: object, metadata: Record<string, unknown> = {}): PodItem {
  return pod('a', {
    metadata,
    status: { phase: 'Failed', containerStatuses: [], ...status },
  }) as unknown as PodItem;
}

describe('the cause of an ended pod', () => {
  it.each<readonly [string, object, object]>([
    [
      'the size limit of a volume',
      {
        reason: 'Evicted',
        message: 'Usage of EmptyDir volume "kong-prefix-dir" exceeds the limit "256Mi". ',
      },
      { is: 'volumeLimit', volume: 'kong-prefix-dir', limit: '256Mi' },
    ],
    [
      'limits of local storage',
      { reason: 'Evicted', message: 'Container proxy exceeded its local ephemeral storage limit "1Gi". ' },
      { is: 'storageLimit', limit: '1Gi' },
    ],
    [
      'a node that ran low',
      { reason: 'Evicted', message: 'The node was low on resource: memory. ' },
      { is: 'nodePressure', resource: 'memory' },
    ],
    [
      'a node that was shut down',
      { reason: 'Terminated', message: 'Pod was terminated in response to imminent node shutdown.' },
      { is: 'nodeShutdown' },
    ],
    [
      'a node that was shut down, when all ended with 0',
      {
        phase: 'Succeeded',
        reason: 'Terminated',
        message: 'Pod was terminated in response to imminent node shutdown.',
      },
      { is: 'nodeShutdown' },
    ],
    [
      'an older kubelet that shuts down',
      { reason: 'Shutdown', message: 'Node is shutting, evicting pods' },
      { is: 'nodeShutdown' },
    ],
    [
      'a kubelet that shuts down and takes no more',
      { reason: 'NodeShutdown', message: 'Pod was rejected as the node is shutting down.' },
      { is: 'turnedAway', reason: 'NodeShutdown' },
    ],
    ['no room', { reason: 'OutOfcpu' }, { is: 'turnedAway', reason: 'OutOfcpu' }],
    ['nothing that is said', { phase: 'Succeeded' }, { is: 'allExitedZero' }],
    ['a container that failed', {}, { is: 'failed', reason: 'Error' }],
  ])('is %s', (_, status, cause) => {
    expect(endedPodCause(ended(status))).toEqual(cause);
  });

  it('is its Job, however it ended', () => {
    expect(endedPodCause(ended({ reason: 'Evicted' }, controlledBy('Job', 'm', 'batch/v1')))).toEqual({
      is: 'job',
      job: 'm',
    });
  });
});

describe('what kubectl prints', () => {
  it.each<readonly [string, object, object]>([
    ['Evicted', { reason: 'Evicted' }, {}],
    ['Completed', { reason: 'Evicted' }, { terminated: { reason: 'Completed', exitCode: 0 } }],
    ['ContainerStatusUnknown', {}, { terminated: { reason: 'ContainerStatusUnknown', exitCode: 137 } }],
    ['ExitCode:3', {}, { terminated: { exitCode: 3 } }],
    ['Signal:9', {}, { terminated: { signal: 9, exitCode: 137 } }],
    ['Failed', {}, {}],
  ])('is %s', (shown, status, state) => {
    const containerStatuses = Object.keys(state).length > 0 ? [{ name: 'app', state }] : [];

    expect(shownStatus(ended({ ...status, containerStatuses }))).toBe(shown);
  });
});
