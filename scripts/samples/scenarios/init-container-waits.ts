import { API, faultScenario, SHOP, servedDeployment } from '../base-cluster.ts';
import { ago, condition, logOf, MINUTE, type Parts } from '../object.ts';
import { boundVolume, ORDERS_DB, ordersDatabase } from '../orders-database.ts';
import { fromKubelet } from '../pod-events.ts';
import type { Scenario } from '../scenario.ts';
import { podsIn, type Workload } from '../workloads.ts';

/** Node worker-1 lost power; database and API started again so long before the collection. */
const STARTED = 26 * MINUTE;

/** A database that has recovered for long is not ready, and the API's init container waits for it. */
export async function initContainerWaits(): Promise<Scenario> {
  const database = ordersDatabase({
    ...ORDERS_DB,
    replicas: [
      {
        suffix: '0',
        node: 'worker-1',
        ip: '10.244.1.50',
        age: STARTED,
        ready: false,
        changed: STARTED,
      },
    ],
  });
  const api = servedDeployment(waitingApi());
  const [databasePod] = podsIn(database);
  return faultScenario('init-container-waits', {
    gone: ['Pod/shop/api-5c9f7db84b-t6rqb'],
    objects: [
      ...database,
      ...boundVolume(ORDERS_DB),
      ...api,
      fromKubelet(databasePod!, {
        reason: 'Unhealthy',
        message: 'Readiness probe failed: /var/run/postgresql:5432 - rejecting connections\n',
        age: 4,
        first: STARTED - 10,
        count: 155,
        container: 'postgres',
      }),
    ],
    logs: [
      [`${SHOP}/orders-db-0/postgres`, recovering()],
      [`${SHOP}/api-5c9f7db84b-w8fzc/wait-for-database`, waitingLog()],
    ],
  });
}

function waitingApi(): Workload {
  const init = {
    name: 'wait-for-database',
    image: 'docker.io/library/postgres:17.2',
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', 'until pg_isready -h orders-db -p 5432; do sleep 2; done'],
  };
  const incomplete = 'containers with incomplete status: [wait-for-database]';
  const status: Parts = {
    conditions: [
      condition('PodScheduled', 'True', STARTED),
      condition('Initialized', 'False', STARTED, { reason: 'ContainersNotInitialized', message: incomplete }),
      condition('ContainersReady', 'False', STARTED, NOT_READY),
      condition('Ready', 'False', STARTED, NOT_READY),
    ],
    initContainerStatuses: [
      {
        name: init.name,
        state: { running: { startedAt: ago(STARTED - 5) } },
        lastState: {},
        ready: false,
        started: true,
        restartCount: 0,
        image: init.image,
        imageID: '',
      },
    ],
  };
  return {
    ...API,
    unavailable: STARTED,
    spec: { initContainers: [init] },
    replicas: [
      {
        suffix: 'w8fzc',
        node: 'worker-1',
        ip: '10.244.1.51',
        age: STARTED,
        phase: 'Pending',
        ready: false,
        container: { state: { waiting: { reason: 'PodInitializing' } }, started: false },
        status,
      },
    ],
  };
}

const NOT_READY = {
  reason: 'ContainersNotReady',
  message: 'containers with unready status: [api]',
} as const;

/** PostgreSQL 17 after a crash with many write-ahead logs to replay. */
function recovering(): string {
  const lines: (readonly [number, string])[] = [
    [STARTED - 3, '2026-03-03 09:04:03.112 UTC [1] LOG:  starting PostgreSQL 17.2 on x86_64-pc-linux-gnu'],
    [
      STARTED - 4,
      '2026-03-03 09:04:04.020 UTC [29] LOG:  database system was interrupted; last known up at 2026-03-03 08:58:11 UTC',
    ],
    [STARTED - 6, '2026-03-03 09:04:06.731 UTC [29] LOG:  redo starts at 4A/9C0288E0'],
    [
      40,
      '2026-03-03 09:29:20.004 UTC [29] LOG:  redo in progress, elapsed time: 1510.00 s, current LSN: 4E/1F00A2C8',
    ],
    [4, '2026-03-03 09:29:56.113 UTC [1204] FATAL:  the database system is starting up'],
    [2, '2026-03-03 09:29:58.410 UTC [1206] FATAL:  the database system is starting up'],
  ];
  return logOf(lines);
}

function waitingLog(): string {
  return logOf([
    [STARTED - 6, 'orders-db:5432 - no response'],
    [4, 'orders-db:5432 - rejecting connections'],
    [2, 'orders-db:5432 - rejecting connections'],
  ]);
}
