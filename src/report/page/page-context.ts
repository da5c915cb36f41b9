import type { Finding } from '../../model/finding.ts';
import type { Cause, Report } from '../../model/report.ts';
import type { CatalogIndex, FindingGroups } from '../finding-groups.ts';
import { plainSegments, renderSegments, type Segment } from '../segments.ts';
import type { Texts } from '../texts.en.ts';

/** Of a group, as many rows are static HTML; the rest renders on demand. */
export const STATIC_ROWS = 200;
/** Of all groups together, as many rows are static, so that the file stays small with many groups. */
export const STATIC_ROWS_IN_ALL = 2000;
/** A group gets at least as many once the total is used up. */
const STATIC_ROWS_AT_LEAST = 5;

/** What the views of one page share. */
export interface PageContext {
  readonly report: Report;
  readonly groups: FindingGroups;
  readonly catalog: CatalogIndex;
  readonly texts: Texts;
  /** How many rows of a group are static; call once per group, in the order of the page. */
  staticRows(total: number): number;
  /** The permalink of a fingerprint for its first place on the page; undefined for the later ones. */
  claimAnchor(fingerprint: string): string | undefined;
  /** Position of a finding in the report, which the data block and the rows use as its number. */
  indexOf(finding: Finding): number;
}

/** A context for one rendering. */
export function pageContext(
  report: Report,
  groups: FindingGroups,
  catalog: CatalogIndex,
  texts: Texts,
): PageContext {
  const claimed = new Set<string>();
  const indexes = new Map(report.findings.map((finding, index) => [finding, index]));
  let left = STATIC_ROWS_IN_ALL;
  return {
    report,
    groups,
    catalog,
    texts,
    staticRows(total) {
      const rows = Math.min(total, STATIC_ROWS, Math.max(left, STATIC_ROWS_AT_LEAST));
      left -= rows;
      return rows;
    },
    claimAnchor(fingerprint) {
      if (claimed.has(fingerprint)) return undefined;
      claimed.add(fingerprint);
      return anchorOf(fingerprint);
    },
    indexOf: (finding) => indexes.get(finding) ?? -1,
  };
}

/** The fragment that leads to a finding: it survives a second run and a rollout, as the fingerprint does. */
export function anchorOf(fingerprint: string): string {
  return `f-${fingerprint.replace(/[^A-Za-z0-9_-]/g, '-')}`;
}

/** The fragment of an analyzer's page. */
export function pageAnchor(analyzerId: string): string {
  return `page-${analyzerId.replace(/[^A-Za-z0-9_-]/g, '-')}`;
}

/** A finding's message with its values; without its text in the catalog, the ids. */
export function messageSegments(finding: Finding, catalog: CatalogIndex): readonly Segment[] {
  const message = catalog.message(finding);
  if (message) return renderSegments(message.text, finding.values);
  return plainSegments(`${finding.analyzerId} ${finding.messageId}`);
}

/** A cause's message from its finding where the catalog has the text, else as the report states it. */
export function causeSegments(
  cause: Cause,
  finding: Finding | undefined,
  catalog: CatalogIndex,
): readonly Segment[] {
  if (finding && catalog.message(finding)) return messageSegments(finding, catalog);
  return plainSegments(cause.message);
}
