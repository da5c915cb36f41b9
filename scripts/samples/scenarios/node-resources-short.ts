import { faultScenario, SHOP } from '../base-cluster.ts';
import { ago, DAY, MINUTE } from '../object.ts';
import { from, unschedulable } from '../pod-events.ts';
import type { Scenario } from '../scenario.ts';
import { deployment, podsIn, type Workload } from '../workloads.ts';

/** The search was scaled from two to three so long before the collection. */
const SCALED = 32 * MINUTE;
const MESSAGE =
  '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient memory. no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.';

const SEARCH: Workload = {
  namespace: SHOP,
  name: 'search',
  hash: '6b9f5d7c4f',
  age: 20 * DAY,
  labels: { app: 'search' },
  container: {
    name: 'search',
    image: 'registry.example/shop/search:9.2.1',
    resources: { requests: { cpu: '500m', memory: '10Gi' }, limits: { memory: '10Gi' } },
  },
  unavailable: SCALED,
  replicas: [
    { suffix: 'c8xwd', node: 'worker-1', ip: '10.244.1.30' },
    { suffix: 'm2rtz', node: 'worker-2', ip: '10.244.2.30' },
    { suffix: 'zv5qn', age: SCALED, status: unschedulable(MESSAGE, ago(SCALED)) },
  ],
};

/** A third pod of the search asks for 10 GiB, and neither worker has so much left. */
export async function nodeResourcesShort(): Promise<Scenario> {
  const objects = deployment(SEARCH);
  const pending = podsIn(objects).at(-1)!;
  return faultScenario('node-resources-short', {
    objects: [
      ...objects,
      from('default-scheduler', pending, {
        reason: 'FailedScheduling',
        message: MESSAGE,
        age: 2 * MINUTE,
        first: SCALED,
        count: 7,
      }),
    ],
  });
}
