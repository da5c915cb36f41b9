import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip as gunzipCallback, type InputType, type ZlibOptions } from 'node:zlib';
import { LimitError } from '../model/errors.ts';
import { collectSink } from './collect-sink.ts';
import { createEntryGate } from './entry-gate.ts';
import type { EntrySink } from './entry-sink.ts';
import { decodeFooter, FOOTER_BYTES, type Footer } from './footer.ts';
import { openInput } from './input.ts';
import { READ_LIMITS, type ReadLimits } from './limits.ts';
import {
  type BundleMetadata,
  MANIFEST_PATH,
  type Manifest,
  type ManifestEntry,
  METADATA_PATH,
} from './manifest.ts';
import { parseManifest, parseMetadata } from './manifest-check.ts';
import { readAt, readMember } from './member-file.ts';
import { readEntries } from './reader.ts';
import { createTarWalk } from './tar-walk.ts';

const gunzip: (data: InputType, options: ZlibOptions) => Promise<Buffer> = promisify(gunzipCallback);

/** Blocks of a tar around a body: pax and own header, padding, the two blocks of the end. */
const TAR_OVERHEAD = 16 * 1024;

/** Bytes of metadata.json. */
const METADATA_MAX = 16 * 1024 * 1024;

/** A bundle of ours, opened by its index. */
export interface IndexedBundle {
  readonly file: string;
  readonly manifest: Manifest;
  /** The row of a path; undefined: not in the bundle. */
  entry(path: string): ManifestEntry | undefined;
  /** Streams one entry, reading only its members; false when it is not there or not as the index says. */
  stream(path: string, sink: EntrySink): Promise<boolean>;
  /**
   * The bytes of one entry as they are asked for, holding one member at a time. Throws Error when the entry
   * is not there or not as the index says.
   */
  chunks(path: string): AsyncGenerator<Buffer, void>;
  /**
   * One entry whole. Where the index lies the archive is walked from its beginning instead; undefined when
   * the entry is not there either. Throws LimitError above `maxBytes`.
   */
  read(path: string, maxBytes: number): Promise<Buffer | undefined>;
  close(): Promise<void>;
}

/**
 * Opens a bundle by the footer at its end. Undefined when there is none or it does not lead to a manifest
 * of this format: read the input with `readEntries` then. Throws UserError when the file cannot be opened,
 * FormatVersionError for a newer format.
 */
export async function openIndexed(
  file: string,
  limits: ReadLimits = READ_LIMITS,
): Promise<IndexedBundle | undefined> {
  const handle = await openInput(file);
  const manifest = await readManifest(handle, limits).catch(async (error: unknown) => {
    await handle.close();
    throw error;
  });
  if (manifest === undefined) {
    await handle.close();
    return undefined;
  }
  const rows = new Map(manifest.entries.map((row) => [row.path, row]));
  return {
    file,
    manifest,
    entry: (path) => rows.get(path),
    async stream(path, sink) {
      const row = rows.get(path);
      return row !== undefined && streamEntry(handle, { row, manifest, limits }, sink);
    },
    async *chunks(path) {
      const row = rows.get(path);
      const whole = row !== undefined && (yield* entryChunks(handle, { row, manifest, limits }));
      if (!whole) throw new Error(`${path}: is not where the index says`);
    },
    async read(path, maxBytes) {
      const row = rows.get(path);
      if (row === undefined) return undefined;
      if (row.size > maxBytes) throw new LimitError('maxBytes', `${path}: above ${maxBytes} bytes`);
      let found: Buffer | undefined;
      const take = (bytes: Buffer, complete: boolean) => {
        if (complete) found ??= bytes;
      };
      if (await streamEntry(handle, { row, manifest, limits }, collectSink(maxBytes, take))) return found;
      await readEntries(
        file,
        { onEntry: (header) => (header.path === path ? collectSink(maxBytes, take) : undefined) },
        { limits },
      );
      return found;
    },
    close: () => handle.close(),
  };
}

/** What a bundle says of itself. Throws Error when it says nothing that format 1 knows. */
export async function readMetadata(indexed: IndexedBundle): Promise<BundleMetadata> {
  const bytes = await indexed.read(METADATA_PATH, METADATA_MAX);
  if (bytes === undefined) throw new Error(`${METADATA_PATH} is missing`);
  try {
    return parseMetadata(bytes);
  } catch (error) {
    throw new Error(`${METADATA_PATH}: ${(error as Error).message}`, { cause: error });
  }
}

async function readManifest(handle: FileHandle, limits: ReadLimits): Promise<Manifest | undefined> {
  const { size } = await handle.stat();
  if (size < FOOTER_BYTES) return undefined;
  const footer = decodeFooter(await readAt(handle, size - FOOTER_BYTES, FOOTER_BYTES), size);
  if (footer === undefined || footer.size > limits.maxManifestBytes) return undefined;
  const bytes = await manifestBytes(handle, footer, size, limits);
  if (bytes === undefined) return undefined;
  try {
    return parseManifest(bytes);
  } catch (error) {
    if ((error as Error).name === 'FormatVersionError') throw error;
    return undefined;
  }
}

async function manifestBytes(
  handle: FileHandle,
  footer: Footer,
  fileSize: number,
  limits: ReadLimits,
): Promise<Buffer | undefined> {
  const length = fileSize - FOOTER_BYTES - footer.offset;
  // A manifest is never larger packed than unpacked, apart from the frames of its members.
  if (length <= 0 || length > footer.size + TAR_OVERHEAD + fileSize / 64) return undefined;
  let tar: Buffer;
  try {
    const packed = await readAt(handle, footer.offset, length);
    tar = await gunzip(packed, { maxOutputLength: footer.size + TAR_OVERHEAD, chunkSize: 256 * 1024 });
  } catch {
    return undefined;
  }
  let found: Buffer | undefined;
  const walk = createTarWalk(
    createEntryGate(
      {
        onEntry: (header) =>
          header.path === MANIFEST_PATH && header.size === footer.size
            ? collectSink(limits.maxManifestBytes, (bytes, complete) => {
                if (complete) found = bytes;
              })
            : undefined,
      },
      limits,
    ),
  );
  walk.write(tar);
  walk.end();
  return found;
}

interface EntryPlace {
  readonly row: ManifestEntry;
  readonly manifest: Manifest;
  readonly limits: ReadLimits;
}

/** Hands one entry to a sink; false when the first header at its place is not the one the index names. */
async function streamEntry(handle: FileHandle, place: EntryPlace, sink: EntrySink): Promise<boolean> {
  const chunks = entryChunks(handle, place);
  let begun = false;
  for (;;) {
    const step = await chunks.next();
    if (step.done) {
      if (begun || step.value) sink.end(step.value);
      return step.value;
    }
    begun = true;
    sink.chunk(step.value);
  }
}

/** Walks the members of one entry and returns whether it was there and whole. */
async function* entryChunks(
  handle: FileHandle,
  { row, manifest, limits }: EntryPlace,
): AsyncGenerator<Buffer, boolean> {
  let state: 'before' | 'inside' | 'complete' | 'wrong' = 'before';
  const parts: Buffer[] = [];
  const gate = createEntryGate(
    {
      onEntry(header) {
        if (state !== 'before') return undefined;
        state = header.path === row.path && header.size === row.size ? 'inside' : 'wrong';
        if (state === 'wrong') return undefined;
        return {
          chunk: (bytes) => void parts.push(bytes),
          end(complete) {
            state = complete ? 'complete' : 'wrong';
          },
        };
      },
    },
    limits,
  );
  const walk = createTarWalk(gate);
  const ended = () => state === 'complete' || state === 'wrong';
  let skip = row.offset;
  for (let index = row.member; index < manifest.members.length && !ended(); index++) {
    const member = manifest.members[index];
    const bytes = member === undefined ? undefined : await readMember(handle, member);
    if (bytes === undefined || !walk.write(bytes.subarray(skip))) break;
    skip = 0;
    yield* parts.splice(0);
  }
  walk.end();
  yield* parts.splice(0);
  return (state as string) === 'complete';
}
