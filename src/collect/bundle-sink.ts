import type { AddResult } from '../bundle/entry-input.ts';
import type { BundleWriter } from '../bundle/writer.ts';
import {
  type AddableArtifact,
  type BundleSink,
  type CollectOptions,
  LOGS_ARTIFACT,
  type SourceReply,
} from '../model/collector.ts';
import type { CoverageFix, CoverageRow } from '../model/coverage.ts';
import type { LogScope, Scope } from '../model/scope.ts';
import type { Limiter } from './concurrency.ts';
import { subjectKey } from './finished.ts';
import type { Ledger } from './ledger.ts';
import type { Budget } from './limits.ts';
import { capLog, newLogCut } from './log-cap.ts';
import { type Failure, failureOf, interruption, unlessInterrupted } from './outcome.ts';
import type { OnProgress } from './progress.ts';
import type { Resume } from './resume.ts';

/** What a sink needs of the run. */
export interface SinkContext {
  readonly writer: Pick<BundleWriter, 'add'>;
  readonly ledger: Ledger;
  /** Bounds the sources read at once, over all collectors. */
  readonly limit: Limiter;
  readonly options: CollectOptions;
  readonly signal: AbortSignal;
  readonly budget: Budget;
  readonly onProgress: OnProgress;
  /** What was added so far, over all collectors, and by the collection that is resumed. */
  readonly taken: Set<string>;
  readonly resume: Resume | undefined;
  /** Told of each entry that was stored. */
  readonly onStored: (bytes: number) => void;
  /** Told of bytes that may be stored, and again, less than zero, once they are or are not. */
  readonly onReserved: (bytes: number) => void;
}

/** The way out of one collector: calls its sources, writes what they give, records how each ended. */
export function createBundleSink(context: SinkContext, collector: string): BundleSink {
  const { ledger, signal, limit } = context;

  async function attempt(
    artifact: AddableArtifact,
    scope: Scope,
    source: () => Promise<SourceReply>,
    sample: number,
  ): Promise<Failure | undefined> {
    let reply: SourceReply;
    try {
      signal.throwIfAborted();
      if (artifact.type === 'logs') context.budget.checkLog();
      else context.budget.check();
      reply = await unlessInterrupted(source(), signal);
    } catch (error) {
      return failureOf(signal.aborted ? interruption(signal) : error, scope);
    }
    if (artifact.type === 'logs') return storeLog(context, logScope(scope), reply, sample);
    return storeDocument(context, { artifact, scope, sample }, reply);
  }

  return {
    async add(artifact, scope, source, { sample = 0 } = {}) {
      const before = context.resume?.claim({ artifact: artifact.id, scope, collector, sample });
      if (before !== undefined) return before.outcome;
      const subject = {
        artifact: artifact.id,
        scope,
        collector,
        sample: freeSample(context, artifact.id, scope, sample),
      };
      ledger.expect(subject);
      return limit(async () => {
        const failure = await attempt(artifact, scope, source, subject.sample);
        // Without a row of its own the scope is among those an interruption left unread.
        if (failure?.outcome === 'skipped' && signal.aborted) return 'skipped';
        ledger.add({ ...subject, outcome: failure?.outcome ?? 'collected', ...failure });
        return failure?.outcome ?? 'collected';
      });
    },
    unread(artifact, scope, outcome, reason, fix) {
      ledger.add(skippedRow({ artifact: artifact.id, scope, outcome, reason, collector }, fix));
    },
  };
}

/** What two collectors read of one scope are two snapshots of it: the later one gets the next number. */
function freeSample({ taken }: SinkContext, artifact: string, scope: Scope, wanted: number): number {
  let sample = wanted;
  while (taken.has(subjectKey({ artifact, scope, sample }))) sample++;
  taken.add(subjectKey({ artifact, scope, sample }));
  return sample;
}

function skippedRow(row: CoverageRow, fix: CoverageFix | undefined): CoverageRow {
  return fix ? { ...row, fix } : row;
}

async function storeDocument(
  { writer, budget, onProgress, onStored }: SinkContext,
  at: { artifact: Exclude<AddableArtifact, typeof LOGS_ARTIFACT>; scope: Scope; sample: number },
  reply: SourceReply,
): Promise<Failure | undefined> {
  const { artifact, scope, sample } = at;
  let bytes: Uint8Array;
  try {
    bytes = await readUpTo(reply.body, artifact.maxBytes);
  } catch (error) {
    return failureOf(error, scope);
  }
  const reason = `larger than the ${artifact.maxBytes} bytes of a document`;
  if (bytes.length > artifact.maxBytes) {
    // Half a JSON text is no JSON, and redaction by field needs it whole.
    if (artifact.contentType !== 'text') return { outcome: 'truncated', reason };
    bytes = bytes.subarray(0, bytes.lastIndexOf(0x0a, artifact.maxBytes - 1) + 1);
    reply = { ...reply, shortfall: { outcome: 'truncated', reason } };
  }
  if (bytes.length > budget.left()) {
    const { message, flag } = budget.bound();
    const reason = `it has ${bytes.length} bytes, more than there is room for: ${message}`;
    return { outcome: 'truncated', reason, fix: { flag } };
  }
  const { shortfall, observedAt } = reply;
  const result = await writer.add({
    type: 'document',
    artifact: artifact.id,
    version: artifact.version,
    contentType: artifact.contentType,
    scope,
    sample,
    bytes,
    ending: () => ({
      observedAt,
      ...(shortfall ? { truncation: { reason: shortfall.reason } } : {}),
    }),
  });
  if (result.stored) {
    onStored(result.size);
    onProgress({ type: 'entry', artifact: artifact.id, scope, bytes: result.size });
  }
  return refused(result, scope) ?? shortfall;
}

async function storeLog(
  { writer, options, signal, budget, onProgress, onStored, onReserved }: SinkContext,
  scope: LogScope,
  reply: SourceReply,
  sample: number,
): Promise<Failure | undefined> {
  const cut = newLogCut();
  const cap = budget.logCap(options.maxLogBytes);
  onReserved(cap);
  const flag = cap < options.maxLogBytes ? budget.bound().flag : '--max-log-size';
  const body = reply.body instanceof Uint8Array ? [reply.body] : reply.body;
  const cutReason = () => `${cut.droppedBytes} bytes between head and tail were cut (limit ${cap})`;
  const result = await writer.add({
    type: 'log',
    scope,
    sample,
    signal,
    chunks: capLog(body, cap, cut),
    ending: () => ({
      observedAt: reply.observedAt,
      ...(cut.droppedBytes > 0 ? { truncation: { reason: cutReason(), ...cut } } : {}),
    }),
  });
  onReserved(-cap);
  if (result.stored) {
    onStored(result.size);
    onProgress({ type: 'entry', artifact: LOGS_ARTIFACT.id, scope, bytes: result.size });
  }
  const failure = refused(result, scope);
  if (failure) return failure;
  if (result.stored && result.broken !== undefined) {
    const { reason, fix } = failureOf(signal.aborted ? interruption(signal) : result.broken, scope);
    return { outcome: 'partial', reason: `${reason}; the log ends there`, fix };
  }
  if (cut.droppedBytes > 0) return { outcome: 'truncated', reason: cutReason(), fix: { flag } };
  return reply.shortfall;
}

/** Why an entry was not stored: redaction failed, or its source gave nothing. */
function refused(result: AddResult, scope: Scope): Failure | undefined {
  if (result.stored) return undefined;
  if (result.failure === 'source') return failureOf(result.error, scope);
  return {
    outcome: 'error',
    reason: 'redaction failed; the entry was dropped and nothing of it was written',
  };
}

function logScope(scope: Scope): LogScope {
  if (scope.type === 'container' || scope.type === 'unit') return scope;
  throw new Error(`a log has the scope of a container or a unit, not ${scope.type}`);
}

/** Reads a body whole, or to just above the limit. */
async function readUpTo(body: SourceReply['body'], limit: number): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) break;
  }
  return Buffer.concat(chunks);
}
