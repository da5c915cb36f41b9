import { objectOf, type Parts } from './object.ts';
import type { ApiObject } from './scenario.ts';
import { podOf, podSpec, type Workload } from './workloads.ts';

/** A StatefulSet: its replicas are named by their ordinals, and it may make claims. */
export interface StatefulWorkload extends Workload {
  readonly claims?: readonly { readonly name: string; readonly storage: string }[];
}

/** A StatefulSet with its pods; its claims are for the scenario to add. */
export function statefulSet(workload: StatefulWorkload): ApiObject[] {
  const { namespace, name, hash, age, labels, replicas, claims = [], wanted = replicas.length } = workload;
  const revision = `${name}-${hash}`;
  const ready = replicas.filter(({ node, ready: isReady = node !== undefined }) => isReady).length;
  const owner = objectOf(
    { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace, name, age, labels },
    {
      spec: {
        replicas: wanted,
        serviceName: name,
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(workload) },
        ...(claims.length > 0 ? { volumeClaimTemplates: claims.map(claimTemplate) } : {}),
      },
      status: {
        observedGeneration: 1,
        replicas: replicas.length,
        currentReplicas: replicas.length,
        updatedReplicas: replicas.length,
        availableReplicas: ready,
        ...(ready > 0 ? { readyReplicas: ready } : {}),
        currentRevision: revision,
        updateRevision: revision,
        collisionCount: 0,
      },
    },
  );
  const labelled = { ...labels, 'controller-revision-hash': revision };
  return [owner, ...replicas.map((one) => podOf({ ...workload, labels: labelled }, one, owner, name))];
}

function claimTemplate({ name, storage }: { name: string; storage: string }): Parts {
  return {
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  };
}
