import { describe, expect, it } from 'vitest';
import type { Given } from '../support/given.ts';
import { causesOf } from '../support/kong-hybrid.ts';
import {
  inOrder,
  operatorCrashes,
  portOfOtherName,
  serviceGone,
  subsetTwice,
  withoutDefault,
} from '../support/virtual-environment-scenes.ts';

/** Causes and what stands below them; of the mesh itself, which is not given whole, what routes lead to. */
function told(given: Given): readonly string[] {
  return causesOf(given)
    .filter(({ told: cause }) => !/^istio\/(?!reference|subset)/.test(cause))
    .map(({ told: cause, symptoms }) => [cause, ...symptoms].join(' < '));
}

describe('rules of virtual environments that are not as expected', () => {
  it('are as they should be in the demonstration', () => {
    expect(told(inOrder())).toEqual([]);
  });

  it('are missing below the operator that crashes', () => {
    const causes = told(operatorCrashes());
    expect(causes).toHaveLength(1);
    expect(causes[0]).toMatch(/^virtual-environment\/operator-not-working#startFails < /);
    expect(causes[0]).toContain('virtual-environment/rules-missing#bothMissing');
    expect(causes[0]).toContain('virtual-environment/operator-not-working#notAvailable');
  });

  it('are refused for a second workload in an environment', () => {
    expect(told(subsetTwice())).toEqual([
      'virtual-environment/subset-unusable#sharedSubset < virtual-environment/rules-missing#destinationRuleMissing < virtual-environment/rules-refused#creationRefused',
    ]);
  });

  it('lead to a default that a Service does not have', () => {
    expect(told(withoutDefault())).toEqual(['virtual-environment/subset-unusable#defaultMissing']);
  });

  it('are not made for a port of another name, and nothing else is said of it', () => {
    expect(told(portOfOtherName())).toEqual(['virtual-environment/port-not-http#noHttpName']);
  });

  it('stay behind when a Service is deleted while the operator does not run', () => {
    const [cause = ''] = told(serviceGone());
    expect(cause).toMatch(/^workload\/crash-loop#exits < /);
    expect(cause).toContain('virtual-environment/rules-stale#serviceGone');
  });
});
