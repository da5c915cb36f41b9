/**
 * Kinds of widespread operators that create pods, or workloads of their own, and may be scaled to zero:
 * Argo Rollouts, OpenKruise, Knative, KubeBlocks, OpenShift. Group to kinds; `*` stands for all of a group.
 */
const POD_OPERATORS: Readonly<Record<string, readonly string[]>> = {
  'argoproj.io': ['Rollout'],
  'apps.kruise.io': ['CloneSet', 'StatefulSet', 'DaemonSet', 'UnitedDeployment'],
  'game.kruise.io': ['GameServerSet'],
  'serving.knative.dev': ['Service', 'Revision'],
  'workloads.kubeblocks.io': ['*'],
  'apps.kubeblocks.io': ['Cluster', 'Component'],
  'apps.openshift.io': ['DeploymentConfig'],
  'leaderworkerset.x-k8s.io': ['LeaderWorkerSet'],
  'postgresql.cnpg.io': ['Cluster'],
};

/** Whether objects of a kind are known to run pods that no built-in workload stands for. */
export function isPodOperatorKind(group: string | undefined, kind: string | undefined): boolean {
  const kinds = POD_OPERATORS[group ?? ''] ?? [];
  return kinds.includes('*') || kinds.includes(kind ?? '');
}

/** Groups of Kubernetes itself whose objects may own a Service without an operator behind. */
const BUILT_IN_OWNERS = new Set(['', 'apps', 'batch']);

/** Whether an owner of this group is the object of an operator. */
export function isOperatorGroup(group: string): boolean {
  return !BUILT_IN_OWNERS.has(group);
}
