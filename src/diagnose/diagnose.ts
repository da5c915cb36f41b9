import type { ObjectGraph } from '../derive/object-graph.ts';
import type { AnalyzerResult } from '../model/analyzer.ts';
import type { Finding } from '../model/finding.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type Message, SEVERITIES } from '../model/message.ts';
import type { Cause } from '../model/report.ts';
import { type Subject, subjectKey } from '../model/subject.ts';
import { components } from './components.ts';
import { explanations } from './explanations.ts';
import type { MessageCatalog } from './message-catalog.ts';
import { compareFindings } from './rank.ts';

/** A cause before its texts are rendered. */
export type BareCause = Omit<Cause, 'message' | 'remedy'>;

/**
 * Joins findings into causes and symptoms. Pure. Every critical or warning finding nobody explains is a
 * cause; findings that explain each other in a circle are one, led by the most specific; members of one
 * group are one cause.
 */
export function diagnose(
  findings: readonly Finding[],
  graph: ObjectGraph,
  catalog: MessageCatalog,
  results: readonly AnalyzerResult[],
): readonly BareCause[] {
  const faults = findings.filter((finding) => finding.severity !== 'info').sort(compareFindings);
  const edges = explanations(faults, graph, catalog);
  const leading = [...faults.filter(isSpecific), ...faults.filter((finding) => !isSpecific(finding))];
  const circles = components(
    leading.map((finding) => finding.id),
    edges,
  );
  const byId = new Map(faults.map((finding) => [finding.id, finding]));
  const explained = new Set<string>();
  for (const [cause, symptoms] of edges) {
    for (const symptom of symptoms)
      if (circles.get(cause) !== circles.get(symptom)) explained.add(circles.get(symptom) as string);
  }
  const roots = new Map<string, Finding[]>();
  for (const finding of leading) {
    const circle = circles.get(finding.id) as string;
    if (explained.has(circle)) continue;
    const leader = byId.get(circle) as Finding;
    getOrCreate(roots, groupKey(leader, catalog), () => []).push(finding);
  }
  const unknown = results.filter((result) => result.status === 'unknown').map((result) => result.analyzerId);
  return [...roots.values()]
    .map((members) => toCause(members, edges, byId, catalog, unknown))
    .map((cause) => ({ cause, weight: weightOf(cause, byId) }))
    .sort((a, b) => compareCauses(a.cause, b.cause, a.weight - b.weight))
    .map(({ cause }) => cause);
}

/** What only the state of a pod or an object tells; whoever knows what runs in it says more of the same fault. */
const GENERIC = ['workload/', 'kubernetes/'];

function isSpecific({ analyzerId }: Finding): boolean {
  return !GENERIC.some((domain) => analyzerId.startsWith(domain));
}

/** A cause weighs as much as the worst of what it explains: the warning behind an outage comes before a lesser fault. */
function weightOf({ severity, symptoms }: BareCause, byId: ReadonlyMap<string, Finding>): number {
  const severities = [severity, ...symptoms.map((id) => (byId.get(id) as Finding).severity)];
  return Math.min(...severities.map((one) => SEVERITIES.indexOf(one)));
}

/** Findings of one group are one cause: equal `groupBy` values, else equal fingerprints. */
function groupKey(finding: Finding, catalog: MessageCatalog): string {
  const groupBy = messageOf(finding, catalog)?.groupBy;
  if (!groupBy) return finding.fingerprint;
  const values = groupBy.map((name) => finding.values[name] ?? null);
  return JSON.stringify([finding.analyzerId, finding.messageId, values]);
}

function messageOf(finding: Finding, catalog: MessageCatalog): Message | undefined {
  return catalog.get(finding.analyzerId)?.[finding.messageId];
}

function toCause(
  members: readonly Finding[],
  edges: ReadonlyMap<string, readonly string[]>,
  byId: ReadonlyMap<string, Finding>,
  catalog: MessageCatalog,
  unknown: readonly string[],
): BareCause {
  const leader = members[0] as Finding;
  const memberIds = members.map((member) => member.id);
  const symptoms = reachable(memberIds, edges);
  const everything = [...members, ...symptoms.map((id) => byId.get(id) as Finding)];
  const since = members
    .map((member) => member.since)
    .filter((time) => time !== undefined)
    .sort()[0];
  return {
    findingId: leader.id,
    analyzerId: leader.analyzerId,
    messageId: leader.messageId,
    severity: worst(members),
    confidence: leader.confidence,
    subject: leader.subject,
    members: memberIds,
    subjects: distinct(members.map((member) => member.subject)),
    ...(since === undefined ? {} : { since }),
    reach: reachOf(everything, members.length),
    symptoms,
    unseenExplanations: couldExplain(leader, catalog, unknown),
  };
}

function worst(members: readonly Finding[]): Finding['severity'] {
  return members.some((member) => member.severity === 'critical')
    ? 'critical'
    : (members[0] as Finding).severity;
}

/** Everything the members explain, nearest first, the members themselves left out. */
function reachable(from: readonly string[], edges: ReadonlyMap<string, readonly string[]>): string[] {
  const seen = new Set(from);
  const found: string[] = [];
  let front = [...from];
  while (front.length > 0) {
    const next: string[] = [];
    for (const id of front) {
      for (const symptom of edges.get(id) ?? []) {
        if (seen.has(symptom)) continue;
        seen.add(symptom);
        next.push(symptom);
      }
    }
    found.push(...next);
    front = next;
  }
  return found;
}

function reachOf(everything: readonly Finding[], members: number): Cause['reach'] {
  const objects = distinct(everything.map((finding) => finding.subject));
  const namespaces = new Set(objects.map((subject) => ('kind' in subject ? subject.namespace : undefined)));
  namespaces.delete(undefined);
  return { findings: everything.length - members, objects: objects.length, namespaces: namespaces.size };
}

function distinct(subjects: readonly Subject[]): Subject[] {
  return [...new Map(subjects.map((subject) => [subjectKey(subject), subject])).values()];
}

/** Analyzers that could not tell, and whose messages would explain this finding. */
function couldExplain(finding: Finding, catalog: MessageCatalog, unknown: readonly string[]): string[] {
  const effect = messageOf(finding, catalog)?.effect;
  if (!effect) return [];
  return unknown.filter(
    (id) =>
      id !== finding.analyzerId &&
      Object.values(catalog.get(id) ?? {}).some((message) =>
        message.explains?.some((one) => one.effect === effect),
      ),
  );
}

function compareCauses(a: BareCause, b: BareCause, byWeight: number): number {
  const reach = b.reach.findings + b.members.length - a.reach.findings - a.members.length;
  return byWeight || compareFindings(asFinding(a), asFinding(b), reach);
}

function asFinding(cause: BareCause): Pick<Finding, 'severity' | 'confidence' | 'analyzerId' | 'id'> {
  return {
    severity: cause.severity,
    confidence: cause.confidence,
    analyzerId: cause.analyzerId,
    id: cause.findingId,
  };
}
