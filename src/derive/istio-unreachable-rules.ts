import type { HttpRule, L4Rule, VirtualServiceItem } from '../artifacts/istio-resources.ts';
import { coversMatch } from './istio-match-cover.ts';

/** A rule, or one match of it, behind an earlier rule that takes all its requests. */
export interface CoveredRule {
  readonly traffic: 'http' | 'tls' | 'tcp';
  /** Position in its list, from 0. */
  readonly index: number;
  /** The earlier rule. */
  readonly by: number;
  /** Set when other matches of the rule are still met. */
  readonly match?: number;
  /** Both lead to the same place, so that nothing is lost. */
  readonly isSame: boolean;
  /** How people call the rule: its number from 1, and its name. */
  readonly text: string;
}

/** Comparing every rule with all before it is for files people write. */
const MOST_RULES = 500;

/** Rules and matches no request comes to. */
export function coveredRules({ spec }: VirtualServiceItem): CoveredRule[] {
  return (['http', 'tls', 'tcp'] as const).flatMap((traffic) => {
    const rules: readonly (HttpRule & L4Rule)[] = spec?.[traffic] ?? [];
    return rules.length > MOST_RULES ? [] : coveredIn(rules, traffic);
  });
}

function coveredIn(rules: readonly (HttpRule & L4Rule)[], traffic: CoveredRule['traffic']): CoveredRule[] {
  const found: CoveredRule[] = [];
  for (const [index, rule] of rules.entries()) {
    const own = matchesOf(rule);
    const coveredBy = own.map((match) =>
      rules
        .slice(0, index)
        // What a delegate does not match goes on to the next rule.
        .findIndex((one) => !one.delegate && matchesOf(one).some((earlier) => coversMatch(earlier, match))),
    );
    const described = (by: number) => ({
      traffic,
      index,
      by,
      isSame: destinationText(rule) === destinationText(rules[by]),
      text: `${index + 1}${rule.name ? ` (\`${rule.name}\`)` : ''} behind ${by + 1}`,
    });
    if (coveredBy.every((by) => by >= 0)) {
      found.push(described(Math.max(...coveredBy)));
      continue;
    }
    for (const [match, by] of coveredBy.entries()) if (by >= 0) found.push({ ...described(by), match });
  }
  return found;
}

/** A rule without a match takes everything. */
function matchesOf({ match = [] }: HttpRule & L4Rule) {
  return match.length === 0 ? [{}] : match;
}

function destinationText(rule: (HttpRule & L4Rule) | undefined): string {
  const { route, redirect, directResponse, delegate, rewrite } = rule ?? {};
  return JSON.stringify([route, redirect, directResponse, delegate, rewrite]);
}
