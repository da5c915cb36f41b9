import { ago, anyObject, type Built, condition } from './builders.ts';

type Parts = Record<string, unknown>;

const CPU = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};

/** A HorizontalPodAutoscaler of the Deployment `web` by CPU, one to five replicas, that works. */
export function autoscaler(
  name: string,
  parts: { spec?: Parts; status?: Parts; metadata?: Parts } = {},
): Built {
  return anyObject('autoscaling/v2', 'HorizontalPodAutoscaler', name, 'shop', {
    ...(parts.metadata ? { metadata: parts.metadata } : {}),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 5,
      metrics: [CPU],
      ...parts.spec,
    },
    status: {
      currentReplicas: 2,
      desiredReplicas: 2,
      conditions: [
        condition('AbleToScale', 'True', { reason: 'ReadyForNewScale' }),
        condition('ScalingActive', 'True', { reason: 'ValidMetricFound' }),
        condition('ScalingLimited', 'True', { reason: 'TooFewReplicas', lastTransitionTime: ago(9000) }),
      ],
      ...parts.status,
    },
  });
}
