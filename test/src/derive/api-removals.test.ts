import { describe, expect, it } from 'vitest';
import { API_REMOVALS, removalOf } from '../../../src/derive/api-removals.ts';

describe('the table of removed versions', () => {
  it.each([
    ['policy/v1beta1', 'poddisruptionbudgets', 25, 'policy/v1'],
    ['policy/v1beta1', 'podsecuritypolicies', 25, undefined],
    ['autoscaling/v2beta2', 'horizontalpodautoscalers', 26, 'autoscaling/v2'],
    ['extensions/v1beta1', 'ingresses', 22, 'networking.k8s.io/v1'],
    ['extensions/v1beta1', 'deployments', 16, 'apps/v1'],
    ['networking.k8s.io/v1beta1', 'ingresses', 22, 'networking.k8s.io/v1'],
    ['networking.k8s.io/v1beta1', 'servicecidrs', 37, 'networking.k8s.io/v1'],
    ['apps/v1beta1', 'statefulsets', 16, 'apps/v1'],
  ])('%s %s is removed in 1.%i', (apiVersion, resource, removedIn, use) => {
    const found = removalOf(apiVersion, resource);

    expect(found?.removedIn).toBe(removedIn);
    expect(found?.use).toBe(use);
  });

  it.each([
    ['policy/v1', 'poddisruptionbudgets'],
    ['v1', 'endpoints'],
    ['shop.example/v1beta1', 'carts'],
  ])('%s %s stays', (apiVersion, resource) => {
    expect(removalOf(apiVersion, resource)).toBeUndefined();
  });

  it('names no replacement that is removed itself', () => {
    const replaced = API_REMOVALS.flatMap(({ use, resources }) =>
      use ? [[use, resources[0] ?? ''] as const] : [],
    );

    for (const [use, resource] of replaced) expect(removalOf(use, resource)).toBeUndefined();
  });
});
