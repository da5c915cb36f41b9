import type { Observation } from '../model/observation.ts';

/** How far the newest time may lie before the collection when something in the bundle is written all the time. */
const REGULAR_SECONDS = 300;

/** The same when nothing in it is: a quiet cluster creates objects and writes events seldom. */
const SELDOM_SECONDS = 3600;

/** Finds the newest time a server wrote inside a bundle that does not say when it was made. */
export interface ServerTimes {
  /** A time; `regular` for one of a writer that never rests: a lease, a heartbeat, a log. */
  note(time: unknown, regular?: boolean): void;
  /** The times of an object only servers write. */
  ofItem(item: unknown): void;
  /** Undefined when no server wrote a time. */
  observation(): Observation | undefined;
}

/** Begins with no time. */
export function createServerTimes(): ServerTimes {
  let newest = '';
  let regular = '';

  function note(time: unknown, isRegular = false): void {
    if (typeof time !== 'string' || (time <= newest && !(isRegular && time > regular))) return;
    if (Number.isNaN(Date.parse(time))) return;
    if (time > newest) newest = time;
    if (isRegular) regular = time;
  }

  return {
    note,
    ofItem(item) {
      const { metadata, spec, status, lastTimestamp, eventTime, series } = fieldsOf(item);
      note(fieldsOf(metadata).creationTimestamp);
      note(fieldsOf(spec).renewTime, true);
      for (const time of [lastTimestamp, eventTime, fieldsOf(series).lastObservedTime]) note(time);
      const { conditions } = fieldsOf(status);
      if (!Array.isArray(conditions)) return;
      for (const condition of conditions) {
        const { lastTransitionTime, lastHeartbeatTime } = fieldsOf(condition);
        note(lastTransitionTime);
        note(lastHeartbeatTime, true);
      }
    },
    observation() {
      if (newest === '') return undefined;
      const isRegular = Date.parse(newest) - Date.parse(regular) <= REGULAR_SECONDS * 1000;
      const errorSeconds = isRegular ? REGULAR_SECONDS : SELDOM_SECONDS;
      return { time: newest, source: 'newest-timestamp', errorSeconds };
    },
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
