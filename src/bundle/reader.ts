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
import { BLOCK } from './tar-header.ts';
import { createTarParserSource } from './tar-parser.ts';
import { ENDED_EARLY, type TarSource } from './tar-source.ts';
import { createTarWalk } from './tar-walk.ts';

/** Bytes read from a file at a time. */
const READ_SIZE = 1024 * 1024;

/** What a reading may be given. */
export interface ReadOptions {
  readonly limits?: ReadLimits;
  readonly signal?: AbortSignal;
  /** Standard input, for the input `-`. */
  readonly stdin?: Readable;
  /** Sees the bytes of an archive as they are read, still compressed; copy nothing, keep nothing. */
  readonly tap?: (bytes: Uint8Array) => void;
}

/**
 * Reads every entry of a .tar.gz, .tar or folder once, in order, into the handler. Throws UserError when
 * there is nothing to read; an input that ends early or is damaged is read as far as it goes.
 */
export async function readEntries(
  input: string,
  handler: EntryHandler,
  options: ReadOptions = {},
): Promise<ReadSummary> {
  const limits = options.limits ?? READ_LIMITS;
  const gate = createEntryGate(handler, limits);
  const kind = await inputKind(input);
  if (kind === 'directory') return readDirectory(input, gate, options.signal);
  const own = kind === 'file' && (await readFooter(input)) !== undefined;
  const stream =
    kind === 'stdin'
      ? (options.stdin ?? process.stdin)
      : createReadStream(input, { highWaterMark: READ_SIZE });
  return readArchive(input, stream, { gate, limits, own, signal: options.signal, tap: options.tap });
}

async function readArchive(
  input: string,
  stream: Readable,
  context: {
    gate: EntryGate;
    limits: ReadLimits;
    own: boolean;
    signal?: AbortSignal;
    tap: ReadOptions['tap'];
  },
): Promise<ReadSummary> {
  const { gate, limits } = context;
  const first = await takeFirst(stream, BLOCK).catch((error: unknown) => {
    throw inputError(input, error);
  });
  if (first.bytes.length === 0) throw emptyInput(input);
  const gzip = packing(input, first.bytes) === 'gzip';
  const count: PumpCount = { in: 0, out: 0 };
  const tar = checkingStart(input, context.own ? createTarWalk(gate) : createTarParserSource(gate));
  const write = (chunk: Buffer): boolean => {
    if (isBomb(count, limits))
      gate.stop('maxRatio', `inflates to more than ${limits.maxRatio} times its size`);
    return tar.write(chunk) && gate.stopped() === undefined;
  };
  const { tap } = context;
  if (tap) {
    tap(first.bytes);
    stream.on('data', tap);
    // A listener alone would start the flow before the pump is there to take it.
    stream.pause();
  }
  const end = await pump(stream, { gzip, first, count, write, signal: context.signal });
  if (end.error && gzip && input !== '-') await salvage(createReadStream(input), count, write);
  if (count.out === 0 && isWholeGzip(first.bytes)) throw notTar(input);
  return gate.summary(truncation(end, tar.end(), gate, count));
}

/** Refuses what does not begin like a tar before either tar reader sees it. */
function checkingStart(input: string, tar: TarSource): TarSource {
  let start: Buffer | undefined = Buffer.alloc(0);
  return {
    write(chunk) {
      if (start === undefined) return tar.write(chunk);
      const joined: Buffer = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
      start = joined;
      if (joined.length < BLOCK) return true;
      if (!isTarStart(joined)) throw notTar(input);
      start = undefined;
      return tar.write(joined);
    },
    end() {
      if (start === undefined) return tar.end();
      if (start.length > 0 && !isTarStart(start)) throw notTar(input);
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
  if (tarEnd === undefined) return undefined;
  return { at: count.out, reason: end.error ? `the file is damaged (${end.error.message})` : tarEnd };
}
