import { type ItemOf, resources } from '../model/artifact.ts';

/** VerticalPodAutoscaler of autoscaling.k8s.io/v1, which client-node has no types of. */
interface VerticalPodAutoscaler {
  readonly spec?: {
    readonly targetRef?: { readonly apiVersion?: string; readonly kind: string; readonly name: string };
    readonly updatePolicy?: { readonly updateMode?: string };
    readonly resourcePolicy?: {
      readonly containerPolicies?: readonly {
        readonly containerName?: string;
        readonly mode?: string;
        readonly controlledResources?: readonly string[];
      }[];
    };
  };
}

/** Vertical pod autoscalers: which workload's requests they change. */
export const verticalPodAutoscalers = resources<VerticalPodAutoscaler>()(
  'autoscaling.k8s.io',
  'VerticalPodAutoscaler',
  { spec: { targetRef: true, updatePolicy: { updateMode: true }, resourcePolicy: true } },
);
export type VerticalPodAutoscalerItem = ItemOf<typeof verticalPodAutoscalers>;
