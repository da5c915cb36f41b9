import type { CollectOptions } from '../model/collector.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { CLUSTER_SCOPE, type Scope } from '../model/scope.ts';
import { createLimiter } from './concurrency.ts';
import type { Ledger } from './ledger.ts';
import { keepReduced, type ListAttempt, type ListContext, listScope, rowOf } from './lists.ts';
import type { OwnRights } from './own-rights.ts';
import { everyItem, type PlannedList } from './plan.ts';
import type { OnProgress } from './progress.ts';
import type { Resume } from './resume.ts';
import type { Tally } from './tally.ts';

/** Lists under way at once: few enough for a busy API server. */
const PARALLEL_LISTS = 4;

/** What the phase needs beside a list's own context. */
export interface ListPhase extends ListContext {
  readonly ledger: Ledger;
  readonly options: CollectOptions;
  /** What is known to be refused is not tried. */
  readonly rights: OwnRights;
  readonly resume: Resume | undefined;
  readonly tally: Tally;
  readonly onProgress: OnProgress;
}

/** Makes all lists of a plan, namespaces before everything else. */
export async function runLists(phase: ListPhase, plans: readonly PlannedList[]): Promise<void> {
  for (const plan of plans) {
    for (const scope of scopesOf(phase, plan)) expect(phase, plan, scope, 0);
  }
  const limit = createLimiter(PARALLEL_LISTS);
  const [first, ...rest] = plans;
  if (first) await listKind(phase, first, 0);
  await Promise.all(rest.map((plan) => limit(() => listKind(phase, plan, 0))));
}

/** Lists again what is to be sampled twice, where the first time succeeded. */
export async function runSecondSamples(phase: ListPhase, plans: readonly PlannedList[]): Promise<void> {
  for (const plan of plans.filter(({ samples }) => samples === 2)) {
    const rows = phase.listed.rows.get(plan.artifact) ?? [];
    for (const { scope } of rows.filter(({ outcome }) => outcome === 'collected')) {
      if (await takeList(phase, plan, scope, 1)) continue;
      expect(phase, plan, scope, 1);
      if (!phase.signal.aborted) record(phase, plan, scope, 1, await listScope(phase, plan, scope, 1));
    }
  }
}

async function listKind(phase: ListPhase, plan: PlannedList, sample: number): Promise<void> {
  for (const scope of scopesOf(phase, plan)) {
    if (await takeList(phase, plan, scope, sample)) continue;
    if (phase.signal.aborted) return;
    const attempt = (await refusal(phase, plan, scope)) ?? (await listScope(phase, plan, scope, sample));
    const refused = attempt.failure?.outcome === 'forbidden';
    if (refused && scope.type === 'cluster' && plan.resource.namespaced) {
      await fallBack(phase, plan, attempt);
    } else record(phase, plan, scope, sample, attempt);
  }
  if (phase.options.namespaces.length === 0 || !plan.resource.namespaced) return;
  const names = phase.options.namespaces.join(', ');
  const reason = `only the objects of ${names} were asked for (\`--namespace\`)`;
  record(phase, plan, CLUSTER_SCOPE, sample, { items: 0, failure: { outcome: 'skipped', reason } });
}

/** Whether an earlier collection has made the list: its objects are then read from there. */
async function takeList(
  { resume, listed, picture, onProgress }: ListPhase,
  plan: PlannedList,
  scope: Scope,
  sample: number,
): Promise<boolean> {
  const taken = resume?.list(plan.artifact, scope, sample);
  if (taken === undefined) return false;
  if (sample === 0) {
    if (plan.keep.length > 0)
      for await (const { value, observedAt } of taken.items()) keepReduced(listed, plan, value, observedAt);
    const rows = listed.rows.get(plan.artifact) ?? [];
    listed.rows.set(plan.artifact, [...rows, taken.row]);
    if (plan.owner !== undefined)
      picture?.note({ artifact: plan.artifact, scope, ...taken.momentOf(picture) });
  }
  const { outcome } = taken.row;
  onProgress({ type: 'list', artifact: plan.artifact, scope, items: taken.count, outcome });
  return true;
}

/** The outcome of a list the API server is known to refuse; undefined: it is worth a try. */
async function refusal(
  { rights }: ListPhase,
  { resource }: PlannedList,
  scope: Scope,
): Promise<ListAttempt | undefined> {
  const { group, plural } = resource;
  const namespace = scope.type === 'namespace' ? scope.namespace : undefined;
  const within = namespace === undefined ? {} : { namespace };
  if ((await rights.allows({ verb: 'list', group, resource: plural, ...within })) !== false) return undefined;
  const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
  const reason = `the API server says that this user may not list ${plural} ${where}: not tried`;
  const rule = { apiGroups: [group], resources: [plural], verbs: ['list'] };
  return { items: 0, failure: { outcome: 'forbidden', reason, fix: { rule, ...within } } };
}

/** The whole cluster is refused: lists the namespaces that are known and not refused as well, one by one. */
async function fallBack(phase: ListPhase, plan: PlannedList, refused: ListAttempt): Promise<void> {
  const known = knownNamespaces(phase);
  const tried = await notRefused(phase, plan, known.names);
  const whole = { artifact: plan.artifact, scope: CLUSTER_SCOPE, collector: plan.owner ?? '' };
  if (known.all && tried.length > 0 && tried.length === known.names.length) phase.ledger.withdraw(whole);
  else {
    const failure = {
      ...refused.failure!,
      reason: `${refused.failure!.reason}; ${whatIsLeft(known, tried)}`,
    };
    record(phase, plan, CLUSTER_SCOPE, 0, { items: 0, failure });
  }
  for (const namespace of tried) expect(phase, plan, { type: 'namespace', namespace }, 0);
  for (const namespace of tried) {
    if (phase.signal.aborted) return;
    const scope: Scope = { type: 'namespace', namespace };
    record(phase, plan, scope, 0, await listScope(phase, plan, scope, 0));
  }
}

/** Names of namespaces told in one reason; a large cluster has thousands. */
const NAMES_TOLD = 10;

function whatIsLeft(known: Known, tried: readonly string[]): string {
  const names = tried.slice(0, NAMES_TOLD).join(', ');
  const more = tried.length > NAMES_TOLD ? ` and ${tried.length - NAMES_TOLD} more` : '';
  if (!known.all && tried.length > 0)
    return `only ${names} could be tried, since namespaces cannot be listed`;
  if (!known.all) return `nor in ${known.names.join(', ')}, and namespaces cannot be listed`;
  return tried.length === 0 ? 'nor in any namespace' : `only in ${names}${more}`;
}

async function notRefused(
  phase: ListPhase,
  plan: PlannedList,
  names: readonly string[],
): Promise<readonly string[]> {
  const refusals = await Promise.all(
    names.map((namespace) => refusal(phase, plan, { type: 'namespace', namespace })),
  );
  return names.filter((_, index) => refusals[index] === undefined);
}

interface Known {
  readonly names: readonly string[];
  /** False: there may be more. */
  readonly all: boolean;
}

/** The names to fall back on: of the list of namespaces, else the one of the kubeconfig. */
function knownNamespaces(phase: ListPhase): Known {
  const rows = phase.listed.rows.get('resources:core/Namespace') ?? [];
  if (!rows.some(({ outcome }) => outcome === 'collected'))
    return { names: [phase.kube.namespace], all: false };
  const items = phase.listed.items.get(everyItem('resources:core/Namespace')) ?? [];
  return { names: items.map((item) => item.metadata.name), all: true };
}

function scopesOf({ options }: ListPhase, plan: PlannedList): readonly Scope[] {
  if (!plan.resource.namespaced || options.namespaces.length === 0) return [CLUSTER_SCOPE];
  return options.namespaces.map((namespace) => ({ type: 'namespace', namespace }));
}

function expect(phase: ListPhase, plan: PlannedList, scope: Scope, sample: number): void {
  if (plan.owner === undefined) return;
  phase.ledger.expect({ artifact: plan.artifact, scope, collector: plan.owner, sample });
}

function record(
  phase: ListPhase,
  plan: PlannedList,
  scope: Scope,
  sample: number,
  attempt: ListAttempt,
): void {
  const row: CoverageRow = rowOf(plan, scope, sample, attempt);
  if (sample === 0) {
    const rows = phase.listed.rows.get(plan.artifact) ?? [];
    phase.listed.rows.set(plan.artifact, [...rows, row]);
  }
  // An interrupted list that gave nothing stays with the scopes nobody reached.
  if (row.outcome === 'skipped' && phase.signal.aborted) return;
  if (plan.owner !== undefined) {
    phase.ledger.add(row);
    phase.tally.add(plan.owner, { objects: attempt.items, bytes: attempt.bytes ?? 0 });
  }
  phase.onProgress({
    type: 'list',
    artifact: plan.artifact,
    scope,
    items: attempt.items,
    outcome: row.outcome,
  });
}
