import { describe, expect, it } from 'vitest';
import type { PodDisruptionBudgetItem } from '../../../src/artifacts/policy-resources.ts';
import { podDisruptionBudgets } from '../../../src/artifacts/policy-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { budgetedPods } from '../../../src/derive/budgeted-pods.ts';
import { anyObject, pod } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';

function budget(name: string, selector: object, namespace = 'shop'): object {
  return anyObject('policy/v1', 'PodDisruptionBudget', name, namespace, { spec: { selector } });
}

function web(name: string, phase = 'Running'): object {
  return pod(name, { metadata: { labels: { app: 'web', tier: 'front' } }, status: { phase } });
}

function guarded(...objects: readonly object[]) {
  const inputs = inputsFrom({ budgets: podDisruptionBudgets, pods, found: budgetedPods }, { objects });
  const names = (one: PodDisruptionBudgetItem) => inputs.found.podsOf(one).map((item) => item.metadata.name);
  return {
    names: inputs.budgets.items.map(names),
    budgetsOf: inputs.pods.items.map((one) => inputs.found.budgetsOf(one).length),
  };
}

describe('budgetedPods', () => {
  it('matches pairs and expressions in the namespace of the budget, ended pods left out', () => {
    const found = guarded(
      budget('pairs', { matchLabels: { app: 'web' } }),
      budget('expressions', { matchExpressions: [{ key: 'tier', operator: 'In', values: ['front'] }] }),
      budget('elsewhere', { matchLabels: { app: 'web' } }, 'other'),
      web('a'),
      web('b', 'Succeeded'),
      pod('c'),
    );

    expect(found.names).toEqual([['a'], ['a'], []]);
    expect(found.budgetsOf).toEqual([2, 0, 0]);
  });

  it('guards the whole namespace by an empty selector', () => {
    expect(guarded(budget('all', {}), web('a'), pod('c')).names).toEqual([['a', 'c']]);
  });

  it('guards nothing without a selector, and by an empty one of policy/v1beta1', () => {
    const old = anyObject('policy/v1beta1', 'PodDisruptionBudget', 'old', 'shop', { spec: { selector: {} } });
    const bare = anyObject('policy/v1', 'PodDisruptionBudget', 'bare', 'shop', { spec: {} });

    expect(guarded(old, bare, web('a')).names).toEqual([[], []]);
  });
});
