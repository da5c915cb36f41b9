import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { UserError } from '../model/errors.ts';
import type { EntryGate } from './entry-gate.ts';
import type { ReadSummary } from './entry-sink.ts';
import { RATIO_FLOOR_BYTES, type ReadLimits } from './limits.ts';

/** Longest target of a symbolic link that is read. */
const LINK_MAX = 4096;

/** Kinds of file in the upper half of the external attributes, as Unix has them in `st_mode`. */
const MODE_TYPE = 0o170000;
const MODE_LINK = 0o120000;

/** What a reading of a ZIP is given. */
export interface ZipContext {
  readonly gate: EntryGate;
  readonly limits: ReadLimits;
  readonly signal?: AbortSignal;
  readonly ready?: () => Promise<void> | undefined;
}

/**
 * Reads every file of a ZIP in the order of its directory. What the directory says of a file is checked against
 * the file: name, size and CRC-32. Throws UserError when there is no directory to go by.
 */
export async function readZip(file: string, name: string, context: ZipContext): Promise<ReadSummary> {
  const { gate, signal } = context;
  const zip = await openZip(file, name);
  const budget = { in: zip.fileSize, out: 0 };
  let reason: string | undefined;
  try {
    for (let entry = await nextEntry(zip); entry !== undefined; entry = await nextEntry(zip)) {
      signal?.throwIfAborted();
      if (gate.stopped() !== undefined) break;
      await readEntry(zip, entry, { ...context, budget });
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    if (!isZipError(error)) throw error;
    reason = `the file is damaged (${error.cause.message})`;
  } finally {
    zip.close();
  }
  const cut = gate.stopped() ?? reason;
  return gate.summary(cut === undefined ? undefined : { at: budget.out, reason: cut });
}

/** What yauzl says of a file; everything else that is thrown is no fault of the file. */
class ZipError extends Error {
  override readonly cause: Error;
  constructor(cause: Error) {
    super(cause.message);
    this.cause = cause;
  }
}

function isZipError(error: unknown): error is ZipError {
  return error instanceof ZipError;
}

async function openZip(file: string, name: string): Promise<ZipFile> {
  try {
    // Names are checked by the gate, as those of every container: here one of them would end the reading.
    return await yauzl.openPromise(file, { lazyEntries: true, decodeStrings: false, autoClose: false });
  } catch (error) {
    throw new UserError('input-damaged', `${name}: is a ZIP archive that is cut or damaged`, {
      hint: 'Its directory, at its end, cannot be read. The transfer may have failed; ask for the file again.',
      cause: error,
    });
  }
}

function nextEntry(zip: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void) => {
      zip.off('entry', onEntry).off('end', onEnd).off('error', onError);
      // Whatever comes later is answered for already.
      zip.on('error', () => {});
      action();
    };
    const onEntry = (entry: Entry) => settle(() => resolve(entry));
    const onEnd = () => settle(() => resolve(undefined));
    const onError = (error: Error) => settle(() => reject(new ZipError(error)));
    zip.removeAllListeners('error').on('entry', onEntry).on('end', onEnd).on('error', onError);
    zip.readEntry();
  });
}

interface EntryContext extends ZipContext {
  /** Bytes of the file, and bytes that came out of it: files of a ZIP may lie over each other. */
  readonly budget: { readonly in: number; out: number };
}

async function readEntry(zip: ZipFile, entry: Entry, context: EntryContext): Promise<void> {
  const { gate } = context;
  const path = yauzl.getFileNameLowLevel(
    entry.generalPurposeBitFlag,
    rawName(entry),
    entry.extraFields,
    false,
  );
  if (path.endsWith('/')) return;
  const refusal = unreadable(entry);
  if (refusal !== undefined) {
    gate.problem({ code: refusal.code, message: `${path}: ${refusal.why}`, path });
    return;
  }
  const isLink = ((entry.externalFileAttributes >>> 16) & MODE_TYPE) === MODE_LINK;
  const stream = await openEntry(zip, entry).catch((error: unknown) => {
    gate.problem({ code: 'damaged', message: `${path}: ${(error as Error).message}`, path });
    return undefined;
  });
  if (stream === undefined) return;
  if (isLink) {
    const target = await readLink(stream);
    gate.open({ path, size: 0, link: target });
    gate.close();
    return;
  }
  gate.open({ path, size: entry.uncompressedSize, modified: entry.getLastModDate({ timezone: 'UTC' }) });
  gate.close(await pour(stream, entry, context));
}

/** With `decodeStrings: false` the name stays in bytes. */
function rawName(entry: Entry): Buffer {
  return entry.fileNameRaw;
}

function unreadable(entry: Entry): { code: string; why: string } | undefined {
  if (entry.isEncrypted())
    return { code: 'encrypted', why: 'is encrypted with a password and cannot be read' };
  const method = entry.compressionMethod;
  if (method !== 0 && method !== 8)
    return { code: 'compression', why: `is packed by method ${method}, which is not read here` };
  return undefined;
}

/** Opens the bytes of a file, when its own header names it as the directory does. */
async function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  const header = await zip.readLocalFileHeaderPromise(entry);
  if (!header.fileName.equals(rawName(entry)))
    throw new Error('the directory of the ZIP leads to another file');
  return zip.openReadStreamPromise(entry);
}

async function readLink(stream: Readable): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      parts.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > LINK_MAX) break;
    }
  } catch {
    return '';
  }
  return Buffer.concat(parts).toString();
}

/** Whether the bytes are those the directory announces. */
async function pour(stream: Readable, entry: Entry, context: EntryContext): Promise<boolean> {
  const { gate, limits, budget, signal } = context;
  const chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let sum = 0;
  try {
    for (;;) {
      const step = await chunks.next().catch(() => undefined);
      if (step === undefined || signal?.aborted || gate.stopped() !== undefined) return false;
      if (step.done) return sum === entry.crc32;
      sum = crc32(step.value, sum);
      budget.out += step.value.length;
      if (budget.out > RATIO_FLOOR_BYTES && budget.out / budget.in > limits.maxRatio)
        gate.stop('maxRatio', `inflates to more than ${limits.maxRatio} times its size`);
      gate.chunk(step.value);
      await context.ready?.();
    }
  } finally {
    stream.destroy();
  }
}
