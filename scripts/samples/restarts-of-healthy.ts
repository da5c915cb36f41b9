import { API, SHOP, serviceOf, WEB } from './base-cluster.ts';
import { changed } from './change.ts';
import { waiting } from './container-states.ts';
import { DNS, dnsService, proxies } from './control-plane.ts';
import { node } from './nodes.ts';
import { ago, condition, DAY, eventAbout, HOUR, type Parts } from './object.ts';
import { from, fromKubelet } from './pod-events.ts';
import type { ApiObject } from './scenario.ts';
import { deployment, podsIn } from './workloads.ts';

const BOOTED = 2 * HOUR;
const BOOT_ID = '4d1f0c8e-77aa-4c53-9f0e-2a6f3b9c5d71';
/** The rollout of the web front began so long before the collection. */
const ROLLING = 35;

/** Worker-2 was rebooted two hours ago: everything on it was started once more, and is well. */
export function rebootedWorker(): ApiObject[] {
  const info = (node('worker-2').status as { nodeInfo: Parts }).nodeInfo;
  const ready = { reason: 'KubeletReady', message: 'kubelet is posting ready status' };
  const worker = node('worker-2', {
    conditions: [condition('Ready', 'True', BOOTED - 20, { ...ready, lastHeartbeatTime: ago(90) })],
    status: { nodeInfo: { ...info, bootID: BOOT_ID } },
  });
  const dns = deployment(DNS).map(onlyOnWorker2);
  const api = deployment(API).map(onlyOnWorker2);
  const said = { source: { component: 'kubelet', host: 'worker-2' }, age: BOOTED } as const;
  return [
    worker,
    ...dns,
    ...dnsService(podsIn(dns)),
    ...api,
    ...serviceOf(API, podsIn(api)),
    ...proxies().map(onlyOnWorker2),
    eventAbout(worker, { ...said, reason: 'Starting', message: 'Starting kubelet.' }),
    eventAbout(worker, {
      ...said,
      type: 'Warning',
      reason: 'Rebooted',
      message: `Node worker-2 has been rebooted, boot id: ${BOOT_ID}`,
    }),
  ];
}

/** A pod of worker-2 as its kubelet brings it back after a reboot. */
function onlyOnWorker2(object: ApiObject): ApiObject {
  if ((object.spec as { nodeName?: string }).nodeName !== 'worker-2') return object;
  const { containerStatuses, conditions } = object.status as Record<string, readonly Parts[]>;
  const times = { startedAt: ago(9 * DAY), finishedAt: ago(BOOTED + 40) };
  const [status] = containerStatuses!;
  const back = {
    ...status,
    state: { running: { startedAt: ago(BOOTED - 30) } },
    lastState: { terminated: { exitCode: 255, reason: 'Unknown', ...times } },
    restartCount: 1,
  };
  const turned = conditions!.map((one) =>
    one.type === 'Ready' || one.type === 'ContainersReady'
      ? { ...one, lastTransitionTime: ago(BOOTED - 35) }
      : one,
  );
  return changed(object, { status: { containerStatuses: [back], conditions: turned } });
}

/** The web front halfway between two revisions: the first new pod has its image pulled. */
export function rolloutUnderWay(): ApiObject[] {
  const next = deployment({
    ...WEB,
    hash: '6f8c9d5b74',
    rollout: 'under-way',
    replicas: [
      {
        suffix: 'j7wqc',
        node: 'worker-1',
        age: ROLLING,
        phase: 'Pending',
        ready: false,
        changed: ROLLING,
        container: waiting('ContainerCreating'),
      },
    ],
  });
  const old = deployment(WEB);
  const progress = { reason: 'ReplicaSetUpdated', message: 'ReplicaSet "web-6f8c9d5b74" is progressing.' };
  const objects = [...next, ...old.filter(({ kind }) => kind !== 'Deployment')].map((object) => {
    if (object.kind === 'ReplicaSet' && object.metadata.name === 'web-6f8c9d5b74')
      return changed(object, { metadata: { creationTimestamp: ago(ROLLING) } });
    if (object.kind !== 'Deployment') return object;
    return changed(object, {
      spec: { replicas: 2 },
      status: {
        replicas: 3,
        updatedReplicas: 1,
        readyReplicas: 2,
        availableReplicas: 2,
        unavailableReplicas: 1,
        conditions: [
          condition('Available', 'True', 9 * DAY, {
            reason: 'MinimumReplicasAvailable',
            message: 'Deployment has minimum availability.',
          }),
          { ...condition('Progressing', 'True', 9 * DAY, progress), lastUpdateTime: ago(ROLLING) },
        ],
      },
    });
  });
  const [pod] = podsIn(next);
  return [
    ...objects,
    ...serviceOf(WEB, podsIn(objects)),
    fromKubelet(pod!, {
      type: 'Normal',
      reason: 'Pulling',
      message: 'Pulling image "registry.example/shop/web:4.12.0"',
      age: ROLLING - 2,
      container: 'nginx',
    }),
  ];
}

/** Events about pods that were replaced within the hour and are gone. */
export function eventsOfReplacedPods(): ApiObject[] {
  const gone = deployment({
    ...API,
    hash: '58d9c7f6b4',
    replicas: [{ suffix: 'x2v8t', node: 'worker-1', ip: '10.244.1.33', age: HOUR }],
  });
  const [pod] = podsIn(gone);
  const { name, uid } = pod!.metadata;
  return [
    fromKubelet(pod!, {
      reason: 'BackOff',
      message: `Back-off restarting failed container api in pod ${name}_${SHOP}(${uid})`,
      age: 0.7 * HOUR,
      first: 0.9 * HOUR,
      count: 31,
      container: 'api',
    }),
    fromKubelet(pod!, {
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 500',
      age: 0.7 * HOUR,
      first: 0.9 * HOUR,
      count: 40,
      container: 'api',
    }),
    from('default-scheduler', pod!, {
      reason: 'FailedScheduling',
      message:
        '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
      age: 0.95 * HOUR,
    }),
  ];
}

/** Pods of the API that were evicted yesterday, and that nobody has removed; their place was taken at once. */
export function evictedLeftovers(): ApiObject[] {
  const message =
    'The node was low on resource: ephemeral-storage. Threshold quantity: 10386530263, available: 9841732Ki. Container api was using 41220Ki, request is 0, has larger consumption of ephemeral-storage. ';
  const left = deployment({
    ...API,
    replicas: ['4kzdr', 'b8n5w', 'q6c2j'].map((suffix, index) => ({
      suffix,
      node: 'worker-1',
      ip: `10.244.1.${81 + index}`,
      age: 2 * DAY,
      phase: 'Failed',
      ready: false,
      status: {
        reason: 'Evicted',
        message,
        containerStatuses: [],
        conditions: [
          condition('PodScheduled', 'True', 2 * DAY),
          condition('Ready', 'False', DAY, { reason: 'PodFailed' }),
          condition('DisruptionTarget', 'True', DAY, { reason: 'TerminationByKubelet', message }),
        ],
      },
    })),
  });
  return podsIn(left);
}
