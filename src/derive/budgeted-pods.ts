import { type PodDisruptionBudgetItem, podDisruptionBudgets } from '../artifacts/policy-resources.ts';
import { type PodItem, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { isEmptySelector, type LabelSelector, matchesSelector } from './label-selector.ts';
import { hasEnded } from './pod-readiness.ts';

/** Which pods which disruption budgets guard. Pods that have ended are left out. */
export interface BudgetedPods {
  podsOf(budget: PodDisruptionBudgetItem): readonly PodItem[];
  /** The budgets of a pod; an eviction is refused when there are two. */
  budgetsOf(pod: PodItem): readonly PodDisruptionBudgetItem[];
}

/** Pods by budget, each budget looked at by the rarest pair of its selector. */
export const budgetedPods = defineDerived({
  id: 'budgeted-pods',
  title: 'Pods by disruption budget',
  needs: { budgets: optional(podDisruptionBudgets), pods: optional(pods) },
  derive({ budgets, pods: podItems }): BudgetedPods {
    const byBudget = new Map<PodDisruptionBudgetItem, PodItem[]>();
    const byPod = new Map<PodItem, PodDisruptionBudgetItem[]>();
    const candidates = budgets.items.length === 0 ? undefined : indexPods(podItems.items);
    for (const budget of budgets.items) {
      const selector = selectorOf(budget);
      const guarded = (selector && candidates ? candidates(budget.metadata.namespace, selector) : []).filter(
        (pod) => selector && matchesSelector(pod.metadata.labels, selector),
      );
      byBudget.set(budget, guarded);
      for (const pod of guarded) getOrCreate(byPod, pod, () => []).push(budget);
    }
    return {
      podsOf: (budget) => byBudget.get(budget) ?? [],
      budgetsOf: (pod) => byPod.get(pod) ?? [],
    };
  },
});

/** No selector guards nothing; the empty one guards all pods of the namespace, in policy/v1beta1 none. */
function selectorOf({ apiVersion, spec }: PodDisruptionBudgetItem): LabelSelector | undefined {
  const selector: LabelSelector | undefined = spec?.selector;
  const none = !selector || (apiVersion === 'policy/v1beta1' && isEmptySelector(selector));
  return none ? undefined : selector;
}

function indexPods(items: readonly PodItem[]) {
  const byPair = new Map<string, PodItem[]>();
  const byNamespace = new Map<string | undefined, PodItem[]>();
  for (const pod of items) {
    if (hasEnded(pod)) continue;
    const { namespace, labels = {} } = pod.metadata;
    getOrCreate(byNamespace, namespace, () => []).push(pod);
    for (const [label, value] of Object.entries(labels))
      getOrCreate(byPair, `${namespace}/${label}=${value}`, () => []).push(pod);
  }
  return (namespace: string | undefined, { matchLabels = {} }: LabelSelector): readonly PodItem[] => {
    const lists = Object.entries(matchLabels).map(
      ([label, value]) => byPair.get(`${namespace}/${label}=${value}`) ?? [],
    );
    const [rarest] = lists.sort((a, b) => a.length - b.length);
    return rarest ?? byNamespace.get(namespace) ?? [];
  };
}
