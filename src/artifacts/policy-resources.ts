import type {
  V1LimitRange,
  V1NetworkPolicy,
  V1PodDisruptionBudget,
  V1PriorityClass,
  V1ResourceQuota,
  V1RuntimeClass,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { type ItemOf, resources } from '../model/artifact.ts';
import { CONDITIONS, WRITERS } from './resources.ts';

// Kinds that limit, scale or guard other objects.

export const resourceQuotas = resources<V1ResourceQuota>()('', 'ResourceQuota', {
  spec: { hard: true, scopes: true, scopeSelector: true },
  status: { hard: true, used: true },
});
export type ResourceQuotaItem = ItemOf<typeof resourceQuotas>;

export const limitRanges = resources<V1LimitRange>()('', 'LimitRange', { spec: { limits: true } });
export type LimitRangeItem = ItemOf<typeof limitRanges>;

export const podDisruptionBudgets = resources<V1PodDisruptionBudget>()('policy', 'PodDisruptionBudget', {
  metadata: { managedFields: WRITERS },
  spec: { minAvailable: true, maxUnavailable: true, selector: true, unhealthyPodEvictionPolicy: true },
  status: {
    currentHealthy: true,
    desiredHealthy: true,
    disruptionsAllowed: true,
    expectedPods: true,
    observedGeneration: true,
    conditions: CONDITIONS,
  },
});
export type PodDisruptionBudgetItem = ItemOf<typeof podDisruptionBudgets>;

export const priorityClasses = resources<V1PriorityClass>()(
  'scheduling.k8s.io',
  'PriorityClass',
  { value: true, globalDefault: true, preemptionPolicy: true },
  { namespaced: false },
);
export type PriorityClassItem = ItemOf<typeof priorityClasses>;

export const runtimeClasses = resources<V1RuntimeClass>()(
  'node.k8s.io',
  'RuntimeClass',
  { handler: true, overhead: true, scheduling: true },
  { namespaced: false },
);
export type RuntimeClassItem = ItemOf<typeof runtimeClasses>;

/** Horizontal pod autoscalers as autoscaling/v2 serves them; v2beta2 has the same fields. */
export const horizontalPodAutoscalers = resources<V2HorizontalPodAutoscaler>()(
  'autoscaling',
  'HorizontalPodAutoscaler',
  {
    metadata: { labels: true, managedFields: WRITERS },
    spec: { minReplicas: true, maxReplicas: true, scaleTargetRef: true, metrics: true },
    status: {
      currentReplicas: true,
      desiredReplicas: true,
      lastScaleTime: true,
      currentMetrics: true,
      conditions: CONDITIONS,
    },
  },
);
export type HorizontalPodAutoscalerItem = ItemOf<typeof horizontalPodAutoscalers>;

export const networkPolicies = resources<V1NetworkPolicy>()('networking.k8s.io', 'NetworkPolicy', {
  spec: true,
});
export type NetworkPolicyItem = ItemOf<typeof networkPolicies>;
