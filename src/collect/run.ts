import type { CollectorRow } from '../bundle/manifest.ts';
import type { BundleWriter } from '../bundle/writer.ts';
import type { BundleSink } from '../model/collector.ts';
import type { CoverageFix } from '../model/coverage.ts';
import type { Discovery, Kube } from '../model/kube.ts';
import { createBundleSink } from './bundle-sink.ts';
import { readCountersAgain, runCollectors } from './collectors-phase.ts';
import { createLimiter } from './concurrency.ts';
import { createListed, type Listed } from './inputs.ts';
import { type KnownSecrets, readKnownSecrets } from './known-secrets.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { type Budget, createBudget, startTimeLimit } from './limits.ts';
import { type ListPhase, runLists, runSecondSamples } from './list-phase.ts';
import { collectorOutcome, interruption, OutOfTimeError } from './outcome.ts';
import { missingRights } from './own-rights.ts';
import { planLists } from './plan.ts';
import { type Preflight, preflight, type Unreachable } from './preflight.ts';
import type { OnProgress } from './progress.ts';
import { recordUnreachable } from './reachability.ts';
import { type CollectRequest, type CollectResult, metadataOf } from './request.ts';
import { rightsOf } from './rights.ts';
import { type Selection, selectCollectors } from './selection.ts';
import { settleSeconds, waitSeconds } from './settle.ts';
import { createTemporary, type TemporaryRecord } from './temporary.ts';
import { recordDeselected, recordLeftOut, recordUndiscovered } from './unseen.ts';

/** Sources read at once; src/kube opens as many connections. */
const PARALLEL_SOURCES = 8;

/** Under this id the engine records an API server that cannot be reached: no collector gets to run. */
const API_SERVER = 'control-plane/api-server';

/** What the steps of one collection share. */
interface Run {
  readonly request: CollectRequest;
  readonly selection: Selection;
  readonly kube: Kube;
  readonly before: Preflight;
  readonly writer: BundleWriter;
  readonly known: KnownSecrets;
  readonly ledger: Ledger;
  /** Fires when the user interrupts, or when the bundle itself cannot be written any more. */
  readonly signal: AbortSignal;
  readonly budget: Budget;
  readonly onProgress: OnProgress;
  readonly started: Map<string, number>;
  readonly ended: Map<string, number>;
  /** What collectors threw; a mistake in one never stops the others. */
  readonly thrown: Map<string, string>;
  /** Only when write access was given. */
  readonly temporary: TemporaryRecord | undefined;
  sinkFor(collector: string): BundleSink;
}

/**
 * Collects one cluster into one bundle. Whatever the cluster does is recorded, never thrown; an interrupted
 * collection or an API server out of reach still gives a labelled bundle. Throws UserError for what the user
 * can mend: an unknown id, a kubeconfig that cannot be used, an output that cannot be written.
 */
export async function runCollect(given: CollectRequest): Promise<CollectResult> {
  const selection = selectCollectors(given.collectors, given);
  const kube = await given.connect();
  const time = startTimeLimit(given.limits?.seconds);
  const request = { ...given, signal: AbortSignal.any([given.signal, time.signal]) };
  try {
    const before = await preflight(kube, request.signal);
    const { id, version } = before;
    const known = await knownSecrets(request, kube, before);
    const writer = await request.openWriter(metadataOf(request, kube, { id, version }), known.values);
    return await collectInto(request, { selection, kube, before, writer, known });
  } finally {
    time.release();
    await kube.close();
  }
}

/** The values of Secrets, when they were asked for and can be read. */
async function knownSecrets(request: CollectRequest, kube: Kube, before: Preflight): Promise<KnownSecrets> {
  if (!request.knownSecrets || !before.discovery) return { values: [] };
  return readKnownSecrets(kube, before.discovery, request.options, request.signal);
}

async function collectInto(
  request: CollectRequest,
  parts: Pick<Run, 'selection' | 'kube' | 'before' | 'writer' | 'known'>,
): Promise<CollectResult> {
  const { writer } = parts;
  const giveUp = new AbortController();
  const run = createRun(request, parts, AbortSignal.any([request.signal, giveUp.signal]));
  try {
    await collectAll(run).finally(() => removeTemporary(run));
    run.onProgress({ type: 'phase', phase: 'finish' });
    run.ledger.settle(unreadOf(request.signal));
    const collectors = closeCollectors(run);
    const reason = incompleteReason(run);
    const finished = await writer.finish({ complete: reason === undefined, reason });
    return {
      ...finished,
      complete: reason === undefined,
      incompleteReason: reason,
      reachable: run.before.unreachable === undefined,
      rows: run.ledger.rows(),
      collectors,
    };
  } catch (error) {
    // Only a bundle that cannot be written gets here; nothing that still runs has a place to write to.
    giveUp.abort();
    await writer.abort();
    throw error;
  }
}

function createRun(
  request: CollectRequest,
  parts: Pick<Run, 'selection' | 'kube' | 'before' | 'writer' | 'known'>,
  signal: AbortSignal,
): Run {
  const { writer } = parts;
  const { options } = request;
  const onProgress = request.onProgress ?? (() => {});
  const ledger = createLedger(writer, (row) => onProgress({ type: 'row', row, ...ledger.progress() }));
  const limit = createLimiter(PARALLEL_SOURCES);
  const budget = createBudget(request.limits?.bytes, writer, PARALLEL_SOURCES);
  const context = { writer, ledger, limit, options, signal, budget, onProgress, taken: new Set<string>() };
  return {
    ...parts,
    request,
    ledger,
    signal,
    budget,
    onProgress,
    started: new Map(),
    ended: new Map(),
    thrown: new Map(),
    temporary: request.connectWrites && createTemporary(request.connectWrites),
    sinkFor: (collector) => createBundleSink(context, collector),
  };
}

/** Why what was not reached was not. */
function unreadOf(signal: AbortSignal): { reason: string; fix?: CoverageFix } {
  const { message, fix } = interruption(signal);
  return fix ? { reason: message, fix } : { reason: message };
}

async function removeTemporary({ temporary, onProgress }: Run): Promise<void> {
  for (const left of (await temporary?.removeAll()) ?? []) onProgress({ type: 'left-over', ...left });
}

async function collectAll(run: Run): Promise<void> {
  const { before, kube, selection, onProgress } = run;
  if (before.unreachable) return collectUnreachable(run, before.unreachable);
  if (!before.discovery) return;
  onProgress({ type: 'connected', server: kube.server, version: before.version });
  recordDeselected(run.ledger, selection);
  recordUndiscovered(run.ledger, selection.selected, before.discovery);
  const phase: ListPhase = {
    kube,
    writer: run.writer,
    listed: createListed(),
    signal: run.signal,
    budget: run.budget,
    ledger: run.ledger,
    options: run.request.options,
    rights: before.rights,
    onProgress,
  };
  await tellMissing(run, before.discovery);
  const plans = planLists(selection.selected, before.discovery);
  recordLeftOut(run.ledger, selection.selected, before.discovery, plans);
  for (const { meta } of selection.selected) run.started.set(meta.id, run.request.now().getTime());
  onProgress({ type: 'phase', phase: 'lists' });
  await runLists(phase, plans);
  onProgress({ type: 'phase', phase: 'collectors' });
  const seen = { discovery: before.discovery, listed: phase.listed };
  await runCollectors(run, selection.selected, seen);
  await settle(run, before.discovery, phase.listed);
  onProgress({ type: 'phase', phase: 'second-samples' });
  await runSecondSamples(phase, plans);
  if (run.request.counterSeconds !== undefined) await readCountersAgain(run, selection.selected, seen);
}

/** Says before anything is read what will be refused. */
async function tellMissing(
  { request, selection, before, onProgress }: Run,
  discovery: Discovery,
): Promise<void> {
  const { options, optIns = [] } = request;
  const { namespaces, portForward } = options;
  const nodeNamespace = options.nodes?.namespace ?? '';
  const rights = rightsOf(selection, discovery, { namespaces, portForward, optIns, nodeNamespace });
  for (const right of await missingRights(rights, before.rights)) onProgress({ type: 'missing', right });
}

/** Waits for what is left of the time collectors want between two samples. */
async function settle(run: Run, discovery: Discovery, listed: Listed): Promise<void> {
  const { request, selection, signal } = run;
  const wanted = settleSeconds(selection.selected, listed, discovery);
  const began = Math.min(...run.started.values());
  const leases = wanted - (request.now().getTime() - began) / 1000;
  const { counterSeconds = 0 } = request;
  const seconds = Math.max(leases, counterSeconds);
  if (seconds <= 0 || signal.aborted) return;
  run.onProgress({ type: 'settle', seconds, why: leases > 0 ? 'leases' : 'counters' });
  await (request.wait ?? waitSeconds)(seconds, signal);
}

async function collectUnreachable(run: Run, unreachable: Unreachable): Promise<void> {
  const { kube, signal, request, onProgress } = run;
  onProgress({ type: 'unreachable', reason: unreachable.failure.reason });
  await recordUnreachable({ kube, signal, now: request.now, bundle: run.sinkFor(API_SERVER) }, unreachable);
}

function closeCollectors(run: Run): CollectorRow[] {
  const { selection, before } = run;
  const rows = selection.selected.map(({ meta }) => {
    const unreachable = before.unreachable?.failure;
    if (unreachable) return { id: meta.id, outcome: unreachable.outcome, reason: unreachable.reason };
    return { id: meta.id, ...ending(run, meta.id), ...timing(run, meta.id) };
  });
  const left = selection.left.map(({ collector, reason }) => {
    return { id: collector.meta.id, outcome: 'skipped', reason } as const;
  });
  const all: CollectorRow[] = [...rows, ...left].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const row of all) {
    run.writer.collector(row);
    run.onProgress({ type: 'collector', id: row.id, outcome: row.outcome, reason: row.reason });
  }
  return all;
}

function ending(run: Run, id: string): Pick<CollectorRow, 'outcome' | 'reason'> {
  const thrown = run.thrown.get(id);
  return thrown === undefined
    ? collectorOutcome(run.ledger.rowsOf(id))
    : { outcome: 'error', reason: thrown };
}

function timing(run: Run, id: string): Pick<CollectorRow, 'startedAt' | 'seconds'> {
  const started = run.started.get(id);
  if (started === undefined) return {};
  const ended = run.ended.get(id) ?? run.request.now().getTime();
  return { startedAt: new Date(started).toISOString(), seconds: (ended - started) / 1000 };
}

function incompleteReason(run: Run): string | undefined {
  const { aborted, reason } = run.request.signal;
  if (aborted) return reason instanceof OutOfTimeError ? reason.message : 'the collection was interrupted';
  const failure = run.before.unreachable?.failure;
  if (failure !== undefined) return `the API server gives no usable answer: ${failure.reason}`;
  const unknown = run.known.failure;
  return unknown === undefined
    ? undefined
    : `values of Secrets could not be read (\`--known-secrets\`), only their shapes were removed: ${unknown}`;
}
