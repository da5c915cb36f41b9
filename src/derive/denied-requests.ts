import { type EventItem, events } from '../artifacts/resources.ts';
import { type DeriveContext, defineDerived, logSignals, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { LogHit, LogMatches } from '../model/log-signals.ts';
import { isOlder } from '../model/observation.ts';
import { eventTime } from './event-index.ts';
import { RECENT_SECONDS, recentMatches } from './log-recency.ts';
import type { AccessRequest } from './rbac-evaluation.ts';

/** A request the API server refused lately, with who wrote so. */
export interface DeniedRequest {
  readonly request: AccessRequest;
  /** Lines and events that say so; of logs with several refusals a lower bound. */
  readonly count: number;
  /** The last time a line or event carries. */
  readonly last?: string;
  /** Where to read it; either is there. */
  readonly log?: { readonly matches: LogMatches; readonly hit: LogHit };
  readonly event?: EventItem;
  /** Pods whose logs say so: `namespace/name`. */
  readonly pods: readonly string[];
}

/** As apiserver/pkg/endpoints/handlers/responsewriters writes it; quotes are escaped in klog's structured lines. */
const DENIED =
  /(?:\\*"(?<name>[^"\\]+)\\*" )?is forbidden: User \\*"(?<user>[^"\\]+)\\*" cannot (?<verb>[a-z]+) resource \\*"(?<resource>[^"\\]+)\\*" in API group \\*"(?<group>[^"\\]*)\\*"(?: in the namespace \\*"(?<namespace>[^"\\]+)\\*")?/;

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'] as const;

function patternFor(verb: string) {
  return { any: [`cannot ${verb} resource`], re: DENIED };
}

/** One pattern for each verb: of every log the first and last few lines of each are kept. */
const denials = logSignals({
  component: { id: 'any' },
  patterns: {
    get: patternFor('get'),
    list: patternFor('list'),
    watch: patternFor('watch'),
    create: patternFor('create'),
    update: patternFor('update'),
    patch: patternFor('patch'),
    delete: patternFor('delete'),
    deletecollection: patternFor('deletecollection'),
  },
});

/** Requests that were refused for lack of rights, from logs and events of the last hour. */
export const deniedRequests = defineDerived({
  id: 'denied-requests',
  title: 'Refused requests',
  needs: { logs: optional(denials), events: optional(events) },
  derive({ logs, events: collection }, context): readonly DeniedRequest[] {
    const found = new Map<string, Draft>();
    for (const verb of VERBS) {
      for (const matches of recentMatches(logs.matches(verb), context)) addMatches(found, matches);
    }
    for (const event of collection.items) addEvent(found, event, context);
    return [...found.values()].map(({ pods, ...rest }) => ({ ...rest, pods: [...pods].sort() }));
  },
});

type Draft = { -readonly [K in keyof Omit<DeniedRequest, 'pods'>]: DeniedRequest[K] } & {
  readonly pods: Set<string>;
};

function addMatches(found: Map<string, Draft>, matches: LogMatches): void {
  const drafts = new Set<Draft>();
  for (const hit of matches.hits) {
    const request = requestOf(hit.captures);
    if (!request) continue;
    const draft = draftOf(found, request);
    draft.log ??= { matches, hit };
    draft.count += 1;
    if ((hit.time ?? '') > (draft.last ?? '')) draft.last = hit.time;
    if (matches.scope.type === 'container') draft.pods.add(`${matches.scope.namespace}/${matches.scope.pod}`);
    drafts.add(draft);
  }
  const [only, ...others] = drafts;
  // All lines of the log are about one request: then the count of the log is its own.
  if (only && others.length === 0) only.count += matches.count - matches.hits.length;
}

function addEvent(found: Map<string, Draft>, event: EventItem, { age }: Pick<DeriveContext, 'age'>): void {
  const captures = event.message?.includes(' cannot ') ? DENIED.exec(event.message)?.groups : undefined;
  const request = captures && requestOf(captures);
  if (!request || isOlder(age(eventTime(event), event), RECENT_SECONDS) !== false) return;
  const draft = draftOf(found, request);
  draft.event ??= event;
  draft.count += event.series?.count ?? event.count ?? 1;
  const time = eventTime(event);
  if (time > (draft.last ?? '')) draft.last = time;
}

function requestOf(captures: Readonly<Record<string, string | undefined>>): AccessRequest | undefined {
  const { user, verb, resource, group = '', namespace, name } = captures;
  if (user === undefined || verb === undefined || resource === undefined) return undefined;
  return {
    user,
    verb,
    group,
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

function draftOf(found: Map<string, Draft>, request: AccessRequest): Draft {
  const { user, verb, group, resource, namespace = '' } = request;
  const key = JSON.stringify([user, verb, group, resource, namespace]);
  return getOrCreate(found, key, () => ({ request, count: 0, pods: new Set<string>() }));
}
