import type { EventItem, LeaseItem, NodeItem, PodItem } from '../artifacts/resources.ts';
import type { LogMatches } from '../model/log-signals.ts';
import { groupOf, type ObjectRef, type Subject, subjectOf } from '../model/subject.ts';
import { containersOf } from './containers.ts';
import { eventTime } from './event-index.ts';
import { exitCodeMeaning } from './exit-codes.ts';
import type { NodeClocks } from './node-clocks.ts';

/** What kind of thing happened. */
export type TimelineKind = 'event' | 'restart' | 'condition' | 'lease' | 'log';

/** One thing that happened, at the API server's clock. */
export interface TimelineEntry {
  /** ISO 8601. */
  readonly time: string;
  /** When it was last seen, for what was repeated. */
  readonly until?: string;
  readonly kind: TimelineKind;
  readonly subject: Subject;
  readonly text: string;
  readonly count: number;
  /** Higher is kept when there are more than can be shown: 2 a change for the worse, 1 a warning, 0 the rest. */
  readonly weight: 0 | 1 | 2;
}

/** Normal events that tell of a fault all the same (facts: control-plane-and-nodes.md §0, 11). */
const TELLING = new Set([
  'NodeNotReady',
  'NodeReady',
  'NodeHasDiskPressure',
  'NodeHasInsufficientMemory',
  'NodeHasInsufficientPID',
  'Rebooted',
  'LeaderElection',
  'Killing',
  'DeadlineExceeded',
  'FailedBinding',
  'ScalingReplicaSet',
]);

/** Warnings and the telling normal events; those of nodes' components at the API server's clock. */
export function eventEntry(event: EventItem, clocks: NodeClocks): TimelineEntry | undefined {
  const warning = event.type === 'Warning';
  if (!warning && !TELLING.has(event.reason ?? '')) return undefined;
  const node = event.source?.host;
  const last = eventTime(event);
  const first = event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? last;
  if (first === '') return undefined;
  const { apiVersion = '', kind = '', namespace, name = '' } = event.involvedObject ?? {};
  const subject: ObjectRef = {
    group: groupOf(apiVersion),
    kind,
    ...(namespace && kind !== 'Node' ? { namespace } : {}),
    name,
  };
  return {
    time: clocks.corrected(first, node),
    ...(last === first ? {} : { until: clocks.corrected(last, node) }),
    kind: 'event',
    subject,
    text: `${event.reason ?? 'Event'}: ${(event.message ?? '').trim()}`,
    count: event.series?.count ?? event.count ?? 1,
    weight: warning ? 1 : 0,
  };
}

/** The last end of each container that was started again. */
export function restartEntries(pod: PodItem, clocks: NodeClocks): TimelineEntry[] {
  return containersOf(pod).flatMap(({ name, pointer, status }) => {
    const ended = status.lastState?.terminated;
    if (!ended?.finishedAt || status.restartCount === 0) return [];
    const how = ended.reason ?? exitCodeMeaning(ended.exitCode);
    return [
      {
        time: clocks.corrected(ended.finishedAt, pod.spec?.nodeName),
        kind: 'restart' as const,
        subject: subjectOf(pod, pointer),
        text: `container \`${name}\` ended with exit code ${ended.exitCode} (${how}) and was started again`,
        count: status.restartCount,
        weight: 2 as const,
      },
    ];
  });
}

/** Conditions of a node that are not as they should be, since when, and when it became ready. */
export function nodeEntries(node: NodeItem): TimelineEntry[] {
  return (node.status?.conditions ?? []).flatMap(
    ({ type, status, reason, message, lastTransitionTime: time }) => {
      if (!time) return [];
      const bad = type === 'Ready' ? status !== 'True' : status === 'True' && type.endsWith('Pressure');
      if (!bad && type !== 'Ready') return [];
      const text = `${type} became ${status}${reason ? ` (${reason})` : ''}${bad && message ? `: ${message}` : ''}`;
      const entry = { time, kind: 'condition' as const, subject: subjectOf(node), text, count: 1 };
      return [{ ...entry, weight: bad ? (2 as const) : (0 as const) }];
    },
  );
}

/** A pod that is not ready, since when. */
export function podEntries(pod: PodItem): TimelineEntry[] {
  if (pod.status?.phase !== 'Running') return [];
  const ready = pod.status.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'False' || !ready.lastTransitionTime) return [];
  const text = `Ready became False${ready.reason ? ` (${ready.reason})` : ''}`;
  const subject = subjectOf(pod);
  return [{ time: ready.lastTransitionTime, kind: 'condition', subject, text, count: 1, weight: 1 }];
}

/** When a leader took its lease; heartbeats of nodes tell nothing here. */
export function leaseEntry({ metadata, spec, ...lease }: LeaseItem): TimelineEntry | undefined {
  if (metadata.namespace === 'kube-node-lease' || !spec?.acquireTime || !spec.holderIdentity)
    return undefined;
  // API servers publish their identity through leases that nobody competes for.
  if (spec.leaseTransitions === undefined) return undefined;
  return {
    time: spec.acquireTime,
    kind: 'lease',
    subject: subjectOf({ ...lease, metadata }),
    text: `\`${spec.holderIdentity}\` became the leader`,
    count: spec.leaseTransitions + 1,
    weight: spec.leaseTransitions > 0 ? 1 : 0,
  };
}

/** Error lines of one log, as one entry from the first to the last of them. */
export function burstEntry(
  { scope, count, first, last, hits }: LogMatches,
  clocks: NodeClocks,
  nodeOf: (namespace: string, pod: string) => string | undefined,
): TimelineEntry | undefined {
  if (first === undefined || (scope.type !== 'container' && scope.type !== 'unit')) return undefined;
  const node = scope.type === 'unit' ? scope.node : nodeOf(scope.namespace, scope.pod);
  const subject: Subject =
    scope.type === 'unit'
      ? { group: '', kind: 'Node', name: scope.node }
      : { group: '', kind: 'Pod', namespace: scope.namespace, name: scope.pod };
  const where = scope.type === 'unit' ? scope.unit : scope.container;
  return {
    time: clocks.corrected(first, node),
    ...(last === undefined || last === first ? {} : { until: clocks.corrected(last, node) }),
    kind: 'log',
    subject,
    text: `error lines in the log of \`${where}\`, the first: ${hits[0]?.text.trim() ?? ''}`,
    count,
    weight: 1,
  };
}
