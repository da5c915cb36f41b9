import { events } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Value } from '../model/message.ts';
import { eventTime } from './event-index.ts';

/**
 * How far back the events of the bundle reach. The API server forgets them after an hour
 * (`--event-ttl`, default 1h0m0s): what is not among them may have happened before.
 */
export const eventSpan = defineDerived({
  id: 'event-span',
  title: 'Events',
  needs: { events: optional(events) },
  derive({ events: collection }, { age }): readonly (readonly Value[])[] {
    if (collection.items.length === 0) return [];
    let [oldest, newest, warnings] = ['', '', 0];
    let last = collection.items[0]!;
    for (const event of collection.items) {
      const time = eventTime(event);
      if (event.type === 'Warning') warnings += 1;
      if (time !== '' && (oldest === '' || Date.parse(time) < Date.parse(oldest))) {
        oldest = time;
        last = event;
      }
      if (time !== '' && (newest === '' || Date.parse(time) > Date.parse(newest))) newest = time;
    }
    const reach = age(oldest, last)?.seconds ?? null;
    return [[collection.items.length, warnings, oldest || null, newest || null, reach]];
  },
  table: (rows) => ({
    id: 'events',
    title: 'Events',
    columns: [
      { id: 'events', title: 'Events', tag: 'count' },
      { id: 'warnings', title: 'Warnings', tag: 'count' },
      { id: 'oldest', title: 'Oldest', tag: 'time' },
      { id: 'newest', title: 'Newest', tag: 'time' },
      { id: 'reach', title: 'Reaching back', tag: 'duration' },
    ],
    rows,
  }),
});
