/** Components whose leader holds the lease of the same name in kube-system. */
export const LEADER_LEASES = [
  'kube-scheduler',
  'kube-controller-manager',
  'cloud-controller-manager',
] as const;

/** Where they hold it. */
export const LEADER_NAMESPACE = 'kube-system';

/** client-go's default when a lease names no duration (component-base config v1alpha1 defaults). */
export const DEFAULT_LEASE_SECONDS = 15;
