import { API, faultScenario, SHOP, servedDeployment } from '../base-cluster.ts';
import { crashLoop } from '../container-states.ts';
import { ago, HOUR, logOf, type Parts } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { Scenario } from '../scenario.ts';
import { notReady, podsIn, type Workload } from '../workloads.ts';

/** A release with an exporter beside the API was deployed so long before the collection. */
const SINCE = HOUR;
const POD = 'api-5d8c7f6b94-r2hqj';
const ENDED = 140;
const EXPORTER = {
  name: 'exporter',
  image: 'registry.example/shop/exporter:0.7.0',
  imagePullPolicy: 'IfNotPresent',
  args: ['--listen=:9000'],
  ports: [{ name: 'metrics', containerPort: 9000 }],
};

/** An exporter beside the API wants the port the API already listens on. */
export async function portConflict(): Promise<Scenario> {
  const objects = servedDeployment(withExporter());
  const [pod] = podsIn(objects);
  const line = 'listen tcp :9000: bind: address already in use';
  const log = logOf([
    [ENDED, 'level=info msg="Starting exporter" version=0.7.0'],
    [ENDED, `level=error msg="cannot listen" err="${line}"`],
  ]);
  return faultScenario('port-conflict', {
    gone: ['Pod/shop/api-5c9f7db84b-t6rqb', 'ReplicaSet/shop/api-5c9f7db84b'],
    objects: [
      ...objects,
      fromKubelet(pod!, {
        reason: 'BackOff',
        message: `Back-off restarting failed container exporter in pod ${POD}_${SHOP}(${pod!.metadata.uid})`,
        age: 7,
        first: SINCE - 10,
        count: 256,
        container: 'exporter',
      }),
    ],
    logs: [
      [`${SHOP}/${POD}/api`, logOf([[SINCE - 4, '{"level":"info","msg":"listening","port":9000}']])],
      [`${SHOP}/${POD}/exporter`, log],
      [`${SHOP}/${POD}/exporter/previous`, log],
    ],
  });
}

function withExporter(): Workload {
  const exporter = {
    name: EXPORTER.name,
    image: EXPORTER.image,
    imageID: '',
    ...crashLoop({
      namespace: SHOP,
      pod: POD,
      container: EXPORTER.name,
      exitCode: 1,
      reason: 'Error',
      restarts: 15,
      began: ENDED,
      ended: ENDED,
    }),
  };
  const api: Parts = {
    name: 'api',
    image: API.container.image,
    imageID: '',
    state: { running: { startedAt: ago(SINCE - 4) } },
    lastState: {},
    ready: true,
    started: true,
    restartCount: 0,
  };
  const unready = { status: 'False', lastTransitionTime: ago(ENDED), ...notReady(EXPORTER.name) };
  return {
    ...API,
    hash: '5d8c7f6b94',
    age: SINCE,
    rollout: 'stuck',
    spec: { containers: [{ imagePullPolicy: 'IfNotPresent', ...API.container }, EXPORTER] },
    replicas: [
      {
        suffix: 'r2hqj',
        node: 'worker-2',
        ip: '10.244.2.63',
        ready: false,
        status: {
          conditions: [
            { type: 'PodScheduled', status: 'True', lastTransitionTime: ago(SINCE) },
            { type: 'Initialized', status: 'True', lastTransitionTime: ago(SINCE) },
            { type: 'ContainersReady', ...unready },
            { type: 'Ready', ...unready },
          ],
          containerStatuses: [api, exporter],
        },
      },
    ],
  };
}
