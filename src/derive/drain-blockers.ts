import { type PodDisruptionBudgetItem, podDisruptionBudgets } from '../artifacts/policy-resources.ts';
import { type PodItem, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { matchesSelector } from './label-selector.ts';
import { hasEnded } from './pod-readiness.ts';

/** A budget that allows no eviction now, with the pods of the node it guards. */
export interface BlockingBudget {
  readonly budget: PodDisruptionBudgetItem;
  readonly pods: readonly PodItem[];
}

/** The pods of one node as `kubectl drain` sees them (kubectl pkg/drain/filters.go). */
export interface DrainBlockers {
  /** Of DaemonSets: they stay, and drain refuses to begin without `--ignore-daemonsets`. */
  readonly daemons: readonly PodItem[];
  /** All that have to go. */
  readonly evicted: readonly PodItem[];
  /** Of those, the ones with an emptyDir: `--delete-emptydir-data`, and the data is lost. */
  readonly local: readonly PodItem[];
  /** Of those, the ones without a controller: only `--force` deletes them, and nobody makes them anew. */
  readonly bare: readonly PodItem[];
  readonly budgets: readonly BlockingBudget[];
}

/** What stands in the way of draining a node; each node is looked at when it is asked for. */
export interface DrainView {
  /** Undefined when the pods were not all seen. */
  of(node: string): DrainBlockers | undefined;
}

/** Pods by node, with the budgets that guard them. */
export const drainBlockers = defineDerived({
  id: 'drain-blockers',
  title: 'What blocks a drain',
  needs: { pods: optional(pods), budgets: optional(podDisruptionBudgets) },
  derive({ pods: collection, budgets }): DrainView {
    const byNode = new Map<string, PodItem[]>();
    for (const pod of collection.items) {
      if (pod.spec?.nodeName) getOrCreate(byNode, pod.spec.nodeName, () => []).push(pod);
    }
    const byNamespace = new Map<string, PodDisruptionBudgetItem[]>();
    for (const budget of budgets.items) {
      if (budget.status?.disruptionsAllowed !== 0 || !budget.status.expectedPods) continue;
      getOrCreate(byNamespace, budget.metadata.namespace ?? '', () => []).push(budget);
    }
    return {
      of: (node) =>
        collection.coverage.complete ? blockersOf(byNode.get(node) ?? [], byNamespace) : undefined,
    };
  },
});

function blockersOf(
  placed: readonly PodItem[],
  budgets: ReadonlyMap<string, readonly PodDisruptionBudgetItem[]>,
): DrainBlockers {
  const alive = placed.filter((pod) => !isMirror(pod) && !hasEnded(pod) && !pod.metadata.deletionTimestamp);
  const daemons = alive.filter((pod) => controllerOf(pod)?.kind === 'DaemonSet');
  const evicted = alive.filter((pod) => controllerOf(pod)?.kind !== 'DaemonSet');
  const guarded = new Map<PodDisruptionBudgetItem, PodItem[]>();
  for (const pod of evicted) {
    for (const budget of budgets.get(pod.metadata.namespace ?? '') ?? []) {
      // In policy/v1 an empty selector matches every pod of the namespace, a missing one none.
      const { selector } = budget.spec ?? {};
      if (selector && matchesSelector(pod.metadata.labels, selector))
        getOrCreate(guarded, budget, () => []).push(pod);
    }
  }
  return {
    daemons,
    evicted,
    local: evicted.filter((pod) => pod.spec?.volumes?.some((volume) => volume.emptyDir !== undefined)),
    bare: evicted.filter((pod) => controllerOf(pod) === undefined),
    budgets: [...guarded].map(([budget, guardedPods]) => ({ budget, pods: guardedPods })),
  };
}

/** Static pods belong to their kubelet; drain leaves them out. */
function isMirror(pod: PodItem): boolean {
  return pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
}

function controllerOf(pod: PodItem) {
  return pod.metadata.ownerReferences?.find((reference) => reference.controller);
}
