import type { Column } from './column.ts';
import { ageText } from './duration.ts';
import { type JsonObject, numberAt, textAt } from './json-path.ts';

/** The columns of events; their name comes last and is shown with `-o wide` only. */
export const EVENT_COLUMNS: readonly Column[] = [
  { name: 'Last Seen', value: lastSeen },
  { name: 'Type', value: (event) => textAt(event, 'type') },
  { name: 'Reason', value: (event) => textAt(event, 'reason') },
  {
    name: 'Object',
    value: (event) =>
      `${textAt(event, 'involvedObject', 'kind').toLowerCase()}/${textAt(event, 'involvedObject', 'name')}`,
  },
  { name: 'Subobject', priority: 1, value: (event) => textAt(event, 'involvedObject', 'fieldPath') },
  { name: 'Source', priority: 1, value: source },
  { name: 'Message', value: (event) => textAt(event, 'message').trim() },
  { name: 'First Seen', priority: 1, value: firstSeen },
  { name: 'Count', type: 'integer', priority: 1, value: times },
  { name: 'Name', priority: 1, value: (event) => textAt(event, 'metadata', 'name') },
];

/** Events made by the newer API carry a series instead of a count and the micro time instead of two times. */
function lastSeen(event: JsonObject, now: number): string {
  const last = textAt(event, 'series', 'lastObservedTime') || textAt(event, 'lastTimestamp');
  return ageText(last || textAt(event, 'eventTime') || textAt(event, 'firstTimestamp'), now);
}

function firstSeen(event: JsonObject, now: number): string {
  return ageText(textAt(event, 'firstTimestamp') || textAt(event, 'eventTime'), now);
}

function times(event: JsonObject): number {
  return numberAt(event, 'series', 'count') || numberAt(event, 'count') || 1;
}

function source(event: JsonObject): string {
  const component = textAt(event, 'source', 'component') || textAt(event, 'reportingComponent');
  const host = textAt(event, 'source', 'host') || textAt(event, 'reportingInstance');
  return [component, host].filter((part) => part !== '').join(', ');
}
