import { describe, expect, it } from 'vitest';
import type { HorizontalPodAutoscalerItem } from '../../../src/artifacts/policy-resources.ts';
import { autoscalerFault, isAboveTarget, scaleTargetOf } from '../../../src/derive/autoscaler-state.ts';
import { autoscaler } from '../../support/autoscaler-builders.ts';
import { condition } from '../../support/builders.ts';

function item(parts: Parameters<typeof autoscaler>[1]): HorizontalPodAutoscalerItem {
  return autoscaler('web', parts) as unknown as HorizontalPodAutoscalerItem;
}

function withConditions(...conditions: object[]): HorizontalPodAutoscalerItem {
  return item({ status: { conditions } });
}

describe('autoscalerFault', () => {
  it('finds none in normal states', () => {
    expect(autoscalerFault(item({}))).toBeUndefined();
    expect(
      autoscalerFault(withConditions(condition('ScalingActive', 'False', { reason: 'ScalingDisabled' }))),
    ).toBeUndefined();
  });

  it('tells the target before the metrics', () => {
    const fault = autoscalerFault(
      withConditions(
        condition('ScalingActive', 'False', { reason: 'FailedGetResourceMetric', message: 'no metrics' }),
        condition('AbleToScale', 'False', { reason: 'FailedGetScale', message: 'not found.' }),
      ),
    );

    expect(fault).toEqual({ kind: 'targetUnreadable', condition: 1, detail: 'not found' });
  });

  it.each([
    [
      'unable to fetch metrics from external metrics API: the server is currently unable to handle the request',
      true,
    ],
    [
      'unable to fetch metrics from external metrics API: the server could not find the requested resource',
      false,
    ],
  ])('tells an API that is not served from one that does not answer: %s', (message, served) => {
    const fault = autoscalerFault(
      withConditions(condition('ScalingActive', 'False', { reason: 'FailedGetExternalMetric', message })),
    );

    expect(fault).toMatchObject({ kind: 'metricsApiUnavailable', api: 'external.metrics.k8s.io', served });
  });

  it('keeps a reason it does not know', () => {
    expect(
      autoscalerFault(withConditions(condition('ScalingActive', 'False', { reason: 'Novel', message: 'x' }))),
    ).toMatchObject({
      kind: 'notWorking',
    });
  });
});

describe('isAboveTarget', () => {
  const external = {
    metrics: [
      {
        type: 'External',
        external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } },
      },
    ],
  };
  const measured = (averageValue: string) => ({
    currentMetrics: [
      { type: 'External', external: { metric: { name: 'queue' }, current: { averageValue } } },
    ],
  });

  it('compares quantities of the same metric', () => {
    expect(isAboveTarget(item({ spec: external, status: measured('30500m') }))).toBe(true);
    expect(isAboveTarget(item({ spec: external, status: measured('30') }))).toBe(false);
  });

  it('does not know without a measured value', () => {
    expect(isAboveTarget(item({ spec: external, status: { currentMetrics: [] } }))).toBeUndefined();
    expect(isAboveTarget(item({ spec: external, status: { currentMetrics: [null] } }))).toBeUndefined();
  });
});

describe('scaleTargetOf', () => {
  it('is in the namespace of the autoscaler', () => {
    expect(scaleTargetOf(item({}))).toEqual({
      group: 'apps',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
    });
  });
});
