import type { AnalyzeContext } from '../model/analyzer.ts';
import { type Inputs, optional } from '../model/artifact.ts';
import { subjectOf } from '../model/subject.ts';
import { type DataPlaneView, isEmptyHash, kongDataPlanes } from './kong-data-planes.ts';
import { hashesOf } from './kong-plane-hashes.ts';
import { isAfter, kongPlaneLog, lastLine, type PlaneLine } from './kong-plane-log.ts';
import { type SYNC_CHECKS, type SYNC_MESSAGES, SYNC_STATUS } from './kong-plane-sync-messages.ts';
import { kongPlanes } from './kong-planes.ts';
import { hostNameOf, type RegistryRow } from './kong-registry.ts';

/** What the step of data planes with their control plane is judged by. */
export const SYNC_NEEDS = {
  planes: kongPlanes,
  views: kongDataPlanes,
  log: optional(kongPlaneLog),
} as const;

/** The context of an analyzer that judges it. */
export type SyncContext = AnalyzeContext<typeof SYNC_MESSAGES, typeof SYNC_CHECKS>;

/** One data plane with what list and logs say of its configuration. */
export interface SyncCase {
  readonly view: DataPlaneView;
  readonly subject: ReturnType<typeof subjectOf>;
  /** The row of a list that is written now. */
  readonly row: RegistryRow | undefined;
  readonly notSent: PlaneLine | undefined;
  readonly notApplied: PlaneLine | undefined;
  readonly context: SyncContext;
}

/** Gathers what is known of one data plane. */
export function caseOf(
  view: DataPlaneView,
  inputs: Inputs<typeof SYNC_NEEDS>,
  context: SyncContext,
): SyncCase {
  const { registration } = view.plane;
  const row =
    registration.state === 'fresh' || registration.state === 'late' ? registration.entry : undefined;
  const subject = subjectOf(view.plane.pod);
  return {
    view,
    subject,
    row,
    notSent: notSentTo(view, inputs),
    notApplied: notAppliedBy(view, inputs),
    context,
  };
}

function ownerOf({ pod, container }: DataPlaneView['plane']) {
  return { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container };
}

/** What its control plane wrote of it last, unless it started or applied a configuration since. */
function notSentTo(
  { plane, life }: DataPlaneView,
  { log }: Inputs<typeof SYNC_NEEDS>,
): PlaneLine | undefined {
  const name = hostNameOf(plane.pod);
  const applied = lastLine(log, 'applied', ownerOf(plane));
  const lines = plane.controlPlanes.flatMap(({ pod, container }) => {
    const from = { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container };
    return lastLine(log, 'notSent', from, ({ captures }) => captures.host === name) ?? [];
  });
  const last = lines.sort((a, b) => ((a.hit.time ?? '') < (b.hit.time ?? '') ? 1 : -1))[0];
  const { time } = last?.hit ?? {};
  if (!last || !time || (life.since && time < life.since)) return undefined;
  return applied?.hit.time && applied.hit.time > time ? undefined : last;
}

function notAppliedBy({ plane }: DataPlaneView, { log }: Inputs<typeof SYNC_NEEDS>): PlaneLine | undefined {
  const failed = lastLine(log, 'notApplied', ownerOf(plane));
  const applied = lastLine(log, 'applied', ownerOf(plane));
  return failed && !(applied && isAfter(applied, failed)) ? failed : undefined;
}

/** Cites the row of a list that is written now. */
export function rowEvidence({ row, context }: SyncCase) {
  return row ? [context.at(row.registry.document, row.pointer)] : [];
}

/** Fills the rows of the checklist that no finding has filled. */
export function answerSyncRows(one: SyncCase, answered: ReadonlySet<string>): void {
  answerSync(one, answered);
  answerHash(one, answered);
  answerApplied(one, answered);
}

function answerSync({ view, subject, row, context }: SyncCase, answered: ReadonlySet<string>): void {
  if (answered.has('sync') || view.connection === 'unknown') return;
  const evidence = row ? [context.at(row.registry.document, row.pointer)] : [];
  const unseen = (reason: string) => context.looked({ check: 'sync', subject, unseen: reason, evidence });
  const status = row?.row.syncStatus;
  if (!row) unseen('it is not connected');
  else if (status === undefined) unseen('the list gives no sync status (before Kong 2.3, or metrics)');
  else if (status === 'kong_version_incompatible') unseen('it is turned away for its version');
  else if (Object.hasOwn(SYNC_STATUS, status))
    context.looked({ check: 'sync', subject, values: { status: SYNC_STATUS[status]! }, evidence });
  else unseen(`\`${status}\` is none of the statuses of Kong 2.3 to 3.9`);
}

function answerHash(one: SyncCase, answered: ReadonlySet<string>): void {
  if (answered.has('hash')) return;
  const { view, subject, row, context } = one;
  const evidence = [...rowEvidence(one), ...(view.own ? [context.at(view.own)] : [])];
  const unseen = (reason: string) => context.looked({ check: 'hash', subject, unseen: reason, evidence });
  const own = view.own?.value.configurationHash ?? row?.row.configHash;
  if (view.connection !== 'up' || !row) unseen('it is not known to be connected');
  else if (own === undefined) unseen('neither the list nor its Status API gives a hash');
  else {
    const hashes = hashesOf(row.registry).filter(({ hash }) => !isEmptyHash(hash));
    const [most] = hashes;
    if (most && own !== most.hash) unseen('data planes differ, and nothing tells which of them is behind');
    else {
      const others = hashes.length > 1 ? '; others differ' : '';
      const detail = `\`${own}\`, as ${most?.count ?? 1} connected data planes${others}`;
      context.looked({ check: 'hash', subject, values: { detail }, evidence });
    }
  }
}

function answerApplied(
  { view, subject, notApplied, context }: SyncCase,
  answered: ReadonlySet<string>,
): void {
  if (answered.has('applied')) return;
  const unseen = (reason: string) => context.looked({ check: 'applied', subject, unseen: reason });
  if (notApplied) unseen(`its disk is the reason: ${notApplied.hit.captures.error}`);
  else if (!view.link.seen) unseen('its log is not in the bundle');
  else context.looked({ check: 'applied', subject, values: { detail: 'no failure to apply it' } });
}
