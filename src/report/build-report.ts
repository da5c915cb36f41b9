import type { AnalyzerResult, AnyAnalyzer } from '../model/analyzer.ts';
import type { FactTable } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import type { CheckRow, Evidence, Finding } from '../model/finding.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { Message } from '../model/message.ts';
import {
  type CatalogAnalyzer,
  type Cause,
  REPORT_SCHEMA_VERSION,
  type Report,
  type ReportBundle,
  type ReportCluster,
  type ReportCollection,
} from '../model/report.ts';
import { scopeKey } from '../model/scope.ts';
import { subjectKey } from '../model/subject.ts';
import { packaged } from '../packaged.ts';
import { buildChecklists } from './build-checklists.ts';
import { renderCommand } from './render-command.ts';
import { renderText } from './render-text.ts';

/** Evidence keeps its excerpt for the first five findings of a fingerprint, and for this many in all. */
const EXCERPTS_PER_FINGERPRINT = 5;
const EXCERPTS_IN_ALL = 2000;

/** What a report is made of. */
export interface ReportParts {
  readonly tool: Report['tool'];
  readonly analyzers: readonly AnyAnalyzer[];
  readonly cluster: ReportCluster;
  readonly bundles: readonly ReportBundle[];
  readonly collection: ReportCollection;
  readonly results: readonly AnalyzerResult[];
  readonly findings: readonly Finding[];
  readonly rows: readonly CheckRow[];
  readonly causes: readonly Omit<Cause, 'message' | 'remedy'>[];
  readonly facts: readonly FactTable[];
  /** Titles of artifacts by id; only those the report names are kept. */
  readonly titles: ReadonlyMap<string, string>;
}

/** Builds the report: sorted, texts once, excerpts limited. Pure but for the pages it ships with. */
export function buildReport(parts: ReportParts): Report {
  const byId = new Map(parts.analyzers.map((analyzer) => [analyzer.meta.id, analyzer]));
  const findings = limitExcerpts([...parts.findings].sort(byAnalyzerAndId));
  const findingsById = new Map(findings.map((finding) => [finding.id, finding]));
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: parts.tool,
    cluster: parts.cluster,
    bundles: parts.bundles,
    collection: parts.collection,
    results: parts.results,
    findings,
    diagnosis: {
      causes: parts.causes.map((cause) => renderCause(cause, findingsById, byId, parts.cluster.flavour)),
    },
    checklists: buildChecklists(parts),
    facts: parts.facts,
    unseen: unseenOf(parts.results),
    catalog: { analyzers: catalogOf(parts), artifacts: titlesOf(parts) },
  };
}

function byAnalyzerAndId(a: Finding, b: Finding): number {
  const keyA = `${a.analyzerId} ${a.messageId} ${subjectKey(a.subject)} ${a.id}`;
  const keyB = `${b.analyzerId} ${b.messageId} ${subjectKey(b.subject)} ${b.id}`;
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0;
}

function limitExcerpts(findings: readonly Finding[]): Finding[] {
  const perFingerprint = new Map<string, number>();
  let all = 0;
  return findings.map((finding) => {
    const kept = getOrCreate(perFingerprint, finding.fingerprint, () => 0);
    if (kept < EXCERPTS_PER_FINGERPRINT && all < EXCERPTS_IN_ALL) {
      perFingerprint.set(finding.fingerprint, kept + 1);
      all += finding.evidence.length;
      return finding;
    }
    return { ...finding, evidence: finding.evidence.map(withoutExcerpt) };
  });
}

function withoutExcerpt(evidence: Evidence): Evidence {
  if (evidence.type === 'absent') return evidence;
  const { excerpt: _dropped, ...rest } = evidence;
  return rest;
}

function renderCause(
  cause: Omit<Cause, 'message' | 'remedy'>,
  findings: ReadonlyMap<string, Finding>,
  analyzers: ReadonlyMap<string, AnyAnalyzer>,
  flavour: string | undefined,
): Cause {
  const { values } = findings.get(cause.findingId) as Finding;
  const message = analyzers.get(cause.analyzerId)?.meta.messages[cause.messageId] as Message;
  const steps = message.remedy.filter(
    (step) => step.flavour === undefined || flavour === undefined || step.flavour === flavour,
  );
  return {
    ...cause,
    message: renderText(message.text, values),
    remedy: steps.map((step) => {
      const command = step.argv ? renderCommand(step.argv, values) : undefined;
      return { text: renderText(step.text, values), ...(command === undefined ? {} : { command }) };
    }),
  };
}

/** Gaps of all analyzers, each once, with the analyzers that are unknown for it; most limiting first. */
function unseenOf(results: readonly AnalyzerResult[]): Report['unseen'] {
  const gaps = new Map<string, { gap: Gap; analyzers: string[] }>();
  for (const result of results) {
    for (const gap of result.unseen) {
      const entry = getOrCreate(gaps, `${gap.artifact} ${scopeKey(gap.scope)}`, () => ({
        gap,
        analyzers: [],
      }));
      if (result.status === 'unknown' || result.status === 'fail') entry.analyzers.push(result.analyzerId);
    }
  }
  return [...gaps.entries()]
    .sort(([a, x], [b, y]) => y.analyzers.length - x.analyzers.length || (a < b ? -1 : 1))
    .map(([, { gap, analyzers }]) => ({ ...gap, analyzers }));
}

function catalogOf({ analyzers, results }: ReportParts): CatalogAnalyzer[] {
  const speaking = new Set(
    results
      .filter(
        (result) =>
          result.findings > 0 || result.status === 'unknown' || Object.keys(result.looked).length > 0,
      )
      .map((result) => result.analyzerId),
  );
  return analyzers
    .filter((analyzer) => speaking.has(analyzer.meta.id))
    .sort((a, b) => (a.meta.id < b.meta.id ? -1 : 1))
    .map(({ meta }) => ({
      id: meta.id,
      title: meta.title,
      description: meta.description,
      messages: meta.messages,
      checks: meta.checks ?? {},
      references: meta.references,
      page: packaged(`analyzers/${meta.id}.md`),
    }));
}

/** Titles of what gaps, rows and counts name; kinds of objects speak for themselves. */
function titlesOf({ titles, collection, results }: ReportParts): Record<string, string> {
  const named = new Set<string>();
  for (const { artifact } of [...collection.rows, ...collection.counts]) named.add(artifact);
  for (const result of results) for (const gap of result.unseen) named.add(gap.artifact);
  const kept = [...named].filter((id) => titles.has(id) && !id.startsWith('resources:')).sort();
  return Object.fromEntries(kept.map((id) => [id, titles.get(id) as string]));
}
