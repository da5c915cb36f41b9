import { ago, type Built, containerStatus, controlledBy, pod } from './builders.ts';

type Parts = Record<string, unknown>;

/** A pod of the Deployment `web` that its kubelet ended an hour ago. */
export function failedPod(name: string, reason: string, message: string, parts: Parts = {}): Built {
  return pod(name, {
    metadata: {
      ...controlledBy('ReplicaSet', 'web-5d4f9'),
      labels: { app: 'web', 'pod-template-hash': '5d4f9' },
    },
    ...parts,
    status: {
      phase: 'Failed',
      reason,
      message,
      startTime: ago(7200),
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(3600) }],
      containerStatuses: [],
      ...(parts.status as Parts),
    },
  });
}

/** A pod of a node whose container ended so many seconds ago and runs since. */
export function restartedPod(name: string, endedAgo: number, status: Parts = {}): Built {
  return pod(name, {
    status: {
      startTime: ago(86_400),
      containerStatuses: [
        containerStatus('app', {
          restartCount: 90,
          state: { running: { startedAt: ago(endedAgo - 30) } },
          lastState: { terminated: { reason: 'Unknown', exitCode: 255, finishedAt: ago(endedAgo) } },
          ...status,
        }),
      ],
    },
  });
}
