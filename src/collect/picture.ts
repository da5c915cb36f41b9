import type { Consistency, ListApart } from '../bundle/manifest.ts';
import type { CollectOptions } from '../model/collector.ts';
import { type ApiResource, type Discovery, type Kube, KubeError } from '../model/kube.ts';
import type { Scope } from '../model/scope.ts';
import { isBuiltInGroup } from './built-in-kinds.ts';
import { reasonOf } from './outcome.ts';
import type { OwnRights } from './own-rights.ts';

/** The moment all lists of a collection are to be of (`--consistent`). */
export interface Picture {
  /** The version of the store a kind is to be listed at; undefined: it has to be listed as it is. */
  versionOf(resource: Pick<ApiResource, 'group' | 'kind'>): string | undefined;
  /** Why a kind has to; undefined: it has not. */
  whyApart(resource: Pick<ApiResource, 'group' | 'kind'>): string | undefined;
  /** Notes a list that was made; without `apart` it is of that moment. */
  note(list: { readonly artifact: string; readonly scope: Scope; readonly apart?: string }): void;
  record(): Consistency;
}

/** What pinning needs of the run. */
export interface PictureContext {
  readonly kube: Kube;
  readonly discovery: Discovery;
  readonly options: Pick<CollectOptions, 'namespaces'>;
  readonly rights: OwnRights;
  readonly signal: AbortSignal;
  /** The moment of the collection that is gone on with. */
  readonly earlier?: string;
}

/**
 * Asks for the present version of the store, or takes the earlier one where it can still be read. All kinds Kubernetes
 * keeps itself share one store and so one count of versions; kinds of aggregated APIs, and events kept in a store of
 * their own (`--etcd-servers-overrides`), do not: there the same number means another moment, or none.
 */
export async function pinPicture(context: PictureContext): Promise<Picture> {
  try {
    const version = await presentVersion(context);
    if (version === undefined) return unpinned('the API server gives no version of its lists');
    const pinned = (await stillReadable(context)) ? context.earlier! : version;
    const aggregated = await aggregatedGroups(context);
    const hasEvents = await sharesEvents(context, version);
    return pictureOf(pinned, ({ group, kind }) => {
      if (kind === 'Event' && hasEvents === undefined)
        return 'whether events are kept in the store of the others could not be seen';
      if (kind === 'Event' && !hasEvents) return 'events are kept in another store';
      if (isBuiltInGroup(group)) return undefined;
      if (aggregated === undefined)
        return 'which kinds an aggregated API serves could not be seen (list of APIServices)';
      return aggregated.has(group) ? `an aggregated API serves ${group}` : undefined;
    });
  } catch (error) {
    return unpinned(`the present version of the lists could not be read: ${reasonOf(error)}`);
  }
}

/** Whether a list cannot be had at a version: compacted away, ahead of an instance, or not understood. */
export function cannotBePinned(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  const { status } = error;
  return status === 410 || status === 504 || status === 422 || status === 400;
}

function pictureOf(
  version: string | undefined,
  whyApart: (resource: Pick<ApiResource, 'group' | 'kind'>) => string | undefined,
  reason?: string,
): Picture {
  const apart: ListApart[] = [];
  let lists = 0;
  return {
    versionOf: (resource) => (whyApart(resource) === undefined ? version : undefined),
    whyApart,
    note({ artifact, scope, apart: why }) {
      if (version === undefined) return;
      if (why === undefined) lists++;
      else apart.push({ artifact, scope, reason: why });
    },
    record: () => ({
      ...(version === undefined ? {} : { resourceVersion: version }),
      ...(reason === undefined ? {} : { reason }),
      lists,
      apart,
    }),
  };
}

function unpinned(reason: string): Picture {
  return pictureOf(undefined, () => reason, reason);
}

/** The version of the store now, by the smallest list that is allowed. */
async function presentVersion(context: PictureContext): Promise<string | undefined> {
  const { discovery, rights, options, kube } = context;
  const namespaces = discovery.find('', 'Namespace');
  const named = await rights.allows({ verb: 'list', group: '', resource: 'namespaces' });
  if (namespaces !== undefined && named !== false) {
    const version = await versionBy(context, namespaces).catch(unlessForbidden);
    if (version !== undefined) return version;
  }
  const pods = discovery.find('', 'Pod');
  return pods && versionBy(context, pods, { namespace: options.namespaces[0] ?? kube.namespace });
}

function unlessForbidden(error: unknown): undefined {
  if (error instanceof KubeError && error.kind === 'forbidden') return undefined;
  throw error;
}

/** The version a list of one object comes with. */
async function versionBy(
  { kube, signal }: PictureContext,
  resource: ApiResource,
  at: { readonly namespace?: string; readonly resourceVersion?: string } = {},
): Promise<string | undefined> {
  for await (const page of kube.list(resource, { ...at, pageSize: 1, signal }))
    return page.resourceVersion || undefined;
  return undefined;
}

async function stillReadable(context: PictureContext): Promise<boolean> {
  const { earlier, discovery } = context;
  const namespaces = discovery.find('', 'Namespace');
  if (earlier === undefined || namespaces === undefined) return false;
  const version = await versionBy(context, namespaces, { resourceVersion: earlier }).catch(() => undefined);
  return version === earlier;
}

/** Groups served by aggregated APIs; undefined: not known. */
async function aggregatedGroups({
  kube,
  discovery,
  rights,
  signal,
}: PictureContext): Promise<ReadonlySet<string> | undefined> {
  const resource = discovery.find('apiregistration.k8s.io', 'APIService');
  const asked = { verb: 'list', group: 'apiregistration.k8s.io', resource: 'apiservices' };
  if (resource === undefined || (await rights.allows(asked)) === false) return undefined;
  const groups = new Set<string>();
  try {
    for await (const { items } of kube.list(resource, { signal })) {
      for (const { value } of items) {
        const { spec } = value as { spec?: { group?: string; service?: object | null } };
        if (spec?.service && spec.group) groups.add(spec.group);
      }
    }
    return groups;
  } catch {
    return undefined;
  }
}

/** Whether events count versions as the rest does: theirs then lies between two of the others'. Undefined: not seen. */
async function sharesEvents(context: PictureContext, before: string): Promise<boolean | undefined> {
  const events = context.discovery.find('', 'Event');
  if (events === undefined) return undefined;
  const { namespaces } = context.options;
  const within = namespaces.length > 0 ? { namespace: namespaces[0] } : {};
  const asked = { verb: 'list', group: '', resource: 'events', ...within };
  if ((await context.rights.allows(asked)) === false) return undefined;
  const between = await versionBy(context, events, within).catch(() => undefined);
  const after = await presentVersion(context);
  if (between === undefined || after === undefined) return undefined;
  const [low, own, high] = [before, between, after].map((text) =>
    /^\d+$/.test(text) ? BigInt(text) : undefined,
  );
  return low !== undefined && own !== undefined && high !== undefined && low <= own && own <= high;
}
