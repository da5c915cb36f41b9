import type {
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1Role,
  V1RoleBinding,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import { type ItemOf, resources } from '../model/artifact.ts';

// Who may do what: service accounts, roles and their bindings.

export const serviceAccounts = resources<V1ServiceAccount>()('', 'ServiceAccount', {
  imagePullSecrets: { name: true },
  automountServiceAccountToken: true,
});
export type ServiceAccountItem = ItemOf<typeof serviceAccounts>;

const RULES = {
  apiGroups: true,
  resources: true,
  resourceNames: true,
  verbs: true,
  nonResourceURLs: true,
} as const;
const SUBJECTS = { kind: true, name: true, namespace: true, apiGroup: true } as const;

export const roles = resources<V1Role>()('rbac.authorization.k8s.io', 'Role', { rules: RULES });
export type RoleItem = ItemOf<typeof roles>;

export const clusterRoles = resources<V1ClusterRole>()(
  'rbac.authorization.k8s.io',
  'ClusterRole',
  { metadata: { labels: true }, aggregationRule: true, rules: RULES },
  { namespaced: false },
);
export type ClusterRoleItem = ItemOf<typeof clusterRoles>;

export const roleBindings = resources<V1RoleBinding>()('rbac.authorization.k8s.io', 'RoleBinding', {
  metadata: { labels: { 'kubernetes.io/bootstrapping': true } },
  roleRef: true,
  subjects: SUBJECTS,
});
export type RoleBindingItem = ItemOf<typeof roleBindings>;

export const clusterRoleBindings = resources<V1ClusterRoleBinding>()(
  'rbac.authorization.k8s.io',
  'ClusterRoleBinding',
  { metadata: { labels: { 'kubernetes.io/bootstrapping': true } }, roleRef: true, subjects: SUBJECTS },
  { namespaced: false },
);
export type ClusterRoleBindingItem = ItemOf<typeof clusterRoleBindings>;
