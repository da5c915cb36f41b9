import type { DocumentEntry, EntryInput, LogEntry, ResourceItem, ResourcesEntry } from './entry-input.ts';
import type { RedactionCounts } from './manifest.ts';
import type { Redaction } from './redaction.ts';
import type { Spool } from './spool.ts';

/** Redaction threw: nothing of the entry may be stored. */
export class RedactionError extends Error {
  constructor(cause: unknown) {
    super('redaction failed', { cause });
    this.name = 'RedactionError';
  }
}

/** The spool could not be written: the disk is full, and the bundle with it. */
export class SpoolError extends Error {
  constructor(cause: unknown) {
    super('temporary file cannot be written', { cause });
    this.name = 'SpoolError';
  }
}

/** What went into a spool. */
export interface Filling {
  readonly items?: number;
  readonly counts: RedactionCounts;
  /** What the source threw. */
  readonly broken?: unknown;
  /** Whether anything of the source is in the spool. */
  readonly any: boolean;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const FIRST_SEPARATOR = Buffer.from('\n');
const SEPARATOR = Buffer.from(',\n');

/** Items are written in runs of about this size, since a hash and a list per item cost more than the copy. */
const BATCH_BYTES = 256 * 1024;

/** Writes an entry of any kind. */
export function fill(entry: EntryInput, spool: Spool, redaction: Redaction): Promise<Filling> {
  switch (entry.type) {
    case 'resources':
      return fillResources(entry, spool, redaction);
    case 'document':
      return fillDocument(entry, spool, redaction);
    case 'log':
      return fillLog(entry, spool, redaction);
  }
}

/** Writes a list with one item per line; a source that breaks leaves a closed list of what came. */
export async function fillResources(
  entry: ResourcesEntry,
  spool: Spool,
  redaction: Redaction,
): Promise<Filling> {
  const counts: Record<string, number> = {};
  const write = spoolWriter(spool);
  let items = 0;
  let head: Record<string, unknown> | undefined;

  async function writeHead(): Promise<void> {
    head = {
      kind: `${entry.kind}List`,
      apiVersion: entry.apiVersion,
      metadata: entry.listMetadata?.() ?? {},
    };
    const text = JSON.stringify(head);
    await write(Buffer.from(`${text.slice(0, -1)},"items":[`));
  }

  const broken = await drain(entry.items, entry.signal, async (page) => {
    if (head === undefined) await writeHead();
    let batch: Buffer[] = [];
    let batchBytes = 0;
    try {
      for (const item of page) {
        const line = redactItem(item, entry, redaction, counts);
        batch.push(items === 0 ? FIRST_SEPARATOR : SEPARATOR, line);
        items++;
        batchBytes += line.length;
        if (batchBytes < BATCH_BYTES) continue;
        await write(Buffer.concat(batch));
        batch = [];
        batchBytes = 0;
      }
    } finally {
      // Also before an item that is not JSON: those in front of it are kept.
      await write(Buffer.concat(batch));
    }
  });
  if (head === undefined) await writeHead();
  await write(Buffer.from(items === 0 ? ']}\n' : '\n]}\n'));
  return { items, counts, broken, any: items > 0 };
}

/** Writes a document that passed redaction whole. */
export async function fillDocument(
  entry: DocumentEntry,
  spool: Spool,
  redaction: Redaction,
): Promise<Filling> {
  const redacted = guarded(() => redaction.document(entry.bytes, entry.contentType));
  await spoolWriter(spool)(redacted.bytes);
  return { counts: redacted.counts, any: true };
}

/** Writes a log through the streaming redactor. */
export async function fillLog(entry: LogEntry, spool: Spool, redaction: Redaction): Promise<Filling> {
  const redactor = guarded(() => redaction.createTextRedactor());
  const write = spoolWriter(spool);
  const broken = await drain(entry.chunks, entry.signal, (chunk) => {
    const pending = spool.write(guarded(() => redactor.push(chunk)));
    return pending === undefined ? undefined : spooled(pending);
  });
  await write(guarded(() => redactor.end()));
  return { counts: guarded(() => redactor.counts()), broken, any: spool.size() > 0 };
}

/** The line of one item: the server's own bytes unless redaction changed it or type fields are missing. */
function redactItem(
  item: ResourceItem,
  entry: ResourcesEntry,
  redaction: Redaction,
  counts: Record<string, number>,
): Buffer {
  const raw = item.bytes.toString();
  // Line breaks in JSON text are white space between tokens: inside strings they are escaped.
  const isBroken = item.bytes.includes(NEWLINE) || item.bytes.includes(RETURN);
  const oneLine = isBroken ? raw.replace(/[\r\n]+/g, ' ') : raw;
  const value: unknown = item.value ?? parsed(oneLine, entry);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`an item of the ${entry.kind} list is not an object`);
  const missing = missingFields(value as Record<string, unknown>, entry);
  const text = missing === undefined ? oneLine : insertFields(oneLine, missing);
  const object = (missing === undefined ? value : { ...missing, ...value }) as Readonly<
    Record<string, unknown>
  >;
  const redacted = guarded(() => redaction.item(object, text));
  addCounts(counts, redacted.counts);
  if (redacted.text !== undefined) return Buffer.from(redacted.text);
  return text === raw ? item.bytes : Buffer.from(text);
}

/** The parser's own message quotes the text, secrets included. */
function parsed(text: string, { kind }: ResourcesEntry): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError(`an item of the ${kind} list is not JSON`);
  }
}

function missingFields(
  value: Readonly<Record<string, unknown>>,
  entry: ResourcesEntry,
): Record<string, string> | undefined {
  const missing: Record<string, string> = {};
  if (value.apiVersion === undefined) missing.apiVersion = entry.apiVersion;
  if (value.kind === undefined) missing.kind = entry.kind;
  return Object.keys(missing).length === 0 ? undefined : missing;
}

/** Puts fields behind the opening brace, so that the rest of the text stays as the server sent it. */
function insertFields(text: string, fields: Record<string, string>): string {
  const brace = text.indexOf('{') + 1;
  const rest = text.slice(brace);
  const inserted = JSON.stringify(fields).slice(1, -1);
  return `${text.slice(0, brace)}${inserted}${/^\s*\}/.test(rest) ? '' : ','}${rest}`;
}

/** Adds counts to a sum in place. */
export function addCounts(sum: Record<string, number>, counts: RedactionCounts): void {
  for (const [rule, count] of Object.entries(counts)) sum[rule] = (sum[rule] ?? 0) + count;
}

/** Runs a step of redaction; whatever it throws drops the entry. */
function guarded<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw new RedactionError(error);
  }
}

async function spooled(pending: Promise<void>): Promise<void> {
  try {
    await pending;
  } catch (error) {
    throw new SpoolError(error);
  }
}

function spoolWriter(spool: Spool): (bytes: Uint8Array) => Promise<void> {
  return async (bytes) => {
    const pending = spool.write(bytes);
    if (pending !== undefined) await spooled(pending);
  };
}

/** Hands every value of a source on; returns what the source threw or the reason it was aborted for. */
async function drain<T>(
  source: AsyncIterable<T> | Iterable<T>,
  signal: AbortSignal | undefined,
  take: (value: T) => Promise<void> | undefined,
): Promise<unknown> {
  const aborted = abortion(signal);
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  try {
    for (;;) {
      let step: IteratorResult<T>;
      try {
        step = await aborted.unless(iterator.next());
      } catch (error) {
        void closeQuietly(iterator);
        return error ?? new Error('the source failed without saying why');
      }
      if (step.done) return undefined;
      try {
        const pending = take(step.value);
        if (pending !== undefined) await pending;
      } catch (error) {
        void closeQuietly(iterator);
        if (error instanceof RedactionError || error instanceof SpoolError) throw error;
        return error;
      }
    }
  } finally {
    aborted.release();
  }
}

async function closeQuietly(iterator: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // The source is given up already.
  }
}

/** The way out of waiting for a source when the signal fires. */
interface Abortion {
  /** What is waited for, unless the signal fires before. */
  unless<T>(work: Promise<T> | T): Promise<T>;
  release(): void;
}

/** Racing against one promise that never settles would keep every value of the source until the end. */
function abortion(signal: AbortSignal | undefined): Abortion {
  let giveUp: ((reason: unknown) => void) | undefined;
  const onAbort = () => giveUp?.(signal?.reason ?? new Error('aborted'));
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    unless(work) {
      return new Promise((resolve, reject) => {
        giveUp = reject;
        Promise.resolve(work).then(resolve, reject);
        if (signal?.aborted) onAbort();
      });
    },
    release: () => signal?.removeEventListener('abort', onAbort),
  };
}
