import { type ItemOf, resources } from '../model/artifact.ts';
import { CONDITIONS } from './resources.ts';

/** ScaledObject of keda.sh/v1alpha1, which client-node has no types of; fields as in the KEDA reference. */
interface ScaledObject {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly scaleTargetRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name: string };
    readonly minReplicaCount?: number;
    readonly maxReplicaCount?: number;
    readonly idleReplicaCount?: number;
    readonly triggers?: readonly { readonly type: string; readonly name?: string }[];
  };
  readonly status?: {
    readonly hpaName?: string;
    readonly originalReplicaCount?: number;
    readonly pausedReplicaCount?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
  };
}

/** ScaledObjects of KEDA: what scales which workload by which events. */
export const scaledObjects = resources<ScaledObject>()('keda.sh', 'ScaledObject', {
  metadata: {
    annotations: { 'autoscaling.keda.sh/paused': true, 'autoscaling.keda.sh/paused-replicas': true },
  },
  spec: {
    scaleTargetRef: { apiVersion: true, kind: true, name: true },
    minReplicaCount: true,
    maxReplicaCount: true,
    idleReplicaCount: true,
    triggers: { type: true, name: true },
  },
  status: { hpaName: true, pausedReplicaCount: true, conditions: CONDITIONS },
});
export type ScaledObjectItem = ItemOf<typeof scaledObjects>;
