import { faultScenario, SHOP, servedDeployment, WEB } from '../base-cluster.ts';
import { logOf, MINUTE } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { Scenario } from '../scenario.ts';
import { podsIn } from '../workloads.ts';

/** A change of the readiness probe was deployed so long before the collection. */
const DEPLOYED = 44 * MINUTE;

/** The readiness probe of the web front asks port 8081, and nginx listens on 8080. */
export async function readinessWrongPort(): Promise<Scenario> {
  const objects = servedDeployment({
    ...WEB,
    age: DEPLOYED,
    rollout: 'stuck',
    container: {
      ...WEB.container,
      readinessProbe: { httpGet: { path: '/ready', port: 8081 }, periodSeconds: 5 },
    },
    replicas: WEB.replicas.map((replica) => ({ ...replica, ready: false, changed: DEPLOYED })),
  });
  const pods = podsIn(objects);
  return faultScenario('readiness-wrong-port', {
    objects: [
      ...objects,
      ...pods.map((pod) => {
        const { podIP } = pod.status as { podIP: string };
        return fromKubelet(pod, {
          reason: 'Unhealthy',
          message: `Readiness probe failed: Get "http://${podIP}:8081/ready": dial tcp ${podIP}:8081: connect: connection refused`,
          age: 3,
          first: DEPLOYED - 6,
          count: 527,
          container: 'nginx',
        });
      }),
    ],
    logs: pods.map(({ metadata }) => [`${SHOP}/${metadata.name}/nginx`, started()]),
  });
}

function started(): string {
  return logOf([
    [DEPLOYED - 4, '2026/03/03 08:46:04 [notice] 1#1: using the "epoll" event method'],
    [DEPLOYED - 4, '2026/03/03 08:46:04 [notice] 1#1: nginx/1.29.4'],
    [DEPLOYED - 4, '2026/03/03 08:46:04 [notice] 1#1: start worker processes'],
  ]);
}
