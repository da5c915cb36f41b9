import type { Report } from '../../model/report.ts';
import { type FindingGroups, groupFindings, indexCatalog } from '../finding-groups.ts';
import { describeOutcome, firstScreen, type HeaderItem } from '../first-screen.ts';
import { say, sayCount } from '../say.ts';
import { plainSegments } from '../segments.ts';
import type { Texts } from '../texts.en.ts';
import type { UnseenGroup } from '../unseen.ts';
import { type AppendixView, viewAppendix } from './appendix-view.ts';
import { type CauseSummaryView, type CauseView, viewCauses, viewSummary } from './cause-view.ts';
import { type ChecklistView, viewChecklists } from './checklist-view.ts';
import { type CollectionView, viewCollection } from './collection-view.ts';
import { dataBlock, serializeBlock } from './data-block.ts';
import { type FactTableView, viewFacts } from './fact-view.ts';
import { type GroupView, viewGroup, viewInformation } from './finding-view.ts';
import { type PageContext, pageContext } from './page-context.ts';
import { type SegmentView, viewSegments } from './segment-view.ts';

/** A gap for the template `unseen`. */
export interface UnseenView {
  readonly what: string;
  readonly scopes: readonly (readonly SegmentView[])[];
  readonly moreScopes?: { readonly title: string; readonly scopes: readonly (readonly SegmentView[])[] };
  readonly outcome: string;
  readonly reason: readonly SegmentView[];
  readonly how?: { readonly lead: readonly SegmentView[]; readonly code: string };
  readonly analyzers: readonly string[];
  readonly moreAnalyzers?: { readonly title: string; readonly analyzers: readonly string[] };
}

/** Everything the templates print. */
export interface PageView {
  readonly texts: Texts;
  readonly title: string;
  readonly cluster: string;
  readonly header: readonly HeaderItem[];
  readonly top: readonly CauseSummaryView[];
  readonly moreCauses?: string;
  readonly nothing: readonly string[];
  readonly limits: readonly string[];
  readonly unseen: readonly UnseenView[];
  readonly moreUnseen?: { readonly title: string; readonly unseen: readonly UnseenView[] };
  readonly causes: readonly CauseView[];
  readonly causesShown?: string;
  readonly other?: GroupView;
  readonly information: readonly GroupView[];
  readonly checklists: readonly ChecklistView[];
  readonly facts: readonly FactTableView[];
  readonly collection: CollectionView;
  readonly appendix: AppendixView;
  /** The data block, ready for its script element. */
  readonly data: string;
}

/** Gaps named on the first screen. */
const UNSEEN_OPEN = 4;
/** Of the scopes of one gap, as many are named on the first screen. */
const SCOPES_OPEN = 3;
/** Analyzers of a gap that stand open; the rest is folded away. */
const ANALYZERS_OPEN = 12;

/** The view of a whole report. */
export function viewPage(report: Report, texts: Texts): PageView {
  const groups = groupFindings(report);
  const catalog = indexCatalog(report);
  const context = pageContext(report, groups, catalog, texts);
  const screen = firstScreen(report, groups, catalog, texts);
  const causes = viewCauses(context);
  const other = viewGroup('other', groups.other, texts.findings.group, context);
  const information = viewInformation(context);
  const unseen = screen.unseen.map((group) => viewUnseen(group, texts));
  const rest = unseen.slice(UNSEEN_OPEN);
  return {
    texts,
    title: say(texts.title, { cluster: screen.cluster }),
    cluster: screen.cluster,
    header: screen.header,
    top: screen.causes.map((summary, index) => viewSummary(summary, groups.causes[index], context)),
    moreCauses: screen.moreCauses > 0 ? sayCount(texts.causes.moreCauses, screen.moreCauses) : undefined,
    nothing: screen.nothing,
    limits: screen.limits,
    unseen: unseen.slice(0, UNSEEN_OPEN),
    moreUnseen:
      rest.length === 0 ? undefined : { title: sayCount(texts.unseen.more, rest.length), unseen: rest },
    causes,
    causesShown: causesShown(causes.length, groups, texts),
    other,
    information,
    checklists: viewChecklists(context),
    facts: viewFacts(context),
    collection: viewCollection(context),
    appendix: viewAppendix(context),
    data: serializeBlock(blockOf(context, causes, [...information, ...(other ? [other] : [])])),
  };
}

function causesShown(shown: number, groups: FindingGroups, texts: Texts): string | undefined {
  const total = groups.causes.length;
  return shown < total ? say(texts.findings.shown, { shown, total }) : undefined;
}

function blockOf(context: PageContext, causes: readonly CauseView[], loose: readonly GroupView[]) {
  const own = causes.flatMap(({ members, symptoms }) => [members, symptoms]);
  const groups = [...own.filter((group) => group !== undefined), ...loose];
  const staticFindings = new Set(groups.flatMap((group) => group.rows.map((row) => row.index)));
  for (const cause of causes) staticFindings.add(cause.index);
  return dataBlock(context, groups, staticFindings);
}

function viewUnseen(group: UnseenGroup, texts: Texts): UnseenView {
  const scopes = group.scopes.map(viewSegments);
  const rest = scopes.slice(SCOPES_OPEN);
  const unnamed = group.analyzers.slice(ANALYZERS_OPEN);
  return {
    what: group.what,
    scopes: scopes.slice(0, SCOPES_OPEN),
    moreScopes:
      rest.length === 0 ? undefined : { title: sayCount(texts.unseen.more, rest.length), scopes: rest },
    outcome: describeOutcome(group.outcome, texts),
    reason: viewSegments(plainSegments(group.reason)),
    how: group.how && { lead: viewSegments(group.how.lead), code: group.how.code },
    analyzers: group.analyzers.slice(0, ANALYZERS_OPEN),
    moreAnalyzers:
      unnamed.length === 0
        ? undefined
        : { title: sayCount(texts.unseen.more, unnamed.length), analyzers: unnamed },
  };
}
