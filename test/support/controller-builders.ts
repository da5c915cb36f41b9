import { ago, anyObject, type Built, condition, controlledBy, pod } from './builders.ts';

type Parts = Record<string, unknown>;
type Controller = Parts & { spec?: Parts; status?: Parts; metadata?: Parts };

const TEMPLATE = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'app', image: 'registry.example/shop/app:1.2' }] },
};

function controller(
  apiVersion: string,
  kind: string,
  name: string,
  parts: Controller,
  own: Controller,
): Built {
  const { spec, status, ...rest } = parts;
  return anyObject(apiVersion, kind, name, 'shop', {
    ...rest,
    spec: {
      selector: { matchLabels: { app: name } },
      template: { ...TEMPLATE, metadata: { labels: { app: name } } },
      ...own.spec,
      ...spec,
    },
    status: { ...own.status, ...status },
  });
}

/** A ReplicaSet of the Deployment `web`, three of three pods. */
export function replicaSet(name: string, parts: Controller = {}): Built {
  return controller(
    'apps/v1',
    'ReplicaSet',
    name,
    { ...parts, metadata: { ...controlledBy('Deployment', 'web'), ...parts.metadata } },
    {
      spec: { replicas: 3 },
      status: { replicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 1 },
    },
  );
}

/** A StatefulSet of three pods, all there and ready. */
export function statefulSet(name: string, parts: Controller = {}): Built {
  return controller('apps/v1', 'StatefulSet', name, parts, {
    spec: { replicas: 3, serviceName: name },
    status: {
      replicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      updatedReplicas: 3,
      currentReplicas: 3,
      currentRevision: `${name}-a`,
      updateRevision: `${name}-a`,
    },
  });
}

/** A pod of a StatefulSet at one of its revisions. */
export function statefulPod(set: string, ordinal: number, parts: Controller = {}): Built {
  return pod(`${set}-${ordinal}`, {
    ...parts,
    metadata: {
      ...controlledBy('StatefulSet', set),
      labels: { app: set, 'controller-revision-hash': `${set}-a` },
      ...parts.metadata,
    },
  });
}

/** Status of a pod that has not been ready for so many seconds. */
export function notReady(seconds: number, parts: Parts = {}): Parts {
  return { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(seconds) })], ...parts };
}

/** A DaemonSet on two nodes, complete. */
export function daemonSet(name: string, parts: Controller = {}): Built {
  return controller('apps/v1', 'DaemonSet', name, parts, {
    status: {
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      numberReady: 2,
      numberAvailable: 2,
      numberMisscheduled: 0,
      updatedNumberScheduled: 2,
    },
  });
}

/** A Job with one pod at work. */
export function job(name: string, parts: Controller = {}): Built {
  return controller('batch/v1', 'Job', name, parts, {
    spec: { completions: 1, parallelism: 1, backoffLimit: 6 },
    status: { active: 1, startTime: ago(600) },
  });
}

/** A quota with what is allowed and what is used. */
export function resourceQuota(
  name: string,
  hard: Record<string, string>,
  used?: Record<string, string>,
  spec: Parts = {},
): Built {
  return anyObject('v1', 'ResourceQuota', name, 'shop', {
    spec: { hard, ...spec },
    status: used ? { hard, used } : {},
  });
}
