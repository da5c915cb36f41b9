import type { Kube, ListPage } from '../model/kube.ts';
import type { Scope } from '../model/scope.ts';
import { reasonOf } from './outcome.ts';
import { cannotBePinned, type Picture } from './picture.ts';
import type { PlannedList } from './plan.ts';

/** Of which moment a list turned out to be. */
export interface Moment {
  /** The version that was asked for. */
  pinned: string | undefined;
  /** Why the list is not of that version. */
  apart: string | undefined;
}

/** What is listed. */
export interface ListRequest {
  readonly plan: PlannedList;
  readonly scope: Scope;
  readonly sample: number;
}

interface PinnedContext {
  readonly kube: Kube;
  readonly signal: AbortSignal;
  readonly picture: Picture | undefined;
}

/**
 * The pages of a list, of the moment of the picture where that can be had, else of now. Second samples are always of
 * now. What the server says of their version is believed, not what was asked for.
 */
export async function* pinnedPages(
  { kube, signal, picture }: PinnedContext,
  { plan, scope, sample }: ListRequest,
  moment: Moment,
): AsyncGenerator<ListPage> {
  const options = { namespace: scope.type === 'namespace' ? scope.namespace : undefined, signal };
  const resourceVersion = sample === 0 ? picture?.versionOf(plan.resource) : undefined;
  if (resourceVersion === undefined) {
    yield* kube.list(plan.resource, options);
    return;
  }
  moment.pinned = resourceVersion;
  let begun = false;
  try {
    for await (const page of kube.list(plan.resource, { ...options, resourceVersion })) {
      begun = true;
      if (page.inconsistent)
        moment.apart ??= 'its snapshot expired during the list; its later pages are newer';
      else if (page.resourceVersion !== undefined && page.resourceVersion !== resourceVersion)
        moment.apart ??= `the server answered with version ${page.resourceVersion}`;
      yield page;
    }
    return;
  } catch (error) {
    if (begun || !cannotBePinned(error)) throw error;
    moment.apart = `it could not be had at that version: ${reasonOf(error)}`;
  }
  yield* kube.list(plan.resource, options);
}

/** Notes a list in the picture, once it has ended; one that gave nothing is neither of its moment nor of another. */
export function noteMoment(
  picture: Picture | undefined,
  { plan: { artifact, resource, owner }, scope }: ListRequest,
  { pinned, apart }: Moment,
): void {
  if (picture === undefined || owner === undefined) return;
  const why = pinned === undefined ? picture.whyApart(resource) : apart;
  picture.note({ artifact, scope, ...(why === undefined ? {} : { apart: why }) });
}
