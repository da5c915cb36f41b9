import { autoscalingFailed } from '../../../analyzers/workload/autoscaling-failed.ts';
import { horizontalPodAutoscalers } from '../../../src/artifacts/policy-resources.ts';
import { deployments } from '../../../src/artifacts/workload-resources.ts';
import { autoscaler } from '../../support/autoscaler-builders.ts';
import { ago, anyObject, type Built, condition, deployment } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const SUBJECT = 'HorizontalPodAutoscaler/shop/web';

/** An autoscaler one of whose conditions is False, for an hour unless said otherwise. */
function failing(type: string, reason: string, message: string, seconds = 3600): Built {
  return autoscaler('web', {
    status: { conditions: [condition(type, 'False', { reason, message, lastTransitionTime: ago(seconds) })] },
  });
}

function utilization(percent: number): object {
  return {
    type: 'Resource',
    resource: { name: 'cpu', current: { averageUtilization: percent, averageValue: '900m' } },
  };
}

function atMaximum(percent: number, seconds: number, spec: Record<string, unknown> = {}): Built {
  return autoscaler('web', {
    spec,
    status: {
      currentReplicas: 5,
      currentMetrics: [utilization(percent)],
      conditions: [
        condition('ScalingLimited', 'True', { reason: 'TooManyReplicas', lastTransitionTime: ago(seconds) }),
      ],
    },
  });
}

function scaledObject(status: 'True' | 'False', seconds = 3600): Built {
  return anyObject('keda.sh/v1alpha1', 'ScaledObject', 'queue', 'shop', {
    spec: { scaleTargetRef: { name: 'worker' }, triggers: [{ type: 'kafka' }] },
    status: {
      conditions: [
        condition('Ready', status, {
          reason: 'ScalerFailed',
          message: 'Failed to ensure HPA is correctly created for ScaledObject',
          lastTransitionTime: ago(seconds),
        }),
      ],
    },
  });
}

const NOT_SERVED =
  'the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';
const noTarget = failing(
  'AbleToScale',
  'FailedGetScale',
  'the HPA controller was unable to get the target\'s current scale: deployments.apps "web" not found',
);

testAnalyzer(autoscalingFailed, {
  silent: [
    {
      name: 'one that works and is at its minimum',
      given: { objects: [autoscaler('web'), deployment('web')] },
    },
    {
      name: 'turned off because its target has no replicas',
      given: {
        objects: [
          failing(
            'ScalingActive',
            'ScalingDisabled',
            'scaling is disabled since the replica count of the target is zero',
          ),
        ],
      },
    },
    {
      name: 'no metrics for a minute after a rollout',
      given: { objects: [failing('ScalingActive', 'FailedGetResourceMetric', NOT_SERVED, 60)] },
    },
    { name: 'at its maximum for five minutes', given: { objects: [atMaximum(120, 300)] } },
    { name: 'at its maximum, the metric is below the target', given: { objects: [atMaximum(60, 3600)] } },
    { name: 'minimum and maximum are equal', given: { objects: [atMaximum(120, 3600, { minReplicas: 5 })] } },
    {
      name: 'created a minute ago, no status yet',
      given: {
        objects: [
          autoscaler('web', {
            metadata: { creationTimestamp: ago(60) },
            status: { conditions: [], currentReplicas: undefined },
          }),
        ],
      },
    },
    {
      name: 'a ScaledObject that is ready, and one that began to fail',
      given: {
        objects: [
          scaledObject('True'),
          { ...scaledObject('False', 30), metadata: { name: 'new', namespace: 'shop' } },
        ],
      },
    },
  ],
  reports: [
    {
      name: 'metrics-server is not installed',
      given: { objects: [failing('ScalingActive', 'FailedGetResourceMetric', NOT_SERVED)] },
      expect: [
        {
          message: 'metricsApiUnavailable',
          subject: SUBJECT,
          since: ago(3600),
          values: { api: 'metrics.k8s.io', state: 'is not installed' },
        },
      ],
    },
    {
      name: 'an adapter is registered but does not answer',
      given: {
        objects: [
          failing(
            'ScalingActive',
            'FailedGetPodsMetric',
            'unable to fetch metrics from custom metrics API: the server is currently unable to handle the request (get pods.custom.metrics.k8s.io)',
          ),
          anyObject('apiregistration.k8s.io/v1', 'APIService', 'v1beta2.custom.metrics.k8s.io', null, {
            spec: { group: 'custom.metrics.k8s.io', version: 'v1beta2' },
          }),
        ],
      },
      expect: [
        {
          message: 'metricsApiUnavailable',
          subject: SUBJECT,
          values: { api: 'custom.metrics.k8s.io', state: 'does not answer' },
        },
      ],
    },
    {
      name: 'a sidecar without a request',
      given: {
        objects: [
          failing(
            'ScalingActive',
            'FailedGetResourceMetric',
            'failed to get cpu utilization: missing request for cpu in container proxy of Pod web-1',
          ),
        ],
      },
      expect: [
        { message: 'requestMissing', subject: SUBJECT, values: { resource: 'cpu', container: 'proxy' } },
      ],
    },
    {
      name: 'the metrics API has no value',
      given: {
        objects: [
          failing(
            'ScalingActive',
            'FailedGetExternalMetric',
            'unable to get external metric shop/queue_length: no metrics returned from external metrics API',
          ),
        ],
      },
      expect: [{ message: 'metricsMissing', subject: SUBJECT }],
    },
    {
      name: 'pods of two autoscalers',
      given: {
        objects: [
          failing(
            'ScalingActive',
            'AmbiguousSelector',
            'pods by selector app=web are controlled by multiple HPAs',
          ),
        ],
      },
      expect: [{ message: 'selectorUnfit', subject: SUBJECT }],
    },
    {
      name: 'the target does not exist',
      given: { objects: [noTarget] },
      expect: [{ message: 'targetMissing', subject: SUBJECT }],
    },
    {
      name: 'targets were not seen: the words of the condition stand',
      given: { objects: [noTarget], forbidden: [deployments] },
      expect: [{ message: 'notScalable', subject: SUBJECT }],
    },
    {
      name: 'at its maximum for an hour and still above the target',
      given: { objects: [atMaximum(120, 3600)] },
      expect: [{ message: 'atMaximum', subject: SUBJECT, values: { maximum: 5, age: 3600 } }],
    },
    {
      name: 'no controller looks at it',
      given: { objects: [autoscaler('web', { status: { conditions: [], currentReplicas: undefined } })] },
      expect: [{ message: 'notReconciled', subject: SUBJECT, values: { age: 86_400 } }],
    },
    {
      name: 'a ScaledObject KEDA cannot serve',
      given: { objects: [scaledObject('False')] },
      expect: [{ message: 'scaledObjectNotReady', subject: 'ScaledObject/shop/queue' }],
    },
  ],
  unknown: [
    {
      name: 'autoscalers were not seen',
      given: { forbidden: [horizontalPodAutoscalers] },
      reason: /HorizontalPodAutoscaler/,
    },
  ],
});
