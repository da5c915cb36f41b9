import { API, faultScenario, SHOP, servedDeployment } from '../base-cluster.ts';
import { crashLoop } from '../container-states.ts';
import { logOf, MINUTE } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { Scenario } from '../scenario.ts';
import { podsIn } from '../workloads.ts';

/** A release was deployed so long before the collection. */
const DEPLOYED = 31 * MINUTE;
const POD = 'api-7f4b9d86c5-kx2wn';
/** What runc writes in the container's own log when the kernel cannot run the command. */
const LINE = 'exec /usr/local/bin/api: exec format error';

/** The image of the API was built for arm64 only, and the nodes are amd64. */
export async function execFormatError(): Promise<Scenario> {
  const ended = { exitCode: 255, reason: 'Error', restarts: 10, began: 121, ended: 121 } as const;
  const objects = servedDeployment({
    ...API,
    hash: '7f4b9d86c5',
    age: DEPLOYED,
    rollout: 'stuck',
    container: { ...API.container, image: 'registry.example/shop/api:2.9.0' },
    replicas: [
      {
        suffix: 'kx2wn',
        node: 'worker-2',
        ip: '10.244.2.61',
        ready: false,
        changed: DEPLOYED,
        container: crashLoop({ namespace: SHOP, pod: POD, container: 'api', ...ended }),
      },
    ],
  });
  const [pod] = podsIn(objects);
  return faultScenario('exec-format-error', {
    gone: ['Pod/shop/api-5c9f7db84b-t6rqb', 'ReplicaSet/shop/api-5c9f7db84b'],
    objects: [
      ...objects,
      fromKubelet(pod!, {
        reason: 'BackOff',
        message: `Back-off restarting failed container api in pod ${POD}_${SHOP}(${pod!.metadata.uid})`,
        age: 9,
        first: DEPLOYED - 10,
        count: 142,
        container: 'api',
      }),
    ],
    logs: [
      [`${SHOP}/${POD}/api`, logOf([[121, LINE]])],
      [`${SHOP}/${POD}/api/previous`, logOf([[121, LINE]])],
    ],
  });
}
