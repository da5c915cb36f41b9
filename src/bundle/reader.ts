import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { readDirectory } from './directory.ts';
import { createEntryGate, type EntryGate } from './entry-gate.ts';
import type { EntryHandler, ReadSummary } from './entry-sink.ts';
import { readFooter } from './footer.ts';
import { type PumpCount, type PumpEnd, pump, salvage, takeFirst } from './inflate.ts';
import { emptyInput, inputError, inputKind, isTarStart, notTar, packing } from './input.ts';
import { RATIO_FLOOR_BYTES, READ_LIMITS, type ReadLimits } from './limits.ts';
import type { Packing } from './magic.ts';
import { BLOCK } from './tar-header.ts';
import { createTarParserSource } from './tar-parser.ts';
import { ENDED_EARLY, type TarSource } from './tar-source.ts';
import { createTarWalk } from './tar-walk.ts';
import { isText, readText } from './text-input.ts';
import { type PackedSource, unpacking } from './unpacking.ts';

/** Bytes read from a file at a time. */
const READ_SIZE = 1024 * 1024;

/** Bytes unpacked behind the end of a tar; tar itself pads to 10 KiB. */
const TAIL_MAX = 1024 * 1024;

/** What a reading may be given. */
export interface ReadOptions {
  readonly limits?: ReadLimits;
  readonly signal?: AbortSignal;
  /** Standard input, for the input `-`. */
  readonly stdin?: Readable;
  /** Sees the bytes of an archive as they are read, still compressed; copy nothing, keep nothing. */
  readonly tap?: (bytes: Uint8Array) => void;
  /** True: an input that is one text is an entry of its own, and no error. */
  readonly text?: boolean;
  /** Asked between chunks: resolves when the handler has room for more. Undefined: at once. */
  readonly ready?: () => Promise<void> | undefined;
}

/**
 * Reads every entry of a .tar (packed by gzip, xz or zstd, or not), .zip or folder once, in order, into the
 * handler. Throws UserError when there is nothing to read; an input that ends early or is damaged is read as far
 * as it goes.
 */
export async function readEntries(
  input: string,
  handler: EntryHandler,
  options: ReadOptions = {},
): Promise<ReadSummary> {
  const limits = options.limits ?? READ_LIMITS;
  const gate = createEntryGate(handler, limits);
  const kind = await inputKind(input);
  if (kind === 'directory') return readDirectory(input, gate, options);
  const own = kind === 'file' && (await readFooter(input)) !== undefined;
  const stream =
    kind === 'stdin'
      ? (options.stdin ?? process.stdin)
      : createReadStream(input, { highWaterMark: READ_SIZE });
  return readArchive(input, stream, { ...options, gate, limits, own });
}

interface ArchiveContext {
  readonly gate: EntryGate;
  readonly limits: ReadLimits;
  /** Written by us, and so read by our own walk. */
  readonly own: boolean;
  readonly signal?: AbortSignal;
  readonly tap?: ReadOptions['tap'];
  readonly ready?: ReadOptions['ready'];
  readonly text?: boolean;
}

async function readArchive(input: string, stream: Readable, context: ArchiveContext): Promise<ReadSummary> {
  const { gate, limits } = context;
  const first = await takeFirst(stream, BLOCK).catch((error: unknown) => {
    throw inputError(input, error);
  });
  if (first.bytes.length === 0) throw emptyInput(input);
  if (context.text && isText(first.bytes)) return readText(input, { stream, first, tap: context.tap }, gate);
  const packed = packing(input, first.bytes);
  if (packed === 'zip') return readPackedZip(input, { stream, first }, context);
  const count: PumpCount = { in: 0, out: 0 };
  const tar = checkingStart(input, packed, context.own ? createTarWalk(gate) : createTarParserSource(gate));
  // Checksums follow what they are of: what is behind the end of the tar is unpacked for them.
  let tail = packed === 'tar' ? 0 : TAIL_MAX;
  let ended = false;
  const write = (chunk: Buffer): boolean => {
    if (isBomb(count, limits))
      gate.stop('maxRatio', `inflates to more than ${limits.maxRatio} times its size`);
    if (ended) tail -= chunk.length;
    else ended = !tar.write(chunk);
    return gate.stopped() === undefined && (!ended || tail > 0);
  };
  const source = await sourceOf({ stream, first, count, tap: context.tap }, packed);
  const end = await pump(source.stream, {
    gzip: packed === 'gzip',
    first: source.first,
    count,
    write,
    ready: context.ready,
    signal: context.signal,
  });
  if (end.error && packed === 'gzip' && input !== '-') await salvage(createReadStream(input), count, write);
  if (count.out === 0 && packed === 'gzip' && isWholeGzip(first.bytes)) throw notTar(input, packed);
  return gate.summary(truncation(end, tar.end(), gate, count));
}

/** The stream the pump takes its bytes from, and what was taken from it before. */
async function sourceOf(
  source: PackedSource,
  packed: Exclude<Packing, 'zip'> | 'tar',
): Promise<Pick<PackedSource, 'stream' | 'first'>> {
  if (packed === 'zstd' || packed === 'xz')
    return { stream: await unpacking(packed, source), first: { bytes: Buffer.alloc(0), ended: false } };
  const { stream, first, tap } = source;
  if (tap) {
    tap(first.bytes);
    stream.on('data', tap);
    // A listener alone would start the flow before the pump is there to take it.
    stream.pause();
  }
  return source;
}

/** A ZIP is read by its directory, at its end: from standard input it goes to a file first. */
async function readPackedZip(
  input: string,
  { stream, first }: Pick<PackedSource, 'stream' | 'first'>,
  context: ArchiveContext,
): Promise<ReadSummary> {
  const { spoolToFile, tapFile } = await import('./zip-spool.ts');
  const { readZip } = await import('./zip.ts');
  if (input === '-') {
    const spooled = await spoolToFile({ stream, first, tap: context.tap }, context.limits);
    try {
      return await readZip(spooled.file, input, context);
    } finally {
      await spooled.dispose();
    }
  }
  stream.destroy();
  if (context.tap) await tapFile(input, context.tap);
  return readZip(input, input, context);
}

/** Refuses what does not begin like a tar before either tar reader sees it. */
function checkingStart(input: string, packed: Packing | 'tar', tar: TarSource): TarSource {
  let start: Buffer | undefined = Buffer.alloc(0);
  return {
    write(chunk) {
      if (start === undefined) return tar.write(chunk);
      const joined: Buffer = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
      start = joined;
      if (joined.length < BLOCK) return true;
      if (!isTarStart(joined)) throw notTar(input, packed);
      start = undefined;
      return tar.write(joined);
    },
    end() {
      if (start === undefined) return tar.end();
      if (start.length > 0 && !isTarStart(start)) throw notTar(input, packed);
      return ENDED_EARLY;
    },
  };
}

/** Whether a file that inflates to nothing is nevertheless a whole gzip file, and not one cut very early. */
function isWholeGzip(bytes: Buffer): boolean {
  try {
    return gunzipSync(bytes, { maxOutputLength: 1 }).length === 0;
  } catch {
    return false;
  }
}

function isBomb(count: PumpCount, limits: ReadLimits): boolean {
  return count.out > RATIO_FLOOR_BYTES && count.in > 0 && count.out / count.in > limits.maxRatio;
}

/** Why the input counts as cut; undefined when it was read to its end. */
function truncation(
  end: PumpEnd,
  tarEnd: string | undefined,
  gate: EntryGate,
  count: PumpCount,
): ReadSummary['truncated'] {
  const stopped = gate.stopped();
  if (stopped !== undefined) return { at: count.out, reason: stopped };
  if (end.error) return { at: count.out, reason: `the file is damaged (${end.error.message})` };
  return tarEnd === undefined ? undefined : { at: count.out, reason: tarEnd };
}
