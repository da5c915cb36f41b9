import { missingRules } from '../../src/derive/missing-rules.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { collectionRecord } from '../../src/model/artifact.ts';
import type { CoverageRow, Outcome } from '../../src/model/coverage.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';

/** Of the parts that were not read, as many are cited; the collection record has them all. */
const CITED = 5;
/** Different reasons named in one finding. */
const REASONS = 3;

const SUBJECT = { external: 'machine', name: 'collection' } as const;
const RECORDED = { level: 'certain', reason: 'the record of the collection says so' } as const;

/** How an attempt ended, in the middle of a sentence. */
const WORDS: Readonly<Partial<Record<Outcome, string>>> = {
  error: 'could not be read',
  'timed-out': 'did not answer in time',
  partial: 'could be read in part only',
};

export const incomplete = defineAnalyzer({
  meta: {
    id: 'collection/incomplete',
    title: 'Collection incomplete',
    description: 'What the collection set out to read and did not get: broken off, refused, failed or cut.',
    messages: {
      brokenOff: {
        severity: 'warning',
        confidence: RECORDED,
        text: 'The bundle is not whole: {reason:text}. What was not read is missing everywhere below.',
        remedy: [
          { text: 'Collect again and let it finish.', argv: ['kubecase', 'collect'] },
          {
            text: 'If the file was cut on its way here, copy it again and compare its size with the original.',
          },
        ],
        effect: 'collection-broken-off',
      },
      refused: {
        severity: 'info',
        confidence: RECORDED,
        text: 'The account of the collection may not read {what:text} in the whole cluster.',
        remedy: [{ text: 'Add to a ClusterRole bound to that account: {rules:text}.' }],
        key: ['what'],
      },
      refusedInNamespaces: {
        severity: 'info',
        confidence: RECORDED,
        text: 'The account of the collection may not read {what:text} in {count:count} namespaces: {namespaces:text}.',
        remedy: [{ text: 'Add to a Role in each of these namespaces, or to a ClusterRole: {rules:text}.' }],
        key: ['what', 'namespaces'],
      },
      turnedAway: {
        severity: 'info',
        confidence: RECORDED,
        text: '{what:text} refused the collection, {count:count} times, not by a rule of the cluster: {reasons:text}.',
        remedy: [
          {
            text: 'See what answered: an API of its own with credentials of its own, or a proxy in between.',
          },
        ],
        key: ['what'],
      },
      failed: {
        severity: ['warning', 'info'],
        confidence: RECORDED,
        text: '{what:text} {outcome:text}, {count:count} times: {reasons:text}.',
        remedy: [
          { text: 'Collect again; if it fails in the same way, look at what the reason names.' },
          {
            text: 'See whether the API server itself is healthy.',
            argv: ['kubectl', 'get', '--raw', '/readyz?verbose'],
          },
        ],
        key: ['what', 'outcome'],
      },
      cut: {
        severity: 'info',
        confidence: RECORDED,
        text: '{what:text} were cut on purpose, {count:count} times: {reasons:text}.',
        remedy: [{ text: 'Raise the limit or leave it out: `{flag:text}`.' }],
        key: ['what', 'flag'],
      },
    },
    checks: {
      whole: {
        item: 'Collection',
        expected: 'all that was asked for was read',
        found: '{count:count} parts read',
      },
    },
    references: [
      'docs/bundle-format.md: coverage rows and how they end',
      'https://kubernetes.io/docs/reference/access-authn-authz/rbac/',
    ],
  },
  needs: { record: collectionRecord },
  analyze({ record }, context) {
    const { rows, complete, incompleteReason } = record;
    if (!complete) {
      context.report({
        message: 'brokenOff',
        values: { reason: incompleteReason ?? 'it does not say why' },
        subject: SUBJECT,
        evidence: [context.absent({ artifact: collectionRecord, scope: CLUSTER_SCOPE })],
      });
    }
    const lacking = rows.filter(isLacking);
    reportRefused(lacking, context);
    for (const group of groupsOf(lacking.filter(({ fix }) => !fix?.rule))) reportGroup(group, context);
    if (complete && lacking.length === 0) {
      const count = rows.filter(({ outcome }) => outcome === 'collected').length;
      context.looked({ check: 'whole', values: { count }, subject: SUBJECT });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof incomplete.meta.messages, NonNullable<typeof incomplete.meta.checks>>;

/** What does not exist or was not wanted is not missing. */
function isLacking({ outcome }: CoverageRow): boolean {
  return outcome !== 'collected' && outcome !== 'not-found' && outcome !== 'skipped';
}

function reportRefused(rows: readonly CoverageRow[], context: Context): void {
  for (const { namespaces, rules, rows: refused } of missingRules(rows)) {
    const common = { subject: SUBJECT, evidence: evidenceOf(refused, context) };
    const what = namesOf(refused);
    if (namespaces.length === 0) context.report({ message: 'refused', values: { what, rules }, ...common });
    else {
      const values = { what, rules, namespaces, count: namespaces.length };
      context.report({ message: 'refusedInNamespaces', values, ...common });
    }
  }
}

/** Lists by how they ended, since a cluster in trouble fails for all kinds at once; the rest by what it is too. */
function groupsOf(rows: readonly CoverageRow[]): CoverageRow[][] {
  const groups = new Map<string, CoverageRow[]>();
  for (const row of rows) {
    const what = isList(row) ? 'lists' : row.artifact;
    getOrCreate(groups, JSON.stringify([what, row.outcome, row.fix?.flag]), () => []).push(row);
  }
  return [...groups.values()];
}

function reportGroup(group: readonly CoverageRow[], context: Context): void {
  const first = group[0] as CoverageRow;
  const reasons = [...new Set(group.map(({ outcome, reason }) => reason ?? outcome))];
  const shown = reasons.slice(0, REASONS);
  if (reasons.length > REASONS) shown.push(`${reasons.length - REASONS} other reasons`);
  const common = { subject: SUBJECT, evidence: evidenceOf(group, context) };
  const values = { what: namesOf(group), count: group.length, reasons: shown };
  if (first.outcome === 'forbidden') context.report({ message: 'turnedAway', values, ...common });
  else if (first.outcome === 'truncated') {
    context.report({
      message: 'cut',
      values: { ...values, flag: first.fix?.flag ?? 'kubecase collect --help' },
      ...common,
    });
  } else {
    const outcome = WORDS[first.outcome] ?? first.outcome;
    const severity = group.some((row) => isList(row) && !isUndiscovered(row)) ? 'warning' : 'info';
    context.report({ message: 'failed', severity, values: { ...values, outcome }, ...common });
  }
}

function isList({ artifact }: CoverageRow): boolean {
  return artifact.startsWith('resources:');
}

/** All kinds of a group nobody serves: kubernetes/api-group-unavailable tells that fault from its APIService. */
function isUndiscovered({ artifact }: CoverageRow): boolean {
  return artifact.endsWith('/*');
}

function evidenceOf(rows: readonly CoverageRow[], context: Context): EvidenceRefs {
  const cited = rows
    .slice(0, CITED)
    .map(({ artifact, scope }) => context.absent({ artifact: { id: artifact }, scope }));
  return cited as unknown as EvidenceRefs;
}

/** `resources:apps/Deployment` → `Deployment (apps)`, each once. */
function namesOf(rows: readonly CoverageRow[]): string[] {
  return [...new Set(rows.map(({ artifact }) => nameOf(artifact)))].sort();
}

function nameOf(artifact: string): string {
  const [, group, kind] = /^resources:([^/]+)\/(.+)$/.exec(artifact) ?? [];
  if (!group || !kind) return artifact;
  if (kind === '*') return `all kinds of ${group}`;
  return group === 'core' ? kind : `${kind} (${group})`;
}
