import type { AddResult, ResourceItem } from '../bundle/entry-input.ts';
import type { BundleWriter } from '../bundle/writer.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { type ResourceIdentity, reduceBySelect } from '../model/json.ts';
import type { Kube, ListPage } from '../model/kube.ts';
import type { Observation } from '../model/observation.ts';
import { safely } from '../model/safely.ts';
import { CLUSTER_SCOPE, type Scope } from '../model/scope.ts';
import type { Listed } from './inputs.ts';
import type { Budget } from './limits.ts';
import { createSpan, type NamespaceRun, namespaceRuns } from './namespace-runs.ts';
import { type Failure, failureOf, interruption } from './outcome.ts';
import type { Picture } from './picture.ts';
import { type Moment, noteMoment, pinnedPages } from './pinned-list.ts';
import type { PlannedList } from './plan.ts';

/** What listing needs of the run. */
export interface ListContext {
  readonly kube: Kube;
  readonly writer: Pick<BundleWriter, 'add'>;
  readonly listed: Listed;
  readonly signal: AbortSignal;
  readonly budget: Budget;
  /** Given when all lists are to be of one moment. */
  readonly picture: Picture | undefined;
}

/** How one LIST of one scope ended; without `failure`: collected. */
export interface ListAttempt {
  readonly items: number;
  /** Bytes of its entries. */
  readonly bytes?: number;
  readonly failure?: Failure;
  /** Said beside `collected`, e.g. that the server's snapshot had expired midway. */
  readonly remark?: string;
}

interface ListState extends Moment {
  items: number;
  bytes: number;
  /** Bytes of objects that are in no finished entry yet. */
  pending: number;
  inconsistent: boolean;
  error: { readonly thrown: unknown } | undefined;
  resourceVersion: string | undefined;
  /** Entries the writer dropped because redaction failed; it has recorded a row for each. */
  dropped: number;
}

/**
 * Lists one kind in one scope: items stream to the bundle when the plan has an owner, reduced ones are kept
 * when a collector needs them. Never throws for what the cluster does, only for a bundle that cannot be written.
 */
export async function listScope(
  context: ListContext,
  plan: PlannedList,
  scope: Scope,
  sample: number,
): Promise<ListAttempt> {
  const state: ListState = {
    items: 0,
    bytes: 0,
    pending: 0,
    inconsistent: false,
    pinned: undefined,
    apart: undefined,
    error: undefined,
    resourceVersion: undefined,
    dropped: 0,
  };
  const pages = watched(context, plan, scope, sample, state);
  if (plan.owner === undefined) await drain(pages);
  else if (plan.resource.namespaced && scope.type === 'cluster') {
    await writeByNamespace(context, plan, pages, sample, state);
  } else await writeWhole(context, plan, pages, { scope, sample }, state);
  if (sample === 0 && (state.error === undefined || state.items > 0))
    noteMoment(context.picture, { plan, scope, sample }, state);
  return { ...attemptOf(state, scope, context.signal), bytes: state.bytes };
}

function attemptOf(state: ListState, scope: Scope, signal: AbortSignal): ListAttempt {
  const { items, error, dropped } = state;
  if (error !== undefined) {
    const failure = failureOf(signal.aborted ? interruption(signal) : error.thrown, scope);
    if (items === 0) return { items, failure };
    const reason = `${failure.reason}; ${items} objects had been read before`;
    return { items, failure: { ...failure, outcome: 'partial', reason } };
  }
  if (dropped > 0) {
    const reason = `${dropped} of the lists were dropped because redaction failed`;
    return { items, failure: { outcome: 'partial', reason } };
  }
  if (!state.inconsistent) return { items };
  return { items, remark: "the server's snapshot expired during the list; its later pages are newer" };
}

/** The pages of a list, counted and reduced as they pass, with what ended them early. */
async function* watched(
  context: ListContext,
  plan: PlannedList,
  scope: Scope,
  sample: number,
  state: ListState,
): AsyncGenerator<ListPage> {
  const { listed, budget } = context;
  try {
    budget.check();
    for await (const page of pinnedPages(context, { plan, scope, sample }, state)) {
      state.items += page.items.length;
      state.inconsistent ||= page.inconsistent;
      state.resourceVersion ??= page.resourceVersion;
      if (sample === 0 && plan.keep.length > 0) {
        for (const { value } of page.items) {
          const typed = { apiVersion: page.apiVersion, kind: page.kind, ...(value as object) };
          keepReduced(listed, plan, typed, page.observedAt);
        }
      }
      yield page;
      for (const { bytes } of page.items) state.pending += bytes.length;
      budget.check(state.pending);
    }
  } catch (thrown) {
    state.error = { thrown };
    throw thrown;
  }
}

/** Keeps what collectors need of one object. */
export function keepReduced(
  listed: Listed,
  plan: PlannedList,
  object: object,
  observedAt: Observation | undefined,
): void {
  for (const { key, select, isWanted } of plan.keep) {
    const item = reduceBySelect(object, select) as ResourceIdentity;
    // An object of wrong shape is for the collector to fail on, not for the list.
    if (isWanted !== undefined && !safely(() => isWanted(item), true)) continue;
    if (observedAt !== undefined) listed.observed.set(item, observedAt);
    const kept = listed.items.get(key);
    if (kept) kept.push(item);
    else listed.items.set(key, [item]);
  }
}

async function drain(pages: AsyncIterable<ListPage>): Promise<void> {
  try {
    for await (const _ of pages);
  } catch {
    // The state holds the error.
  }
}

/** One entry for the whole answer. */
async function writeWhole(
  context: ListContext,
  plan: PlannedList,
  pages: AsyncIterable<ListPage>,
  at: { scope: Scope; sample: number },
  state: ListState,
): Promise<void> {
  const span = createSpan();
  async function* items(): AsyncGenerator<readonly ResourceItem[]> {
    for await (const page of pages) {
      span.add(page.observedAt);
      yield page.items;
    }
  }
  await write(context, plan, state, { ...at, items: items(), whole: true, observedAt: span.get });
}

/** One entry for each namespace of a cluster-wide answer; none at all is one empty entry. */
async function writeByNamespace(
  context: ListContext,
  plan: PlannedList,
  pages: AsyncIterable<ListPage>,
  sample: number,
  state: ListState,
): Promise<void> {
  const seen = new Set<string>();
  const strays: ResourceItem[] = [];
  const span = createSpan();
  async function* spanned(): AsyncGenerator<ListPage> {
    for await (const page of pages) {
      span.add(page.observedAt);
      yield page;
    }
  }
  try {
    for await (const run of namespaceRuns(spanned())) {
      if (run.namespace === undefined || seen.has(run.namespace)) await gather(run, strays);
      else {
        seen.add(run.namespace);
        const scope: Scope = { type: 'namespace', namespace: run.namespace };
        await write(context, plan, state, { scope, sample, whole: true, ...run });
      }
    }
  } catch (error) {
    // What the cluster did is in the state already; the rest is the writer's and ends the collection.
    if (state.error?.thrown !== error) throw error;
  }
  const empty = seen.size === 0 && state.error === undefined;
  if (!empty && strays.length === 0) return;
  // Only an aggregated API may send a list out of order; those items share one entry.
  const at = { scope: CLUSTER_SCOPE, sample, whole: strays.length === 0, observedAt: span.get };
  await write(context, plan, state, { ...at, items: [strays] });
}

async function gather(run: NamespaceRun, strays: ResourceItem[]): Promise<void> {
  for await (const items of run.items) strays.push(...items);
}

interface ListEntry {
  readonly scope: Scope;
  readonly sample: number;
  readonly whole: boolean;
  readonly items: AsyncIterable<readonly ResourceItem[]> | Iterable<readonly ResourceItem[]>;
  readonly observedAt: ReturnType<typeof createSpan>['get'];
}

async function write(
  { writer, signal }: ListContext,
  plan: PlannedList,
  state: ListState,
  entry: ListEntry,
): Promise<AddResult> {
  const { group, version, kind, plural } = plan.resource;
  const { scope, sample, whole, items, observedAt } = entry;
  const result = await writer.add({
    type: 'resources',
    group,
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind,
    resource: plural,
    scope,
    sample,
    whole,
    items,
    signal,
    listMetadata: () => ({ resourceVersion: state.resourceVersion ?? '' }),
    ending: () => ({
      observedAt: observedAt(),
      ...(state.error === undefined ? {} : { whole: false }),
    }),
  });
  if (!result.stored && result.failure === 'redaction') state.dropped++;
  state.pending = 0;
  if (result.stored) state.bytes += result.size;
  const broken = result.stored ? result.broken : result.error;
  if (broken !== undefined && (result.stored || result.failure === 'source')) {
    state.error ??= { thrown: broken };
  }
  return result;
}

/** The coverage row of an attempt. */
export function rowOf(plan: PlannedList, scope: Scope, sample: number, attempt: ListAttempt): CoverageRow {
  const { failure, remark } = attempt;
  return {
    artifact: plan.artifact,
    scope,
    outcome: failure?.outcome ?? 'collected',
    ...(failure ? { reason: failure.reason } : remark ? { reason: remark } : {}),
    ...(failure?.fix ? { fix: failure.fix } : {}),
    ...(plan.owner === undefined ? {} : { collector: plan.owner }),
    sample,
  };
}
