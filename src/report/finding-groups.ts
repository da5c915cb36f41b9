import type { Finding } from '../model/finding.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { Message } from '../model/message.ts';
import type { CatalogAnalyzer, Cause, Report } from '../model/report.ts';

/** A cause with the findings that belong to it, resolved. */
export interface CauseGroup {
  readonly cause: Cause;
  /** The finding the cause is; undefined only in a report somebody edited. */
  readonly finding: Finding | undefined;
  /** The cause's other findings: equal fingerprint or group. */
  readonly members: readonly Finding[];
  readonly symptoms: readonly Finding[];
}

/** Findings of severity info of one message. */
export interface InformationGroup {
  readonly analyzerId: string;
  readonly messageId: string;
  readonly findings: readonly Finding[];
}

/** The findings of a report, each placed where the page shows it. */
export interface FindingGroups {
  readonly causes: readonly CauseGroup[];
  readonly information: readonly InformationGroup[];
  /** Critical and warning findings no cause names; empty unless the diagnosis left some out. */
  readonly other: readonly Finding[];
}

/** Places every finding of the report: nothing that was found is left out of the page. */
export function groupFindings(report: Report): FindingGroups {
  const byId = new Map(report.findings.map((finding) => [finding.id, finding]));
  const placed = new Set<string>();
  for (const cause of report.diagnosis.causes) {
    placed.add(cause.findingId);
    for (const id of [...cause.members, ...cause.symptoms]) placed.add(id);
  }
  const resolve = (ids: readonly string[]) => ids.flatMap((id) => byId.get(id) ?? []);
  const causes = report.diagnosis.causes.map((cause) => ({
    cause,
    finding: byId.get(cause.findingId),
    members: resolve(cause.members.filter((id) => id !== cause.findingId)),
    symptoms: resolve(cause.symptoms),
  }));
  const rest = report.findings.filter((finding) => !placed.has(finding.id));
  return {
    causes,
    information: informationGroups(rest.filter((finding) => finding.severity === 'info')),
    other: rest.filter((finding) => finding.severity !== 'info'),
  };
}

function informationGroups(findings: readonly Finding[]): readonly InformationGroup[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.analyzerId} ${finding.messageId}`;
    getOrCreate(groups, key, () => []).push(finding);
  }
  return [...groups.values()].map((group) => {
    const { analyzerId, messageId } = group[0] as Finding;
    return { analyzerId, messageId, findings: group };
  });
}

/** Finds texts of the catalog by id. */
export interface CatalogIndex {
  analyzer(id: string): CatalogAnalyzer | undefined;
  message(finding: { readonly analyzerId: string; readonly messageId: string }): Message | undefined;
}

/** An index over the report's catalog. */
export function indexCatalog(report: Report): CatalogIndex {
  const byId = new Map(report.catalog.analyzers.map((analyzer) => [analyzer.id, analyzer]));
  return {
    analyzer: (id) => byId.get(id),
    message: ({ analyzerId, messageId }) => {
      const messages = byId.get(analyzerId)?.messages;
      return messages && Object.hasOwn(messages, messageId) ? messages[messageId] : undefined;
    },
  };
}
