import type { Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { scopeKey } from '../model/scope.ts';
import { describeArtifact, describeRule, describeScope, nameInCode } from './describe-scope.ts';
import { say } from './say.ts';
import { plainSegments, type Segment } from './segments.ts';
import type { Texts } from './texts.en.ts';
import { visibleInline } from './visible-text.ts';

/** Gaps that differ only in their scope, or only in what is missing, as one entry. */
export interface UnseenGroup {
  readonly what: string;
  readonly scopes: readonly (readonly Segment[])[];
  readonly outcome: Gap['outcome'];
  readonly reason: string;
  /** How to get it next time; absent when nothing the customer does would help. */
  readonly how?: { readonly lead: readonly Segment[]; readonly code: string };
  /** Ids of analyzers that could not tell for it. */
  readonly analyzers: readonly string[];
}

/** Flags of `collect` that were given, or hold by default, and let less through than there was. */
const LIMIT_FLAGS: ReadonlySet<string> = new Set([
  '--timeout',
  '--max-size',
  '--collector-timeout',
  '--max-collector-size',
  '--max-log-size',
  '--since',
  '--tail',
]);

type UnseenGap = Gap & { readonly analyzers: readonly string[] };

/** Gaps joined by artifact, outcome, reason, remedy and analyzers; those that limit most analyzers first. */
export function unseenGroups(gaps: readonly UnseenGap[], texts: Texts): readonly UnseenGroup[] {
  const groups = new Map<string, UnseenGap[]>();
  for (const gap of gaps) {
    const fix = { rule: gap.fix?.rule, flag: gap.fix?.flag };
    const key = JSON.stringify([gap.artifact, gap.outcome, gap.reason, fix, [...gap.analyzers].sort()]);
    getOrCreate(groups, key, () => []).push(gap);
  }
  return joinAlike([...groups.values()].map((group) => joinGaps(group, texts)).sort(byWeight)).sort(byWeight);
}

/** Artifacts missing from the same places for the same reason, as one entry: an opt-in not given leaves out a dozen. */
function joinAlike(groups: readonly UnseenGroup[]): UnseenGroup[] {
  const alike = new Map<string, UnseenGroup[]>();
  for (const group of groups) {
    const { outcome, reason, how, scopes } = group;
    getOrCreate(alike, JSON.stringify([outcome, reason, how, scopes]), () => []).push(group);
  }
  return [...alike.values()].map((members) => ({
    ...(members[0] as UnseenGroup),
    what: [...new Set(members.map(({ what }) => what))].sort(compare).join(', '),
    analyzers: [...new Set(members.flatMap(({ analyzers }) => analyzers))].sort(),
  }));
}

function byWeight(a: UnseenGroup, b: UnseenGroup): number {
  return b.analyzers.length - a.analyzers.length || compare(a.what, b.what) || compare(a.reason, b.reason);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function joinGaps(group: readonly UnseenGap[], texts: Texts): UnseenGroup {
  const first = group[0] as UnseenGap;
  const scopes = [...new Map(group.map((gap) => [scopeKey(gap.scope), gap.scope])).values()];
  return {
    what: describeArtifact(first.artifact, texts),
    scopes: scopes.map((scope) => plainSegments(describeScope(scope, texts))),
    outcome: first.outcome,
    reason: visibleInline(first.reason),
    how: howTo(group, texts),
    analyzers: first.analyzers.map(visibleInline).sort(),
  };
}

function howTo(group: readonly UnseenGap[], texts: Texts): UnseenGroup['how'] {
  const fix = (group[0] as UnseenGap).fix;
  if (fix?.rule) {
    const namespaces = [...new Set(group.flatMap((gap) => gap.fix?.namespace ?? []))];
    const lead =
      namespaces.length === 0
        ? texts.unseen.howRule
        : say(texts.unseen.howNamespacedRule, { namespaces: nameList(namespaces) });
    return { lead: plainSegments(lead), code: describeRule(fix.rule) };
  }
  if (fix?.flag) {
    const lead = LIMIT_FLAGS.has(fix.flag) ? texts.unseen.howLimit : texts.unseen.howFlag;
    return { lead: plainSegments(lead), code: visibleInline(fix.flag) };
  }
  return undefined;
}

function nameList(names: readonly string[]): string {
  return names.map((name) => `\`${nameInCode(name)}\``).join(', ');
}
