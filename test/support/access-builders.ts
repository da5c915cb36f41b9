import { anyObject, type Built } from './builders.ts';

const API = 'rbac.authorization.k8s.io';
type Rule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
} & Record<string, unknown>;

/** A rule of the core group unless another is named. */
export function rule(
  resources: readonly string[],
  verbs: readonly string[],
  parts: Record<string, unknown> = {},
): Rule {
  return { apiGroups: [''], resources, verbs, ...parts };
}

export function role(name: string, rules: readonly Rule[], namespace = 'shop'): Built {
  return anyObject(`${API}/v1`, 'Role', name, namespace, { rules });
}

export function clusterRole(
  name: string,
  rules: readonly Rule[],
  parts: Record<string, unknown> = {},
): Built {
  return anyObject(`${API}/v1`, 'ClusterRole', name, null, { rules, ...parts });
}

/** ServiceAccount shop/web as a subject. */
export const WEB = { kind: 'ServiceAccount', name: 'web', namespace: 'shop' };

export function roleBinding(
  name: string,
  to: string,
  {
    kind = 'Role',
    subjects = [WEB],
    namespace = 'shop',
  }: { kind?: string; subjects?: readonly object[]; namespace?: string } = {},
): Built {
  return anyObject(`${API}/v1`, 'RoleBinding', name, namespace, {
    roleRef: { apiGroup: API, kind, name: to },
    subjects,
  });
}

export function clusterRoleBinding(name: string, to: string, subjects: readonly object[] = [WEB]): Built {
  return anyObject(`${API}/v1`, 'ClusterRoleBinding', name, null, {
    roleRef: { apiGroup: API, kind: 'ClusterRole', name: to },
    subjects,
  });
}

export function serviceAccount(name: string, namespace = 'shop'): Built {
  return anyObject('v1', 'ServiceAccount', name, namespace);
}
