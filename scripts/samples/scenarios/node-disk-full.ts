import { API, faultScenario, serviceOf, WEB } from '../base-cluster.ts';
import { changed } from '../change.ts';
import { LOST as FULL } from '../lost-pods.ts';
import { filesystems } from '../node-archive.ts';
import { node } from '../nodes.ts';
import { ago, condition, DAY, eventAbout, MINUTE, type Parts } from '../object.ts';
import { fromKubelet, scheduled } from '../pod-events.ts';
import type { ApiObject, Scenario } from '../scenario.ts';
import { deployment, podsIn, type Replica, type Workload } from '../workloads.ts';

/** The disk of the worker was used up so long before the collection, and pods evicted a little later. */
const PRESSED = 31 * MINUTE;
const EVICTED = PRESSED - 12;

const KUBELET = { component: 'kubelet', host: FULL };

/** Where the evicted pods were made again. */
const SUBSTITUTES: Readonly<Record<string, Replica>> = {
  web: { suffix: 'q9fwt', node: 'worker-1', ip: '10.244.1.36', age: EVICTED },
  api: { suffix: 'b7nxm', node: 'worker-1', ip: '10.244.1.37', age: EVICTED },
};

/**
 * A debug log of a program outside of Kubernetes fills the only disk of a worker: its kubelet reports
 * DiskPressure, finds no image to remove and evicts what pods it can; the scheduler keeps away from it.
 */
export function nodeDiskFull(): Promise<Scenario> {
  const worker = node(FULL, {
    conditions: [
      condition('DiskPressure', 'True', PRESSED, {
        reason: 'KubeletHasDiskPressure',
        message: 'kubelet has disk pressure',
        lastHeartbeatTime: ago(8),
      }),
    ],
    taints: [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule', timeAdded: ago(PRESSED - 3) }],
  });
  const workloads = [WEB, API].map(withEvicted);
  return faultScenario('node-disk-full', {
    objects: [worker, ...eventsOf(worker), ...workloads.flatMap(({ objects }) => objects)],
    logs: Object.entries(SUBSTITUTES).map(([name, { suffix }]) => {
      const { hash, container } = name === 'web' ? WEB : API;
      return [`shop/${name}-${hash}-${suffix}/${container.name}`, ''];
    }),
    archives: [
      {
        node: FULL,
        documents: {
          'node-filesystems': filesystems({
            used: 94_310_412,
            free: 1_920_872,
            inodesUsed: 418_552,
            inodesFree: 5_991_656,
          }),
        },
        logs: {
          kubelet: [
            [
              PRESSED - 1,
              'kubelet[1043]',
              'W0303 08:59:01.184020    1043 eviction_manager.go:381] "Eviction manager: attempting to reclaim" resourceName="ephemeral-storage"',
            ],
            [
              EVICTED,
              'kubelet[1043]',
              'I0303 08:59:12.184020    1043 eviction_manager.go:392] "Eviction manager: must evict pod(s) to reclaim" resourceName="ephemeral-storage"',
            ],
          ],
        },
      },
    ],
  });
}

/** A workload whose pod on the full worker was evicted and made again on the other one. */
function withEvicted(workload: Workload): { readonly objects: ApiObject[] } {
  const here = workload.replicas.filter(({ node: on }) => on !== FULL);
  const living = deployment({ ...workload, replicas: [...here, SUBSTITUTES[workload.name]!] });
  const gone = podsIn(deployment(workload)).filter(
    ({ spec }) => (spec as { nodeName?: string }).nodeName === FULL,
  );
  const substitute = podsIn(living).at(-1)!;
  const objects = [
    ...living,
    ...serviceOf(workload, podsIn(living)),
    ...gone.map((pod) => evictedPod(pod, workload)),
    ...gone.map((pod) =>
      fromKubelet(pod, { reason: 'Evicted', message: messageFor(workload), age: EVICTED }),
    ),
    scheduled(substitute, EVICTED),
  ];
  return { objects };
}

function messageFor({ container }: Workload): string {
  return `The node was low on resource: ephemeral-storage. Threshold quantity: 10386377523, available: 1998324Ki. Container ${container.name} was using 88Ki, request is 0, has larger consumption of ephemeral-storage. `;
}

/** As the kubelet leaves a pod it evicted. */
function evictedPod(pod: ApiObject, workload: Workload): ApiObject {
  const [own] = (pod.status as { containerStatuses: Parts[] }).containerStatuses;
  const terminated = {
    exitCode: 143,
    reason: 'Error',
    startedAt: ago(9 * DAY),
    finishedAt: ago(EVICTED - 1),
  };
  const failed = { reason: 'PodFailed' };
  return changed(pod, {
    status: {
      phase: 'Failed',
      reason: 'Evicted',
      message: messageFor(workload),
      conditions: [
        condition('DisruptionTarget', 'True', EVICTED, {
          reason: 'TerminationByKubelet',
          message: messageFor(workload),
        }),
        condition('PodScheduled', 'True', 9 * DAY),
        condition('Initialized', 'True', 9 * DAY),
        condition('ContainersReady', 'False', EVICTED - 1, failed),
        condition('Ready', 'False', EVICTED - 1, failed),
      ],
      containerStatuses: [{ ...own, ready: false, started: false, state: { terminated } }],
    },
  });
}

function eventsOf(worker: ApiObject): ApiObject[] {
  const about = { source: KUBELET, age: 12 };
  return [
    eventAbout(worker, {
      source: KUBELET,
      age: PRESSED,
      reason: 'NodeHasDiskPressure',
      message: `Node ${FULL} status is now: NodeHasDiskPressure`,
    }),
    eventAbout(worker, {
      ...about,
      type: 'Warning',
      reason: 'EvictionThresholdMet',
      message: 'Attempting to reclaim ephemeral-storage',
      first: PRESSED,
      count: 184,
    }),
    eventAbout(worker, {
      ...about,
      type: 'Warning',
      reason: 'FreeDiskSpaceFailed',
      message:
        'Failed to garbage collect required amount of images. Attempted to free 12871659520 bytes, but only found 0 bytes eligible to free.',
      first: PRESSED - 60,
      count: 6,
    }),
  ];
}
