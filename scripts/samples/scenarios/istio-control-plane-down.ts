import { faultScenario, placeOf, WEB } from '../base-cluster.ts';
import { meshShop } from '../mesh-shop.ts';
import { ago, DAY, MINUTE } from '../object.ts';
import { from, unschedulable } from '../pod-events.ts';
import { refusedDeployment } from '../refused-pods.ts';
import type { ApiObject, Scenario } from '../scenario.ts';

/** istiod was rolled out anew so long before the collection. */
const CHANGED = 47 * MINUTE;
/** The web front was scaled from two to three so long before it. */
const SCALED = 31 * MINUTE;
const MESSAGE =
  '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient memory. no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.';
const REFUSED =
  'Internal error occurred: failed calling webhook "namespace.sidecar-injector.istio.io": failed to call webhook: Post "https://istiod.istio-system.svc:443/inject?timeout=10s": no endpoints available for service "istiod"';

/**
 * istiod asks for 24 GiB since its last change, which no node has: its only pod finds no node. The proxies go on
 * with what they have, and no new pod is made in the namespaces of the mesh.
 */
export async function istioControlPlaneDown(): Promise<Scenario> {
  const scene = await meshShop({
    plane: {
      memory: '24Gi',
      istiod: {
        hash: '7c9d5b6f84',
        unavailable: CHANGED,
        replicas: [{ suffix: 'q8k2w', age: CHANGED, status: unschedulable(MESSAGE, ago(CHANGED)) }],
      },
    },
  });
  const objects = scene.objects ?? [];
  const pending = objects.find(
    ({ kind, metadata }) => kind === 'Pod' && metadata.name.startsWith('istiod-'),
  )!;
  return faultScenario('istio-control-plane-down', {
    ...scene,
    objects: [
      ...objects,
      from('default-scheduler', pending, {
        reason: 'FailedScheduling',
        message: MESSAGE,
        age: 2 * MINUTE,
        first: CHANGED,
        count: 10,
      }),
      ...refusedWeb(objects),
    ],
  });
}

/** The Deployment, ReplicaSet and events of the web front; its two pods run on. */
function refusedWeb(objects: readonly ApiObject[]): ApiObject[] {
  const kept = new Set(objects.filter(({ kind }) => kind === 'Pod').map(placeOf));
  const workload = { ...WEB, age: 9 * DAY, wanted: 3, unavailable: SCALED } as const;
  return refusedDeployment(workload, REFUSED, SCALED).filter((one) => !kept.has(placeOf(one)));
}
