import type { Finding } from '../../model/finding.ts';
import type { Severity } from '../../model/message.ts';
import { describeConfidence, describeSince } from '../first-screen.ts';
import { say, sayCount } from '../say.ts';
import type { CountedText } from '../texts.en.ts';
import { visibleInline } from '../visible-text.ts';
import { type EvidenceView, viewEvidence } from './evidence-view.ts';
import { messageSegments, type PageContext, pageAnchor } from './page-context.ts';
import { type SegmentView, viewSegments } from './segment-view.ts';

/** A severity with its word, for the template `severity`. */
export interface SeverityView {
  readonly name: Severity;
  readonly word: string;
}

/** A finding as one row of a group. */
export interface RowView {
  readonly index: number;
  readonly anchor?: string;
  readonly severity: SeverityView;
  readonly message: readonly SegmentView[];
  readonly confidence: string;
  readonly since?: string;
  readonly evidence: readonly EvidenceView[];
}

/** Rows that belong together: the first ones static, all of them known to the data block. */
export interface GroupView {
  /** Names the group in the data block. */
  readonly key: string;
  readonly title: string;
  readonly page?: string;
  readonly total: number;
  readonly rows: readonly RowView[];
  /** Said when not every row is static. */
  readonly shown?: string;
  readonly findings: readonly Finding[];
}

/** Evidence of a row: the first few places, as the row is one of many. */
const EVIDENCE_IN_ROW = 3;

/** A severity for the template. */
export function viewSeverity(severity: Severity, context: PageContext): SeverityView {
  return { name: severity, word: context.texts.severity[severity] };
}

/** A group for the template `group`; undefined when it has no finding. */
export function viewGroup(
  key: string,
  findings: readonly Finding[],
  title: CountedText | string,
  context: PageContext,
): GroupView | undefined {
  if (findings.length === 0) return undefined;
  const total = findings.length;
  const shown = context.staticRows(total);
  return {
    key,
    title: typeof title === 'string' ? title : sayCount(title, total),
    total,
    rows: findings.slice(0, shown).map((finding) => viewRow(finding, context)),
    shown: shown < total ? say(context.texts.findings.shown, { shown, total }) : undefined,
    findings,
  };
}

/** Info findings, one group per message. */
export function viewInformation(context: PageContext): readonly GroupView[] {
  return context.groups.information.flatMap(({ analyzerId, messageId, findings }, position) => {
    const analyzer = context.catalog.analyzer(analyzerId);
    const several = context.groups.information.filter((group) => group.analyzerId === analyzerId).length > 1;
    const title = visibleInline(`${analyzer?.title ?? analyzerId}${several ? `, ${messageId}` : ''}`);
    const group = viewGroup(`i${position}`, findings, title, context);
    if (!group) return [];
    return analyzer ? [{ ...group, page: pageAnchor(analyzerId) }] : [group];
  });
}

function viewRow(finding: Finding, context: PageContext): RowView {
  return {
    index: context.indexOf(finding),
    anchor: context.claimAnchor(finding.fingerprint),
    severity: viewSeverity(finding.severity, context),
    message: viewSegments(messageSegments(finding, context.catalog)),
    confidence: describeConfidence(finding.confidence, context.texts),
    since: describeSince(finding.since, context.report.cluster.observed, context.texts),
    evidence: finding.evidence
      .slice(0, EVIDENCE_IN_ROW)
      .map((evidence) => viewEvidence(evidence, context.texts)),
  };
}
