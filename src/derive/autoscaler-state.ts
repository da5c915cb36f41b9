import type { HorizontalPodAutoscalerItem } from '../artifacts/policy-resources.ts';
import { groupOf, type ObjectRef } from '../model/subject.ts';
import { parseQuantity } from './quantity.ts';

/** What keeps a HorizontalPodAutoscaler from working, read from its conditions. */
export type AutoscalerFault = {
  /** Index of the condition that says so. */
  readonly condition: number;
  readonly detail: string;
} /** `api`: the metrics API that gives no answer, `metrics.k8s.io`. */ & (
  | { readonly kind: 'metricsApiUnavailable'; readonly api: string; readonly served: boolean }
  | { readonly kind: 'requestMissing'; readonly resource: string; readonly container: string }
  | { readonly kind: 'metricsMissing' | 'selectorUnfit' | 'targetUnreadable' | 'notScalable' | 'notWorking' }
);

/** Reasons of ScalingActive=False and AbleToScale=False that are no fault (pkg/controller/podautoscaler/horizontal.go). */
const LAWFUL = new Set([
  'ScalingDisabled',
  'ReadyForNewScale',
  'BackoffBoth',
  'BackoffDownscale',
  'BackoffUpscale',
]);

const APIS: readonly (readonly [RegExp, string])[] = [
  [/custom metrics API|custom\.metrics\.k8s\.io/, 'custom.metrics.k8s.io'],
  [/external metrics API|external\.metrics\.k8s\.io/, 'external.metrics.k8s.io'],
  [/resource metrics API|pods\.metrics\.k8s\.io|metrics\.k8s\.io/, 'metrics.k8s.io'],
];
const NOT_SERVED =
  /could not find the requested resource|the server could not find|no matches for kind|unable to fetch metrics from (?:custom|external) metrics API: no (?:custom|external) metrics API/;
const NO_ANSWER =
  /currently unable to handle the request|service unavailable|ServiceUnavailable|connection refused|context deadline exceeded|i\/o timeout|EOF/;
const REQUEST = /missing request for ([^\s,;]+)(?: in container (\S+))?/;

/** The fault of an autoscaler, ScalingActive before AbleToScale; undefined when both are as they should be or lawfully off. */
export function autoscalerFault({ status }: HorizontalPodAutoscalerItem): AutoscalerFault | undefined {
  const conditions = status?.conditions ?? [];
  const failing = (type: string): number =>
    conditions.findIndex(
      (one) => one.type === type && one.status === 'False' && !LAWFUL.has(one.reason ?? ''),
    );
  // Without its target the metrics say nothing.
  const able = failing('AbleToScale');
  const active = failing('ScalingActive');
  const index = able >= 0 ? able : active;
  const condition = conditions[index];
  if (!condition) return undefined;
  const detail = (condition.message ?? condition.reason ?? '').trim().replace(/\.$/, '');
  const base = { condition: index, detail };
  if (index === able) {
    const kind = condition.reason === 'FailedGetScale' ? 'targetUnreadable' : 'notScalable';
    return { ...base, kind };
  }
  if (/Selector/.test(condition.reason ?? '')) return { ...base, kind: 'selectorUnfit' };
  const request = REQUEST.exec(detail);
  if (request)
    return {
      ...base,
      kind: 'requestMissing',
      resource: request[1] ?? '',
      container: request[2] ?? 'one of them',
    };
  const api = APIS.find(([pattern]) => pattern.test(detail))?.[1];
  const absent = NOT_SERVED.test(detail);
  if (api && (absent || NO_ANSWER.test(detail)))
    return { ...base, kind: 'metricsApiUnavailable', api, served: !absent };
  if (/^Failed(?:Get|Compute)/.test(condition.reason ?? '')) return { ...base, kind: 'metricsMissing' };
  return { ...base, kind: 'notWorking' };
}

/** Whether a metric of the autoscaler is above its target; undefined when none can be compared. */
export function isAboveTarget({ spec, status }: HorizontalPodAutoscalerItem): boolean | undefined {
  let compared = false;
  for (const metric of spec?.metrics ?? []) {
    const target =
      metric.resource?.target ??
      metric.containerResource?.target ??
      metric.pods?.target ??
      metric.external?.target;
    const name =
      metric.resource?.name ??
      metric.containerResource?.name ??
      metric.pods?.metric.name ??
      metric.external?.metric.name;
    const found = (status?.currentMetrics ?? []).find(
      (one) =>
        one?.type === metric.type &&
        (one.resource?.name ??
          one.containerResource?.name ??
          one.pods?.metric.name ??
          one.external?.metric.name) === name,
    );
    const current =
      found?.resource?.current ??
      found?.containerResource?.current ??
      found?.pods?.current ??
      found?.external?.current;
    if (!target || !current) continue;
    const pairs = [
      [current.averageUtilization, target.averageUtilization],
      [parseQuantity(current.averageValue), parseQuantity(target.averageValue)],
      [parseQuantity(current.value), parseQuantity(target.value)],
    ] as const;
    const [pair] = pairs.filter(([is, wanted]) => is !== undefined && wanted !== undefined);
    if (!pair) continue;
    compared = true;
    if ((pair[0] ?? 0) > (pair[1] ?? 0)) return true;
  }
  return compared ? false : undefined;
}

/** The workload an autoscaler scales. */
export function scaleTargetOf({ metadata, spec }: HorizontalPodAutoscalerItem): ObjectRef {
  const { apiVersion = '', kind = 'Deployment', name = '' } = spec?.scaleTargetRef ?? {};
  return { group: groupOf(apiVersion), kind, namespace: metadata.namespace ?? '', name };
}
