const CERTAIN = { level: 'certain', reason: 'the conditions of the autoscaler say so' } as const;
const FAILING = { severity: 'warning', confidence: CERTAIN, effect: 'autoscaling-failing' } as const;
const SHOW = {
  text: 'See its conditions and events.',
  argv: ['kubectl', 'describe', 'hpa', '{autoscaler.name}', '-n', '{autoscaler.namespace}'],
} as const;

/** What is said of autoscalers that do not work. */
export const AUTOSCALING_MESSAGES = {
  metricsApiUnavailable: {
    ...FAILING,
    text: '{autoscaler:object} gets no metrics: the API `{api:text}` {state:text} ({detail:text}).',
    remedy: [
      {
        text: 'Install or mend what serves the API: metrics-server for `metrics.k8s.io`, an adapter for the others.',
      },
      {
        text: 'See who serves it.',
        argv: ['kubectl', 'get', 'apiservice', 'v1beta1.{api}', '-o', 'yaml'],
      },
    ],
    groupBy: ['api'],
    key: ['api'],
  },
  requestMissing: {
    ...FAILING,
    text: '{autoscaler:object} cannot compute a utilization: container `{container:text}` of {target:object} requests no {resource:text}.',
    remedy: [
      {
        text: 'Set the request in the pod template, of sidecars as well, or use an `AverageValue` target.',
      },
      SHOW,
    ],
  },
  metricsMissing: {
    ...FAILING,
    text: '{autoscaler:object} gets no value for a metric of {target:object}: {detail:text}.',
    remedy: [
      {
        text: 'Compare the name and the selector of the metric with what the metrics API offers; pods that are not ready have none.',
      },
      SHOW,
    ],
  },
  selectorUnfit: {
    ...FAILING,
    text: '{autoscaler:object} does not scale {target:object}: {detail:text}.',
    remedy: [{ text: 'Give each target pods of its own and one autoscaler.' }, SHOW],
  },
  targetMissing: {
    ...FAILING,
    text: '{autoscaler:object} scales nothing: {target:object} does not exist.',
    remedy: [{ text: 'Correct `scaleTargetRef`, or delete the autoscaler with its workload.' }, SHOW],
  },
  notScalable: {
    ...FAILING,
    text: '{autoscaler:object} cannot scale {target:object}: {detail:text}.',
    remedy: [SHOW],
  },
  notReconciled: {
    ...FAILING,
    confidence: { level: 'certain', reason: 'it has no status' },
    text: '{autoscaler:object} has not been looked at in the {age:duration} it exists.',
    remedy: [{ text: 'The controller manager does this work: see whether it runs and has a leader.' }, SHOW],
  },
  atMaximum: {
    severity: 'warning',
    confidence: CERTAIN,
    text: '{autoscaler:object} has been at its maximum of {maximum:count} replicas for {age:duration}, and its metric is still above the target.',
    remedy: [{ text: 'Raise `maxReplicas` if the nodes have room, or find out why the load grew.' }, SHOW],
  },
  scaledObjectNotReady: {
    ...FAILING,
    confidence: { level: 'certain', reason: 'KEDA says so in its condition' },
    text: '{scaler:object} is not ready: {detail:text}.',
    remedy: [
      {
        text: 'See its conditions; the log of the KEDA operator says more.',
        argv: ['kubectl', 'describe', 'scaledobject', '{scaler.name}', '-n', '{scaler.namespace}'],
      },
    ],
  },
} as const;
