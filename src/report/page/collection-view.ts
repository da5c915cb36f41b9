import type { CoverageRow } from '../../model/coverage.ts';
import { getOrCreate } from '../../model/get-or-create.ts';
import { scopeKey } from '../../model/scope.ts';
import { describeArtifact, describeScope } from '../describe-scope.ts';
import { describeOutcome } from '../first-screen.ts';
import { formatBytes, formatCount, formatTime } from '../format-value.ts';
import { say, sayCount } from '../say.ts';
import { plainSegments } from '../segments.ts';
import { visibleInline } from '../visible-text.ts';
import type { PageContext } from './page-context.ts';
import { type SegmentView, viewSegments } from './segment-view.ts';

/** Coverage rows that differ only in their scope. */
export interface GapRowView {
  readonly artifact: string;
  readonly scopes: readonly (readonly SegmentView[])[];
  readonly moreScopes?: string;
  readonly outcome: string;
  readonly reason: string;
}

/** The collection record for its template. */
export interface CollectionView {
  readonly bundles: readonly {
    readonly name: string;
    readonly layout: string;
    readonly size: string;
    readonly entries: string;
    readonly created: string;
    readonly complete: string;
    readonly checksum: readonly string[];
  }[];
  readonly collectors: readonly { readonly id: string; readonly title: string; readonly outcome: string }[];
  readonly counts: readonly { readonly artifact: string; readonly items: string; readonly size: string }[];
  readonly logLines: string;
  readonly gaps: readonly GapRowView[];
  readonly redactions: readonly { readonly rule: string; readonly count: string }[];
}

/** Of the scopes of one row, as many are named. */
const SCOPES_NAMED = 12;

/** The collection record for the template `collection`. */
export function viewCollection(context: PageContext): CollectionView {
  const { texts, report } = context;
  const { collection } = report;
  return {
    bundles: report.bundles.map((bundle) => ({
      name: visibleInline(bundle.name),
      layout: visibleInline(bundle.layout),
      size: bundle.size > 0 ? formatBytes(bundle.size) : '',
      entries: formatCount(bundle.entries),
      created: [bundle.createdAt && formatTime(bundle.createdAt), bundle.createdBy]
        .flatMap((part) => (part ? [visibleInline(part)] : []))
        .join(', '),
      complete: bundle.complete
        ? texts.facts.yes
        : visibleInline(`${texts.facts.no}: ${bundle.incompleteReason ?? texts.header.unknownReason}`),
      checksum: visibleInline(bundle.sha256).match(/.{1,16}/g) ?? [],
    })),
    collectors: collection.collectors.map(({ id, title, outcome }) => ({
      id: visibleInline(id),
      title: visibleInline(title),
      outcome: describeOutcome(outcome, texts),
    })),
    counts: collection.counts.map(({ artifact, items, bytes }) => ({
      artifact: describeArtifact(artifact, texts),
      items: formatCount(items),
      size: formatBytes(bytes),
    })),
    logLines: say(texts.collection.logLines, { n: formatCount(collection.logLines) }),
    gaps: gapRows(collection.rows, context),
    redactions: Object.entries(collection.redactions).map(([rule, count]) => ({
      rule: visibleInline(rule),
      count: formatCount(count),
    })),
  };
}

function gapRows(rows: readonly CoverageRow[], context: PageContext): readonly GapRowView[] {
  const { texts } = context;
  const groups = new Map<string, CoverageRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.artifact, row.outcome, row.reason ?? '']);
    getOrCreate(groups, key, () => []).push(row);
  }
  return [...groups.values()].map((group) => {
    const first = group[0] as CoverageRow;
    const scopes = [...new Map(group.map((row) => [scopeKey(row.scope), row.scope])).values()];
    const rest = scopes.length - SCOPES_NAMED;
    return {
      artifact: describeArtifact(first.artifact, texts),
      scopes: scopes
        .slice(0, SCOPES_NAMED)
        .map((scope) => viewSegments(plainSegments(describeScope(scope, texts)))),
      moreScopes: rest > 0 ? sayCount(texts.unseen.more, rest) : undefined,
      outcome: describeOutcome(first.outcome, texts),
      reason: visibleInline(first.reason ?? ''),
    };
  });
}
