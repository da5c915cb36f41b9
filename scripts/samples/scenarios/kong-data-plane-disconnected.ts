import { clusterScenario } from '../cluster.ts';
import { connectedLog, kong, nginxTime } from '../kong.ts';
import { DAY, eventAbout, type LogEntry, logOf, MINUTE } from '../object.ts';
import type { ApiObject, Scenario } from '../scenario.ts';

/** The edge data plane was rolled out so long before the collection, with the wrong host of its control plane. */
const ROLLOUT = 49 * MINUTE;
/** A Service of this name would have to be in a namespace that does not exist. */
const WRONG_HOST = 'kong-cp-kong-cluster.kong-system.svc.cluster.local';
const NODE_ID = 'c3e8b5f1-0d92-4c6b-8e14-7f5a3b2d1e44';

/**
 * A rollout of one of two data plane deployments names a control plane that does not resolve. The new pod
 * never gets a configuration, so it is not ready, and its Service has no endpoint left.
 */
export async function kongDataPlaneDisconnected(): Promise<Scenario> {
  const part = await kong(
    [
      {
        name: 'kong-dp',
        hash: '6d9c7b8f54',
        age: 6 * DAY,
        clusterIP: '10.101.40.2',
        replicas: [
          { suffix: '2xk9p', node: 'worker-1', ip: '10.244.1.41' },
          { suffix: 'lw7zt', node: 'worker-2', ip: '10.244.2.41' },
        ],
      },
      {
        name: 'kong-dp-edge',
        hash: '74f6d9b5c8',
        age: ROLLOUT,
        controlPlane: WRONG_HOST,
        clusterIP: '10.101.40.3',
        replicas: [{ suffix: 'q8m4d', node: 'worker-2', ip: '10.244.2.52', ready: false }],
      },
    ],
    [
      {
        id: '1f0c2a53-6a7e-4b0e-9d5e-0b6a3f1d2c11',
        hostname: 'kong-dp-kong-6d9c7b8f54-2xk9p',
        ip: '10.244.1.41',
        age: 12,
      },
      {
        id: '7b9e6f20-3c41-4f8a-8a77-5d2b90c4e622',
        hostname: 'kong-dp-kong-6d9c7b8f54-lw7zt',
        ip: '10.244.2.41',
        age: 25,
      },
      // The pod before the rollout: its row stays until Kong purges it after 14 days.
      {
        id: '9a4d1c7e-55b2-4e0d-b1f3-2c8e7a6d0f33',
        hostname: 'kong-dp-edge-kong-58bd4c7f96-n5c8j',
        ip: '10.244.2.44',
        age: ROLLOUT,
      },
    ],
  );
  const connected = part.dataPlanes.get('kong-dp') ?? [];
  const [broken] = part.dataPlanes.get('kong-dp-edge') ?? [];
  const logs = connected.map(
    ({ metadata }): LogEntry => [`kong/${metadata.name}/proxy`, connectedLog(6 * DAY)],
  );
  return clusterScenario('kong-data-plane-disconnected', part, {
    objects: eventsOf(broken!),
    logs: [...logs, [`kong/${broken!.metadata.name}/proxy`, brokenLog(broken!.metadata.name)]],
  });
}

function eventsOf(pod: ApiObject): ApiObject[] {
  const kubelet = { component: 'kubelet', host: 'worker-2' };
  const proxy = { source: kubelet, fieldPath: 'spec.containers{proxy}' };
  return [
    eventAbout(pod, {
      reason: 'Scheduled',
      message: `Successfully assigned kong/${pod.metadata.name} to worker-2`,
      age: ROLLOUT,
      source: { component: 'default-scheduler' },
    }),
    eventAbout(pod, {
      ...proxy,
      reason: 'Pulled',
      message: 'Container image "kong:3.6.1" already present on machine',
      age: ROLLOUT - 2,
    }),
    eventAbout(pod, { ...proxy, reason: 'Started', message: 'Started container proxy', age: ROLLOUT - 4 }),
    eventAbout(pod, {
      ...proxy,
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      age: 6,
      first: ROLLOUT - 14,
      count: 288,
    }),
  ];
}

/** Seconds between two attempts Kong makes: 5 to 10. */
const RETRIES = [7, 9, 5, 8, 6, 10];
/** Attempts shown: the first and the last minutes of 49. */
const ATTEMPTS = 12;

function brokenLog(pod: string): string {
  const lines: (readonly [number, string])[] = [
    [ROLLOUT - 5, `${nginxTime(ROLLOUT - 5)} [notice] 1#0: using the "epoll" event method`],
    [ROLLOUT - 5, `${nginxTime(ROLLOUT - 5)} [notice] 1#0: start worker processes`],
  ];
  for (const from of [ROLLOUT - 8, ATTEMPTS * 8]) {
    let age = from;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const retry = RETRIES[attempt % RETRIES.length]!;
      lines.push([age, brokenLine(pod, age, retry)]);
      if (attempt % 3 === 1) lines.push([age - 2, notReadyLine(age - 2)]);
      age -= retry;
    }
  }
  return logOf(lines.filter(([age]) => age > 0));
}

/** Level and form of Kong 3.6 (facts: kong.md §2.1). */
function brokenLine(pod: string, age: number, retry: number): string {
  const query = `node_id=${NODE_ID}&node_hostname=${pod}&node_version=3.6.1`;
  const tried = `["(short)${WRONG_HOST}:(na) - cache-miss","${WRONG_HOST}:1 - cache-miss/querying/dns server error: 3 name error"]`;
  return (
    `${nginxTime(age)} [error] 1258#0: *${4100 - age} [lua] data_plane.lua:129: communicate(): [clustering] connection to ` +
    `control plane wss://${WRONG_HOST}:8005/v1/outlet?${query} broken: failed to connect: [cosocket] DNS resolution failed: ` +
    `dns server error: 3 name error. Tried: ${tried} (retrying after ${retry} seconds) [${WRONG_HOST}:8005], context: ngx.timer`
  );
}

function notReadyLine(age: number): string {
  return (
    `${nginxTime(age)} [notice] 1259#0: *${4101 - age} [lua] ready.lua:111: not ready for proxying: no configuration available ` +
    '(empty configuration present), client: 10.244.2.1, server: kong_status, request: "GET /status/ready HTTP/1.1", host: "10.244.2.52:8100"'
  );
}
