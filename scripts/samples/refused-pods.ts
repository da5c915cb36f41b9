import { servedDeployment } from './base-cluster.ts';
import { from } from './pod-events.ts';
import type { ApiObject } from './scenario.ts';
import type { Workload } from './workloads.ts';

/** Seconds of the back-off between two attempts once a ReplicaSet was refused for long: at most 1000. */
const LAST_ATTEMPT = 420;

/** A Deployment and its Service whose pods the API server refuses, as its ReplicaSet says and reports. */
export function refusedDeployment(workload: Workload, message: string, since: number): ApiObject[] {
  const objects = servedDeployment({ ...workload, refused: { message, since } });
  const replicaSet = objects.find(({ kind }) => kind === 'ReplicaSet')!;
  const deployment = objects.find(({ kind }) => kind === 'Deployment')!;
  return [
    ...objects,
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
      message: `Scaled up replica set ${replicaSet.metadata.name} from ${workload.replicas.length} to ${workload.wanted}`,
      age: since,
    }),
  ];
}
