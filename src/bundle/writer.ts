import type { CoverageRow } from '../model/coverage.ts';
import type { Scope } from '../model/scope.ts';
import { openArchive } from './archive.ts';
import { createCoverageRecord } from './coverage-record.ts';
import { carryEntries, type EarlierBundle } from './earlier.ts';
import type { AddResult, EntryInput } from './entry-input.ts';
import { artifactOf, manifestEntry, pathOf, truncationOf } from './entry-row.ts';
import { addCounts, fill, RedactionError, SpoolError } from './fill.ts';
import { encodeFooter } from './footer.ts';
import type { Leak, LeakScanner } from './leak-scan.ts';
import {
  type BundleMetadata,
  type CollectorRow,
  type Consistency,
  FORMAT_VERSION,
  MANIFEST_PATH,
  type Manifest,
  type ManifestEntry,
  METADATA_PATH,
} from './manifest.ts';
import { manifestPieces } from './manifest-text.ts';
import { openOutputFile, writeError } from './output-file.ts';
import { createNoteRedactor, type Redaction } from './redaction.ts';
import { sealChecked } from './seal.ts';
import { signaturesEntry } from './signatures-entry.ts';
import { createSizeCount } from './size-count.ts';
import { createSpool, type SpooledEntry } from './spool.ts';

/** Beside its content an entry has at least one block. */
const TAR_HEADER_BYTES = 512;

/** What a bundle is opened with. */
export interface BundleWriterOptions {
  /** Path of the bundle; until `finish` the bytes are in `<file>.partial`. */
  readonly file: string;
  readonly metadata: BundleMetadata;
  readonly redaction: Redaction;
  /** Reads the bundle again before it gets its name; what it finds is dropped. */
  readonly scanner?: LeakScanner;
  /** Bytes of one entry held in memory before it goes to a temporary file; 2 MiB. */
  readonly spoolMemoryBytes?: number;
}

/** A bundle that was closed. */
export interface FinishedBundle {
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
  /** Entries that were dropped because the finished bundle held something secret in them. */
  readonly leaks?: readonly Leak[];
}

/**
 * Writes one bundle. Every entry passes redaction before its first byte reaches a disk. Entries may be added
 * side by side. A write error (disk full) rejects the call it met and every later one with the same UserError.
 */
export interface BundleWriter {
  readonly partialPath: string;
  add(entry: EntryInput): Promise<AddResult>;
  /** Records how a scope ended; a later row for the same artifact, scope and sample replaces the earlier one. */
  coverage(row: CoverageRow): void;
  /** Declares scopes that are to be read, so that one without a row is known to be missing. */
  expect(artifact: string, scopes: readonly Scope[]): void;
  collector(row: CollectorRow): void;
  /** Says of which moment the lists are. */
  consistency(record: Consistency): void;
  /** Copies entries of an earlier bundle as they are: they are redacted already. Returns their bytes in this file. */
  carry(earlier: Pick<EarlierBundle, 'file' | 'manifest'>, kept: ReadonlySet<ManifestEntry>): Promise<number>;
  /** The rows of what is stored so far. */
  entries(): readonly ManifestEntry[];
  /** Bytes of the file so far; what is not compressed yet counts as it is. */
  size(): number;
  /** Bytes the disk has for more; undefined when it does not say. */
  free(): number | undefined;
  /**
   * Waits for entries under way (abort their signals first when interrupted), writes manifest and footer,
   * and gives the file its name. With `complete: false` the manifest says so and why.
   */
  finish(end: { readonly complete: boolean; readonly reason?: string }): Promise<FinishedBundle>;
  /** Gives up: nothing of the bundle stays. No effect after `finish`. */
  abort(): Promise<void>;
}

/** Opens a bundle and writes its metadata. Throws UserError when the file cannot be written. */
export async function openBundleWriter(options: BundleWriterOptions): Promise<BundleWriter> {
  const { file, redaction } = options;
  const output = await openOutputFile(file);
  const note = createNoteRedactor(redaction);
  const record = createCoverageRecord(note, redaction);
  const entries: ManifestEntry[] = [];
  const redactions: Record<string, number> = {};
  const paths = new Set<string>([METADATA_PATH, MANIFEST_PATH]);
  const pending = new Set<Promise<unknown>>();
  let failure: { readonly error: unknown } | undefined;
  let closed = false;
  let left: Promise<void> | undefined;

  const archive = openArchive(output.write, (error) => {
    failure ??= { error };
    left ??= output.leave();
  });

  const { appended, size, written } = createSizeCount(archive);

  function free(): number | undefined {
    const onDisk = output.free();
    return onDisk === undefined ? undefined : onDisk - (size() - written());
  }

  async function store(spooled: SpooledEntry, path: string, time: string | undefined) {
    appended(TAR_HEADER_BYTES + spooled.size);
    const modified = new Date(time ?? options.metadata.createdAt);
    return archive.append({ path, size: spooled.size, modified, content: spooled.content() });
  }

  async function addEntry(entry: EntryInput, path: string): Promise<AddResult> {
    const spool = createSpool(file, options.spoolMemoryBytes);
    try {
      const filling = await fill(entry, spool, redaction);
      if (filling.broken !== undefined && !filling.any)
        return { stored: false, failure: 'source', error: filling.broken };
      const ending = { ...entry.ending?.() };
      const truncation = truncationOf(filling, ending, note);
      const spooled = await spool.end().catch((error: unknown) => {
        throw new SpoolError(error);
      });
      const position = await store(spooled, path, ending.observedAt?.time);
      const { size, sha256 } = spooled;
      entries.push(
        manifestEntry(entry, { path, size, sha256, ...position }, filling, { ...ending, truncation }),
      );
      addCounts(redactions, filling.counts);
      const { items, counts, broken } = filling;
      return { stored: true, path, size, sha256, items, redactions: counts, truncation, broken };
    } catch (error) {
      if (error instanceof RedactionError) return redactionFailed(entry, error);
      if (error instanceof SpoolError) throw await failFor(error.cause);
      throw error;
    } finally {
      await spool.dispose();
    }
  }

  function redactionFailed(entry: EntryInput, error: RedactionError): AddResult {
    // The message of the error may quote what could not be redacted.
    const reason = 'redaction failed; the entry was dropped and nothing of it was written';
    record.fail({
      artifact: artifactOf(entry),
      scope: entry.scope,
      sample: entry.sample,
      outcome: 'error',
      reason,
    });
    return { stored: false, failure: 'redaction', error: error.cause };
  }

  async function failFor(cause: unknown): Promise<unknown> {
    const error = writeError(file, cause, output.left());
    failure ??= { error };
    archive.abort();
    await left;
    return failure.error;
  }

  function track<T>(work: Promise<T>): Promise<T> {
    pending.add(work);
    const forget = () => pending.delete(work);
    work.then(forget, forget);
    return work;
  }

  async function writeOwn(path: string, pieces: Iterable<string | Uint8Array>) {
    const spool = createSpool(file, options.spoolMemoryBytes);
    try {
      for (const piece of pieces) await spool.write(Buffer.from(piece as string));
      const spooled = await spool.end();
      const position = await store(spooled, path, undefined);
      return { path, size: spooled.size, sha256: spooled.sha256, ...position };
    } finally {
      await spool.dispose();
    }
  }

  async function writeMetadata(): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(options.metadata)}\n`);
    const redacted = redaction.document(bytes, 'json');
    const row = await writeOwn(METADATA_PATH, [redacted.bytes]);
    entries.push({ artifact: 'bundle-metadata', version: 1, scope: { type: 'cluster' }, sample: 0, ...row });
    // On disk at once: whatever ends the process, what is left can be told to be ours.
    await archive.settle();
  }

  async function writeSignatures(): Promise<void> {
    const entry = signaturesEntry(redaction);
    if (entry === undefined) return;
    const { stored } = await addEntry(entry, pathOf(entry));
    if (stored) record.add({ artifact: artifactOf(entry), scope: entry.scope, outcome: 'collected' });
    if (failure !== undefined) throw failure.error;
  }

  async function writeManifest(end: { complete: boolean; reason?: string }): Promise<void> {
    const offset = await archive.settle();
    const manifest: Manifest = {
      formatVersion: FORMAT_VERSION,
      complete: end.complete,
      incompleteReason: end.complete ? undefined : note(end.reason ?? 'the collection was interrupted'),
      redactions,
      obfuscation: redaction.obfuscation,
      consistency: record.moment(),
      collectors: record.collectors(),
      expected: record.expected(),
      coverage: record.rows(),
      members: archive.members.slice(),
      entries,
    };
    const row = await writeOwn(MANIFEST_PATH, manifestPieces(manifest));
    await archive.finish();
    await output.write(encodeFooter({ offset, size: row.size }));
  }

  try {
    await writeMetadata();
  } catch (error) {
    closed = true;
    archive.abort();
    await left;
    await output.discard();
    throw error;
  }

  return {
    partialPath: output.partialPath,
    async add(entry) {
      if (failure !== undefined) throw failure.error;
      if (closed) throw new Error('the bundle is closed');
      const noted = record.entry(entry);
      const path = pathOf(noted);
      if (paths.has(path)) throw new Error(`entry added twice: ${path}`);
      paths.add(path);
      const result = await track(addEntry(noted, path));
      if (!result.stored) paths.delete(path);
      return result;
    },
    coverage: record.add,
    expect: record.expect,
    collector: record.collector,
    consistency: record.consistency,
    async carry(earlier, kept) {
      if (failure !== undefined) throw failure.error;
      for (const { path } of kept) paths.add(path);
      const before = size();
      const carried = await track(carryEntries(archive, earlier, kept, appended));
      entries.push(...carried);
      for (const entry of carried) addCounts(redactions, entry.redactions ?? {});
      return size() - before;
    },
    entries: () => entries,
    size,
    free,
    async finish(end) {
      if (closed) throw new Error('the bundle is closed');
      closed = true;
      await Promise.allSettled(pending);
      if (failure !== undefined) throw failure.error;
      await writeSignatures();
      await writeManifest(end);
      const { scanner } = options;
      if (scanner === undefined) return { file, ...(await output.commit()) };
      const pathNote = createNoteRedactor(redaction.secretsOnly ?? redaction);
      return { file, ...(await sealChecked({ file, output, scanner, note: pathNote })) };
    },
    async abort() {
      if (closed) return;
      closed = true;
      failure ??= { error: new Error('the bundle was given up') };
      left ??= output.discard();
      archive.abort();
      await Promise.allSettled(pending);
      await left;
    },
  };
}
