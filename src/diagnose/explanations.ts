import type { ObjectGraph } from '../derive/object-graph.ts';
import type { Effect, Relation } from '../model/effect.ts';
import type { Finding } from '../model/finding.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type Subject, subjectKey } from '../model/subject.ts';
import type { MessageCatalog } from './message-catalog.ts';

/**
 * How much later than its symptom a cause may seem to begin: conditions lag what they report by the node
 * monitor grace period (40–50 s) and clocks of different machines differ.
 */
const SINCE_TOLERANCE_SECONDS = 60;

/** Edges from a finding to the findings it explains, by finding id. One pass per symptom: linear in findings. */
export function explanations(
  faults: readonly Finding[],
  graph: ObjectGraph,
  catalog: MessageCatalog,
): Map<string, string[]> {
  const causesOf = indexCauses(faults, catalog);
  const edges = new Map<string, string[]>();
  for (const symptom of faults) {
    const effect = catalog.get(symptom.analyzerId)?.[symptom.messageId]?.effect;
    if (effect === undefined) continue;
    const reachableFrom = symptomKeys(symptom, graph);
    const seen = new Set<string>();
    for (const relation of RELATIONS) {
      for (const key of reachableFrom(relation)) {
        for (const cause of causesOf(effect, relation, key)) {
          if (cause.id === symptom.id || seen.has(cause.id) || beginsLater(cause, symptom)) continue;
          seen.add(cause.id);
          getOrCreate(edges, cause.id, () => []).push(symptom.id);
        }
      }
    }
  }
  return edges;
}

const RELATIONS: readonly Relation[] = [
  'same-object',
  'owns',
  'owned-by',
  'runs',
  'placed-on',
  'selected-by',
  'used-by',
  'backs',
  'fronts',
  'scaled-by',
  'same-namespace',
  'cluster-wide',
];
const EVERYWHERE = '*';

/** Finds causes by what they explain, through which relation, and the object they are about. */
function indexCauses(faults: readonly Finding[], catalog: MessageCatalog) {
  const index = new Map<string, Finding[]>();
  for (const finding of faults) {
    const message = catalog.get(finding.analyzerId)?.[finding.messageId];
    for (const { effect, via } of message?.explains ?? []) {
      for (const relation of via) {
        for (const key of causeKeys(finding, relation)) {
          getOrCreate(index, `${effect} ${relation} ${key}`, () => []).push(finding);
        }
      }
    }
  }
  return (effect: Effect, relation: Relation, key: string) => index.get(`${effect} ${relation} ${key}`) ?? [];
}

function causeKeys(finding: Finding, relation: Relation): string[] {
  if (relation === 'cluster-wide') return [EVERYWHERE];
  if (relation === 'same-namespace') return namespacesOf([finding.subject]);
  const subject = subjectKey(finding.subject);
  if (relation !== 'same-object') return [subject];
  // Something outside the cluster is the same for all who name it; an object merely related is not the cause.
  const external = finding.related.filter((one) => 'external' in one).map(subjectKey);
  return [...new Set([subject, ...external])];
}

/** The namespaces objects lie in; a Namespace lies in itself. */
function namespacesOf(subjects: readonly Subject[]): string[] {
  const names = subjects.map((subject) => {
    if ('external' in subject) return undefined;
    return subject.group === '' && subject.kind === 'Namespace' ? subject.name : subject.namespace;
  });
  return [...new Set(names.filter((name) => name !== undefined))];
}

function objectKeys(finding: Finding): string[] {
  return [...new Set([finding.subject, ...finding.related].map(subjectKey))];
}

/** The objects a cause would have to be about to reach this symptom, per relation. */
function symptomKeys(symptom: Finding, graph: ObjectGraph): (relation: Relation) => Iterable<string> {
  const keys = objectKeys(symptom);
  return (relation) => {
    switch (relation) {
      case 'same-object':
        return keys;
      case 'owns':
        return new Set(keys.flatMap((key) => graph.owners(key)));
      case 'owned-by':
        return new Set(keys.flatMap((key) => graph.owned(key)));
      case 'runs':
        return new Set(keys.map((key) => graph.nodeOf(key)).filter((key) => key !== undefined));
      case 'placed-on':
        return new Set(keys.flatMap((key) => graph.podsOn(key)));
      case 'selected-by':
        return new Set(keys.flatMap((key) => graph.podsOf(key)));
      case 'used-by':
        return new Set(keys.flatMap((key) => graph.uses(key)));
      case 'backs':
        return new Set(keys.flatMap((key) => graph.backends(key)));
      case 'fronts':
        return new Set(keys.flatMap((key) => graph.routesTo(key)));
      case 'scaled-by':
        return new Set(keys.map((key) => graph.scaleTarget(key)).filter((key) => key !== undefined));
      case 'same-namespace':
        return namespacesOf([symptom.subject, ...symptom.related]);
      case 'cluster-wide':
        return [EVERYWHERE];
    }
  };
}

function beginsLater(cause: Finding, symptom: Finding): boolean {
  if (cause.since === undefined || symptom.since === undefined) return false;
  return Date.parse(cause.since) - Date.parse(symptom.since) > SINCE_TOLERANCE_SECONDS * 1000;
}
