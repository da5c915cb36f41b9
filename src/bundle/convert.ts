import { createResourceItems, itemType } from '../layouts/items.ts';
import { type ContentEntry, ROTATED_FROM } from '../layouts/layout.ts';
import { createLogOwners, type LogOwners, scopeByOwner } from '../layouts/log-owners.ts';
import { readBundle } from '../layouts/read.ts';
import { type ContentType, DOCUMENT_MAX_BYTES } from '../model/artifact.ts';
import { type CoverageRow, isShortfall } from '../model/coverage.ts';
import type { LogScope } from '../model/scope.ts';
import type { Obfuscation } from '../redact/obfuscate.ts';
import { type ByteQueue, createByteQueue } from './byte-queue.ts';
import { collectSink } from './collect-sink.ts';
import {
  learnFromCluster,
  metadataOf,
  redactionOf,
  refuseDifferentClusters,
  type SurveyedInput,
} from './convert-about.ts';
import { createHeldLists } from './convert-lists.ts';
import { createConvertedRows } from './convert-rows.ts';
import { type Survey, surveyBundle } from './convert-survey.ts';
import type { EntryHeader, EntrySink } from './entry-sink.ts';
import type { LeakScanner } from './leak-scan.ts';
import { READ_LIMITS, type ReadLimits } from './limits.ts';
import type { Redaction } from './redaction.ts';
import { type SameInput, sameInputs } from './same-inputs.ts';
import { type BundleWriter, type FinishedBundle, openBundleWriter } from './writer.ts';

/** What is converted, and what its new form is made with. */
export interface Conversion {
  readonly inputs: readonly string[];
  readonly outputFile: string;
  readonly redaction: Redaction;
  /** Learns the names the redaction is to replace. */
  readonly obfuscation?: Obfuscation;
  readonly scanner?: LeakScanner;
  readonly limits?: ReadLimits;
  readonly tool: { readonly name: string; readonly version: string };
  /** How documents are to be read, by artifact id; others are looked at. */
  readonly contentTypes: ReadonlyMap<string, ContentType>;
  /** The clock of last resort: for inputs in which no server wrote a time. */
  now(): Date;
  /** Told of every input that is another one once more, and is not read again. */
  onSame?(same: SameInput): void;
}

/** A bundle of ours made from others. */
export interface ConvertedBundle extends FinishedBundle {
  readonly complete: boolean;
  readonly incompleteReason?: string;
  /** Rows of what was to be read and is not, or not whole, in it. */
  readonly shortfalls: readonly CoverageRow[];
}

/**
 * Writes what is in bundles of any layout as one bundle of ours: redacted, indexed, with the record of what is
 * not in it and the times at which it was read. Throws UserError for an input that cannot be read, for inputs of
 * different clusters, and for an output that cannot be written.
 */
export async function convertBundles(conversion: Conversion): Promise<ConvertedBundle> {
  const { inputs, scanner, obfuscation, limits = READ_LIMITS } = conversion;
  const surveys: SurveyedInput[] = [];
  const logOwners = createLogOwners();
  const same = await sameInputs(inputs);
  for (const one of same) conversion.onSame?.(one);
  const again = new Set(same.map((one) => one.again));
  for (const input of inputs.filter((_input, index) => !again.has(index)))
    surveys.push({ input, survey: await surveyBundle(input, { limits, obfuscation, logOwners }) });
  refuseDifferentClusters(surveys);
  const redaction = redactionOf(conversion, surveys);
  const metadata = metadataOf(
    surveys.map(({ survey }) => survey),
    conversion,
  );
  if (obfuscation) learnFromCluster(metadata, obfuscation);
  const writer = await openBundleWriter({ file: conversion.outputFile, metadata, redaction, scanner });
  try {
    const rows = createConvertedRows();
    const context = { writer, rows, limits, contentTypes: conversion.contentTypes, logOwners };
    const lists = createHeldLists(context);
    for (const { input, survey } of surveys) await convertInput({ ...context, input, survey, lists });
    await lists.write();
    for (const row of rows.all()) writer.coverage(row);
    for (const { survey } of surveys) keepRecord(survey, writer);
    const moment = surveys[0]?.survey.reading.manifest?.consistency;
    // Lists of several inputs are of several moments.
    if (surveys.length === 1 && moment) writer.consistency(moment);
    const reason = surveys.map(({ survey }) => survey.reading.incomplete).find((one) => one !== undefined);
    const finished = await writer.finish({ complete: reason === undefined, reason });
    return {
      ...finished,
      complete: reason === undefined,
      ...(reason === undefined ? {} : { incompleteReason: reason }),
      shortfalls: rows.all().filter(isShortfall),
    };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** What a bundle of ours says of its collection beside its rows. */
function keepRecord({ reading }: Survey, writer: BundleWriter): void {
  for (const row of reading.manifest?.collectors ?? []) writer.collector(row);
  for (const { artifact, scopes } of reading.manifest?.expected ?? []) writer.expect(artifact, scopes);
}

/** One input on its way into the new bundle. */
export interface InputConversion {
  readonly input: string;
  readonly survey: Survey;
  readonly writer: BundleWriter;
  readonly rows: ReturnType<typeof createConvertedRows>;
  readonly limits: ReadLimits;
  readonly contentTypes: ReadonlyMap<string, ContentType>;
  readonly lists: ReturnType<typeof createHeldLists>;
  readonly logOwners: LogOwners;
}

async function convertInput(context: InputConversion): Promise<void> {
  const { input, survey, rows, limits } = context;
  const work = createWork();
  rows.begin(survey);
  const reading = readBundle(
    input,
    {
      onEntry(entry, header): EntrySink | undefined {
        const timed = withTime(entry, survey);
        if (timed.kind === 'resources') return listSink(context, timed, header);
        return timed.kind === 'log'
          ? logSink(context, work, timed)
          : documentSink(context, work, timed, header);
      },
    },
    { limits, ready: work.ready },
  );
  await reading.finally(work.close);
  await work.done();
  rows.close();
}

/** A time of the file itself gives way to the newest a server wrote: it says when the file was packed. */
function withTime<E extends ContentEntry>(entry: E, { observedAt }: Survey): E {
  if (entry.observedAt !== undefined && entry.observedAt.source !== 'file-time') return entry;
  return observedAt === undefined ? entry : { ...entry, observedAt };
}

/** What is on its way to the writer; reading waits while too much is. */
function createWork() {
  const pending = new Set<Promise<void>>();
  const queues = new Set<ByteQueue>();
  let failure: { readonly error: unknown } | undefined;
  return {
    add(work: Promise<unknown>): void {
      const one: Promise<void> = work.then(
        () => void pending.delete(one),
        (error: unknown) => {
          failure ??= { error };
          pending.delete(one);
        },
      );
      pending.add(one);
    },
    /** Logs are written as they are read: whatever waits is written before more is read. */
    ready: (): Promise<void> | undefined =>
      pending.size === 0 ? undefined : new Promise((resolve) => setImmediate(resolve)),
    queue(): ByteQueue {
      const queue = createByteQueue();
      queues.add(queue);
      return queue;
    },
    /** Ends what a reading that broke off left open: the writer waits for it. */
    close(): void {
      for (const queue of queues) queue.end();
    },
    async done(): Promise<void> {
      await Promise.all(pending);
      if (failure) throw failure.error;
    },
  };
}

type Work = ReturnType<typeof createWork>;

function listSink(
  { survey, lists, limits, rows }: InputConversion,
  entry: Extract<ContentEntry, { kind: 'resources' }>,
  header: EntryHeader,
): EntrySink {
  const file = lists.open(entry, header.path, survey);
  return createResourceItems(
    entry,
    {
      item: (bytes, _position, head) => file.item(bytes, (object) => itemType(object, head, entry.hint)),
      end(ended) {
        const known = itemType({}, ended.head, entry.hint);
        for (const row of file.end(ended, known)) rows.add(row);
      },
    },
    limits,
  );
}

function logSink(
  { writer, rows, logOwners }: InputConversion,
  work: Work,
  entry: Extract<ContentEntry, { kind: 'log' }>,
): EntrySink {
  const { observedAt, truncation } = entry;
  const sections = entry.sections.flatMap(({ scope: told, range }) => {
    const scope = scopeByOwner(told, logOwners);
    const sample = rows.freeSample('logs', scope, entry.sample);
    // A file a log was rotated to is the same wherever it lies, and its number is a time.
    if (entry.sample >= ROTATED_FROM && sample !== entry.sample) return [];
    const queue = work.queue();
    work.add(
      writer.add({
        type: 'log',
        scope: scope as LogScope,
        sample,
        chunks: queue.chunks(),
        ending: () => ({ observedAt, truncation }),
      }),
    );
    return [{ scope, sample, range, queue }];
  });
  let offset = 0;
  return {
    chunk(bytes) {
      for (const { range, queue } of sections) {
        const from = Math.max(0, (range?.[0] ?? 0) - offset);
        const to = Math.min(bytes.length, (range?.[1] ?? Number.POSITIVE_INFINITY) - offset);
        if (from < to) queue.push(Buffer.from(bytes.subarray(from, to)));
      }
      offset += bytes.length;
    },
    end(complete) {
      for (const { scope, sample, queue } of sections) {
        queue.end();
        const row = { artifact: 'logs', scope, sample } as const;
        rows.add(
          complete
            ? { ...row, outcome: 'collected' }
            : { ...row, outcome: 'truncated', reason: 'the log is cut' },
        );
      }
    },
  };
}

function documentSink(
  context: InputConversion,
  work: Work,
  entry: Extract<ContentEntry, { kind: 'document' }>,
  header: EntryHeader,
): EntrySink {
  const { writer, rows } = context;
  const { artifact, scope, observedAt, truncation } = entry;
  return collectSink(DOCUMENT_MAX_BYTES, (bytes, complete, oversize) => {
    const sample = rows.freeSample(artifact, scope, entry.sample);
    const row = { artifact, scope, sample } as const;
    if (!complete) {
      const reason =
        oversize?.message ?? `${header.path}: the bundle ends inside it, or it is not what it should be`;
      rows.add({ ...row, outcome: 'truncated', reason });
      return;
    }
    rows.add({ ...row, outcome: 'collected' });
    const contentType = context.contentTypes.get(artifact) ?? typeByContent(header.path, bytes);
    const ending = () => ({ observedAt, truncation });
    work.add(writer.add({ type: 'document', artifact, contentType, scope, sample, bytes, ending }));
  });
}

function typeByContent(path: string, bytes: Buffer): ContentType {
  if (/\.ya?ml$/.test(path)) return 'yaml';
  if (path.endsWith('.pem')) return 'pem';
  try {
    JSON.parse(bytes.toString());
    return 'json';
  } catch {
    return 'text';
  }
}
