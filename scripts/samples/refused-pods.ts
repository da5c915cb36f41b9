import { servedDeployment } from './base-cluster.ts';
import { from } from './pod-events.ts';
import type { ApiObject } from './scenario.ts';
import type { Workload } from './workloads.ts';

/** Seconds of the back-off between two attempts once a ReplicaSet was refused for long: at most 1000. */
const LAST_ATTEMPT = 420;

/** A Deployment and its Service whose pods the API server refuses, as its ReplicaSet says and reports. */
export function refusedDeployment(workload: Workload, message: string, since: number): ApiObject[] {
  const objects = servedDeployment({ ...workload, refused: { message, since } });
  return [...objects, ...refusals(objects, message, since)];
}

/** What the controllers report of a Deployment that was scaled up and whose new pods are refused. */
export function refusals(objects: readonly ApiObject[], message: string, since: number): ApiObject[] {
  const replicaSet = objects.find(({ kind }) => kind === 'ReplicaSet')!;
  const deployment = objects.find(({ kind }) => kind === 'Deployment')!;
  const { replicas: wanted } = deployment.spec as { readonly replicas: number };
  const { replicas: present } = deployment.status as { readonly replicas: number };
  return [
    from('replicaset-controller', replicaSet, {
      reason: 'FailedCreate',
      message: `Error creating: ${message}`,
      age: LAST_ATTEMPT,
      first: since,
      count: 16,
    }),
    from('deployment-controller', deployment, {
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message: `Scaled up replica set ${replicaSet.metadata.name} from ${present} to ${wanted}`,
      age: since,
    }),
  ];
}
