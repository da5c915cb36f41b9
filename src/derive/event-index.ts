import { type EventItem, events } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { groupOf } from '../model/subject.ts';

/** Events by the object they are about. They explain; they never accuse by themselves. */
export interface EventIndex {
  /** Newest first. Events of an earlier object of the same name (other uid) are left out. */
  about(item: ResourceIdentity): readonly EventItem[];
}

/** All events, indexed once. Optional: they expire after an hour, so their absence says nothing. */
export const eventIndex = defineDerived({
  id: 'event-index',
  title: 'Events by object',
  needs: { events: optional(events) },
  derive({ events: collection }): EventIndex {
    const byObject = new Map<string, EventItem[]>();
    for (const event of collection.items) {
      const { kind, namespace, name, apiVersion } = event.involvedObject ?? {};
      getOrCreate(byObject, keyOf(apiVersion ?? '', kind ?? '', namespace, name ?? ''), () => []).push(event);
    }
    for (const list of byObject.values()) list.sort(newestFirst);
    return {
      about(item) {
        const { namespace, name, uid } = item.metadata;
        const found = byObject.get(keyOf(item.apiVersion, item.kind, namespace, name)) ?? [];
        return found.filter(({ involvedObject: about }) => {
          // A kubelet that does not know its node's uid writes the name in its place.
          return !about?.uid || uid === undefined || about.uid === uid || about.uid === name;
        });
      },
    };
  },
});

function newestFirst(a: EventItem, b: EventItem): number {
  const [first, second] = [eventTime(a), eventTime(b)];
  return first < second ? 1 : first > second ? -1 : 0;
}

/**
 * When an event last happened. The scheduler fills the new-style fields only, so the order is
 * series, eventTime, then the old fields (facts: control-plane-and-nodes.md §0, 10).
 */
export function eventTime(event: EventItem): string {
  return (
    event.series?.lastObservedTime ??
    event.eventTime ??
    event.lastTimestamp ??
    event.firstTimestamp ??
    event.metadata.creationTimestamp ??
    ''
  );
}

function keyOf(apiVersion: string, kind: string, namespace: string | undefined, name: string): string {
  return `${groupOf(apiVersion)}/${kind}/${namespace ?? ''}/${name}`;
}
