import { API, faultScenario, serviceOf } from '../base-cluster.ts';
import type { Scenario } from '../scenario.ts';
import { unreachedApi } from '../unreached-api.ts';
import { deployment, podsIn } from '../workloads.ts';

/** The Service of the API leads to port 9001 of its pods, and they listen on 9000. */
export async function targetPortNotServed(): Promise<Scenario> {
  const container = { ...API.container, ports: [{ name: 'http', containerPort: 9001 }] };
  return faultScenario('target-port-not-served', {
    objects: serviceOf({ ...API, container }, podsIn(deployment(API))),
    logs: unreachedApi(),
  });
}
