import { ago, type Built, containerStatus, controlledBy, event, pod } from './builders.ts';

type Parts = Record<string, unknown>;

/** An HTTP probe on port 8080, three failures every ten seconds. */
export function httpProbe(parts: Parts = {}, get: Parts = {}): Parts {
  return {
    httpGet: { path: '/ready', port: 8080, scheme: 'HTTP', ...get },
    periodSeconds: 10,
    failureThreshold: 3,
    timeoutSeconds: 1,
    ...parts,
  };
}

/** A pod of the ReplicaSet `web-5d4f9` whose container runs and is not ready since twenty minutes. */
export function unreadyPod(
  name: string,
  container: Parts = {},
  status: Parts = {},
  since = ago(1200),
): Built {
  return pod(name, {
    metadata: {
      ...controlledBy('ReplicaSet', 'web-5d4f9'),
      labels: { app: 'web', 'pod-template-hash': '5d4f9' },
    },
    spec: {
      containers: [
        {
          name: 'app',
          image: 'registry.example/shop/app:1.2',
          ports: [{ name: 'http', containerPort: 8080 }],
          readinessProbe: httpProbe(),
          ...container,
        },
      ],
    },
    status: {
      startTime: ago(7200),
      conditions: [
        { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: since },
      ],
      containerStatuses: [containerStatus('app', { ready: false, ...status })],
    },
  });
}

/** A ready pod of the same ReplicaSet. */
export function readySibling(name: string): Built {
  return pod(name, {
    metadata: {
      ...controlledBy('ReplicaSet', 'web-5d4f9'),
      labels: { app: 'web', 'pod-template-hash': '5d4f9' },
    },
  });
}

/** The kubelet's event of a failed probe of container `app`. */
export function unhealthy(about: Built, message: string, parts: Parts = {}): Built {
  return event(about, {
    reason: 'Unhealthy',
    message,
    involvedObject: { ...refOf(about), fieldPath: 'spec.containers{app}' },
    ...parts,
  });
}

/** The kubelet's event of a container stopped for its probe. */
export function killing(about: Built, probe: 'liveness' | 'startup', parts: Parts = {}): Built {
  return event(about, {
    reason: 'Killing',
    type: 'Normal',
    message: `Container app failed ${probe} probe, will be restarted`,
    involvedObject: { ...refOf(about), fieldPath: 'spec.containers{app}' },
    ...parts,
  });
}

function refOf({ apiVersion, kind, metadata }: Built): Parts {
  const { namespace, name, uid } = metadata;
  return { apiVersion, kind, namespace, name, uid };
}
