import { type EventItem, events } from '../artifacts/resources.ts';
import { type DeriveContext, defineDerived } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { isOlder } from '../model/observation.ts';
import { groupOf, type ObjectRef, subjectKey } from '../model/subject.ts';
import { eventTime } from './event-index.ts';

/** A complaint of a Kong ingress controller that is not over yet. */
export interface PushComplaint {
  /** Kong refused a push, or the controller left an object out of it. */
  readonly is: 'refused' | 'not translated';
  /** The object to blame; a pod of the controller for the push as a whole. */
  readonly object: ObjectRef;
  readonly event: EventItem;
  /** ISO 8601. */
  readonly first: string | undefined;
}

/** What the events of ingress controllers say now. */
export interface PushEvents {
  readonly complaints: readonly PushComplaint[];
  /** Pods of controllers whose pushes were taken within the last minutes, without or by a fallback. */
  readonly fallback: ReadonlySet<string>;
}

/**
 * The controller repeats its events at every push, but client-go lets no more than one in five minutes through
 * for an object after the first 25: what is older than ten minutes has ended (facts: kong.md §7).
 */
const CURRENT_SECONDS = 600;
const APPLY_FAILED = 'KongConfigurationApplyFailed';
const NOT_TRANSLATED = 'KongConfigurationTranslationFailed';
const SUCCEEDED = 'KongConfigurationSucceeded';
const FALLBACK_SUCCEEDED = 'FallbackKongConfigurationSucceeded';

/** Events of Kong ingress controllers that speak of now. */
export const kongPushEvents = defineDerived({
  id: 'kong-push-events',
  title: 'Events of Kong ingress controllers',
  needs: { events },
  derive({ events: collection }, context): PushEvents {
    const known = collection.items.filter(({ reason }) => reason?.includes('KongConfiguration'));
    const succeeded = latest(known.filter(({ reason }) => reason === SUCCEEDED));
    const fallback = known.filter(({ reason }) => reason === FALLBACK_SUCCEEDED);
    const byObject = new Map<string, EventItem[]>();
    for (const event of known) {
      if (!isCurrent(event, context)) continue;
      if (event.reason !== APPLY_FAILED && event.reason !== NOT_TRANSLATED) continue;
      // A push that was taken since ends a refusal; an object left out stays out of pushes that succeed.
      if (event.reason === APPLY_FAILED && eventTime(event) <= succeeded) continue;
      getOrCreate(byObject, `${event.reason} ${subjectKey(objectOf(event))}`, () => []).push(event);
    }
    return {
      complaints: [...byObject.values()].map(toComplaint),
      fallback: new Set(
        fallback.filter((event) => isCurrent(event, context)).map((event) => subjectKey(objectOf(event))),
      ),
    };
  },
});

function isCurrent(event: EventItem, { age }: Pick<DeriveContext, 'age'>): boolean {
  return isOlder(age(eventTime(event), event), CURRENT_SECONDS) === false;
}

function latest(all: readonly EventItem[]): string {
  return all.reduce((newest, event) => (eventTime(event) > newest ? eventTime(event) : newest), '');
}

function toComplaint(all: readonly EventItem[]): PushComplaint {
  const event = all.reduce((newest, one) => (eventTime(one) > eventTime(newest) ? one : newest));
  const firsts = all.map((one) => one.firstTimestamp ?? one.eventTime ?? eventTime(one)).sort();
  return {
    is: event.reason === APPLY_FAILED ? 'refused' : 'not translated',
    object: objectOf(event),
    event,
    first: firsts[0] || undefined,
  };
}

function objectOf({ involvedObject }: EventItem): ObjectRef {
  const { apiVersion = '', kind = '', namespace, name = '' } = involvedObject ?? {};
  return { group: groupOf(apiVersion), kind, ...(namespace ? { namespace } : {}), name };
}
