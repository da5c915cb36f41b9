import { API, faultScenario, servedDeployment } from '../base-cluster.ts';
import { node } from '../nodes.ts';
import { ago, MINUTE } from '../object.ts';
import { from, unschedulable } from '../pod-events.ts';
import type { Scenario } from '../scenario.ts';
import { podsIn, type Workload } from '../workloads.ts';

/** The API was deployed anew so long before the collection; the workers were tainted before. */
const DEPLOYED = 50 * MINUTE;
const MESSAGE =
  '0/3 nodes are available: 3 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';
const TAINT = { key: 'maintenance', value: 'storage-firmware', effect: 'NoSchedule' };

/** Both workers kept the taint of a maintenance: what runs there stays, nothing new is placed. */
export async function taintNotTolerated(): Promise<Scenario> {
  const api: Workload = {
    ...API,
    age: DEPLOYED,
    rollout: 'stuck',
    replicas: [{ suffix: 'bq7lh', age: DEPLOYED, status: unschedulable(MESSAGE, ago(DEPLOYED)) }],
  };
  const objects = servedDeployment(api);
  const [pending] = podsIn(objects);
  return faultScenario('taint-not-tolerated', {
    gone: ['Pod/shop/api-5c9f7db84b-t6rqb'],
    objects: [
      node('worker-1', { taints: [TAINT] }),
      node('worker-2', { taints: [TAINT] }),
      ...objects,
      from('default-scheduler', pending!, {
        reason: 'FailedScheduling',
        message: MESSAGE,
        age: 4 * MINUTE,
        first: DEPLOYED,
        count: 10,
      }),
    ],
  });
}
