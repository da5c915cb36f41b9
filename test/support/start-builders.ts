import { ago, type Built, condition, containerStatus, pod } from './builders.ts';

type Parts = Record<string, unknown>;

/** A pod placed ten minutes ago whose container `app` waits; `spec` and `status` are added to. */
export function waitingPod(
  name: string,
  waiting: Parts,
  parts: { spec?: Parts; status?: Parts; container?: Parts; metadata?: Parts } = {},
): Built {
  const { spec, status, container, metadata } = parts;
  return pod(name, {
    ...(metadata ? { metadata } : {}),
    spec: { containers: [{ name: 'app', image: 'shop/app:1' }], ...spec },
    status: {
      phase: 'Pending',
      conditions: startConditions('True'),
      containerStatuses: [
        containerStatus('app', { ready: false, started: false, state: { waiting }, ...container }),
      ],
      ...status,
    },
  });
}

/** A pod placed ten minutes ago that has no sandbox yet. */
export function creatingPod(
  name: string,
  parts: { spec?: Parts; status?: Parts; metadata?: Parts; seconds?: number } = {},
): Built {
  const { spec, status, metadata, seconds = 600 } = parts;
  return waitingPod(
    name,
    { reason: 'ContainerCreating' },
    {
      ...(metadata ? { metadata } : {}),
      ...(spec ? { spec } : {}),
      status: { podIP: undefined, conditions: startConditions('False', seconds), ...status },
    },
  );
}

/** A pod that crashes again and again, in back-off. */
export function crashingPod(
  name: string,
  lastState: Parts,
  parts: { spec?: Parts; status?: Parts; container?: Parts } = {},
): Built {
  const { container, ...rest } = parts;
  return waitingPod(
    name,
    { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=app' },
    { ...rest, container: { restartCount: 7, lastState, ...container } },
  );
}

/** A `terminated` state two minutes ago after a run of ten seconds. */
export function ended(reason: string, exitCode: number, parts: Parts = {}): Parts {
  return { terminated: { reason, exitCode, startedAt: ago(130), finishedAt: ago(120), ...parts } };
}

/** The conditions of a pod on its way up. */
export function startConditions(sandbox: 'True' | 'False', seconds = 600): Parts[] {
  const lastTransitionTime = ago(seconds);
  return [
    condition('PodReadyToStartContainers', sandbox, { lastTransitionTime }),
    condition('Initialized', 'True', { lastTransitionTime }),
    condition('Ready', 'False', { lastTransitionTime }),
    condition('PodScheduled', 'True', { lastTransitionTime }),
  ];
}
