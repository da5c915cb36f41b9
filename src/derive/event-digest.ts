import { type EventItem, events } from '../artifacts/resources.ts';
import { defineDerived } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { groupOf, type ObjectRef, subjectKey } from '../model/subject.ts';

/** Warnings of many objects that say the same. */
export interface EventGroup {
  readonly reason: string;
  /** The message with names, numbers and hashes taken out. */
  readonly pattern: string;
  readonly objects: readonly ObjectRef[];
  readonly namespaces: readonly string[];
  /** Nodes the reporting kubelets ran on. */
  readonly nodes: readonly string[];
  /** How often, over all objects. */
  readonly count: number;
  /** The newest of them, with its own words. */
  readonly sample: EventItem;
}

/** Warning events grouped by reason and by what their messages have in common, the most objects first. */
export const eventDigest = defineDerived({
  id: 'event-digest',
  title: 'Warnings that say the same',
  needs: { events },
  derive({ events: collection }): readonly EventGroup[] {
    const groups = new Map<string, EventItem[]>();
    for (const event of collection.items) {
      if (event.type !== 'Warning') continue;
      const key = `${event.reason}\n${messagePattern(event.message ?? '')}`;
      getOrCreate(groups, key, () => []).push(event);
    }
    return [...groups.values()].map(toGroup).sort((a, b) => b.objects.length - a.objects.length);
  },
});

function toGroup(members: readonly EventItem[]): EventGroup {
  const sample = members.at(-1) as EventItem;
  const objects = new Map<string, ObjectRef>();
  const nodes = new Set<string>();
  let count = 0;
  for (const { involvedObject, source, series, count: times } of members) {
    const { apiVersion = '', kind = '', namespace, name = '' } = involvedObject ?? {};
    const ref: ObjectRef = { group: groupOf(apiVersion), kind, ...(namespace ? { namespace } : {}), name };
    objects.set(subjectKey(ref), ref);
    if (source?.host) nodes.add(source.host);
    count += series?.count ?? times ?? 1;
  }
  const namespaces = [...objects.values()].map(({ namespace }) => namespace);
  return {
    reason: sample.reason ?? '',
    pattern: messagePattern(sample.message ?? ''),
    objects: [...objects.values()],
    namespaces: [...new Set(namespaces.filter((name) => name !== undefined))].sort(),
    nodes: [...nodes].sort(),
    count,
    sample,
  };
}

/** A message without what differs from object to object: quoted names, addresses, hashes, numbers, generated suffixes. */
export function messagePattern(message: string): string {
  return message
    .slice(0, 500)
    .replace(/"[^"]*"/g, '"…"')
    .replace(/'[^']*'/g, "'…'")
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '…')
    .replace(/\b[\w.-]+\/[\w./-]+(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?/g, '…/…')
    .replace(/\b[a-z0-9.-]+-[a-z0-9]{5,10}(?:-[a-z0-9]{5})?(?:_[\w-]+)?(?:\([^)]*\))?/g, '…')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{7,}\b/g, '…')
    .replace(/\d+(?:\.\d+)*/g, '#');
}
