import type { ObjectGraph } from '../../../src/derive/object-graph.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import type { MessageCatalog } from '../../../src/diagnose/message-catalog.ts';
import type { AnalyzerResult } from '../../../src/model/analyzer.ts';
import type { Effect } from '../../../src/model/effect.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { Explains, Message } from '../../../src/model/message.ts';
import { type Subject, subjectKey } from '../../../src/model/subject.ts';

/** A subject in the namespace shop, or of the cluster for a Node. */
export function object(kind: string, name: string): Subject {
  return { group: '', kind, ...(kind === 'Node' ? {} : { namespace: 'shop' }), name };
}

/** A message with what the diagnosis reads of it. */
export function message(
  parts: { effect?: Effect; explains?: readonly Explains[]; groupBy?: readonly string[] } = {},
): Message {
  return {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'so' },
    text: '{x:text}',
    remedy: [{ text: 'Mend it.' }],
    ...parts,
  };
}

/** A finding of `<analyzer>:<message>` whose id is given; everything else has a default. */
export function finding(id: string, of: string, subject: Subject, parts: Partial<Finding> = {}): Finding {
  const [analyzerId = '', messageId = ''] = of.split(':');
  return {
    id,
    fingerprint: `fingerprint of ${id}`,
    analyzerId,
    messageId,
    severity: 'critical',
    confidence: { level: 'certain', reason: 'so' },
    values: {},
    subject,
    rootOwner: subject,
    related: [],
    evidence: [],
    ...parts,
  };
}

type Pair = readonly [from: Subject, to: Subject];

/** Which edges of the object graph there are, by subject. */
export interface Edges {
  readonly owner?: readonly (readonly [child: Subject, owner: Subject])[];
  readonly runs?: readonly (readonly [node: Subject, pod: Subject])[];
  readonly selects?: readonly (readonly [service: Subject, pod: Subject])[];
  readonly uses?: readonly (readonly [user: Subject, used: Subject])[];
  readonly backs?: readonly (readonly [frontend: Subject, service: Subject])[];
  readonly fronts?: readonly (readonly [route: Subject, service: Subject])[];
  readonly scales?: readonly (readonly [autoscaler: Subject, workload: Subject])[];
}

/** Both ends of a relation of pairs. */
function ends(pairs: readonly Pair[] = []) {
  const keyed = pairs.map(([a, b]) => [subjectKey(a), subjectKey(b)] as const);
  return {
    from: (key: string) => keyed.filter(([from]) => from === key).map(([, to]) => to),
    to: (key: string) => keyed.filter(([, to]) => to === key).map(([from]) => from),
  };
}

/** An object graph of single steps. */
export function graphOf(edges: Edges = {}): ObjectGraph {
  const owner = ends(edges.owner);
  const runs = ends(edges.runs);
  const selects = ends(edges.selects);
  const uses = ends(edges.uses);
  const backs = ends(edges.backs);
  const fronts = ends(edges.fronts);
  const scales = ends(edges.scales);
  const closure = (key: string, next: (key: string) => readonly string[]): string[] =>
    next(key).flatMap((one) => [one, ...closure(one, next)]);
  return {
    owners: (key) => closure(key, owner.from),
    owned: (key) => closure(key, owner.to),
    nodeOf: (key) => runs.to(key)[0],
    podsOn: runs.from,
    servicesOf: selects.to,
    podsOf: selects.from,
    uses: uses.from,
    usersOf: uses.to,
    backends: backs.from,
    frontends: backs.to,
    routesTo: fronts.to,
    scaleTarget: (key) => scales.from(key)[0],
  };
}

/** The catalog of messages by `<analyzer>:<message>`. */
export function catalogOf(messages: Readonly<Record<string, Message>>): MessageCatalog {
  const catalog = new Map<string, Record<string, Message>>();
  for (const [of, one] of Object.entries(messages)) {
    const [analyzerId = '', messageId = ''] = of.split(':');
    catalog.set(analyzerId, { ...catalog.get(analyzerId), [messageId]: one });
  }
  return catalog;
}

/** The diagnosis as lines: `leader+members > symptoms`. */
export function linesOf(
  findings: readonly Finding[],
  messages: Readonly<Record<string, Message>>,
  edges?: Edges,
): string[] {
  return diagnose(findings, graphOf(edges), catalogOf(messages), []).map(
    ({ members, symptoms }) => `${members.join('+')}${symptoms.length > 0 ? ` > ${symptoms.join(' ')}` : ''}`,
  );
}

/** A result of an analyzer that could not tell. */
export function unknownResult(analyzerId: string): AnalyzerResult {
  return { analyzerId, status: 'unknown', unseen: [], findings: 0, looked: {} };
}
