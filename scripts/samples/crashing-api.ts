import { API, SHOP, servedDeployment } from './base-cluster.ts';
import { crashLoop } from './container-states.ts';
import type { LogEntry, Parts } from './object.ts';
import { fromKubelet } from './pod-events.ts';
import type { ApiObject } from './scenario.ts';
import { podsIn, type Workload } from './workloads.ts';

/** How the container of the API ends each time; seconds before the moment of the samples. */
export interface Crash {
  /** When the release came that does so; the pod is as old. */
  readonly since: number;
  readonly exitCode: number;
  readonly reason: string;
  readonly restarts: number;
  /** Seconds the last run took. */
  readonly run: number;
  /** Whether it becomes ready in each run, before it ends. */
  readonly wasReady?: boolean;
  readonly container?: Parts;
}

/** The one pod of the API, in every sample where it crashes. */
export const CRASHING_POD = 'api-5c9f7db84b-m6vds';
/** Seconds since the last run ended. */
const ENDED = 160;

/** The API after a release whose container ends again and again, with its Service and events. */
export function crashingApi(crash: Crash): ApiObject[] {
  const { since, exitCode, reason, restarts, run, wasReady, container } = crash;
  const status = crashLoop({
    namespace: SHOP,
    pod: CRASHING_POD,
    container: 'api',
    exitCode,
    reason,
    restarts,
    began: ENDED + run,
    ended: ENDED,
  });
  const workload: Workload = {
    ...API,
    age: since,
    rollout: 'stuck',
    container: { ...API.container, ...container },
    replicas: [
      {
        suffix: 'm6vds',
        node: 'worker-2',
        ip: '10.244.2.61',
        ready: false,
        changed: wasReady ? ENDED : since,
        container: status,
      },
    ],
  };
  const objects = servedDeployment(workload);
  const [pod] = podsIn(objects);
  const backOff = fromKubelet(pod!, {
    reason: 'BackOff',
    message: `Back-off restarting failed container api in pod ${CRASHING_POD}_${SHOP}(${pod!.metadata.uid})`,
    age: 9,
    first: since - 60,
    count: restarts * 11,
    container: 'api',
  });
  return [...objects, backOff];
}

/** Its logs: while it waits, the kubelet gives that of the last run as the current and as the previous one. */
export function crashingLogs(text: string): LogEntry[] {
  const key = `${SHOP}/${CRASHING_POD}/api`;
  return [
    [key, text],
    [`${key}/previous`, text],
  ];
}

/** The pod it takes the place of. */
export const REPLACED = ['Pod/shop/api-5c9f7db84b-t6rqb'];
