import type { Right } from './rights.ts';

/** A rule of a Role or ClusterRole; `reasons` belongs beside its names and is no field of Kubernetes. */
export interface RoleRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
  /** Resource or URL → what it is needed for. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** A Role when it has a namespace, else a ClusterRole. */
export interface RoleObject {
  readonly namespace: string | undefined;
  readonly rules: readonly RoleRule[];
}

/** Joins rights into roles, one for the cluster and one per namespace; resources with the same verbs share a rule. */
export function rolesOf(rights: readonly Right[]): RoleObject[] {
  const byNamespace = Map.groupBy(rights, ({ namespace }) => namespace);
  return [...byNamespace].map(([namespace, own]) => ({ namespace, rules: rulesOf(own) }));
}

function rulesOf(rights: readonly Right[]): RoleRule[] {
  const groups = Map.groupBy(rights, ({ group, verbs }) => JSON.stringify([group ?? null, verbs]));
  return [...groups.values()].map((same) => {
    const { group, verbs } = same[0]!;
    const names = same.map(({ resource, url }) => resource ?? url ?? '');
    const reasons = Object.fromEntries(same.map((right, index) => [names[index], right.whys.join('; ')]));
    const target =
      group === undefined ? { nonResourceURLs: names } : { apiGroups: [group], resources: names };
    return { ...target, verbs, reasons };
  });
}
