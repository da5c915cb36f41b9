import type { CoverageRow, PolicyRule } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';

/** Rows that would have been read with the same rights in the same places. */
export interface MissingRules {
  /** Namespaces a Role is missing in; empty: the whole cluster, a ClusterRole. */
  readonly namespaces: readonly string[];
  /** One element of a role's `rules` each, as YAML in flow style; kinds of one group joined. */
  readonly rules: readonly string[];
  readonly rows: readonly CoverageRow[];
}

/** Groups what was refused by where the rights are missing, so that one role for each group mends it. */
export function missingRules(rows: readonly CoverageRow[]): MissingRules[] {
  const byRule = new Map<string, { rule: PolicyRule; rows: CoverageRow[] }>();
  for (const row of rows) {
    const rule = row.fix?.rule;
    if (rule) getOrCreate(byRule, JSON.stringify(rule), () => ({ rule, rows: [] })).rows.push(row);
  }
  const byPlace = new Map<string, { namespaces: string[]; rules: PolicyRule[]; rows: CoverageRow[] }>();
  for (const { rule, rows: refused } of byRule.values()) {
    const namespaces = namespacesOf(refused);
    const place = getOrCreate(byPlace, namespaces.join(','), () => ({ namespaces, rules: [], rows: [] }));
    place.rules.push(rule);
    place.rows.push(...refused);
  }
  return [...byPlace.values()]
    .map(({ namespaces, rules, rows: refused }) => ({ namespaces, rules: joinRules(rules), rows: refused }))
    .sort(
      (a, b) =>
        a.namespaces.length - b.namespaces.length || compare(a.namespaces.join(), b.namespaces.join()),
    );
}

/** Where a Role would do, its namespaces; a refusal for the whole cluster asks for a ClusterRole, which covers all. */
function namespacesOf(rows: readonly CoverageRow[]): string[] {
  const names = rows.map((row) => row.fix?.namespace);
  if (names.includes(undefined)) return [];
  return [...new Set(names as string[])].sort(compare);
}

function joinRules(rules: readonly PolicyRule[]): string[] {
  const joined = new Map<string, PolicyRule[]>();
  for (const rule of rules) {
    const { apiGroups, resourceNames, verbs, nonResourceURLs } = rule;
    const key = JSON.stringify([apiGroups, resourceNames, verbs, nonResourceURLs !== undefined]);
    getOrCreate(joined, key, () => []).push(rule);
  }
  return [...joined.values()].map((same) => ruleText(same)).sort(compare);
}

function ruleText(same: readonly PolicyRule[]): string {
  const [first] = same as [PolicyRule];
  const fields = {
    apiGroups: first.apiGroups,
    resources: union(same.map((rule) => rule.resources)),
    resourceNames: first.resourceNames,
    nonResourceURLs: union(same.map((rule) => rule.nonResourceURLs)),
    verbs: first.verbs,
  };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return `{${given.map(([name, value]) => `${name}: [${value?.map((one) => JSON.stringify(one)).join(', ')}]`).join(', ')}}`;
}

function union(lists: readonly (readonly string[] | undefined)[]): string[] | undefined {
  const all = lists.flatMap((list) => list ?? []);
  return all.length === 0 ? undefined : [...new Set(all)].sort(compare);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
