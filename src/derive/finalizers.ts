/** Who removes a finalizer, and when. */
export interface FinalizerOwner {
  /** The controller, as a noun phrase. */
  readonly controller: string;
  /** What it waits for. */
  readonly until: string;
}

/** Finalizers of Kubernetes and its usual add-ons; the name is part of their API. */
const KNOWN: Readonly<Record<string, FinalizerOwner>> = {
  foregroundDeletion: {
    controller: 'the garbage collector of kube-controller-manager',
    until: 'all objects it owns are deleted',
  },
  orphan: {
    controller: 'the garbage collector of kube-controller-manager',
    until: 'the owner references of what it owns are removed',
  },
  'kubernetes.io/pvc-protection': {
    controller: 'kube-controller-manager',
    until: 'no pod uses the claim',
  },
  'kubernetes.io/pv-protection': {
    controller: 'kube-controller-manager',
    until: 'no claim is bound to the volume',
  },
  'service.kubernetes.io/load-balancer-cleanup': {
    controller: 'the cloud controller manager',
    until: 'the load balancer is deleted at the provider',
  },
  'customresourcecleanup.apiextensions.k8s.io': {
    controller: 'kube-apiserver',
    until: 'every object of the kind is deleted',
  },
  'batch.kubernetes.io/job-tracking': {
    controller: 'the Job controller of kube-controller-manager',
    until: 'the pod is counted',
  },
};

const DOMAINS: readonly (readonly [RegExp, string])[] = [
  [/^external-provisioner\.volume\.kubernetes\.io/, 'the external provisioner of the CSI driver'],
  [/^external-attacher\//, 'the external attacher of the CSI driver'],
  [/^snapshot\.storage\.kubernetes\.io/, 'the snapshot controller'],
];

/** Who removes this finalizer, as far as its name tells. */
export function ownerOfFinalizer(finalizer: string): FinalizerOwner {
  const known = KNOWN[finalizer];
  if (known) return known;
  const until = 'what it guards is cleaned up';
  const byDomain = DOMAINS.find(([pattern]) => pattern.test(finalizer));
  if (byDomain) return { controller: byDomain[1], until };
  const slash = finalizer.indexOf('/');
  const domain = slash > 0 ? finalizer.slice(0, slash) : finalizer;
  return { controller: `the controller that \`${domain}\` belongs to`, until };
}
