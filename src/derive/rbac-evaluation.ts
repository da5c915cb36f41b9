import {
  type ClusterRoleBindingItem,
  type ClusterRoleItem,
  clusterRoleBindings,
  clusterRoles,
  type RoleBindingItem,
  type RoleItem,
  roleBindings,
  roles,
} from '../artifacts/access-resources.ts';
import { type Collection, defineDerived, type Inputs } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type LabelSelector, matchesSelector } from './label-selector.ts';

/** A request as the API server's authorizers see it. */
export interface AccessRequest {
  /** As the server names it: `system:serviceaccount:shop:web`, `system:kube-scheduler`. */
  readonly user: string;
  readonly verb: string;
  /** API group; the empty string is the core group. */
  readonly group: string;
  /** Plural, with a subresource after a slash: `pods/log`. */
  readonly resource: string;
  /** Undefined for requests on cluster scope. */
  readonly namespace?: string;
  /** Of the object, where the request names one. */
  readonly name?: string;
}

export type Role = RoleItem | ClusterRoleItem;
export type Binding = RoleBindingItem | ClusterRoleBindingItem;

/** A binding with the role it gives. */
export interface Grant {
  readonly binding: Binding;
  readonly role: Role;
}

/** What the roles and bindings of the bundle say to a request. */
export type AccessVerdict =
  | { readonly state: 'allowed'; readonly grant: Grant }
  /** Some role or binding that could allow it was not seen. */
  | { readonly state: 'unseen'; readonly gap: Gap }
  /** A role bound here names the resource, but not the verb. */
  | { readonly state: 'lacksVerb'; readonly grant: Grant; readonly verbs: readonly string[] }
  /** It is allowed in other namespaces. */
  | { readonly state: 'elsewhere'; readonly grant: Grant }
  /**
   * Nothing bound to the user names the resource; `candidate` is the narrowest role that would allow it,
   * `dangling` a binding that gives the user a role that does not exist.
   */
  | { readonly state: 'unbound'; readonly candidate?: Role; readonly dangling?: Binding };

/** Role-based access control as the API server evaluates it. */
export interface RbacEvaluation {
  judge(request: AccessRequest): AccessVerdict;
}

const needs = { roles, clusterRoles, roleBindings, clusterRoleBindings };

/** Evaluates requests against the Roles, ClusterRoles and bindings of the bundle. */
export const rbacEvaluation = defineDerived({
  id: 'rbac-evaluation',
  title: 'Role-based access control',
  needs,
  derive(inputs): RbacEvaluation {
    const bySubject = new Map<string, Binding[]>();
    for (const binding of [...inputs.clusterRoleBindings.items, ...inputs.roleBindings.items]) {
      for (const key of new Set((binding.subjects ?? []).map((one) => subjectKeyOf(one, binding))))
        getOrCreate(bySubject, key, () => []).push(binding);
    }
    return { judge: (request) => judge(request, { ...inputs, bySubject }) };
  },
});

interface Known extends Inputs<typeof needs> {
  readonly bySubject: ReadonlyMap<string, readonly Binding[]>;
}

function judge(request: AccessRequest, known: Known): AccessVerdict {
  const bindings = new Set(identitiesOf(request.user).flatMap((key) => known.bySubject.get(key) ?? []));
  const grants: Grant[] = [];
  let gap: Gap | undefined;
  let dangling: Binding | undefined;
  for (const binding of bindings) {
    const role = roleOf(binding, known);
    if (role.state === 'present') grants.push({ binding, role: role.item });
    else if (role.state === 'unseen') gap = role.gap;
    else if (reaches(binding, request.namespace)) dangling = binding;
  }
  const here = grants.filter(({ binding }) => reaches(binding, request.namespace));
  const allowing = here.find(({ role }) => allows(role, request, known.clusterRoles));
  if (allowing) return { state: 'allowed', grant: allowing };
  const unseen = gap ?? bindingGap(request.namespace, known);
  if (unseen) return { state: 'unseen', gap: unseen };
  for (const grant of here) {
    const verbs = verbsOn(grant.role, request, known.clusterRoles);
    if (verbs.length > 0) return { state: 'lacksVerb', grant, verbs };
  }
  const elsewhere = grants.find(({ role }) => allows(role, request, known.clusterRoles));
  if (elsewhere) return { state: 'elsewhere', grant: elsewhere };
  const candidate = narrowest(request, known);
  return { state: 'unbound', ...(candidate ? { candidate } : {}), ...(dangling ? { dangling } : {}) };
}

/** A ClusterRoleBinding reaches everything, a RoleBinding its namespace. */
function reaches(binding: Binding, namespace: string | undefined): boolean {
  return binding.kind === 'ClusterRoleBinding' || binding.metadata.namespace === namespace;
}

function bindingGap(namespace: string | undefined, known: Known): Gap | undefined {
  const lists = [known.clusterRoleBindings.coverage.covers(undefined)];
  if (namespace !== undefined) lists.push(known.roleBindings.coverage.covers(namespace));
  return lists.find((covered) => covered !== true) as Gap | undefined;
}

function roleOf({ roleRef, metadata }: Binding, { roles: local, clusterRoles: global }: Known) {
  const { kind, name } = roleRef;
  if (kind === 'ClusterRole') return global.lookup({ name });
  return local.lookup({
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    name,
  });
}

type Rule = NonNullable<Role['rules']>[number];

/** The rules of a role. Those of an aggregated one are filled in by a controller; until then they are joined here. */
function rulesOf(role: Role, { items }: Collection<ClusterRoleItem>): readonly Rule[] {
  const own = role.rules ?? [];
  if (!('aggregationRule' in role) || own.length > 0) return own;
  const selectors = (role.aggregationRule?.clusterRoleSelectors ?? []) as readonly LabelSelector[];
  return items
    .filter((one) => selectors.some((selector) => matchesSelector(one.metadata.labels, selector)))
    .flatMap((one) => one.rules ?? []);
}

function allows(role: Role, request: AccessRequest, all: Collection<ClusterRoleItem>): boolean {
  return rulesOf(role, all).some((rule) => covers(rule, request) && has(rule.verbs, request.verb));
}

function verbsOn(role: Role, request: AccessRequest, all: Collection<ClusterRoleItem>): string[] {
  const rules = rulesOf(role, all).filter((rule) => covers(rule, { ...request, name: undefined }, true));
  return [...new Set(rules.flatMap((rule) => rule.verbs))].sort();
}

/** Whether a rule is about the requested objects (kubernetes/kubernetes pkg/registry/rbac/validation, pkg/apis/rbac/v1/evaluation_helpers.go). */
function covers(
  rule: Rule,
  request: AccessRequest | (Omit<AccessRequest, 'name'> & { name: undefined }),
  anyName = false,
): boolean {
  const { group, resource, name } = request;
  if (!has(rule.apiGroups, group)) return false;
  const slash = resource.indexOf('/');
  const wildcard = slash < 0 ? '*' : `*/${resource.slice(slash + 1)}`;
  if (!has(rule.resources, resource) && !rule.resources?.includes(wildcard)) return false;
  const names = rule.resourceNames ?? [];
  return names.length === 0 || anyName || (name !== undefined && names.includes(name));
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return list?.some((one) => one === '*' || one === value) ?? false;
}

/** The role with the fewest rules that would allow it, wildcards and roles of the system left out. */
function narrowest(request: AccessRequest, known: Known): Role | undefined {
  const local = known.roles.items.filter((one) => one.metadata.namespace === request.namespace);
  const candidates: Role[] = [...local, ...known.clusterRoles.items].filter(
    (role) =>
      !role.metadata.name.startsWith('system:') &&
      !rulesOf(role, known.clusterRoles).some(isWildcard) &&
      allows(role, request, known.clusterRoles),
  );
  return candidates.sort((a, b) => (a.rules?.length ?? 0) - (b.rules?.length ?? 0))[0];
}

function isWildcard(rule: Rule): boolean {
  return [rule.apiGroups, rule.resources, rule.verbs].some((list) => list?.includes('*'));
}

interface RbacSubject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

function subjectKeyOf({ kind, name, namespace }: RbacSubject, binding: Binding): string {
  if (kind !== 'ServiceAccount') return `${kind}:${name}`;
  return `User:system:serviceaccount:${namespace ?? binding.metadata.namespace ?? ''}:${name}`;
}

/** A user and the groups the API server puts it into. */
function identitiesOf(user: string): string[] {
  const account = serviceAccountOf(user);
  const groups = account ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`] : [];
  return [`User:${user}`, ...[...groups, 'system:authenticated'].map((group) => `Group:${group}`)];
}

/** `system:serviceaccount:shop:web` as namespace and name; undefined for other users. */
export function serviceAccountOf(
  user: string,
): { readonly namespace: string; readonly name: string } | undefined {
  const match = /^system:serviceaccount:([^:]+):(.+)$/.exec(user);
  return match ? { namespace: match[1] as string, name: match[2] as string } : undefined;
}
