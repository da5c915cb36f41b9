import type { BundleWriter } from '../bundle/writer.ts';
import type { AnyCollector, BundleSink } from '../model/collector.ts';
import type { CoverageFix } from '../model/coverage.ts';
import type { Discovery, Kube } from '../model/kube.ts';
import { createBundleSink } from './bundle-sink.ts';
import { readCountersAgain, runCollectors } from './collectors-phase.ts';
import { createLimiter } from './concurrency.ts';
import { closeCollectors, type EndingRun, tellNow } from './endings.ts';
import { subjectKey } from './finished.ts';
import { createListed, type Listed } from './inputs.ts';
import { learnNames } from './known-names.ts';
import { type KnownSecrets, readKnownSecrets } from './known-secrets.ts';
import { createLedger } from './ledger.ts';
import { type Budget, collectorBudget, createBudget, startTimeLimit } from './limits.ts';
import { type ListPhase, runLists, runSecondSamples } from './list-phase.ts';
import { interruption, OutOfTimeError } from './outcome.ts';
import { missingRights } from './own-rights.ts';
import { type Picture, pinPicture } from './picture.ts';
import { NAMESPACES_ID, planLists } from './plan.ts';
import { type Preflight, preflight, type Unreachable } from './preflight.ts';
import { API_SERVER, recordUnreachable } from './reachability.ts';
import { type CollectRequest, type CollectResult, metadataOf } from './request.ts';
import { keepRest, type Resume, resumeOf, takeOver } from './resume.ts';
import { rightsOf } from './rights.ts';
import { selectCollectors } from './selection.ts';
import { settleSeconds, waitSeconds } from './settle.ts';
import { createTally } from './tally.ts';
import { createTemporary, type TemporaryRecord } from './temporary.ts';
import { recordDeselected, recordLeftOut, recordUndiscovered } from './unseen.ts';

/** Sources read at once; src/kube opens as many connections. */
const PARALLEL_SOURCES = 8;

/** What the steps of one collection share. */
interface Run extends EndingRun {
  readonly request: CollectRequest;
  readonly kube: Kube;
  readonly writer: BundleWriter;
  readonly known: KnownSecrets;
  /** Given when an earlier collection is gone on with. */
  readonly resume: Resume | undefined;
  /** Fires when the user interrupts, or when the bundle itself cannot be written any more. */
  readonly signal: AbortSignal;
  readonly budget: Budget;
  /** Only when write access was given. */
  readonly temporary: TemporaryRecord | undefined;
  readonly cut: Set<string>;
  sinkFor(collector: string, signal: AbortSignal): BundleSink;
  onEnded(collector: AnyCollector): void;
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
    const resume = resumeOf(request, kube, before);
    const { obfuscation, options, signal } = request;
    if (obfuscation) await learnNames(obfuscation, { kube, discovery: before.discovery, options, signal });
    const known = await knownSecrets(request, kube, before);
    const writer = await request.openWriter(metadataOf(request, kube, { id, version }), known.values);
    return await collectInto(request, { selection, kube, before, writer, known, resume });
  } finally {
    time.release();
    await kube.close();
  }
}

/** What is known before the bundle is opened. */
type RunParts = Pick<Run, 'selection' | 'kube' | 'before' | 'writer' | 'known' | 'resume'>;

/** The values of Secrets, when they were asked for and can be read. */
async function knownSecrets(request: CollectRequest, kube: Kube, before: Preflight): Promise<KnownSecrets> {
  if (!request.knownSecrets || !before.discovery) return { values: [] };
  return readKnownSecrets(kube, before.discovery, request.options, request.signal);
}

async function collectInto(request: CollectRequest, parts: RunParts): Promise<CollectResult> {
  const { writer } = parts;
  const giveUp = new AbortController();
  const run = createRun(request, parts, AbortSignal.any([request.signal, giveUp.signal]));
  try {
    if (run.resume) await takeOver(run.resume, run);
    await collectAll(run).finally(() => removeTemporary(run));
    if (run.resume) await keepRest(run.resume, run);
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

function createRun(request: CollectRequest, parts: RunParts, signal: AbortSignal): Run {
  const { writer } = parts;
  const { options } = request;
  const onProgress = request.onProgress ?? (() => {});
  const ledger = createLedger(writer, (row) => onProgress({ type: 'row', row, ...ledger.progress() }));
  const limit = createLimiter(PARALLEL_SOURCES);
  const budget = createBudget(request.limits?.bytes, writer, PARALLEL_SOURCES);
  const { resume } = parts;
  const added = new Set(resume?.finished.rows.map(subjectKey));
  const tally = createTally();
  const run: Run = {
    ...parts,
    request,
    ledger,
    signal,
    budget,
    tally,
    onProgress,
    now: request.now,
    started: new Map(),
    ended: new Map(),
    thrown: new Map(),
    cut: new Set(),
    told: new Set(),
    temporary: request.connectWrites && createTemporary(request.connectWrites),
    onEnded: (collector) => tellNow(run, collector, looksAgain(request, collector)),
    sinkFor(collector, bound) {
      let reserved = 0;
      const onReserved = (bytes: number) => {
        reserved += bytes;
      };
      const taken = () => tally.of(collector).bytes + reserved;
      const own = collectorBudget(budget, request.limits?.collectorBytes, taken, PARALLEL_SOURCES);
      const onStored = (bytes: number) => tally.add(collector, { entries: 1, bytes });
      const context = {
        writer,
        ledger,
        limit,
        options,
        onProgress,
        taken: added,
        resume,
        onStored,
        onReserved,
      };
      return createBundleSink({ ...context, signal: bound, budget: own }, collector);
    },
  };
  return run;
}

/** Whether a collector reads something a second time, after all others have ended. */
function looksAgain({ counterSeconds }: CollectRequest, { settle, meta }: AnyCollector): boolean {
  const counts = meta.produces.some((one) => one.type === 'document' && one.counters);
  return settle !== undefined || (counterSeconds !== undefined && counts);
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
    picture: run.request.consistent ? await pictureFor(run, before.discovery) : undefined,
    resume: run.resume,
    tally: run.tally,
    onProgress,
  };
  await tellMissing(run, before.discovery);
  const plans = planLists(selection.selected, before.discovery);
  recordLeftOut(run.ledger, selection.selected, before.discovery, plans);
  for (const { meta } of selection.selected) run.started.set(meta.id, run.request.now().getTime());
  onProgress({ type: 'phase', phase: 'lists' });
  await runLists(phase, plans);
  tellAbsentNamespaces(run, phase.listed);
  if (phase.picture) run.writer.consistency(phase.picture.record());
  onProgress({ type: 'phase', phase: 'collectors' });
  const seen = { discovery: before.discovery, listed: phase.listed };
  await runCollectors(run, selection.selected, seen);
  await settle(run, before.discovery, phase.listed);
  onProgress({ type: 'phase', phase: 'second-samples' });
  await runSecondSamples(phase, plans);
  if (run.request.counterSeconds !== undefined) await readCountersAgain(run, selection.selected, seen);
}

/** A slip in `--namespace` gives a bundle with nothing in it, and nothing else would say so. */
function tellAbsentNamespaces({ request, onProgress }: Run, { items, rows }: Listed): void {
  const { namespaces } = request.options;
  if (rows.get(NAMESPACES_ID)?.every(({ outcome }) => outcome === 'collected') !== true) return;
  const known = new Set((items.get(NAMESPACES_ID) ?? []).map(({ metadata }) => metadata.name));
  const names = namespaces.filter((name) => !known.has(name));
  if (names.length > 0) onProgress({ type: 'absent-namespaces', names });
}

/** Of which moment all lists are to be. */
function pictureFor({ kube, before, request, signal, resume }: Run, discovery: Discovery): Promise<Picture> {
  const { options } = request;
  const earlier = resume?.resourceVersion;
  return pinPicture({ kube, discovery, options, rights: before.rights, signal, earlier });
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
  await recordUnreachable(
    { kube, signal, now: request.now, bundle: run.sinkFor(API_SERVER, signal) },
    unreachable,
  );
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
