import type { CauseGroup } from '../finding-groups.ts';
import { type CauseSummary, summarize } from '../first-screen.ts';
import { say, sayCount } from '../say.ts';
import { plainSegments, type Segment } from '../segments.ts';
import { visibleInline, visibleText } from '../visible-text.ts';
import { type EvidenceView, viewEvidence } from './evidence-view.ts';
import { type GroupView, type SeverityView, viewGroup, viewSeverity } from './finding-view.ts';
import { anchorOf, causeSegments, type PageContext, pageAnchor, STATIC_ROWS } from './page-context.ts';
import { type SegmentView, viewSegments } from './segment-view.ts';

/** A cause of the first screen. */
export interface CauseSummaryView {
  readonly number: number;
  readonly severity: SeverityView;
  readonly message: readonly SegmentView[];
  readonly confidence: string;
  /** Since when and how far it reaches. */
  readonly facts: readonly string[];
  readonly steps: readonly StepView[];
  readonly href?: string;
}

/** One step of a remedy. */
export interface StepView {
  readonly text: readonly SegmentView[];
  readonly command?: string;
}

/** A cause in full. */
export interface CauseView extends CauseSummaryView {
  readonly anchor?: string;
  readonly index: number;
  readonly evidence: readonly EvidenceView[];
  readonly moreEvidence?: { readonly title: string; readonly evidence: readonly EvidenceView[] };
  readonly remedy: readonly StepView[];
  readonly members?: GroupView;
  readonly symptoms?: GroupView;
  readonly unseenExplanations: readonly string[];
  readonly page?: { readonly href: string; readonly title: string };
}

/** Evidence of a cause shown unfolded. */
const EVIDENCE_OPEN = 3;

/** The first causes, in full; the data block has the rest. */
export function viewCauses(context: PageContext): readonly CauseView[] {
  return context.groups.causes
    .slice(0, STATIC_ROWS)
    .map((group, position) => viewCause(group, position, context));
}

/** A cause of the first screen for the template `cause-summary`. */
export function viewSummary(
  summary: CauseSummary,
  group: CauseGroup | undefined,
  context: PageContext,
): CauseSummaryView {
  return {
    number: summary.number,
    severity: viewSeverity(summary.severity, context),
    message: viewSegments(summary.message),
    confidence: summary.confidence,
    facts: [summary.since, summary.reach].filter((fact) => fact !== undefined),
    steps: summary.steps.map(({ text, command }) => ({ text: viewSegments(text), command })),
    href: group?.finding && `#${anchorOf(group.finding.fingerprint)}`,
  };
}

function viewCause(group: CauseGroup, position: number, context: PageContext): CauseView {
  const { cause, finding, members, symptoms } = group;
  const { texts, catalog, report } = context;
  const message: readonly Segment[] = causeSegments(cause, finding, catalog);
  const summary = summarize(cause, { number: position + 1, message }, report.cluster.observed, texts);
  const evidence = (finding?.evidence ?? []).map((piece) => viewEvidence(piece, texts));
  const more = evidence.slice(EVIDENCE_OPEN);
  const analyzer = catalog.analyzer(cause.analyzerId);
  return {
    ...viewSummary(summary, group, context),
    anchor: finding && context.claimAnchor(finding.fingerprint),
    index: finding ? context.indexOf(finding) : -1,
    evidence: evidence.slice(0, EVIDENCE_OPEN),
    moreEvidence:
      more.length === 0
        ? undefined
        : { title: sayCount(texts.causes.moreEvidence, more.length), evidence: more },
    remedy: cause.remedy.map((step) => ({
      text: viewSegments(plainSegments(step.text)),
      command: step.command === undefined ? undefined : visibleText(step.command),
    })),
    members: viewGroup(`m${position}`, members, texts.causes.members, context),
    symptoms: viewGroup(`s${position}`, symptoms, texts.causes.symptoms, context),
    unseenExplanations: cause.unseenExplanations.map((id) => visibleInline(id)),
    page: analyzer && {
      href: `#${pageAnchor(analyzer.id)}`,
      title: say(texts.causes.page, { title: visibleInline(analyzer.title) }),
    },
  };
}
